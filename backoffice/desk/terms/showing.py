"""A term as its page shows it: the arithmetic, the days drawn, what moved it, what holds its end back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from backoffice.cases.models import Case
from backoffice.core import clock, formats
from backoffice.core.calendar import Calendar
from backoffice.core.events import EventRow
from backoffice.deadlines import picture, rules
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term, TermBar, TermPastStart, TermPause
from backoffice.deadlines.picture import Month, Span
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import Workings
from backoffice.deadlines.wording import sentence
from backoffice.desk import queries, timeline
from backoffice.desk.values import Entry

BARS = frozenset({"deadlines.EndsBarred", "deadlines.BarLifted"})


@dataclass(frozen=True)
class Counted:
    """A count to be read: its sentence, its months, its lines."""

    worked: Workings
    sentence: str
    months: list[Month]
    spans: list[Span]
    ends_at: datetime | None
    """The first instant that is too late, in UTC; none while the clock is stopped."""


@dataclass(frozen=True)
class TermShown:
    """All that the page of a term says."""

    term: Term
    now: Counted
    left: int | None
    holds: list[str]
    """What keeps it from ending: bars at once; mail and money not settled once the last day is over."""
    bars: list[TermBar]
    past: list[TermPastStart]
    taken_back: list[TermPause]
    facts: Sequence[Entry]
    outdated: bool
    """The calendar in force is no longer the one the term is counted by."""


def counted(worked: Workings) -> Counted:
    """A count in words, days and lines."""
    shown = picture.days(worked)
    ends_at = None if worked.is_stopped else rules.ends_at(worked.last_day).astimezone(UTC)
    return Counted(worked, sentence(worked, formats.locale_code()), picture.months(shown), picture.spans(shown), ends_at)


def shown(case: Case, term: Term) -> TermShown:
    """A term with everything that led to its last day."""
    worked = deadlines.derived(term)
    runs = term.state is TermState.RUNNING
    over = clock.today() > worked.last_day
    return TermShown(
        term=term,
        now=counted(worked),
        left=rules.days_left(worked.last_day, clock.today()) if runs and not worked.is_stopped else None,
        holds=(deadlines.what_holds_back(term) if over else deadlines.what_bars(term.subject)) if runs else [],
        bars=term_queries.bars_of(term.subject),
        past=term_queries.past_starts(term.id),
        taken_back=[pause for pause in term.pauses if pause.removed_at],
        facts=timeline.shown(_facts(case, term)),
        outdated=runs and Calendar.from_json(term.calendar) != deadlines.calendar_in_force(),
    )


def _facts(case: Case, term: Term) -> list[EventRow]:
    """What was recorded about this term, latest first."""
    found = [row for row in queries.facts_of([("case", str(case.id))]) if row.kind in BARS or _is_of(row, term)]
    return sorted(found, key=lambda row: (row.at, row.id), reverse=True)


def _is_of(row: EventRow, term: Term) -> bool:
    return row.kind.startswith("deadlines.") and row.data.get("term_id") == term.id
