"""The count of a term from its recorded facts alone: as it stands, as planned, and as it would be if a fact were added."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from backoffice.core.calendar import Calendar
from backoffice.core.settings import settings
from backoffice.deadlines import rules
from backoffice.deadlines.models import Term
from backoffice.deadlines.values import Extension, Pause, TermKind, Workings


def calendar_in_force() -> Calendar:
    """The calendar under which a term begins today: I-16 s. 61(23), Saturdays and proclaimed days as the settings say."""
    chosen = settings()
    return Calendar.of(strict=chosen.strict_calendar, proclaimed=chosen.proclaimed)


def planned(kind: TermKind, start: date, days: int | None = None, reason: str = "") -> Workings:
    """What a term that started on this day would give, to be shown before it is sent; perhaps of its own number of days."""
    return _planned(kind, start, days, reason, calendar_in_force())


@lru_cache(maxsize=4096)
def _planned(kind: TermKind, start: date, days: int | None, reason: str, calendar: Calendar) -> Workings:
    return rules.workings(rules.rule_for(kind, start), start, calendar=calendar, day_zero_reason=reason, own_days=days)


def derived(term: Term) -> Workings:
    """The workings of a term from its facts alone, by the rule and the calendar of its day zero."""
    return tried(term)


def tried(term: Term, *, start: date | None = None, granted: Sequence[Extension] = (), calendar: Calendar | None = None) -> Workings:
    """What the facts of a term would give with another day zero, more days or another calendar: to be read before it is done."""
    since = start or term.start
    return rules.workings(
        rules.rule_for(term.kind, since),
        since,
        extensions=[*extensions_of(term), *granted],
        pauses=pauses_of(term),
        calendar=calendar or Calendar.from_json(term.calendar),
        day_zero_reason=term.start_reason,
        own_days=term.own_days,
    )


def extensions_of(term: Term) -> list[Extension]:
    """What was granted on the term as it runs now; what was granted on a run before is in the record only."""
    return [Extension(e.days, e.granted_on, e.reason) for e in term.extensions if e.run == term.run]


def pauses_of(term: Term) -> list[Pause]:
    """The days that do not count: earned once, they outlive every change of rule or of start."""
    return [Pause(p.first, p.last, p.ground) for p in term.pauses if p.removed_at is None]


def work_out(term: Term) -> None:
    """Keep what the facts give beside them, to be read in one query."""
    worked = derived(term)
    term.last_day, term.workings = worked.last_day, worked.to_json()
