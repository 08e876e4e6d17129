"""What the hallway can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class SubmissionConflict(DomainError):
    """The identifier is taken by another content."""

    code = "submission-conflict"

    def __init__(self) -> None:
        super().__init__(_l("Another content was already received under this identifier."))


class AlreadyReceived(DomainError):
    """The application itself was received under this identifier."""

    code = "submission-conflict"

    def __init__(self) -> None:
        super().__init__(_l("An application was already received under this identifier: it stands, and nothing else takes its place."))


class DraftChanged(DomainError):
    """The draft is not the version that the caller knows."""

    code = "draft-changed"
    status = 412

    def __init__(self) -> None:
        super().__init__(_l("The draft was saved from elsewhere since: read it again, then send."))


class WindowClosed(DomainError):
    """No window receives the application, and nothing exempts it; a programme that has another door is told which."""

    code = "window-closed"

    def __init__(self, message: object = None) -> None:
        super().__init__(message or _l("No intake window is open for this programme, and no ground of exemption applies."))


class WindowSuspended(DomainError):
    """The window is suspended for the moment."""

    code = "window-suspended"

    def __init__(self) -> None:
        super().__init__(_l("The intake window is suspended for the moment. The attempt was recorded; send it again when it resumes."))


class PaymentConflict(DomainError):
    """The payment's number is taken by another content."""

    code = "payment-conflict"

    def __init__(self) -> None:
        super().__init__(_l("Another payment was already received under this identifier."))


class MessageConflict(DomainError):
    """The message's identifier is taken by another content."""

    code = "message-conflict"

    def __init__(self) -> None:
        super().__init__(_l("Another message was already received under this identifier."))
