"""A term day by day, from day zero to its last day: what a small calendar shows, and the same as a list of spans.

The walk is its own check of the count: the days it marks as counted are as many as the term has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from backoffice.core.calendar import Skipped
from backoffice.deadlines.values import OPEN_ENDED, Pause, Workings

LONGEST: Final = 500
"""Days drawn at most: a stopped clock has no end."""

SHOWN_OF_A_STOP: Final = 13
"""Days drawn of a stop that nobody has ended yet."""

_DAY: Final = timedelta(days=1)


class Mark(StrEnum):
    """What a day is to the count."""

    ZERO = "zero"
    COUNTED = "counted"
    PAUSED = "paused"
    SKIPPED = "skipped"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day of the picture: which of the term's days it is, if it is counted, and why not, if it is not."""

    day: date
    mark: Mark
    nth: int | None = None
    ground: str = ""
    skipped: Skipped | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row that are the same to the count."""

    first: date
    last: date
    mark: Mark
    days: int
    reached: int | None
    ground: str = ""
    skipped: Skipped | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the picture, in weeks from Sunday; a day outside the term has no mark, one outside the month is empty."""

    first: date
    weeks: tuple[tuple[DayShown | date | None, ...], ...]


def days(worked: Workings) -> list[DayShown]:
    """Every day from day zero to the last one, or to the first days of a stop without end."""
    return list(_walk(worked))


def _walk(worked: Workings) -> Iterator[DayShown]:
    closed = {one.day: one for one in worked.skipped}
    yield DayShown(worked.start, Mark.ZERO)
    day, counted, term = worked.start, 0, worked.days + worked.extended_by
    until = worked.last_day if not worked.is_stopped else _end_of_picture(worked)
    while day < until and (day - worked.start).days < LONGEST:
        day += _DAY
        pause = _pause_on(day, worked.pauses)
        if pause:
            yield DayShown(day, Mark.PAUSED, ground=pause.ground)
            continue
        counted += 1
        nth = counted if counted <= term else None
        if day == worked.last_day:
            yield DayShown(day, Mark.LAST, nth)
        elif day in closed:
            yield DayShown(day, Mark.SKIPPED, nth, skipped=closed[day])
        else:
            yield DayShown(day, Mark.COUNTED, nth)


def _end_of_picture(worked: Workings) -> date:
    begins = max([pause.first for pause in worked.pauses if pause.last is None] or [worked.start])
    return max(begins, worked.start) + timedelta(days=SHOWN_OF_A_STOP)


def _pause_on(day: date, pauses: Sequence[Pause]) -> Pause | None:
    return next((pause for pause in pauses if pause.first <= day <= (pause.last or OPEN_ENDED)), None)


def spans(shown: Sequence[DayShown]) -> list[Span]:
    """The same in lines: so many days counted from here to there, then a pause, then a closed day each by its name."""
    lines = []
    for _key, group in groupby(shown, key=lambda one: (one.mark, one.ground, one.skipped)):
        run = list(group)
        reached = max((one.nth for one in run if one.nth is not None), default=None)
        lines.append(Span(run[0].day, run[-1].day, run[0].mark, len(run), reached, run[0].ground, run[0].skipped))
    return lines


def months(shown: Sequence[DayShown]) -> list[Month]:
    """The same as sheets of a calendar."""
    by_day = {one.day: one for one in shown}
    first, last = shown[0].day.replace(day=1), shown[-1].day
    sheets = []
    while first <= last:
        sheets.append(Month(first, _weeks(first, by_day)))
        first = _next_month(first)
    return sheets


def _weeks(first: date, by_day: dict[date, DayShown]) -> tuple[tuple[DayShown | date | None, ...], ...]:
    lead = (first.weekday() + 1) % 7
    length = (_next_month(first) - first).days
    cells: list[DayShown | date | None] = [None] * lead
    cells += [by_day.get(day, day) for day in (first + timedelta(days=n) for n in range(length))]
    cells += [None] * (-len(cells) % 7)
    return tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
