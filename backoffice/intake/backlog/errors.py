"""Why a whole file cannot be taken over."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class UnreadableFile(DomainError):
    """The file is not of a form that can be read line by line."""

    code = "backlog-unreadable"


class NoHeader(UnreadableFile):
    """Nothing is in it."""

    def __init__(self) -> None:
        super().__init__(_l("The file is empty: the first line names the columns."))


class NoSource(UnreadableFile):
    """Nobody said which system it comes from."""

    def __init__(self) -> None:
        super().__init__(_l("Name the system that the file comes from, in at most 40 characters: its numbers are kept under that name."))


class BadColumns(UnreadableFile):
    """Columns that do not exist, stand twice, or are missing."""

    def __init__(self, unknown: list[str], twice: list[str], missing: list[str]) -> None:
        said = [
            _("Unknown columns: %(names)s.", names=", ".join(unknown)) if unknown else "",
            _("Columns named twice: %(names)s.", names=", ".join(twice)) if twice else "",
            _("Missing columns: %(names)s.", names=", ".join(missing)) if missing else "",
        ]
        super().__init__(" ".join(part for part in said if part))


class NumbersExhausted(DomainError):
    """A year has a million file numbers."""

    code = "numbers-exhausted"

    def __init__(self) -> None:
        super().__init__(_l("The file numbers of this year are used up: nothing more can be opened under them."))


class AlreadySettled(DomainError):
    """Somebody settled the line in the meantime."""

    code = "backlog-settled"

    def __init__(self) -> None:
        super().__init__(_l("This line was settled in the meantime."))
