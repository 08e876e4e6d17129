"""What the doors can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class UploadTooLarge(DomainError):
    """Larger than any door takes."""

    code = "upload-too-large"
    status = 413

    def __init__(self) -> None:
        super().__init__(_l("The file is larger than 500 MB: scan it in parts."))


class UploadEmpty(DomainError):
    """A file without anything in it."""

    code = "upload-empty"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("The file is empty: choose it again."))


class OutOfStep(DomainError):
    """The part sent does not begin where the file stands: the browser asks and goes on from there."""

    code = "out-of-step"

    def __init__(self, offset: int) -> None:
        super().__init__(_l("This part does not follow what was received."))
        self.offset = offset


class PartDamaged(DomainError):
    """The part that came is not the part that was sent."""

    code = "part-damaged"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("A part of the file was damaged on its way: it is sent again."))


class OtherBytes(DomainError):
    """All is there, and it is not the file that was announced: nothing of it is taken, it is sent again from its beginning."""

    code = "other-bytes"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("What arrived is not the file that was announced: send it again from its beginning."))


class Unfinished(DomainError):
    """Parts are missing."""

    code = "unfinished"

    def __init__(self) -> None:
        super().__init__(_l("Parts of the file are still missing."))


class NotAnAddress(DomainError):
    """A scanner stands at a plain address of the building's network."""

    code = "not-an-address"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Write the scanner’s address as http://name-or-number/eSCL, without a password or a question mark."))


class NotADevice(DomainError):
    """The name of a device as scanimage lists it."""

    code = "not-a-device"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Write the device as the list of scanners of this computer shows it, such as fujitsu:fi-7160:12345."))


class ScannerKnown(DomainError):
    """It is in the list."""

    code = "scanner-known"

    def __init__(self) -> None:
        super().__init__(_l("A scanner of this name or at this address is already in the list."))


class ScannerInUse(DomainError):
    """One job at a time."""

    code = "scanner-in-use"

    def __init__(self, home: str) -> None:
        super().__init__(_l("This scanner works for %(home)s at the moment: wait until it is done, or cancel that job.", home=home))


class ScannerCannot(DomainError):
    """The scanner said that it has no such source, mode or resolution."""

    code = "scanner-cannot"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("This scanner cannot do that: choose a source, a resolution and colours from its list."))


class NoFronts(DomainError):
    """Backs come after fronts."""

    code = "no-fronts"

    def __init__(self) -> None:
        super().__init__(_l("Scan the fronts first: no pass of fronts waits here for its backs."))


class FrontsWait(DomainError):
    """Fronts of this home wait for their backs."""

    code = "fronts-wait"

    def __init__(self) -> None:
        super().__init__(_l("Fronts wait here for their backs: scan the backs, or file the fronts alone first."))


class ChooseTwoFiles(DomainError):
    """Two files, one of fronts and one of backs."""

    code = "choose-two-files"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Choose two different files of this envelope that have been read and of which no page is filed."))


class SheetsDiffer(DomainError):
    """Nothing is lost, nothing is guessed."""

    code = "sheets-differ"

    def __init__(self, fronts: int, backs: int) -> None:
        super().__init__(
            _l("%(fronts)s fronts and %(backs)s backs: they cannot be put together. Both files stay as they are.", fronts=fronts, backs=backs)
        )


class NotJoined(DomainError):
    """Only PDF files are put together."""

    code = "not-joined"

    def __init__(self) -> None:
        super().__init__(_l("These two files could not be put together: scan both passes to PDF, or put the pages in order by hand."))


class SettleHow(DomainError):
    """A refused thing is settled with a sentence."""

    code = "settle-how"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Say in a sentence what was done with it."))
