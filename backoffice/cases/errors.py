"""What a case can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NothingToTake(DomainError):
    """No case waits for a caseworker."""

    code = "nothing-to-take"

    def __init__(self) -> None:
        super().__init__(_l("No case is waiting: every case without hold has a caseworker."))


class NotYours(DomainError):
    """The case was given to somebody else in the meantime."""

    code = "not-yours"

    def __init__(self) -> None:
        super().__init__(_l("This case is assigned to somebody else. Ask a supervisor to assign it to you."))
