"""What signing in and approving can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class WrongCredentials(DomainError):
    """The address and the password do not go together."""

    code = "wrong-credentials"

    def __init__(self) -> None:
        super().__init__(_l("The e-mail address or the password is not right. Check both and try again."))


class TooManyAttempts(DomainError):
    """Too many failed tries in a short time."""

    code = "too-many-attempts"
    status = 429

    def __init__(self, minutes: int) -> None:
        super().__init__(_l("Too many failed attempts: wait %(minutes)s minutes, or ask the administrator.", minutes=minutes))


class SecondPersonNeeded(DomainError):
    """Whoever asked cannot also approve."""

    code = "second-person"

    def __init__(self) -> None:
        super().__init__(_l("You asked for this yourself: another person must approve it."))


class KeyEnded(DomainError):
    """The key was taken back, or replaced already."""

    code = "key-ended"

    def __init__(self) -> None:
        super().__init__(_l("This key was taken back or replaced already. Reload the page."))


class AccountExists(DomainError):
    """The address is taken."""

    code = "account-exists"

    def __init__(self) -> None:
        super().__init__(_l("An account already uses this e-mail address."))
