"""Plain values of opening the mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PieceKind(StrEnum):
    """What a piece of an envelope is."""

    FORM = "form"
    EVIDENCE = "evidence"
    PAYMENT = "payment"
    UNSCANNABLE = "unscannable"
    ORIGINAL = "original"


FOLLOWED = frozenset({PieceKind.UNSCANNABLE, PieceKind.ORIGINAL})
"""Pieces whose place is always known: an original goes back, a key or an album cannot become pictures."""


@dataclass(frozen=True)
class NewPiece:
    """A piece as it is listed at opening."""

    kind: PieceKind
    description: str
    sheets: int | None = None


@dataclass(frozen=True)
class NewDelivery:
    """What the carrier brought."""

    delivered_on: date
    carrier: str
    bags: int | None = None
    counted_envelopes: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Count:
    """How many envelopes of a delivery were counted and how many are registered."""

    counted: int | None
    registered: int

    @property
    def missing(self) -> int:
        """Envelopes counted that nobody registered."""
        return max(0, (self.counted or 0) - self.registered)

    @property
    def extra(self) -> int:
        """Envelopes registered that nobody counted."""
        return max(0, self.registered - self.counted) if self.counted is not None else 0

    @property
    def difference(self) -> int:
        """Counted less registered; nothing while nobody counted."""
        return self.counted - self.registered if self.counted is not None else 0


@dataclass(frozen=True)
class Line:
    """An instrument on a deposit slip."""

    receipt_id: int
    method: str
    currency: str
    amount_cents: int


@dataclass(frozen=True)
class Total:
    """What a slip has of one kind in one currency."""

    method: str
    currency: str
    count: int
    cents: int


@dataclass(frozen=True)
class Place:
    """Where a slip stands in its kit, for the order of its day."""

    serial: int
    received_on: date


@dataclass(frozen=True)
class SlipNumber:
    """The number of a receipt slip, read."""

    year: int
    serial: int


def by_kind(lines: Sequence[Line]) -> list[Total]:
    """The totals of a slip by method and currency, in the order of their names."""
    found: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        found.setdefault((line.method, line.currency), []).append(line.amount_cents)
    return [Total(method, currency, len(cents), sum(cents)) for (method, currency), cents in sorted(found.items())]
