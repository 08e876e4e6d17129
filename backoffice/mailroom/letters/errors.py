"""What a print run can be refused for."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NothingToPrint(DomainError):
    """No letter waits."""

    code = "nothing-to-print"

    def __init__(self) -> None:
        super().__init__(_l("No letter waits to be printed."))


class NotCounted(DomainError):
    """The number typed is not the number of letters in the run."""

    code = "not-counted"
    status = 422

    def __init__(self, counted: int, expected: int) -> None:
        super().__init__(
            _l(
                "You counted %(counted)s letters and the run holds %(expected)s: count again, or take out the one that is missing.",
                counted=counted,
                expected=expected,
            )
        )


class NotThatDay(DomainError):
    """A run is handed over on the day it was printed or later, and not tomorrow."""

    code = "not-that-day"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("The carrier took the letters between the day they were printed and today."))


class StillPrinting(DomainError):
    """The run is not ready."""

    code = "still-printing"

    def __init__(self) -> None:
        super().__init__(_l("The run is still being made: wait until its file is ready."))


class NotInRun(DomainError):
    """The letter is not in this run, or was taken out."""

    code = "not-in-run"
    status = 404

    def __init__(self) -> None:
        super().__init__(_l("This letter is not in the run any more."))


class InARun(DomainError):
    """A letter of a run leaves with its run."""

    code = "in-a-run"

    def __init__(self) -> None:
        super().__init__(_l("This letter is in a print run: hand over the run, or take the letter out of it first."))


class NotHeld(DomainError):
    """The letter does not wait for anybody to look at it."""

    code = "not-held"

    def __init__(self) -> None:
        super().__init__(_l("This letter does not wait to be looked at."))
