"""Facts about terms."""

from dataclasses import dataclass

from backoffice.core.events import event


@dataclass(frozen=True)
class _OfTerm:
    term_id: int
    term: str


@event("deadlines.TermStarted")
@dataclass(frozen=True)
class TermStarted(_OfTerm):
    """A term began to run: its day zero, its days, its last day."""

    start: str
    days: int
    last_day: str


@event("deadlines.TermEnded")
@dataclass(frozen=True)
class TermEnded(_OfTerm):
    """A term ended: satisfied, lapsed or cancelled."""

    how: str


@event("deadlines.TermRevived")
@dataclass(frozen=True)
class TermRevived(_OfTerm):
    """A term that had been satisfied runs again, with its first day."""

    last_day: str


@event("deadlines.TermExtended")
@dataclass(frozen=True)
class TermExtended(_OfTerm):
    """Days were granted."""

    days: int
    reason: str
    last_day: str


@event("deadlines.TermPaused")
@dataclass(frozen=True)
class TermPaused(_OfTerm):
    """The clock is stopped from this day."""

    first: str
    ground: str


@event("deadlines.TermResumed")
@dataclass(frozen=True)
class TermResumed(_OfTerm):
    """The clock runs again; the days of the pause do not count."""

    paused_days: int
    last_day: str
