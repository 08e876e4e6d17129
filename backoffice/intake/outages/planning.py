"""The list of an outage as the facts give it now: each term and period beside what the rule makes of it. Nothing is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from backoffice.core.calendar import Calendar
from backoffice.deadlines import rules as terms
from backoffice.deadlines.models import Term
from backoffice.deadlines.service.counting import extensions_of
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import Pause, TermKind
from backoffice.intake.outages import queries, rules
from backoffice.intake.outages.models import Outage
from backoffice.intake.outages.queries import Reached
from backoffice.intake.outages.values import CARRIED_OUT, Extent, Line, LineKind, ListKind, Span, Why
from backoffice.quota.models import Window
from backoffice.quota.values import WindowState


@dataclass(frozen=True)
class Plan:
    """The lines that would be carried out, and those that a person must look at."""

    lines: list[Line]
    apart: list[Line]


def plan(outage: Outage, kind: ListKind, today: date) -> Plan:
    """What an outage still changes: all of it the first time, then the difference, or everything taken back."""
    span = rules.touched(outage.starts_at, outage.ends_at)
    extent = outage.extent
    kinds = [one for one in TermKind if rules.protects(extent.doors, one, "paper")]
    wanted = None if kind is ListKind.REVERSE else span
    found = queries.reached(extent, kinds, TermState.RUNNING, outage.ref)
    lines = [line for one in found if (line := _term(outage, one, wanted, span, today))]
    apart = [] if wanted is None else [line for one in queries.reached(extent, kinds, TermState.LAPSED, "") if (line := _lapsed(outage, one, span))]
    everything = [*lines, *_windows(outage, kind, today), *apart]
    return Plan(_of(everything, CARRIED_OUT), _of(everything, (LineKind.LAPSED, LineKind.CLOSED)))


def _of(lines: list[Line], kinds: Sequence[LineKind]) -> list[Line]:
    """The lines of these kinds, kind by kind."""
    return [line for kind in kinds for line in lines if line.kind is kind]


def counter(term: Term, ref: str) -> Callable[[Span | None], date]:
    """The last day of a term by the days that one outage takes from it, everything else about it as it stands."""
    rule, calendar = terms.rule_for(term.kind, term.start), Calendar.from_json(term.calendar)
    others = [Pause(p.first, p.last, p.ground) for p in term.pauses if p.removed_at is None and p.ref != ref]
    extensions = extensions_of(term)

    @cache  # the same two or three spans are asked for again and again, for thousands of terms
    def last_day(span: Span | None) -> date:
        pauses = [*others, Pause(span.first, span.last, "outage")] if span else others
        return terms.workings(rule, term.start, extensions=extensions, pauses=pauses, calendar=calendar, own_days=term.own_days).last_day

    return last_day


def applied(term: Term, ref: str) -> Span | None:
    """The days that an outage takes from a term already."""
    return next((Span(p.first, p.last) for p in term.pauses if p.ref == ref and p.removed_at is None), None)


def _wanted(outage: Outage, one: Reached, span: Span | None) -> Span | None:
    """The days of the outage for this person, or none: it does not reach them, or the term began after it."""
    extent = outage.extent
    mine = rules.protects(extent.doors, one.term.kind, one.case.channel.value) and _reaches(extent, one)
    return span if span and mine and rules.runs_in(span, one.term.start) else None


def _reaches(extent: Extent, one: Reached) -> bool:
    """Whether the person is among those named; a term that only carries the days of an outage may not be."""
    country = str((one.case.contact.get("address") or {}).get("country") or "")
    return (not extent.cases or one.case.number in extent.cases) and (not extent.countries or country in extent.countries)


def _term(outage: Outage, one: Reached, wanted: Span | None, span: Span, today: date) -> Line | None:
    before, last_day = applied(one.term, outage.ref), counter(one.term, outage.ref)
    after = rules.kept(before, _wanted(outage, one, wanted), last_day, today)
    if before == after:
        return None
    old, new = last_day(before), last_day(after)
    kind = LineKind.TERM if old != new else LineKind.NOTED
    return _line(kind, rules.why(span, before, after, old, new, today), one, before, after, old, new)


def _lapsed(outage: Outage, one: Reached, span: Span) -> Line | None:
    """A term that lapsed and would have run longer: nobody revives it but a person."""
    wanted, last_day = _wanted(outage, one, span), counter(one.term, outage.ref)
    old, new = one.term.last_day, last_day(wanted)
    if wanted is None or applied(one.term, outage.ref) or new <= old:
        return None
    return _line(LineKind.LAPSED, rules.lapsed_why(span, old), one, None, wanted, old, new)


def _line(kind: LineKind, why: Why, one: Reached, before: Span | None, after: Span | None, old: date, new: date) -> Line:
    return Line(
        kind, why, one.case.id, one.case.number, one.case.submission_id, one.term.id, one.term.kind.value, before=before, after=after, old_day=old,
        new_day=new,
    )  # fmt: skip


def _windows(outage: Outage, kind: ListKind, today: date) -> list[Line]:
    """The periods whose closing moves; those that closed before anybody signed stand apart. While it lasts, nobody knows by how much."""
    if outage.ends_at is None and kind is not ListKind.REVERSE:
        return []
    return [line for one in queries.periods() if (line := _window(outage, one, kind, today))]


def _window(outage: Outage, window: Window, kind: ListKind, today: date) -> Line | None:
    wanted, stands = _closing(outage, window, kind), window.closes_at
    closed = window.state is WindowState.CLOSED
    if wanted < stands:
        wanted = rules.closing_taken_back(stands, wanted, today)
    if wanted == stands or (closed and wanted < stands):
        return None
    if closed:
        return Line(LineKind.CLOSED, Why.CLOSED_BEFORE, window_id=window.id, window_code=window.code, old_closing=stands, new_closing=wanted)
    why = Why.OPENING_LOST if wanted > stands else Why.CLOSING_BACK
    return Line(LineKind.WINDOW, why, window_id=window.id, window_code=window.code, old_closing=stands, new_closing=wanted)


def _closing(outage: Outage, window: Window, kind: ListKind) -> datetime:
    """When a period closes, all outages that stand taken together: what was decided, and the time during which its door was shut."""
    done = queries.postponements(window.id)
    decided = window.closes_at - timedelta(seconds=sum(one.seconds for one in done))
    others = [one.outage for one in done if one.outage.id != outage.id]
    standing = others if kind is ListKind.REVERSE else [*others, outage]
    return rules.closing(window.opens_at, decided, [(one.starts_at, one.ends_at) for one in standing if one.ends_at and _shuts(one, window)])


def _shuts(outage: Outage, window: Window) -> bool:
    """Whether an outage shuts a door of this period to everybody; one that was taken back shuts none."""
    extent = outage.extent
    here = not extent.for_some and extent.window in {None, window.code}
    return here and outage.reversed_at is None and rules.admits(extent.doors, window.channels)
