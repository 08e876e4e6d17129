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
