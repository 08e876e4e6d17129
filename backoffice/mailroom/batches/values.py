"""What a batch declares on its header sheet, and what is found of it."""

from dataclasses import dataclass, field
from enum import StrEnum

from backoffice.mailroom.balancing import Difference, FileFact, PageFact

MOST_ENVELOPES = 50
"""A pile that one person can carry, scan and balance in one go (domain note, §11 (5))."""


@dataclass(frozen=True)
class Figures:
    """The figures of a header sheet: declared on one side, found on the other."""

    envelopes: int = 0
    sheets: int = 0
    separators: int = 0
    cheques: int = 0
    cents: int = 0


@dataclass(frozen=True)
class EnvelopeFacts:
    """An envelope of a batch: what was counted in it, its pages, its files, its money in cents."""

    number: str
    declared: int | None
    pages: tuple[PageFact, ...]
    files: tuple[FileFact, ...]
    instruments: tuple[int, ...] = ()


@dataclass(frozen=True)
class BatchFacts:
    """A batch as its account reads it; `separators` is how many were found, `files` were scanned for the whole pile."""

    number: str
    expected: Figures
    envelopes: tuple[EnvelopeFacts, ...]
    separators: int = 0
    files: tuple[FileFact, ...] = ()


@dataclass(frozen=True)
class BatchBalance:
    """The account of a batch; it closes when nothing differs."""

    expected: Figures
    found: Figures
    differences: tuple[Difference, ...] = ()
    own: tuple[Difference, ...] = ()
    by_envelope: dict[str, tuple[Difference, ...]] = field(default_factory=dict)

    @property
    def balances(self) -> bool:
        """Whether the batch may close."""
        return not self.differences


class SignedAs(StrEnum):
    """Who signs a day's sheet."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class DayFigures:
    """The day's mail, counted to the piece: what came in, and what became of it."""

    deliveries: int = 0
    counted: int | None = None
    envelopes: int = 0
    closed: int = 0
    returned: int = 0
    open: int = 0
    sheets: int = 0
    pages: int = 0
    filed: int = 0
    to_file: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    cheques: int = 0
    cents: int = 0
    cheques_out: dict[str, int] = field(default_factory=dict)
    cents_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenDifference:
    """A difference of the day that somebody has to settle."""

    where: str
    what: str
    owner: str


@dataclass(frozen=True)
class NewBatch:
    """A batch as it is opened: the envelopes put in at once, and what its header declares (nothing: what opening counted)."""

    envelopes: tuple[str, ...] = ()
    expected: Figures | None = None
    delivery_id: int | None = None
