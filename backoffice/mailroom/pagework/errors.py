"""What work on pages refuses."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NoPageChosen(DomainError):
    """Nothing was chosen that may be worked on."""

    code = "no-page-chosen"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Choose pages that are not filed yet."))


class NothingToUndo(DomainError):
    """There is nothing left to undo."""

    code = "nothing-to-undo"

    def __init__(self) -> None:
        super().__init__(_l("There is nothing to undo on these pages."))


class LaterWork(DomainError):
    """Something was done with these pages since: it is undone first."""

    code = "later-work"

    def __init__(self) -> None:
        super().__init__(_l("These pages were filed, added to or worked on since: undo that first, or put them right by hand."))


class PartsChanged(DomainError):
    """The parts are no longer those that the clerk saw."""

    code = "parts-changed"

    def __init__(self) -> None:
        super().__init__(_l("The parts have changed since you saw them: look at them again, then file."))


class NoCaseSaid(DomainError):
    """The first part has no case, so no other can take it over."""

    code = "no-case-said"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Say the case of the first part."))


class SameEnvelope(DomainError):
    """Pages are moved to another envelope, not to their own."""

    code = "same-envelope"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("The pages are in this envelope already."))


class FirstPage(DomainError):
    """A document begins with the first page in any case."""

    code = "first-page"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Split before a later page: the first one begins a document in any case."))
