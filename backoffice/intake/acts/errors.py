"""What an act on many can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class NothingChosen(DomainError):
    """A list of everybody is never meant."""

    code = "nothing-chosen"

    def __init__(self) -> None:
        super().__init__(_l("Choose at least a window, a programme or dates: an act never reaches everybody by omission."))


class EmptyList(DomainError):
    """Nobody matches."""

    code = "empty-list"

    def __init__(self) -> None:
        super().__init__(_l("No application can be touched by this act with these choices: nothing was prepared."))


class NotUndoable(DomainError):
    """Only an act that was carried out, of the right kind, can be undone."""

    code = "not-undoable"

    def __init__(self) -> None:
        super().__init__(_l("Only an act of the right kind that was carried out can be undone."))


class ListChanged(DomainError):
    """What is to be carried out is not what was signed."""

    code = "list-changed"

    def __init__(self) -> None:
        super().__init__(_l("The list is not the one that was signed: nothing is carried out. Tell the administrator."))


class MayNotApprove(DomainError):
    """The second signature is a supervisor's."""

    code = "may-not-approve"

    def __init__(self) -> None:
        super().__init__(_l("This account may not sign such an act."))
