"""Words of outages: the doors that can be shut, whom an outage reaches, the days it takes, and a line of its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID


class Door(StrEnum):
    """What was out of reach."""

    PORTAL = "portal"
    PAYMENTS = "payments"
    POST = "post"
    TELEPHONE = "telephone"
    MINISTRY = "ministry"


class ListKind(StrEnum):
    """What a list does: lengthens for the first time, puts right after a correction, or takes everything back."""

    LENGTHEN = "lengthen"
    DIFFERENCE = "difference"
    REVERSE = "reverse"


class LineKind(StrEnum):
    """What a line of a list is about; the last two stand apart, for a person to look at.

    A term is *noted* when the days of the outage are taken out of its count without moving its last day.
    """

    TERM = "term"
    WINDOW = "window"
    NOTED = "noted"
    LAPSED = "lapsed"
    CLOSED = "closed"


CARRIED_OUT = (LineKind.TERM, LineKind.WINDOW, LineKind.NOTED)
APART = frozenset({LineKind.LAPSED, LineKind.CLOSED})


class LineState(StrEnum):
    """What became of a line."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    REFUSED = "refused"
    APART = "apart"


class Why(StrEnum):
    """Why a line is on the list, or has the result it has."""

    TOUCHED = "touched"
    LAST_DAY = "last_day"
    SILENT = "silent"
    STOPPED = "stopped"
    PAST = "past"
    CORRECTED = "corrected"
    TAKEN_BACK = "taken_back"
    NOTICE = "notice"
    OPENING_LOST = "opening_lost"
    CLOSING_BACK = "closing_back"
    LAPSED_DURING = "lapsed_during"
    LAPSED_AFTER = "lapsed_after"
    CLOSED_BEFORE = "closed_before"
    ENDED = "ended"
    CHANGED = "changed"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of Montréal, both ends included; without a last day it still lasts."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Extent:
    """Which doors were shut, and for whom; an empty criterion means everybody."""

    doors: tuple[Door, ...]
    window: str | None = None
    countries: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def for_some(self) -> bool:
        """Whether only some people could not act: then no period stays open longer for all."""
        return bool(self.countries or self.cases)

    def to_json(self) -> dict[str, object]:
        """Give the extent as plain JSON values."""
        return {"doors": [d.value for d in self.doors], "window": self.window, "countries": list(self.countries), "cases": list(self.cases)}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read back what ``to_json`` wrote."""
        doors = tuple(Door(code) for code in _texts(data["doors"]))
        return cls(doors, str(data["window"]) if data.get("window") else None, _texts(data.get("countries")), _texts(data.get("cases")))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class NewOutage:
    """An outage as somebody writes it down, or writes it down again."""

    starts_at: datetime
    ends_at: datetime | None
    extent: Extent
    summary: str
    source: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list, as the rule gives it: a term with its days, or a period with its closing."""

    kind: LineKind
    why: Why
    case_id: int | None = None
    case_number: str | None = None
    submission_id: UUID | None = None
    term_id: int | None = None
    term_kind: str | None = None
    window_id: int | None = None
    window_code: str | None = None
    before: Span | None = None
    after: Span | None = None
    old_day: date | None = None
    new_day: date | None = None
    old_closing: datetime | None = None
    new_closing: datetime | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What the line is about, a term or a period: one line for each."""
        return ("window", self.window_id or 0) if self.window_id else ("term", self.term_id or 0)

    @property
    def name(self) -> str:
        """What somebody calls it: the number of a case, the code of a period."""
        return self.case_number or self.window_code or ""
