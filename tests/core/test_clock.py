"""The clock: legal time of Montréal, held still for a test, moved for a demonstration only."""

from datetime import UTC, date, datetime, timedelta

from backoffice.core import clock


def test_the_legal_day_is_montreals():
    with clock.stopped_at(datetime(2016, 6, 14, 3, 30, tzinfo=UTC)):
        assert clock.today() == date(2016, 6, 13)
    with clock.stopped_at(datetime(2016, 6, 14, 4, 0, tzinfo=UTC)):
        assert clock.today() == date(2016, 6, 14)
    with clock.stopped_at(datetime(2016, 1, 1, 4, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2015, 12, 31)  # winter: five hours


def test_a_clock_held_still_is_given_back():
    before = clock.now()
    with clock.stopped_at(datetime(2016, 6, 13, 12, 30, tzinfo=UTC)):
        assert clock.now() == clock.now() == datetime(2016, 6, 13, 12, 30, tzinfo=UTC)
        assert clock.now().tzinfo is UTC
    assert clock.now() >= before


def test_a_clock_moved_runs_on():
    try:
        clock.start_at(timedelta(days=-3650))
        first = clock.now()
        assert abs(first - datetime.now(UTC) + timedelta(days=3650)) < timedelta(seconds=5)
        assert clock.now() >= first
    finally:
        clock.start_at(timedelta(0))
