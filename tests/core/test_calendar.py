"""The legal calendar against the lists printed for 2016–2020, and its laws."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.calendar import Calendar, Closed, ClosedReason, Skipped, holidays, montreal_day

FAVOUR = Calendar("test")
STRICT = Calendar("test-strict", saturdays=False)

PRINTED = {
    2016: "01-01 03-25 03-28 05-23 06-24 07-01 09-05 10-10 12-25",
    2017: "01-01 04-14 04-17 05-22 06-24 07-01 09-04 10-09 12-25",
    2018: "01-01 03-30 04-02 05-21 06-24 07-02 09-03 10-08 12-25",
    2019: "01-01 04-19 04-22 05-20 06-24 07-01 09-02 10-14 12-25",
    2020: "01-01 04-10 04-13 05-18 06-24 07-01 09-07 10-12 12-25",
}

days = st.dates(date(2012, 1, 1), date(2035, 12, 31))
calendars = st.builds(Calendar, st.just("any"), st.booleans(), st.frozensets(st.dates(date(2015, 1, 1), date(2020, 1, 1)), max_size=5))


@pytest.mark.parametrize("year", PRINTED)
def test_the_holidays_computed_are_the_holidays_printed(year: int) -> None:
    assert [day.strftime("%m-%d") for day in holidays(year)] == PRINTED[year].split()


def test_a_holiday_is_named_in_both_languages_with_its_source() -> None:
    holiday = holidays(2016)[date(2016, 6, 24)]
    assert (holiday.name("fr"), holiday.name("en")) == ("Fête nationale", "National Holiday")
    assert "61(23)" in holiday.source


def test_the_sovereigns_day_is_the_monday_before_25_may_even_when_25_may_is_a_monday() -> None:
    assert date(2015, 5, 18) in holidays(2015)
    assert date(2015, 5, 25) not in holidays(2015)


def test_a_proclaimed_day_closes_its_own_year_only() -> None:
    funeral = date(2022, 9, 19)
    assert funeral in holidays(2022, [funeral])
    assert funeral not in holidays(2023, [funeral])
    assert Calendar("x", extra=frozenset({funeral})).why_closed(funeral).reason is ClosedReason.EXTRA  # type: ignore[union-attr]
    assert FAVOUR.is_open(funeral)


def test_a_proclamation_does_not_rename_a_legal_holiday() -> None:
    assert holidays(2016, [date(2016, 7, 1)])[date(2016, 7, 1)].name_en == "Canada Day"


@pytest.mark.parametrize("day", [date(2016, 1, 2), date(2016, 12, 26), date(2016, 12, 27)])
def test_days_people_take_for_holidays_are_not_in_the_law(day: date) -> None:
    assert STRICT.is_open(day)


def test_each_closed_day_says_why() -> None:
    reasons = {
        date(2017, 4, 14): ClosedReason.HOLIDAY,
        date(2017, 4, 15): ClosedReason.SATURDAY,
        date(2017, 4, 16): ClosedReason.SUNDAY,
        date(2017, 4, 17): ClosedReason.HOLIDAY,
    }
    day, skipped = FAVOUR.next_open(date(2017, 4, 14))
    assert day == date(2017, 4, 18)
    assert {each.day: each.reason.reason for each in skipped} == reasons


def test_saturdays_are_skipped_by_setting_only() -> None:
    saturday = date(2016, 6, 25)
    assert FAVOUR.why_closed(saturday) == Closed(ClosedReason.SATURDAY)
    assert STRICT.why_closed(saturday) is None


@given(calendars, days)
def test_the_next_open_day_is_open_and_every_day_before_it_is_accounted_for(calendar: Calendar, day: date) -> None:
    opens, skipped = calendar.next_open(day)
    assert calendar.is_open(opens)
    assert [each.day for each in skipped] == [day + timedelta(days=n) for n in range((opens - day).days)]
    assert all(calendar.why_closed(each.day) == each.reason for each in skipped)


@given(st.integers(1900, 2300))
def test_every_year_has_nine_holidays_and_easter_falls_on_a_sunday_in_its_season(year: int) -> None:
    table = holidays(year)
    friday = next(day for day, holiday in table.items() if holiday.name_en == "Good Friday")
    assert len(table) == 9
    assert date(year, 3, 22) <= friday + timedelta(days=2) <= date(year, 4, 25)
    assert (friday + timedelta(days=2)).weekday() == 6
    assert date(year, 7, 1) in table or date(year, 7, 1).weekday() == 6


@given(calendars, days)
def test_a_skipped_day_survives_json(calendar: Calendar, day: date) -> None:
    for skipped in calendar.next_open(day)[1]:
        assert Skipped.from_json(skipped.to_json()) == skipped


def test_the_day_is_montreals_in_summer_and_in_winter() -> None:
    assert montreal_day(datetime(2016, 7, 14, 3, 59, 59, tzinfo=UTC)) == date(2016, 7, 13)
    assert montreal_day(datetime(2016, 7, 14, 4, tzinfo=UTC)) == date(2016, 7, 14)
    assert montreal_day(datetime(2016, 12, 14, 4, 59, 59, tzinfo=UTC)) == date(2016, 12, 13)
    assert montreal_day(datetime(2016, 12, 14, 5, tzinfo=UTC)) == date(2016, 12, 14)


@given(st.datetimes(datetime(2012, 1, 2), datetime(2035, 12, 30), timezones=st.just(UTC)), st.integers(-12, 14))  # noqa: DTZ001 - Hypothesis adds the zone
def test_the_day_is_the_same_from_wherever_the_instant_is_told(instant: datetime, offset: int) -> None:
    elsewhere = instant.astimezone(timezone(timedelta(hours=offset)))
    assert montreal_day(elsewhere) == montreal_day(instant)


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        montreal_day(datetime(2016, 7, 14))  # noqa: DTZ001 - the point of the test


def test_a_calendar_is_named_by_what_differs_from_the_law_alone() -> None:
    decree = {date(2016, 7, 15): "Décret fictif 1-2016"}
    assert Calendar.of().version == "I-16/2016"
    assert Calendar.of(strict=True).version == "I-16/2016-strict"
    assert Calendar.of(strict=True, proclaimed=decree).version == "I-16/2016-strict+2016-07-15"


def test_a_proclaimed_day_is_closed_and_names_its_text() -> None:
    day = date(2016, 7, 15)
    calendar = Calendar.of(proclaimed={day: "Décret fictif 1-2016"})
    closed = calendar.why_closed(day)
    assert closed is not None
    assert (closed.reason, closed.holiday and closed.holiday.source) == (ClosedReason.EXTRA, "I-16, s. 61(23), Décret fictif 1-2016")
    assert calendar.holidays(2016)[day] == closed.holiday
    assert day not in calendar.holidays(2017)


def test_a_proclamation_of_a_legal_holiday_changes_nothing() -> None:
    day = date(2016, 7, 1)
    assert Calendar.of(proclaimed={day: "Décret"}).holidays(2016)[day].name_en == "Canada Day"


@given(st.booleans(), st.dictionaries(days, st.text(min_size=1, max_size=20), max_size=5))
def test_a_term_reads_back_the_very_calendar_it_keeps(strict: bool, proclaimed: dict[date, str]) -> None:
    calendar = Calendar.of(strict=strict, proclaimed=proclaimed)
    assert Calendar.from_json(json.loads(json.dumps(calendar.to_json()))) == calendar
