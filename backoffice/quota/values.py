"""The terms of a window, where its places stand, an application as admission sees it, and what the ledger says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from backoffice.quota.statuses import (
    AdmissionAction,
    AdmissionReason,
    AdmissionStatus,
    ArrivalsRule,
    Doubt,
    InputType,
    Order,
    Pool,
    WindowAction,
    WindowState,
)

__all__ = [
    "PAPER",
    "AdmissionAction",
    "AdmissionReason",
    "AdmissionStatus",
    "ArrivalsRule",
    "Doubt",
    "Entry",
    "InputType",
    "Order",
    "Outcome",
    "Pool",
    "Score",
    "Standing",
    "Ties",
    "WindowAction",
    "WindowState",
    "WindowTerms",
]

PAPER = "paper"
"""The door of the mailroom."""


@dataclass(frozen=True, slots=True)
class WindowTerms:
    """What the ministerial decision says of a window: data, never code (I-0.2 s. 3.5; I-0.2.1 s. 50)."""

    capacity: int
    margin: int = 0
    reserve: int = 0
    paper_share: int | None = None
    country_caps_default: int | None = None
    country_caps: Mapping[str, int] = field(default_factory=dict)
    waiting_list: bool = False
    exempt_grounds: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset({"online", "paper"})
    order: Order = Order.FIRST_COME
    paper_day_drawn: bool = False
    offers_first: bool = False

    @property
    def total(self) -> int:
        """The places there are: the maximum and its margin."""
        return self.capacity + self.margin


@dataclass(frozen=True, slots=True)
class Standing:
    """The places taken so far: held without payment, confirmed by it, both together by country, and those of the reserve given."""

    held: int = 0
    confirmed: int = 0
    by_country: Mapping[str, int] = field(default_factory=dict)
    reserve_used: int = 0
    by_pool: Mapping[str, int] = field(default_factory=dict)
    promised: int = 0

    @property
    def taken(self) -> int:
        """Places that somebody has."""
        return self.held + self.confirmed


@dataclass(frozen=True, slots=True)
class Ties:
    """The interval inside which arrivals count as simultaneous, from when it is counted, and the secret that draws their order."""

    seconds: int
    origin: datetime
    secret: str


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a declaration of interest, whether it has a validated offer, and what the score was computed from."""

    score: int
    offer: bool = False
    inputs: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Entry:
    """One application as the ledger knows it at one moment."""

    id: str
    sequence: int
    received_at: datetime
    day: date
    channel: str
    country: str
    ground: str | None = None
    doubt: Doubt | None = None
    late: bool = False
    status: AdmissionStatus = AdmissionStatus.PENDING
    reason: AdmissionReason | None = None
    rank: int | None = None
    pool: Pool | None = None
    first_pool: Pool | None = None
    suspected: bool = False  # and nobody answered yet
    denied: bool = False  # the last verdict on its ground
    listed: bool = False  # in the frozen list of the draw
    before: tuple[AdmissionStatus, AdmissionReason | None] | None = None  # what it was when it was annulled
    score: int | None = None
    offer: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one application stands after an input: a line of the ledger."""

    id: str
    status: AdmissionStatus
    reason: AdmissionReason | None
    rank: int | None
    pool: Pool | None

    def data(self) -> dict[str, object]:
        """The members of its line."""
        reason, pool = self.reason, self.pool
        return {
            "id": self.id, "status": self.status.value, "reason": reason.value if reason else None, "rank": self.rank,
            "pool": pool.value if pool else None,
        }  # fmt: skip
