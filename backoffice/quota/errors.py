"""What windows and places can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class WindowExists(DomainError):
    """A code is used once."""

    code = "window-exists"

    def __init__(self, code: str) -> None:
        super().__init__(_l("A window with the code %(code)s exists already.", code=code))


class AnotherWindowOpen(DomainError):
    """One open window a programme."""

    code = "another-window-open"

    def __init__(self, code: str) -> None:
        super().__init__(_l("The window %(code)s of this programme is open at that time: close it first.", code=code))


class NoticeTooShort(DomainError):
    """A window opens at least 24 hours after its notice."""

    code = "notice-too-short"

    def __init__(self) -> None:
        super().__init__(
            _l("The public notice must be recorded at least 24 hours before the opening. Otherwise a reason and a second person are needed.")
        )


class SecondPersonMissing(DomainError):
    """An override is signed by two different people of the team."""

    code = "second-person"

    def __init__(self) -> None:
        super().__init__(_l("Two different people who may manage windows must sign this."))


class NoPlaceLeft(DomainError):
    """A place that was released cannot be given back: none is free."""

    code = "no-place-left"

    def __init__(self) -> None:
        super().__init__(_l("No place is free any more in this window: a person must decide what becomes of this application."))
