"""What the custody of paper can refuse."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NotFollowed(DomainError):
    """Nothing of this number is followed."""

    code = "not-followed"
    status = 422

    def __init__(self, number: str) -> None:
        super().__init__(_l("« %(number)s » is no envelope nor piece whose place is followed.", number=number))


class NoSuchPlace(DomainError):
    """No place has this code."""

    code = "no-such-place"
    status = 422

    def __init__(self, code: str) -> None:
        super().__init__(_l("« %(code)s » is not the code of a place.", code=code))


class AtAnEnd(DomainError):
    """It left, was destroyed, or was listed by mistake."""

    code = "at-an-end"

    def __init__(self, number: str, place: str) -> None:
        super().__init__(_l("%(number)s is not in the house any more (%(place)s): it cannot be moved.", number=number, place=place))


class NotByGun(DomainError):
    """Sending back and destroying have their own acts."""

    code = "not-by-gun"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Paper is sent back by a return and destroyed under a declaration: it is not moved there by its code."))


class MustGoBack(DomainError):
    """An original of the applicant is never destroyed."""

    code = "must-go-back"

    def __init__(self, number: str) -> None:
        super().__init__(_l("%(number)s is an original that must go back: it is never destroyed.", number=number))


class NothingToDeclare(DomainError):
    """No closed envelope waits for its declaration."""

    code = "nothing-to-declare"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("None of these envelopes is closed, whole and still to be declared."))


class NotAllDeclarable(DomainError):
    """Envelopes that are open, unknown, or declared already."""

    code = "not-declarable"
    status = 422

    def __init__(self, numbers: Iterable[str]) -> None:
        super().__init__(_l("Not closed, unknown, or declared already: %(numbers)s.", numbers=", ".join(numbers)))


class PagesToLook(DomainError):
    """The controller has not looked at every page drawn."""

    code = "pages-to-look"

    def __init__(self, count: int) -> None:
        super().__init__(_l("%(count)s pages drawn are still to be looked at.", count=count))


class PagesUnsound(DomainError):
    """Pages are not good: they are scanned again first."""

    code = "pages-unsound"

    def __init__(self, count: int) -> None:
        super().__init__(_l("%(count)s pages are not good: give this declaration up, reopen the envelope, scan again.", count=count))


class AnotherController(DomainError):
    """The controller is not the operator."""

    code = "another-controller"

    def __init__(self) -> None:
        super().__init__(_l("You signed as the operator: another person controls and signs."))


class AnotherPerson(DomainError):
    """Two people destroy."""

    code = "another-person"

    def __init__(self) -> None:
        super().__init__(_l("You asked for this destruction: another person carries it out with you and signs."))


class MayNotDestroy(DomainError):
    """What keeps the paper from being destroyed, all of it."""

    code = "may-not-destroy"

    def __init__(self, reasons: Iterable[object]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(_l("This paper may not be destroyed: %(why)s.", why="; ".join(map(str, self.reasons))))


class HeldAlready(DomainError):
    """A legal hold lasts already."""

    code = "held-already"

    def __init__(self, number: str) -> None:
        super().__init__(_l("A legal hold is already on envelope %(number)s.", number=number))


class NotHeld(DomainError):
    """No legal hold lasts."""

    code = "not-held"

    def __init__(self, number: str) -> None:
        super().__init__(_l("No legal hold is on envelope %(number)s.", number=number))
