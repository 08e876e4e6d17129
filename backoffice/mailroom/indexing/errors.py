"""What indexing can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NotInDoubt(DomainError):
    """The envelope was settled meanwhile."""

    code = "not-in-doubt"

    def __init__(self, number: str) -> None:
        super().__init__(_l("Envelope %(number)s is no longer in doubt.", number=number))


class TakenByAnother(DomainError):
    """Somebody else has it."""

    code = "taken-by-another"

    def __init__(self, name: str) -> None:
        super().__init__(_l("%(name)s has this envelope already.", name=name))


class NotAColleague(DomainError):
    """Only people of the mailroom, of casework and their supervisors are asked."""

    code = "not-a-colleague"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Choose somebody of the list."))
