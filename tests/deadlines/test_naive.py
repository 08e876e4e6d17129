"""The count against a second one, written without looking at the first: a plain loop over days, its own holidays, its own clock.

Nothing of the product's arithmetic is used here: the holidays are found by walking each year, Easter by the tables of the Church
(golden number and full moon), the hours of Montréal by the rule of the law (second Sunday of March, first Sunday of November).
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backoffice.core.calendar import Calendar, montreal_day
from backoffice.deadlines import picture
from backoffice.deadlines.picture import Mark
from backoffice.deadlines.rules import TERMS, ends_at, is_late, rule_for, workings
from backoffice.deadlines.values import Extension, Pause, TermKind, TermRule

DAY = timedelta(days=1)


# --- The second implementation ---------------------------------------------------------------------------------------------


def easter_by_the_moon(year: int) -> date:
    """The Sunday after the paschal full moon of the year, which the table gives."""
    day_of, month = PASCHAL[year % 19].split(".")
    moon = date(year, int(month), int(day_of))
    day = moon + DAY
    while day.strftime("%a") != "Sun":
        day += DAY
    return day


PASCHAL = [
    "14.4",
    "3.4",
    "23.3",
    "11.4",
    "31.3",
    "18.4",
    "8.4",
    "28.3",
    "16.4",
    "5.4",
    "25.3",
    "13.4",
    "2.4",
    "22.3",
    "10.4",
    "30.3",
    "17.4",
    "7.4",
    "27.3",
]
"""The paschal full moons by golden number, 1900 to 2199, as the table of the Book of Common Prayer prints them (day.month)."""


def naive_holidays(year: int) -> set[date]:
    """I-16 s. 61(23), read day by day through a year."""
    easter = easter_by_the_moon(year)
    found = {easter - 2 * DAY, easter + DAY}
    mondays_of_september = 0
    mondays_of_october = 0
    before_25_may = None
    day = date(year, 1, 1)
    while day.year == year:
        monday = day.strftime("%a") == "Mon"
        if (day.month, day.day) in {(1, 1), (6, 24), (12, 25)}:
            found.add(day)
        if (day.month, day.day) == (7, 1):
            found.add(day if day.strftime("%a") != "Sun" else day + DAY)
        if monday and day.month == 9:
            mondays_of_september += 1
            if mondays_of_september == 1:
                found.add(day)
        if monday and day.month == 10:
            mondays_of_october += 1
            if mondays_of_october == 2:
                found.add(day)
        if monday and day < date(year, 5, 25):
            before_25_may = day
        day += DAY
    assert before_25_may is not None
    return found | {before_25_may}


def naive_last_day(start: date, days: int, pauses: list[tuple[date, date]], proclaimed: set[date], *, saturdays: bool) -> date:
    """Tick one day after the other; stop on the last one, then go on while it cannot be a last day."""
    paused = {first + n * DAY for first, last in pauses for n in range((last - first).days + 1)}
    ticked, day = 0, start
    while ticked < days:
        day += DAY
        if day not in paused:
            ticked += 1
    while (
        day in paused or day in proclaimed or day.strftime("%a") == "Sun" or (saturdays and day.strftime("%a") == "Sat") or day in _holidays(day.year)
    ):
        day += DAY
    return day


_known: dict[int, set[date]] = {}


def _holidays(year: int) -> set[date]:
    if year not in _known:
        _known[year] = naive_holidays(year)
    return _known[year]


def naive_first_instant_too_late(last: date) -> datetime:
    """Midnight ending a day in Montréal: five hours behind UTC, four in summer time, which changes at two in the morning."""
    midnight = datetime(last.year, last.month, last.day) + DAY  # noqa: DTZ001 - the legal time is worked out by hand here
    return (midnight + timedelta(hours=4 if _summer(midnight) else 5)).replace(tzinfo=UTC)


def _summer(local: datetime) -> bool:
    march = [d for d in _days_of(local.year, 3) if d.strftime("%a") == "Sun"][1]
    november = next(d for d in _days_of(local.year, 11) if d.strftime("%a") == "Sun")
    return march + timedelta(hours=2) <= local < november + timedelta(hours=2)


def _days_of(year: int, month: int) -> list[datetime]:
    return [datetime(year, month, n) for n in range(1, 31)]  # noqa: DTZ001 - see above


# --- Both against each other ---------------------------------------------------------------------------------------------

YEARS = range(2012, 2061)
rules = st.sampled_from(TERMS)


@st.composite
def cases(draw: st.DrawFn) -> tuple[TermRule, date, list[Pause], list[Extension], frozenset[date], bool]:
    """A term of any rule, with what may touch it: pauses near its days, extensions, proclaimed days near its end, both settings."""
    rule = draw(rules)
    start = draw(st.dates(date(2012, 1, 1), date(2058, 12, 31)))
    near = draw(st.lists(st.tuples(st.integers(-20, 150), st.integers(0, 45)), max_size=5))
    pauses = [Pause(start + n * DAY, start + (n + length) * DAY, "outage") for n, length in near]
    granted = draw(st.lists(st.builds(Extension, st.integers(1, 30), st.just(start), st.just("maladie")), max_size=2))
    around = draw(st.lists(st.integers(rule.days - 2, rule.days + 40), max_size=6))
    return rule, start, pauses, granted, frozenset(start + n * DAY for n in around), draw(st.booleans())


@given(cases())
@settings(max_examples=400, deadline=None)
@example((rule_for(TermKind.DOCUMENTS, date(2018, 4, 2)), date(2018, 4, 2), [], [], frozenset(), True))
@example((rule_for(TermKind.DOCUMENTS, date(2015, 12, 1)), date(2015, 12, 1), [], [], frozenset(), False))
def test_both_counts_give_the_same_last_day(given_case: tuple[TermRule, date, list[Pause], list[Extension], frozenset[date], bool]) -> None:
    rule, start, pauses, granted, proclaimed, saturdays = given_case
    worked = workings(rule, start, extensions=granted, pauses=pauses, calendar=Calendar("x", saturdays=saturdays, extra=proclaimed))
    spans = [(pause.first, pause.last) for pause in pauses if pause.last]
    expected = naive_last_day(start, rule.days + sum(e.days for e in granted), spans, set(proclaimed), saturdays=saturdays)
    assert worked.last_day == expected


@pytest.mark.parametrize("saturdays", [True, False])
@pytest.mark.parametrize("kind", list(TermKind))
def test_every_day_of_the_years_that_matter_as_a_start(kind: TermKind, *, saturdays: bool) -> None:
    """Eight whole years, two of them leap years, one after the other: no day is an exception."""
    calendar, start = Calendar("x", saturdays=saturdays), date(2019, 7, 4) if kind is TermKind.INVITATION else date(2014, 1, 1)
    while start < date(2022, 1, 1):
        rule = rule_for(kind, start)
        assert workings(rule, start, calendar=calendar).last_day == naive_last_day(start, rule.days, [], set(), saturdays=saturdays), start
        start += DAY


@pytest.mark.parametrize("year", YEARS)
def test_the_holidays_of_each_year_are_the_same(year: int) -> None:
    assert set(Calendar("x").holidays(year)) == naive_holidays(year)


@given(st.dates(date(2012, 1, 1), date(2060, 12, 31)))
def test_a_last_day_ends_at_the_same_instant(last: date) -> None:
    assert ends_at(last) == naive_first_instant_too_late(last)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("month", [3, 11])
def test_the_days_of_the_change_of_hour_end_at_the_same_instant(year: int, month: int) -> None:
    for day in _days_of(year, month):
        assert ends_at(day.date()) == naive_first_instant_too_late(day.date())


@given(st.datetimes(datetime(2012, 1, 2), datetime(2060, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - Hypothesis adds the zone
def test_the_day_it_is_in_montreal_is_the_same(instant: datetime) -> None:
    day = instant.date() - 2 * DAY
    while naive_first_instant_too_late(day) <= instant:
        day += DAY
    assert montreal_day(instant) == day
    assert not is_late(instant, day)
    assert is_late(instant, day - DAY)


# --- The picture is a third count ---------------------------------------------------------------------------------------------


@given(cases())
@settings(max_examples=200, deadline=None)
def test_the_picture_counts_the_same_days(given_case: tuple[TermRule, date, list[Pause], list[Extension], frozenset[date], bool]) -> None:
    rule, start, pauses, granted, proclaimed, saturdays = given_case
    worked = workings(rule, start, extensions=granted, pauses=pauses, calendar=Calendar("x", saturdays=saturdays, extra=proclaimed))
    shown = picture.days(worked)
    assert [one.day for one in shown] == [start + n * DAY for n in range((worked.last_day - start).days + 1)]
    assert (shown[0].mark, shown[-1].mark) == (Mark.ZERO, Mark.LAST)
    assert [one.nth for one in shown if one.nth] == list(range(1, worked.days + worked.extended_by + 1))
    assert sum(one.mark is Mark.PAUSED for one in shown) == worked.paused_days
    assert [one.day for one in shown if one.mark is Mark.SKIPPED] == sorted({one.day for one in worked.skipped})
    assert sum(line.days for line in picture.spans(shown)) == len(shown)
    cells = [cell for month in picture.months(shown) for week in month.weeks for cell in week]
    assert [cell for cell in cells if isinstance(cell, picture.DayShown)] == shown
    assert all(len(week) == 7 for month in picture.months(shown) for week in month.weeks)


def test_a_stop_without_end_is_drawn_for_its_first_days_only() -> None:
    start = date(2016, 6, 13)
    stop = Pause(date(2016, 6, 20), None, "injunction")
    shown = picture.days(workings(rule_for(TermKind.PAYMENT, start), start, pauses=[stop], calendar=Calendar("x")))
    assert [one.mark for one in shown[:7]] == [Mark.ZERO] + [Mark.COUNTED] * 6
    assert {one.mark for one in shown[7:]} == {Mark.PAUSED}
    assert len(shown) < 30
