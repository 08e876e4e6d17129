"""What an outage can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class BadPeriod(DomainError):
    """An outage begins in the past and ends after it began."""

    code = "bad-period"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("An outage has begun already, and ends after it began: look at both instants."))


class UnknownCases(DomainError):
    """Every case named is one of ours."""

    code = "unknown-cases"
    status = 422

    def __init__(self, numbers: str) -> None:
        super().__init__(_l("No case has this number: %(numbers)s.", numbers=numbers), numbers=numbers)


class UnderWay(DomainError):
    """While a list is carried out, nothing of its outage changes."""

    code = "under-way"

    def __init__(self) -> None:
        super().__init__(_l("A list of this outage is being carried out: wait until it is finished."))


class AskedByAnother(DomainError):
    """Facts that wait for a signature are corrected by whoever asked for it."""

    code = "asked-by-another"

    def __init__(self) -> None:
        super().__init__(_l("The list waits for a signature that somebody else asked for: only that person may correct the outage now."))


class AlreadyReversed(DomainError):
    """What was taken back stays so."""

    code = "already-reversed"

    def __init__(self) -> None:
        super().__init__(_l("This outage was taken back: record it anew if it must count after all."))


class NothingToDo(DomainError):
    """A list without a line is not asked for."""

    code = "nothing-to-do"

    def __init__(self) -> None:
        super().__init__(_l("By the rule this outage changes no date: there is nothing to sign."))


class NothingToTakeBack(DomainError):
    """Only what was carried out can be taken back."""

    code = "nothing-to-take-back"

    def __init__(self) -> None:
        super().__init__(_l("Nothing of this outage was carried out: there is nothing to take back."))


class ListChanged(DomainError):
    """What is carried out is what was signed."""

    code = "list-changed"

    def __init__(self) -> None:
        super().__init__(_l("The list is not the one that was signed: nothing is carried out. Tell the administrator."))


class Moved(DomainError):
    """The list is not any more what was seen."""

    code = "list-moved"

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Since this list was shown, the outage was corrected, or terms began, ended or moved: nothing was done. Look at the new list, and sign that one."
            )
        )
