"""The law of pauses: one last day, whatever the order of entry."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.fees.events import fee_owner
from backoffice.intake.outages import rules, service
from backoffice.intake.outages.values import Door
from tests.builders import Builder
from tests.intake.outages.acting import Find, Two, local, new

steps = st.permutations(["first", "second", "third", "extension", "other"])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.booleans(), st.booleans())
def test_any_order_of_entry_gives_the_same_date(build: Builder, two: Two, term: Find, order: list[str], taken_back: bool, twice: bool) -> None:
    """Outages, an extension and another pause, entered in any order, one of them perhaps taken back, another applied again."""
    case = build.case()
    last, owner = term(case).last_day, fee_owner(build.fee(case).id)
    periods = {
        "first": (last - timedelta(6), last - timedelta(5)),
        "second": (last, last + timedelta(1)),
        "third": (last + timedelta(2), last + timedelta(3)),
    }
    made = {}
    entered = last - timedelta(7)
    for step in order:
        with clock.stopped_at(local(entered if step == "extension" else last + timedelta(4))):
            if step == "extension":
                with transaction():
                    deadlines.extend_term(owner, 2, "Hospitalisation", by=two.first.actor, at=clock.now())
            elif step == "other":
                with transaction():
                    deadlines.add_pause(term(case).id, last - timedelta(3), last - timedelta(2), "act", "act:1", by=SYSTEM, at=clock.now())
            else:
                start, end = periods[step]
                made[step] = two.whole(new(local(start, 9), local(end, 9), Door.PAYMENTS, cases=(case.number,)))
    with clock.stopped_at(local(last + timedelta(4))):
        if twice:
            with transaction():
                assert service.prepare(made["second"].id, by=two.first, at=clock.now()) is None
        if taken_back:
            mistaken = two.whole(new(local(last - timedelta(20), 9), local(last - timedelta(19), 9), Door.PAYMENTS, cases=(case.number,)))
            two.reverse(mistaken)
        found = term(case)
    off = days_of(*periods.values(), (last - timedelta(3), last - timedelta(2)))
    expected = naive(found.start, 32, off)
    if taken_back:  # of the days put back into the count, as many are kept as leave everybody their notice
        wrong = [last - timedelta(20), last - timedelta(19)]
        floor = min(naive(found.start, 32, off | set(wrong)), last + timedelta(4 + rules.NOTICE_DAYS))
        expected = next(one for n in range(3) if (one := naive(found.start, 32, off | set(wrong[:n]))) >= floor)
    assert found.last_day == expected
    assert found.last_day == deadlines.derived(term_queries.lock_term(owner)).last_day


def days_of(*periods: tuple[date, date]) -> set[date]:
    return {first + timedelta(n) for first, end in periods for n in range((end - first).days + 1)}


def naive(start: date, days: int, off: set[date]) -> date:
    calendar = deadlines.calendar_in_force()
    found, left = start, days
    while left or found in off or not calendar.is_open(found):
        found += timedelta(1)
        left -= bool(left) and found not in off
    return found
