"""What the pipeline can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class BatchDone(DomainError):
    """A closed batch takes no more files."""

    code = "batch-done"

    def __init__(self, number: str) -> None:
        super().__init__(_l("Batch %(number)s is closed: reopen it before anything is scanned into it.", number=number))


class NoHome(DomainError):
    """A scanned file belongs to an envelope or to a batch."""

    code = "no-home"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("Say which envelope or which batch this file belongs to."))


class NotRecognised(DomainError):
    """The archive copy is made of recognised pages."""

    code = "not-recognised"

    def __init__(self, left: int) -> None:
        super().__init__(_l("The text of %(count)s pages is still to be recognised: the archive copy is made afterwards.", count=left))
