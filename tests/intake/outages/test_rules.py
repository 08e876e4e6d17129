"""The rule of outages: whole days of Montréal, whose terms, when a period closes; blind to the order in which anything was recorded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backoffice.core.calendar import MONTREAL, Calendar
from backoffice.deadlines import rules as terms
from backoffice.deadlines.values import OPEN_ENDED, Extension, Pause, TermKind
from backoffice.intake.outages import rules
from backoffice.intake.outages.values import Door, Line, LineKind, Span, Why

CALENDAR = Calendar(version="test", saturdays=True)
START = date(2016, 2, 1)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=MONTREAL)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (local(2016, 2, 16, 8, 30), local(2016, 2, 16, 9), (date(2016, 2, 16), date(2016, 2, 16))),
        (local(2016, 2, 16, 23, 59), local(2016, 2, 17, 0, 1), (date(2016, 2, 16), date(2016, 2, 17))),
        (local(2016, 2, 16, 22), local(2016, 2, 17), (date(2016, 2, 16), date(2016, 2, 16))),  # it ended at midnight: the 17th is whole
        (datetime(2016, 6, 14, 3, 30, tzinfo=UTC), datetime(2016, 6, 14, 3, 45, tzinfo=UTC), (date(2016, 6, 13), date(2016, 6, 13))),
        (local(2016, 3, 12, 12), local(2016, 3, 13, 23, 30), (date(2016, 3, 12), date(2016, 3, 13))),  # the day of 23 hours
        (local(2016, 11, 6, 0), local(2016, 11, 7), (date(2016, 11, 6), date(2016, 11, 6))),  # the day of 25 hours
        (local(2016, 2, 28, 12), local(2016, 3, 1, 12), (date(2016, 2, 28), date(2016, 3, 1))),
    ],
)
def test_a_day_is_touched_however_briefly(start: datetime, end: datetime, days: tuple[date, date]) -> None:
    assert rules.touched(start, end) == Span(*days)


def test_an_outage_that_lasts_has_no_last_day() -> None:
    assert rules.touched(local(2016, 2, 16, 8), None) == Span(date(2016, 2, 16), None)


@pytest.mark.parametrize(
    ("door", "kind", "channel", "protected"),
    [
        (Door.PORTAL, TermKind.PAYMENT, "online", True),
        (Door.PORTAL, TermKind.DOCUMENTS, "paper", True),
        (Door.PAYMENTS, TermKind.PAYMENT, "online", True),
        (Door.PAYMENTS, TermKind.DOCUMENTS, "online", False),
        (Door.POST, TermKind.DOCUMENTS, "online", True),
        (Door.POST, TermKind.PAYMENT, "online", False),
        (Door.POST, TermKind.PAYMENT, "paper", True),
        (Door.POST, TermKind.INVITATION, "paper", False),
        (Door.TELEPHONE, TermKind.REVIEW, "paper", False),
        (Door.MINISTRY, TermKind.INTENTION_TO_REFUSE, "online", True),
        (Door.MINISTRY, TermKind.INTERNAL, "online", False),
    ],
)
def test_each_door_is_needed_for_its_acts(door: Door, kind: TermKind, channel: str, *, protected: bool) -> None:
    assert rules.protects([door], kind, channel) is protected


def test_day_zero_and_what_comes_before_lose_nothing() -> None:
    span = Span(date(2016, 2, 10), date(2016, 2, 12))
    assert rules.runs_in(span, date(2016, 2, 11))
    assert not rules.runs_in(span, date(2016, 2, 12))
    assert rules.runs_in(Span(date(2016, 2, 10), None), date(2017, 1, 1))


# Periods: open as long as was decided


def test_a_period_stays_open_longer_by_what_was_lost() -> None:
    opens, closes = local(2016, 6, 13, 8, 30), local(2016, 6, 20, 17)
    assert rules.closing(opens, closes, [(local(2016, 6, 14, 9), local(2016, 6, 14, 11, 30))]) == closes + timedelta(hours=2.5)
    before = (local(2016, 6, 13, 6), local(2016, 6, 13, 9, 30))
    assert rules.closing(opens, closes, [before]) == closes + timedelta(hours=1), "before it opened nothing was lost"
    assert rules.closing(opens, closes, [(local(2016, 6, 20, 17), local(2016, 6, 21))]) == closes
    across = (local(2016, 6, 20, 16), local(2016, 6, 20, 19))
    assert rules.closing(opens, closes, [across]) == local(2016, 6, 20, 20), "the hour that was left is given after"


quarters = st.integers(0, 800)
intervals = st.lists(st.tuples(quarters, st.integers(1, 120)), max_size=6)


@settings(deadline=None)
@given(intervals, st.randoms())
def test_a_period_closes_at_one_instant_whatever_the_order_and_the_overlaps(given_: list[tuple[int, int]], random: object) -> None:
    opens, quarter = datetime(2016, 6, 13, 12, 30, tzinfo=UTC), timedelta(minutes=15)
    lost = [(opens + (a - 100) * quarter, opens + (a - 100 + length) * quarter) for a, length in given_]
    end = rules.closing(opens, opens + 400 * quarter, lost)
    shuffled = lost[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.closing(opens, opens + 400 * quarter, [*shuffled, *lost]) == end
    moments = [opens + n * quarter for n in range(int((end - opens) / quarter))]
    assert sum(not any(first <= one < last for first, last in lost) for one in moments) == 400, "quarter by quarter, open as long as was decided"


# Terms: the same date in any order, and nobody late for a correction

spans = st.tuples(st.integers(-20, 140), st.integers(0, 12)).map(lambda t: Span(START + timedelta(t[0]), START + timedelta(t[0] + t[1])))


def last_day(pauses: list[Span], extension: int = 0) -> date:
    rule = terms.rule_for(TermKind.DOCUMENTS, START)
    granted = [Extension(extension, START, "x")] if extension else []
    return terms.workings(
        rule, START, extensions=granted, pauses=[Pause(one.first, one.last, "outage") for one in pauses], calendar=CALENDAR
    ).last_day


def naive(pauses: list[Span], extension: int) -> date:
    """Day by day, with no cleverness."""
    off = {one.first + timedelta(n) for one in pauses for n in range(((one.last or one.first) - one.first).days + 1)}
    left, day = 90 + extension, START
    while left or day in off or not CALENDAR.is_open(day):
        day += timedelta(1)
        left -= left > 0 and day not in off
    return day


@settings(deadline=None)
@given(st.lists(spans, max_size=6), st.integers(0, 30), st.randoms())
def test_the_date_is_blind_to_order_and_overlap(outages: list[Span], extension: int, random: object) -> None:
    shuffled = [*outages, *outages[:1]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert last_day(outages, extension) == last_day(shuffled, extension) == naive(outages, extension)


@settings(deadline=None)
@given(st.lists(spans, max_size=3), spans, st.one_of(st.none(), spans), st.integers(0, 200))
def test_a_date_taken_back_leaves_notice_and_never_comes_after_what_was_told(others: list[Span], before: Span, wanted: Span | None, day: int) -> None:
    today = START + timedelta(day)

    def by(span: Span | None) -> date:
        return last_day([*others, *([span] if span else [])])

    kept = rules.kept(before, wanted, by, today)
    stood, new = by(before), by(kept)
    floor = min(stood, today + timedelta(rules.NOTICE_DAYS))
    assert new >= floor, "nobody is made late by a correction"
    assert new >= by(wanted)
    assert kept == wanted or new == by(kept)
    assert rules.kept(kept, wanted, by, today) == kept, "done twice, it is done once"
    if by(wanted) >= floor:
        assert kept == wanted, "nothing is kept that need not be"


@settings(deadline=None)
@given(spans, st.integers(1, 60))
def test_a_stopped_clock_that_runs_again_leaves_notice(before: Span, day: int) -> None:
    standing, today = Span(before.first, None), START + timedelta(day)

    def by(span: Span | None) -> date:
        return last_day([span] if span else [])

    assume(by(standing) == OPEN_ENDED)
    kept = rules.kept(standing, before, by, today)
    assert by(kept) != OPEN_ENDED
    assert by(kept) >= today + timedelta(rules.NOTICE_DAYS)


def line(key: int, new: date = START) -> Line:
    return Line(LineKind.TERM, Why.TOUCHED, case_number=f"N-{key}", term_id=key, before=None, after=Span(START, START), old_day=START, new_day=new)


def test_what_moved_between_two_lists_is_named() -> None:
    frozen, fresh = [line(1), line(2), line(3)], [line(2), line(3, START + timedelta(1)), line(4)]
    assert rules.moved(frozen, fresh) == {"added": ["N-4"], "gone": ["N-1"], "changed": ["N-3"]}


def test_the_digest_covers_the_outage_and_every_date() -> None:
    base = rules.list_digest(7, 1, [line(1), line(2)])
    others = [(2, [line(1), line(2)]), (1, [line(1)]), (1, [line(2), line(1)]), (1, [line(1), line(2, START + timedelta(1))])]
    assert len({base, *(rules.list_digest(7, version, lines) for version, lines in others)}) == 5
    assert rules.list_digest(7, 1, [line(1), line(2)]) == base


@pytest.mark.parametrize(
    ("before", "after", "old", "new", "why"),
    [
        (None, Span(START, START), START, START + timedelta(1), Why.LAST_DAY),
        (None, Span(START, START), START + timedelta(9), START + timedelta(10), Why.TOUCHED),
        (None, Span(START, START), START + timedelta(9), START + timedelta(9), Why.SILENT),
        (None, Span(START, START), START, OPEN_ENDED, Why.STOPPED),
        (None, Span(START, START), START - timedelta(3), START - timedelta(2), Why.PAST),
        (Span(START, None), Span(START, START), OPEN_ENDED, START + timedelta(1), Why.CORRECTED),
        (Span(START, START), Span(START, START + timedelta(2)), START, START + timedelta(3), Why.NOTICE),
        (Span(START, START), None, START + timedelta(1), START, Why.TAKEN_BACK),
    ],
)
def test_each_line_says_why(before: Span | None, after: Span | None, old: date, new: date, why: Why) -> None:
    assert rules.why(Span(START, START), before, after, old, new, START) is why
