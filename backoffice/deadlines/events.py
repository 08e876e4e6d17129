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


@event("deadlines.TermReissued")
@dataclass(frozen=True)
class TermReissued(_OfTerm):
    """The letter was issued again: the whole term from a new day zero, the old one kept in the record."""

    old_start: str
    old_last_day: str
    start: str
    last_day: str
    reason: str


@event("deadlines.StartCorrected")
@dataclass(frozen=True)
class StartCorrected(_OfTerm):
    """The day zero had been recorded wrong; what was granted on the term and its pauses still count."""

    old_start: str
    old_last_day: str
    start: str
    last_day: str
    reason: str


@event("deadlines.TermRecomputed")
@dataclass(frozen=True)
class TermRecomputed(_OfTerm):
    """A person had the term counted again under the calendar now in force."""

    old_calendar: str
    old_last_day: str
    calendar: str
    last_day: str
    reason: str


@event("deadlines.PauseAdded")
@dataclass(frozen=True)
class PauseAdded(_OfTerm):
    """Days that do not count were entered afterwards (an outage): the last day moved by them."""

    first: str
    last: str | None
    ground: str
    ref: str
    last_day: str


@event("deadlines.PauseRemoved")
@dataclass(frozen=True)
class PauseRemoved(_OfTerm):
    """Days that had been taken out of the count are back in it."""

    first: str
    last: str | None
    ground: str
    ref: str
    last_day: str


@event("deadlines.EndsBarred")
@dataclass(frozen=True)
class EndsBarred:
    """No term of the case may end until this is settled; the clocks run on."""

    ground: str
    ref: str


@event("deadlines.BarLifted")
@dataclass(frozen=True)
class BarLifted:
    """The terms of the case may end again, and how that came."""

    ground: str
    ref: str
    how: str
