"""Facts of batches and of days, each on its own chain."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def batch_subject(number: str) -> Subject:
    """A batch as the subject of facts."""
    return Subject("batch", number)


def day_subject(day: str) -> Subject:
    """A day's sheet as the subject of facts."""
    return Subject("mail_day", day)


@event("mailroom.batches.BatchOpened")
@dataclass(frozen=True)
class BatchOpened:
    """A batch was opened."""

    batch: str
    envelopes: list[str]


@event("mailroom.batches.FiguresDeclared")
@dataclass(frozen=True)
class FiguresDeclared:
    """What the header sheet declares."""

    envelopes: int
    sheets: int
    separators: int
    cheques: int
    cents: int


@event("mailroom.batches.EnvelopePutIn")
@dataclass(frozen=True)
class EnvelopePutIn:
    """An envelope was put into the batch."""

    envelope: str
    position: int


@event("mailroom.batches.EnvelopeTakenOut")
@dataclass(frozen=True)
class EnvelopeTakenOut:
    """An envelope was taken out of the batch."""

    envelope: str


@event("mailroom.batches.BatchClosed")
@dataclass(frozen=True)
class BatchClosed:
    """The batch balances, or a second person accepted these differences for this reason."""

    envelopes: int
    sheets: int
    separators: int
    cheques: int
    cents: int
    differences: list[str]
    reason: str | None
    approval_id: int | None


@event("mailroom.batches.BatchReopened")
@dataclass(frozen=True)
class BatchReopened:
    """A closed batch is worked on again."""

    reason: str


@event("mailroom.batches.DifferenceKept")
@dataclass(frozen=True)
class DifferenceKept:
    """The second person accepted, and it still could not close: something else differs now."""

    approval_id: int
    why: str


@event("mailroom.batches.DaySigned")
@dataclass(frozen=True)
class DaySigned:
    """A person signed the sheet of a day; its digest says which figures."""

    day: str
    version: int
    signed_as: str
    digest: str
    pdf_sha256: str
