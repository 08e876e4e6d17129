"""What keying can refuse."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NotAnApplication(DomainError):
    """Only an application is keyed."""

    code = "not-an-application"

    def __init__(self) -> None:
        super().__init__(_l("This envelope is not classed as an application: reclass it first."))


class KeyingSent(DomainError):
    """The application was already sent on."""

    code = "keying-sent"

    def __init__(self) -> None:
        super().__init__(_l("This application has been sent already: its fields can no longer be changed here."))


class GroundNeeded(DomainError):
    """Paper is accepted on a ground."""

    code = "ground-needed"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Choose the ground on which paper is accepted."))


class ReasonNeeded(DomainError):
    """An exception is asked for with its reason."""

    code = "reason-needed"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Say why, in a sentence: the supervisor reads it."))


class StampedTooLate(DomainError):
    """The ground says before 2016 and the stamp says otherwise."""

    code = "stamped-too-late"

    def __init__(self, day: str) -> None:
        super().__init__(
            _l(
                "The stamp is of %(day)s: « received before 2016 » needs a stamp of 2015-12-31 at the latest. Choose an exception, or return it.",
                day=day,
            )
        )


class NoPaperWindow(DomainError):
    """The ground says that the period takes paper, and none of that day does."""

    code = "no-paper-window"

    def __init__(self, day: str) -> None:
        super().__init__(_l("No intake period took this programme on paper on %(day)s. Choose an exception, or return it.", day=day))


class KeyingFaults(DomainError):
    """Fields are missing or wrong; each is named on its field."""

    code = "invalid"
    status = 422

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(_l("Some fields are missing or wrong: they are marked below."))
        self.faults = dict(faults)


class SameHands(DomainError):
    """Who keyed cannot be the second reader, nor who keyed second the third."""

    code = "same-hands"

    def __init__(self) -> None:
        super().__init__(_l("You have keyed this application already: somebody else must read it now."))


class InOtherHands(DomainError):
    """Somebody else has it before them."""

    code = "in-other-hands"

    def __init__(self, name: str) -> None:
        super().__init__(_l("%(name)s is keying this application now.", name=name))


class NotWaiting(DomainError):
    """No second pass, or no difference, waits there any more."""

    code = "not-waiting"

    def __init__(self) -> None:
        super().__init__(_l("This application no longer waits for that: see the list."))


class NothingToKey(DomainError):
    """Nothing waits that this person may key."""

    code = "nothing-to-key"

    def __init__(self) -> None:
        super().__init__(_l("Nothing waits that you may key now."))


class RateOutOfBounds(DomainError):
    """Everything at most, one envelope in ten at least, from today on."""

    code = "rate-out-of-bounds"
    status = 422

    def __init__(self, floor: int) -> None:
        super().__init__(_l("Write a rate from %(floor)s to 100 percent, from today or a later day on.", floor=floor))


class TooFewPairs(DomainError):
    """Nothing is lowered before enough is known."""

    code = "too-few-pairs"

    def __init__(self, pairs: int, enough: int) -> None:
        super().__init__(
            _l("Only %(pairs)s pairs are settled, of the %(enough)s needed: everything is keyed twice until then.", pairs=pairs, enough=enough)
        )


class WhyNeeded(DomainError):
    """An act that changes others' work says why."""

    code = "reason-needed"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Say why, in a sentence."))
