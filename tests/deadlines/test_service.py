"""Terms on a real database: started, extended once, ended, run on; the last day always what the facts give."""

from datetime import date, datetime, timedelta

import pytest

from backoffice.core.actors import SYSTEM
from backoffice.core.clock import MONTREAL
from backoffice.core.db import transaction
from backoffice.core.errors import IllegalMove
from backoffice.core.events import Subject
from backoffice.deadlines import queries, service
from backoffice.deadlines.errors import ExtensionTooLong, TermOver
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from tests.conftest import NOON

CASE, OWNER = Subject("case", "1"), Subject("request", "1")


def start(kind: TermKind = TermKind.DOCUMENTS, on: date = date(2016, 6, 13)) -> Term:
    with transaction():
        return service.start_term(kind, CASE, OWNER, on, "list_sent", by=SYSTEM, at=NOON)


def extend(days: int, on: date) -> Term:
    with transaction():
        at = datetime(on.year, on.month, on.day, 23, 59, tzinfo=MONTREAL)
        return service.extend_term(OWNER, days, "maladie", by=SYSTEM, at=at)


def end(action: TermAction) -> Term:
    with transaction():
        return service.end_term(OWNER, action, by=SYSTEM, at=NOON)


@pytest.mark.parametrize(
    ("on", "last"),
    [
        (date(2016, 6, 13), date(2016, 9, 12)), (date(2016, 6, 6), date(2016, 9, 6)), (date(2016, 7, 12), date(2016, 10, 11)),
        (date(2018, 4, 2), date(2018, 7, 3)), (date(2017, 1, 14), date(2017, 4, 18)),
    ],
)  # fmt: skip
def test_examples_10_to_13_end_where_the_law_says(session, on: date, last: date):
    assert start(on=on).last_day == last


def test_a_term_is_extended_once_up_to_thirty_days_before_it_ends(session):
    start()
    for days in (0, -1, 31):
        with pytest.raises(ExtensionTooLong):
            extend(days, date(2016, 9, 12))
    assert extend(30, date(2016, 9, 12)).last_day == date(2016, 10, 11)  # 90 + 30 days end on a Tuesday
    with pytest.raises(ExtensionTooLong):
        extend(1, date(2016, 9, 13))


def test_a_term_that_is_over_is_not_extended(session):
    start()
    with pytest.raises(TermOver):
        extend(10, date(2016, 9, 13))
    end(TermAction.SATISFY)
    with pytest.raises(TermOver):
        extend(10, date(2016, 6, 14))


def test_a_term_that_runs_on_keeps_its_first_day(session):
    start()
    before = extend(5, date(2016, 6, 20)).last_day
    end(TermAction.SATISFY)
    with transaction():
        service.revive_term(OWNER, by=SYSTEM, at=NOON + timedelta(days=40))
    term = queries.lock_term(OWNER)
    assert (term.state, term.start, term.last_day, term.ended_at) == (TermState.RUNNING, date(2016, 6, 13), before, None)


def test_a_term_that_lapsed_does_not_run_on_by_itself(session):
    start()
    end(TermAction.LAPSE)
    with pytest.raises(IllegalMove), transaction():
        service.revive_term(OWNER, by=SYSTEM, at=NOON)


def test_what_is_stored_is_what_the_facts_give(session):
    start()
    extend(12, date(2016, 7, 1))
    for term in queries.all_terms():
        worked = service.derived(term)
        assert (term.last_day, term.workings) == (worked.last_day, worked.to_json())


def test_only_running_terms_that_are_past_are_over(session):
    start(TermKind.PAYMENT)
    assert queries.over(TermKind.PAYMENT, date(2016, 7, 13)) == []
    assert len(queries.over(TermKind.PAYMENT, date(2016, 7, 14))) == 1
    end(TermAction.CANCEL)
    assert queries.over(TermKind.PAYMENT, date(2016, 7, 14)) == []


def test_what_is_in_the_house_is_noted_and_settled_once(session):
    with transaction():
        service.note_unsettled("envelope", "C-1", date(2016, 6, 20))
    assert [u.ref for u in queries.unsettled_between(date(2016, 6, 20), date(2016, 6, 20))] == ["C-1"]
    for _ in range(2):
        with transaction():
            service.note_settled("envelope", "C-1", at=NOON)
    assert queries.unsettled_between(date(2016, 1, 1), date(2016, 12, 31)) == []
