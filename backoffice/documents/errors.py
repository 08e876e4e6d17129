"""What requests and documents can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NothingAsked(DomainError):
    """A request asks for something."""

    code = "nothing-asked"

    def __init__(self) -> None:
        super().__init__(_l("Choose at least one document to ask for."))


class RequestStillOpen(DomainError):
    """One list at a time."""

    code = "request-open"

    def __init__(self) -> None:
        super().__init__(_l("A request is still open on this case. Settle its items, or wait for the answer."))


class ReasonNeeded(DomainError):
    """A refusal says why."""

    code = "reason-needed"

    def __init__(self) -> None:
        super().__init__(_l("Choose the reason for the refusal: the applicant reads it."))


class NotDescribed(DomainError):
    """A document that the catalogue does not know is described in both languages."""

    code = "not-described"

    def __init__(self) -> None:
        super().__init__(_l("Describe the other document in French and in English: both versions ask for the same."))


class ReasonInFrenchOnly(DomainError):
    """Who reads English is told why in English too."""

    code = "reason-in-french-only"

    def __init__(self) -> None:
        super().__init__(_l("This applicant also reads the English version: write each reason in both languages."))


class TermNotAllowed(DomainError):
    """A term of its own, within what may be granted, with its reason."""

    code = "term-not-allowed"

    def __init__(self, fewest: int, most: int) -> None:
        super().__init__(_l("A term of its own has between %(fewest)s and %(most)s days, and a reason.", fewest=fewest, most=most))


class NotAwaited(DomainError):
    """What no longer runs is not called back, replaced or issued again."""

    code = "not-awaited"

    def __init__(self) -> None:
        super().__init__(_l("This request is no longer under way."))


class StillToPost(DomainError):
    """A letter that has not left is not issued again."""

    code = "still-to-post"

    def __init__(self) -> None:
        super().__init__(_l("The letter is still to be posted: its term has not begun, so there is nothing to issue again."))


class SayWhy(DomainError):
    """Calling back, replacing and issuing again say why."""

    code = "say-why"

    def __init__(self) -> None:
        super().__init__(_l("Say why, in a few words."))


class UnknownItem(DomainError):
    """An item of another request, or of none."""

    code = "unknown-item"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("This item does not belong to a request of this case."))


class FileNotAccepted(DomainError):
    """A file that is not what it says, cannot be read, or could hurt."""

    code = "file-not-accepted"
    status = 422
