"""How long a term is, when it ends, and whether an act came in time."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from backoffice.core.calendar import MONTREAL, Calendar, Skipped, montreal_day
from backoffice.deadlines.values import OPEN_ENDED, Extension, Pause, TermKind, TermRule, Workings

# One extension of at most so many days, reasoned, granted by a supervisor before the term ends (project default:
# no text on extensions was found).
EXTENSION_LIMIT_DAYS: Final = 30

_DAY: Final = timedelta(days=1)
# Past the end of the calendar: a clock that is stopped.
_STOPPED: Final = (OPEN_ENDED, 0)

# Why the count starts where it does; the person is presumed to have received what is readable at the address they
# designated (C-1.1 s. 31).
DAY_ZERO: Final = {
    TermKind.PAYMENT: "message_readable",
    TermKind.DOCUMENTS: "list_sent",
    TermKind.INTENTION_TO_REJECT: "letter_sent",
    TermKind.INTENTION_TO_REFUSE: "letter_sent",
    TermKind.REVIEW: "letter_dated",
    TermKind.INVITATION: "invitation_sent",
    TermKind.INTERNAL: "entered",
}


def _rule(kind: TermKind, days: int, since: date, citation: str) -> TermRule:
    return TermRule(kind, days, citation, f"{kind.value}-{since.isoformat()}", since)


TERMS: Final = (
    _rule(TermKind.PAYMENT, 30, date(2012, 1, 1), "Project default: the term of 2016, carried back"),
    _rule(TermKind.PAYMENT, 30, date(2016, 1, 5), "Ministry page “Immigration application”, state of 2016"),
    _rule(TermKind.DOCUMENTS, 90, date(2012, 1, 1), "Project default: the term of 2016, carried back"),
    _rule(TermKind.DOCUMENTS, 90, date(2016, 1, 1), "A-1520-LF (2016-01)"),
    _rule(TermKind.INTENTION_TO_REJECT, 90, date(2014, 1, 1), "Ministry's spokesman, 2014; project default"),
    _rule(TermKind.INTENTION_TO_REJECT, 60, date(2018, 8, 2), "I-0.2.1 in force; project default"),
    _rule(TermKind.INTENTION_TO_REFUSE, 60, date(2012, 1, 1), "GPI 3-1"),
    _rule(TermKind.REVIEW, 90, date(2013, 1, 1), "Ministry page “Administrative review”, 2013"),
    _rule(TermKind.INVITATION, 60, date(2019, 7, 4), "I-0.2.1 s. 44; first round of invitations, 2019-07-04"),
    _rule(TermKind.INTERNAL, 15, date(2012, 1, 1), "Project default"),
)


class NoTermInForceError(LookupError):
    """No text gave a term of that kind on that day."""


def rule_for(kind: TermKind, on: date) -> TermRule:
    """Give the rule in force on that day; a term keeps the rule of its day zero."""
    in_force = [rule for rule in TERMS if rule.kind is kind and rule.in_force_from <= on]
    if not in_force:
        raise NoTermInForceError(f"no term of kind {kind.value} was in force on {on.isoformat()}")
    return max(in_force, key=lambda rule: rule.in_force_from)


def workings(
    rule: TermRule,
    start: date,
    *,
    extensions: Iterable[Extension] = (),
    pauses: Iterable[Pause] = (),
    calendar: Calendar,
    day_zero_reason: str = "",
    own_days: int | None = None,
) -> Workings:
    """Count a term, line by line (I-16 s. 52).

    Day zero is not counted, the last day is. Extensions add days; days within pauses do not count, however many pauses
    cover them. A term that would end on a closed day, or during a pause, ends on the next day that is neither.
    ``own_days`` were granted for this one term, in place of the days of the rule.
    """
    days = rule.days if own_days is None else own_days
    granted, paused = tuple(sorted(extensions, key=_by_day)), tuple(sorted(pauses, key=_in_time))
    extended_by = sum(extension.days for extension in granted)
    stops = _merged(paused)
    counted_to, paused_days = _count(start, days + extended_by, stops)
    last_day, skipped, paused_at_end = _land(counted_to, stops, calendar)
    return Workings(
        start=start,
        day_zero_reason=day_zero_reason or DAY_ZERO[rule.kind],
        days=days,
        extended_by=extended_by,
        paused_days=paused_days + paused_at_end,
        counted_to=counted_to,
        skipped=skipped,
        last_day=last_day,
        rule=rule,
        calendar_version=calendar.version,
        saturdays=calendar.saturdays,
        own_days=own_days is not None,
        extensions=granted,
        pauses=tuple(dict.fromkeys(paused)),
    )


def _by_day(extension: Extension) -> tuple[date, int, str]:
    return extension.granted_on, extension.days, extension.reason


def _in_time(pause: Pause) -> tuple[date, date, str]:
    return pause.first, pause.last or OPEN_ENDED, pause.ground


def last_day(
    rule: TermRule,
    start: date,
    *,
    extensions: Iterable[Extension] = (),
    pauses: Iterable[Pause] = (),
    calendar: Calendar,
) -> date:
    """Give the last day on which the act is still in time."""
    return workings(rule, start, extensions=extensions, pauses=pauses, calendar=calendar).last_day


def ends_at(last_day: date) -> datetime:
    """Give the first instant that is too late: midnight ending the last day in Montréal, in UTC."""
    if last_day == OPEN_ENDED:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(last_day + _DAY, time(), MONTREAL).astimezone(UTC)


def is_late(acted_at: datetime, last_day: date) -> bool:
    """Whether an act came after the last day was over in Montréal."""
    return montreal_day(acted_at) > last_day


def days_left(last_day: date, today: date) -> int:
    """Count the days left: 0 on the last day, negative once it is over."""
    return (last_day - today).days


def _merged(pauses: Iterable[Pause]) -> tuple[tuple[date, date], ...]:
    """Join pauses that overlap or touch, in order; one without an end runs to the end of the calendar."""
    merged: list[tuple[date, date]] = []
    for first, last in sorted((pause.first, pause.last or OPEN_ENDED) for pause in pauses):
        if merged and (merged[-1][1] == OPEN_ENDED or first <= merged[-1][1] + _DAY):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _count(start: date, days: int, stops: tuple[tuple[date, date], ...]) -> tuple[date, int]:
    """Walk so many days from day zero, over the stops; give the day reached and how many paused days were passed."""
    reached, left, paused = start, days, 0
    for first, last in stops:
        begins = max(first, reached + _DAY)
        if last < begins:
            continue
        before = (begins - reached).days - 1
        if before >= left:
            break
        if last == OPEN_ENDED:
            return _STOPPED
        left -= before
        paused += (last - begins).days + 1
        reached = last
    return reached + timedelta(days=left), paused


def _land(counted_to: date, stops: tuple[tuple[date, date], ...], calendar: Calendar) -> tuple[date, tuple[Skipped, ...], int]:
    """Carry the end to an open day outside any pause; give it, the closed days, and the paused days passed."""
    skipped: tuple[Skipped, ...] = ()
    day, paused = counted_to, 0
    while day != OPEN_ENDED:
        day, closed = calendar.next_open(day)
        skipped += closed
        stop_ends = next((last for first, last in stops if first <= day <= last), None)
        if stop_ends is None:
            break
        if stop_ends == OPEN_ENDED:
            return OPEN_ENDED, skipped, paused
        paused += (stop_ends - day).days + 1
        day = stop_ends + _DAY
    return day, skipped, paused
