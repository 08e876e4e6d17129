"""What the mail can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class AlreadyPosted(DomainError):
    """A letter leaves once, and does not come back."""

    code = "already-posted"

    def __init__(self) -> None:
        super().__init__(_l("The carrier already has this letter: it cannot be posted again nor called back."))


class NotWithdrawable(DomainError):
    """Only what we sent, once."""

    code = "not-withdrawable"

    def __init__(self) -> None:
        super().__init__(_l("This message was withdrawn already, or is not one of ours."))
