"""What batches and days can refuse."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError
from backoffice.mailroom import wording
from backoffice.mailroom.balancing import Difference


class BatchDone(DomainError):
    """A closed batch takes nothing."""

    code = "batch-closed"

    def __init__(self, number: str) -> None:
        super().__init__(_l("Batch %(number)s is closed: reopen it first.", number=number))


class BatchFull(DomainError):
    """Fifty envelopes at most."""

    code = "batch-full"

    def __init__(self, most: int) -> None:
        super().__init__(_l("A batch takes %(most)s envelopes at most: close this one and open another.", most=most))


class InAnotherBatch(DomainError):
    """An envelope lies in one batch."""

    code = "in-another-batch"

    def __init__(self, envelope: str, batch: str) -> None:
        super().__init__(_l("Envelope %(envelope)s lies in batch %(batch)s: take it out there first.", envelope=envelope, batch=batch))


class NotInBatch(DomainError):
    """It is not in there."""

    code = "not-in-batch"

    def __init__(self, envelope: str) -> None:
        super().__init__(_l("Envelope %(envelope)s is not in this batch.", envelope=envelope))


class NotAnEnvelope(DomainError):
    """What was scanned is no envelope of ours."""

    code = "not-an-envelope"
    status = 422

    def __init__(self, code: str) -> None:
        super().__init__(_l("« %(code)s » is not the number of an envelope.", code=code))


class BatchDiffers(DomainError):
    """The batch does not balance: each difference is named."""

    code = "batch-differs"

    def __init__(self, differences: Iterable[Difference]) -> None:
        self.differences = tuple(differences)
        super().__init__()

    @property
    def message(self) -> str:
        """Each difference, in words."""
        return str(_l("The batch stays open: %(what)s.", what="; ".join(wording.sentences(self.differences))))


class NothingDiffers(DomainError):
    """There is nothing to accept."""

    code = "nothing-differs"

    def __init__(self) -> None:
        super().__init__(_l("Nothing differs that a second person could accept."))


class WorkLeft(DomainError):
    """Work that is not done is not a difference to accept."""

    code = "work-left"

    def __init__(self, differences: Iterable[Difference]) -> None:
        self.differences = tuple(differences)
        super().__init__()

    @property
    def message(self) -> str:
        """What is left to do."""
        return str(_l("First finish the work: %(what)s.", what="; ".join(wording.sentences(self.differences))))


class AlreadyAsked(DomainError):
    """It waits for its second person."""

    code = "already-asked"

    def __init__(self) -> None:
        super().__init__(_l("This waits already for a second person."))


class DayToCome(DomainError):
    """A day is signed once it has come."""

    code = "day-to-come"

    def __init__(self) -> None:
        super().__init__(_l("This day is still to come."))


class DaySignedAlready(DomainError):
    """Nothing changed since it was signed."""

    code = "day-signed"

    def __init__(self) -> None:
        super().__init__(_l("This sheet is signed and nothing has changed since."))


class DayChanged(DomainError):
    """The figures are no longer those that the clerk signed."""

    code = "day-changed"

    def __init__(self) -> None:
        super().__init__(_l("The figures have changed since the clerk signed: the clerk signs the new sheet first."))


class DayNotSigned(DomainError):
    """The clerk signs first."""

    code = "day-not-signed"

    def __init__(self) -> None:
        super().__init__(_l("The clerk signs this sheet first."))


class SameSigner(DomainError):
    """Two signatures are of two people."""

    code = "same-signer"

    def __init__(self) -> None:
        super().__init__(_l("You have signed this sheet: the second signature is another person’s."))
