"""The rule of outages, in pure functions: the days an outage takes, whose terms it touches, and when a period closes instead.

The rule (docs/decisions/0019-whole-days-of-an-outage-do-not-count.md): every day of Montréal that the outage touched, however
briefly, counts for nobody whose term depends on a door that was shut. Days are what a term is made of (I-16 s. 52), so the
minutes of an outage are never argued about; and a term whose last day fell within it ends on an open day after it.
A period stays open longer by exactly the time during which its door was shut. Overlapping outages count once, whatever the
order in which they were recorded.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import plain_digest
from backoffice.deadlines.rules import ends_at
from backoffice.deadlines.values import OPEN_ENDED, TermKind
from backoffice.intake.outages.values import Door, Line, Span, Why

NOTICE_DAYS: Final = 10
"""When a longer term is taken back, nobody's last day comes sooner than so many days after (project default)."""

_DAY: Final = timedelta(days=1)
_INSTANT: Final = timedelta(microseconds=1)

_ANSWERS: Final = frozenset({TermKind.DOCUMENTS, TermKind.INTENTION_TO_REJECT, TermKind.INTENTION_TO_REFUSE, TermKind.REVIEW})
SERVES: Final = {
    Door.PORTAL: _ANSWERS | {TermKind.PAYMENT, TermKind.INVITATION},
    Door.PAYMENTS: frozenset({TermKind.PAYMENT}),
    Door.POST: _ANSWERS,
    Door.TELEPHONE: frozenset[TermKind](),
    Door.MINISTRY: _ANSWERS | {TermKind.PAYMENT, TermKind.INVITATION},
}
"""What each door is needed for. Nothing is done by telephone only; the ministry's own targets are never lengthened."""

OPENS: Final = {
    Door.PORTAL: frozenset({"online"}),
    Door.PAYMENTS: frozenset[str](),
    Door.POST: frozenset({"paper"}),
    Door.TELEPHONE: frozenset[str](),
    Door.MINISTRY: frozenset({"online", "paper"}),
}
"""Through which channels of a period each door lets people in; money is asked for after, with its own term."""


def touched(starts_at: datetime, ends_at: datetime | None) -> Span:
    """Every day of Montréal that an outage touched; one that ends at midnight does not touch the day that begins."""
    return Span(montreal_day(starts_at), montreal_day(ends_at - _INSTANT) if ends_at else None)


def protects(doors: Iterable[Door], kind: TermKind, channel: str) -> bool:
    """Whether a term of this kind depends on one of these doors; only who applied on paper pays by post."""
    return any(kind in SERVES[door] or (door is Door.POST and kind is TermKind.PAYMENT and channel == "paper") for door in doors)


def runs_in(span: Span, start: date) -> bool:
    """Whether a term that began on this day zero can lose a day of the span; day zero itself is never counted."""
    return span.last is None or start < span.last


def kept(before: Span | None, wanted: Span | None, last_day: Callable[[Span | None], date], today: date) -> Span | None:
    """The days that shall not count from now on: those wanted, or as many more as it takes to make nobody late.

    A date that somebody was told is taken back only so far that ``NOTICE_DAYS`` remain; the days kept for that follow
    those wanted, one by one. A date that comes later is never held back.
    """
    stands = last_day(before)
    floor = min(stands, today + NOTICE_DAYS * _DAY)
    if last_day(wanted) >= floor or before is None:
        return wanted
    base = wanted if wanted and wanted.first <= last_day(None) else Span(before.first, before.first)
    last = base.last or base.first
    while last_day(Span(base.first, last)) < floor:
        last += _DAY
    return Span(base.first, last)


def why(span: Span, before: Span | None, after: Span | None, old_day: date, new_day: date, today: date) -> Why:
    """The reason that stands beside a term on the list."""
    if after is None:
        return Why.TAKEN_BACK
    if before is not None:
        return Why.NOTICE if after != span else Why.CORRECTED
    if old_day == new_day:
        return Why.SILENT
    if new_day == OPEN_ENDED:
        return Why.STOPPED
    if new_day < today:
        return Why.PAST
    return Why.LAST_DAY if span.first <= old_day <= (span.last or OPEN_ENDED) else Why.TOUCHED


def lapsed_why(span: Span, last_day: date) -> Why:
    """Whether what lapsed ended on a day of the outage, or later but a day short."""
    return Why.LAPSED_DURING if last_day <= (span.last or OPEN_ENDED) else Why.LAPSED_AFTER


def admits(doors: Iterable[Door], channels: Iterable[str]) -> bool:
    """Whether people enter this period through one of these doors."""
    offered = set(channels)
    return any(OPENS[door] & offered for door in doors)


def closing(opens_at: datetime, closes_at: datetime, lost: Iterable[tuple[datetime, datetime]]) -> datetime:
    """When a period closes that stays open as long as was decided, the time during which its door was shut not counted."""
    end = closes_at
    for first, last in _merged(lost):
        begins = max(first, opens_at)
        if begins >= end:
            break
        end += max(last - begins, timedelta())
    return end


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def closing_taken_back(stands: datetime, wanted: datetime, today: date) -> datetime:
    """An earlier closing again, but never before the end of the next day: whoever counted on the later one has notice."""
    return max(wanted, min(stands, ends_at(today + _DAY)))


def list_digest(outage_id: int, version: int, lines: Iterable[Line]) -> str:
    """The digest of a list: the outage as it was written down, then each line that will be carried out, in order; this is what is signed."""
    return plain_digest([outage_id, version, [_plain(line) for line in lines]])


def _plain(line: Line) -> list[object]:
    spans = [[one.first.isoformat(), one.last.isoformat() if one.last else None] if one else None for one in (line.before, line.after)]
    days = [one.isoformat() if one else None for one in (line.old_day, line.new_day)]
    closings = [one.astimezone(UTC).isoformat() if one else None for one in (line.old_closing, line.new_closing)]
    return [*line.key, line.name, *spans, *days, *closings]


def moved(frozen: Iterable[Line], fresh: Iterable[Line]) -> dict[str, list[str]]:
    """What differs between the list that was seen and the list as it would be now, by name."""
    old, new = {line.key: line for line in frozen}, {line.key: line for line in fresh}
    return {
        "added": sorted(line.name for key, line in new.items() if key not in old),
        "gone": sorted(line.name for key, line in old.items() if key not in new),
        "changed": sorted(line.name for key, line in new.items() if key in old and _plain(old[key]) != _plain(line)),
    }
