"""Terms: the worked examples of the domain notes by their numbers, and the laws of the clock."""

import json
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.calendar import MONTREAL, Calendar, ClosedReason, montreal_day
from backoffice.deadlines import rules
from backoffice.deadlines.rules import NoTermInForceError, days_left, ends_at, is_late, last_day, rule_for, workings
from backoffice.deadlines.values import OPEN_ENDED, Extension, Pause, TermKind, TermRule, Workings

FAVOUR = Calendar("test")
STRICT = Calendar("test-strict", saturdays=False)


def ends(kind: TermKind, start: date, calendar: Calendar = FAVOUR) -> date:
    return last_day(rule_for(kind, start), start, calendar=calendar)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- Worked examples ---------------------------------------------------------------------------------------------


def test_example_4_the_payment_limit_over_the_new_year_skips_a_saturday() -> None:
    assert ends(TermKind.PAYMENT, date(2018, 12, 20)) == date(2019, 1, 21)
    assert ends(TermKind.PAYMENT, date(2018, 12, 20), STRICT) == date(2019, 1, 19)


def test_example_7_a_payment_is_in_time_until_midnight_in_montreal() -> None:
    limit = ends(TermKind.PAYMENT, montreal_day(at("2016-06-13T10:05:00-04:00")))
    assert limit == ends(TermKind.PAYMENT, date(2016, 6, 13), STRICT) == date(2016, 7, 13)
    assert not is_late(at("2016-07-14T03:59:30Z"), limit)
    assert is_late(at("2016-07-14T00:00:00-04:00"), limit)
    assert ends_at(limit) == at("2016-07-14T04:00:00Z")


def test_example_8_a_draft_stamped_the_day_after_is_late_whatever_its_postmark() -> None:
    limit = ends(TermKind.PAYMENT, date(2016, 6, 13))
    postmarked, stamped = date(2016, 7, 11), date(2016, 7, 14)
    assert limit == ends(TermKind.PAYMENT, date(2016, 6, 13), STRICT)
    assert days_left(limit, postmarked) == 2
    assert days_left(limit, stamped) == -1
    assert is_late(datetime(2016, 7, 14, 9, tzinfo=MONTREAL), limit)


def test_example_9_a_payment_limit_on_the_national_holiday() -> None:
    assert ends(TermKind.PAYMENT, date(2016, 5, 25)) == date(2016, 6, 27)
    assert ends(TermKind.PAYMENT, date(2016, 5, 25), STRICT) == date(2016, 6, 25)


def test_example_10_documents_due_on_a_sunday() -> None:
    assert ends(TermKind.DOCUMENTS, date(2016, 6, 13)) == date(2016, 9, 12)
    assert ends(TermKind.DOCUMENTS, date(2016, 6, 13), STRICT) == date(2016, 9, 12)


def test_example_11_a_sunday_before_a_holiday_monday() -> None:
    assert ends(TermKind.DOCUMENTS, date(2016, 6, 6)) == date(2016, 9, 6)
    assert ends(TermKind.DOCUMENTS, date(2016, 7, 12)) == date(2016, 10, 11)
    assert ends(TermKind.DOCUMENTS, date(2016, 6, 6), STRICT) == date(2016, 9, 6)
    assert ends(TermKind.DOCUMENTS, date(2016, 7, 12), STRICT) == date(2016, 10, 11)


def test_example_12_the_first_of_july_on_a_sunday() -> None:
    assert ends(TermKind.DOCUMENTS, date(2018, 4, 2)) == date(2018, 7, 3)
    assert ends(TermKind.DOCUMENTS, date(2018, 4, 2), STRICT) == date(2018, 7, 3)


def test_example_13_easter() -> None:
    assert ends(TermKind.DOCUMENTS, date(2017, 1, 14)) == date(2017, 4, 18)
    assert ends(TermKind.DOCUMENTS, date(2017, 1, 14), STRICT) == date(2017, 4, 15)
    assert ends(TermKind.DOCUMENTS, date(2017, 1, 17)) == date(2017, 4, 18)
    assert ends(TermKind.DOCUMENTS, date(2017, 1, 17), STRICT) == date(2017, 4, 18)


def test_example_14_day_zero_is_the_day_in_montreal() -> None:
    assert montreal_day(at("2016-06-14T03:30:00Z")) == date(2016, 6, 13)
    assert ends(TermKind.DOCUMENTS, montreal_day(at("2016-06-14T03:30:00Z"))) == date(2016, 9, 12)
    assert ends(TermKind.DOCUMENTS, montreal_day(at("2016-06-15T03:30:00Z"))) == date(2016, 9, 12)
    assert ends(TermKind.DOCUMENTS, montreal_day(at("2016-06-15T03:30:00Z")), STRICT) == date(2016, 9, 12)
    counted_in_utc = at("2016-06-15T03:30:00Z").date()
    assert ends(TermKind.DOCUMENTS, counted_in_utc) == ends(TermKind.DOCUMENTS, counted_in_utc, STRICT) == date(2016, 9, 13)


def test_example_20c_an_intention_to_refuse() -> None:
    assert ends(TermKind.INTENTION_TO_REFUSE, date(2016, 9, 26)) == date(2016, 11, 25)
    assert ends(TermKind.INTENTION_TO_REFUSE, date(2016, 9, 26), STRICT) == date(2016, 11, 25)


def test_example_20d_an_invitation_that_would_end_on_labour_day() -> None:
    assert ends(TermKind.INVITATION, date(2019, 7, 4)) == date(2019, 9, 3)
    assert ends(TermKind.INVITATION, date(2019, 7, 4), STRICT) == date(2019, 9, 3)


# --- Which rule ------------------------------------------------------------------------------------------------------


def test_an_intention_to_reject_keeps_both_versions_by_date() -> None:
    assert rule_for(TermKind.INTENTION_TO_REJECT, date(2018, 8, 1)).days == 90
    assert rule_for(TermKind.INTENTION_TO_REJECT, date(2018, 8, 2)).days == 60


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (TermKind.PAYMENT, 30),
        (TermKind.DOCUMENTS, 90),
        (TermKind.INTENTION_TO_REFUSE, 60),
        (TermKind.REVIEW, 90),
        (TermKind.INTERNAL, 15),
    ],
)
def test_the_terms_of_2016(kind: TermKind, days: int) -> None:
    assert rule_for(kind, date(2016, 6, 13)).days == days


def test_no_invitation_before_the_first_round() -> None:
    with pytest.raises(NoTermInForceError):
        rule_for(TermKind.INVITATION, date(2019, 7, 3))


def test_every_kind_has_a_rule_today_and_every_rule_its_own_version_and_citation() -> None:
    assert {rule_for(kind, date(2026, 1, 1)).kind for kind in TermKind} == set(TermKind)
    assert len({rule.version for rule in rules.TERMS}) == len(rules.TERMS)
    assert all(rule.citation for rule in rules.TERMS)


def test_days_granted_for_one_term_stand_in_place_of_the_rule_s() -> None:
    rule = rule_for(TermKind.DOCUMENTS, date(2016, 6, 13))
    own = workings(rule, date(2016, 6, 13), own_days=45, calendar=FAVOUR)
    assert (own.last_day, own.days, own.own_days, own.rule.days) == (date(2016, 7, 28), 45, True, 90)


# --- Workings --------------------------------------------------------------------------------------------------------


def test_the_workings_show_each_step() -> None:
    shown = workings(rule_for(TermKind.PAYMENT, date(2016, 5, 25)), date(2016, 5, 25), calendar=FAVOUR)
    assert shown.counted_to == date(2016, 6, 24)
    assert [(each.day.day, each.reason.reason) for each in shown.skipped] == [
        (24, ClosedReason.HOLIDAY),
        (25, ClosedReason.SATURDAY),
        (26, ClosedReason.SUNDAY),
    ]
    assert shown.day_zero_reason == "message_readable"
    assert (shown.calendar_version, shown.saturdays) == ("test", True)


def test_an_extension_adds_its_days_to_the_term_and_not_to_its_landing() -> None:
    # 90 + 10 days from 13 June end on Wednesday 21 September; ten days after the carried Monday would be the 22nd.
    rule = rule_for(TermKind.DOCUMENTS, date(2016, 6, 13))
    granted = Extension(10, date(2016, 9, 1), "Postal strike")
    assert last_day(rule, date(2016, 6, 13), extensions=[granted], calendar=FAVOUR) == date(2016, 9, 21)


def test_a_pause_counts_once_though_two_causes_cover_it() -> None:
    rule = rule_for(TermKind.PAYMENT, date(2016, 6, 13))
    outage = Pause(date(2016, 6, 20), date(2016, 6, 24), "outage")
    strike = Pause(date(2016, 6, 22), date(2016, 6, 26), "strike")
    shown = workings(rule, date(2016, 6, 13), pauses=[outage, strike], calendar=FAVOUR)
    assert shown.paused_days == 7
    assert shown.last_day == date(2016, 7, 20)


def test_a_pause_before_day_zero_or_after_the_end_changes_nothing() -> None:
    rule = rule_for(TermKind.PAYMENT, date(2016, 6, 13))
    pauses = [Pause(date(2016, 6, 1), date(2016, 6, 13), "before"), Pause(date(2016, 7, 14), None, "after")]
    shown = workings(rule, date(2016, 6, 13), pauses=pauses, calendar=FAVOUR)
    assert (shown.last_day, shown.paused_days) == (date(2016, 7, 13), 0)


def test_a_portal_down_on_the_day_the_term_was_carried_to_carries_it_further() -> None:
    down = Pause(date(2016, 6, 27), date(2016, 6, 27), "outage")
    shown = workings(rule_for(TermKind.PAYMENT, date(2016, 5, 25)), date(2016, 5, 25), pauses=[down], calendar=FAVOUR)
    assert (shown.last_day, shown.paused_days) == (date(2016, 6, 28), 1)


def test_nobody_is_late_while_the_clock_is_stopped() -> None:
    rule = rule_for(TermKind.PAYMENT, date(2016, 6, 13))
    stopped = workings(rule, date(2016, 6, 13), pauses=[Pause(date(2016, 7, 13), None, "injunction")], calendar=FAVOUR)
    assert stopped.is_stopped
    assert stopped.last_day == OPEN_ENDED
    assert not is_late(datetime(2030, 1, 1, tzinfo=UTC), stopped.last_day)
    assert ends_at(stopped.last_day) > datetime(9000, 1, 1, tzinfo=UTC)


def test_a_pause_cannot_end_before_it_begins_nor_an_extension_shorten() -> None:
    with pytest.raises(ValueError, match="pause"):
        Pause(date(2016, 2, 2), date(2016, 2, 1), "slip")
    with pytest.raises(ValueError, match="extension"):
        Extension(0, date(2016, 2, 1), "none")


@pytest.mark.parametrize(
    ("last", "first_instant_too_late"),
    [
        (date(2016, 3, 12), "2016-03-13T05:00:00Z"),
        (date(2016, 3, 13), "2016-03-14T04:00:00Z"),
        (date(2016, 11, 5), "2016-11-06T04:00:00Z"),
        (date(2016, 11, 6), "2016-11-07T05:00:00Z"),
    ],
)
def test_a_last_day_ends_at_midnight_around_the_change_of_hour(last: date, first_instant_too_late: str) -> None:
    assert ends_at(last) == at(first_instant_too_late)


# --- Laws ------------------------------------------------------------------------------------------------------------

starts = st.dates(date(2019, 7, 4), date(2030, 12, 31))
some_rules = starts.flatmap(lambda on: st.sampled_from(list(TermKind)).map(lambda kind: rule_for(kind, on)))
calendars = st.builds(Calendar, st.just("any"), st.booleans(), st.frozensets(st.dates(date(2019, 1, 1), date(2032, 1, 1)), max_size=6))
extensions = st.lists(st.builds(Extension, st.integers(1, 60), starts, st.just("reason")), max_size=3)


@st.composite
def _pause(draw: st.DrawFn, *, ended: bool = True) -> Pause:
    first = draw(st.dates(date(2019, 1, 1), date(2031, 12, 31)))
    length = draw(st.integers(0, 40))
    last = first + timedelta(days=length)
    return Pause(first, last if ended or draw(st.booleans()) else None, "outage")


@st.composite
def _near(draw: st.DrawFn) -> tuple[date, list[Pause]]:
    """Draw a start, and pauses that are likely to touch its term."""
    start = draw(starts)
    spans = draw(st.lists(st.tuples(st.integers(-10, 120), st.integers(0, 30)), max_size=4))
    firsts = [(start + timedelta(days=begins), length) for begins, length in spans]
    return start, [Pause(first, first + timedelta(days=length), "outage") for first, length in firsts]


@given(some_rules, _near(), extensions, calendars)
def test_a_term_never_ends_before_its_days_are_over_and_ends_on_an_open_day(
    rule: TermRule, near: tuple[date, list[Pause]], granted: list[Extension], calendar: Calendar
) -> None:
    start, pauses = near
    shown = workings(rule, start, extensions=granted, pauses=pauses, calendar=calendar)
    assert shown.last_day >= shown.counted_to >= start + timedelta(days=rule.days + shown.extended_by)
    assert calendar.is_open(shown.last_day)
    assert not any(pause.first <= shown.last_day <= (pause.last or OPEN_ENDED) for pause in pauses)


@given(some_rules, _near(), calendars)
def test_the_days_counted_are_exactly_those_of_the_rule(rule: TermRule, near: tuple[date, list[Pause]], calendar: Calendar) -> None:
    start, pauses = near
    shown = workings(rule, start, pauses=pauses, calendar=calendar)
    walked = (start + timedelta(days=n) for n in range(1, (shown.counted_to - start).days + 1))
    counted = [day for day in walked if not any(p.first <= day <= (p.last or OPEN_ENDED) for p in pauses)]
    assert len(counted) == rule.days


@given(some_rules, _near(), extensions, calendars, st.randoms(use_true_random=False))
def test_the_order_of_entry_never_matters(
    rule: TermRule,
    near: tuple[date, list[Pause]],
    granted: list[Extension],
    calendar: Calendar,
    random: Random,
) -> None:
    start, pauses = near
    first = workings(rule, start, extensions=granted, pauses=pauses, calendar=calendar)
    shuffled_pauses, shuffled_extensions = list(pauses), list(granted)
    random.shuffle(shuffled_pauses)
    random.shuffle(shuffled_extensions)
    assert workings(rule, start, extensions=shuffled_extensions, pauses=shuffled_pauses, calendar=calendar) == first


@given(some_rules, _near(), calendars)
def test_the_same_pause_entered_twice_counts_once(rule: TermRule, near: tuple[date, list[Pause]], calendar: Calendar) -> None:
    start, pauses = near
    once = workings(rule, start, pauses=pauses, calendar=calendar)
    assert workings(rule, start, pauses=[*pauses, *pauses], calendar=calendar) == once


@given(some_rules, _near(), _pause(ended=False), extensions, calendars)
def test_a_pause_or_an_extension_never_brings_the_end_nearer(
    rule: TermRule, near: tuple[date, list[Pause]], pause: Pause, granted: list[Extension], calendar: Calendar
) -> None:
    start, pauses = near
    before = last_day(rule, start, pauses=pauses, calendar=calendar)
    assert last_day(rule, start, pauses=[*pauses, pause], calendar=calendar) >= before
    assert last_day(rule, start, extensions=granted, pauses=pauses, calendar=calendar) >= before


@given(some_rules, starts)
def test_skipping_saturdays_is_only_ever_in_the_persons_favour(rule: TermRule, start: date) -> None:
    assert last_day(rule, start, calendar=FAVOUR) >= last_day(rule, start, calendar=STRICT)


@given(starts, st.datetimes(datetime(2019, 1, 1), datetime(2031, 12, 31), timezones=st.timezones()))  # noqa: DTZ001 - Hypothesis adds the zone
def test_late_is_at_or_after_the_end_in_any_zone(last: date, acted_at: datetime) -> None:
    assert is_late(acted_at, last) == (acted_at.astimezone(UTC) >= ends_at(last))


@given(starts)
def test_the_last_microsecond_is_in_time_and_the_next_is_not(last: date) -> None:
    end = ends_at(last)
    assert not is_late(end - timedelta(microseconds=1), last)
    assert is_late(end, last)


@given(some_rules, _near(), _pause(ended=False), extensions, calendars)
def test_workings_survive_json(rule: TermRule, near: tuple[date, list[Pause]], pause: Pause, granted: list[Extension], calendar: Calendar) -> None:
    start, pauses = near
    shown = workings(rule, start, extensions=granted, pauses=[*pauses, pause], calendar=calendar)
    assert Workings.from_json(json.loads(json.dumps(shown.to_json()))) == shown
