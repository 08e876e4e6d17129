"""The case on a real database: taken, given back, held, moved; its state is its story."""

import random

import pytest

from backoffice.cases import queries, service
from backoffice.cases.errors import NothingToTake, NotYours
from backoffice.cases.events import case_subject
from backoffice.cases.numbers import is_case_number
from backoffice.cases.states import CaseAction
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.core.errors import IllegalMove, Stale
from backoffice.quota import queries as quota_queries
from tests.builders import Builder
from tests.conftest import NOON


def take(officer) -> int:
    with transaction():
        return service.take_next(int(officer.id), by=officer, at=NOON).id


def status_from_events(case_id: int) -> str:
    status = ""
    for row in events.history(case_subject(case_id)):
        status = row.data["status"] if row.kind == "cases.CaseOpened" else row.data["after"] if row.kind == "cases.StatusChanged" else status
    return status


@pytest.mark.parametrize("seed", range(5))
def test_a_case_walked_at_random_stands_where_its_events_say(build: Builder, seed: int):
    dice, case = random.Random(seed), build.paid_case()
    for _ in range(40):
        action = dice.choice(list(CaseAction))
        try:
            with transaction():
                service.advance(case.id, action, by=SYSTEM, at=NOON)
        except IllegalMove:
            pass
        assert queries.case_by_id(case.id).status == status_from_events(case.id)
    assert list(events.verify()) == []


def test_numbers_follow_and_can_be_checked(build: Builder):
    numbers = [build.case().number for _ in range(3)]
    assert all(is_case_number(number) for number in numbers)
    assert [int(n[2:8]) for n in numbers] == list(range(int(numbers[0][2:8]), int(numbers[0][2:8]) + 3))


def test_the_next_case_is_the_first_of_the_order_without_hold(build: Builder):
    plain, offer = build.paid_case(), build.paid_case(build.content(quota_exemption={"ground": "validated_job_offer", "reference": "O"}))
    build.case()  # unpaid
    officer = build.caseworker().actor
    with transaction():
        service.place_hold(offer.id, Hold.OTHER, by=officer, at=NOON)
        service.place_hold(offer.id, Hold.OTHER, by=officer, at=NOON)
    assert take(officer) == plain.id
    with pytest.raises(NothingToTake):
        take(officer)
    with transaction():
        service.lift_hold(offer.id, Hold.OTHER, by=officer, at=NOON)
    assert take(officer) == offer.id
    assert [e.kind for e in events.history(case_subject(offer.id))].count("cases.HoldPlaced") == 2  # the payment's, and this one


def test_giving_back_and_assigning_do_not_change_the_place_in_the_order(build: Builder):
    first, second = build.paid_case(), build.paid_case()
    mine, other = build.caseworker().actor, build.caseworker().actor
    case_id = take(mine)
    key = queries.key_of(queries.case_by_id(case_id))
    with pytest.raises(NotYours), transaction():
        service.give_back(case_id, "absence", int(other.id), by=other, at=NOON)
    with transaction():
        service.give_back(case_id, "absence", int(mine.id), by=mine, at=NOON)
    assert queries.key_of(queries.case_by_id(case_id)) == key
    assert take(other) == case_id
    with transaction():
        service.assign(case_id, None, "équilibre", by=mine, at=NOON)
    assert take(mine) == case_id
    assert {first.id, second.id} >= {case_id}


def test_marking_urgent_changes_the_processing_order_and_never_the_admission(build: Builder):
    first, second = build.paid_case(), build.paid_case()
    ranks = [quota_queries.admission(c.submission_id).rank for c in (first, second)]
    last = max((first, second), key=queries.key_of)
    with transaction():
        service.mark_urgent(last.id, "raison humanitaire", by=build_actor(), at=NOON)
    assert queries.lock_next().id == last.id
    assert [quota_queries.admission(c.submission_id).rank for c in (first, second)] == ranks
    with transaction():
        service.mark_urgent(last.id, None, by=build_actor(), at=NOON)
    assert queries.lock_next().id != last.id


def build_actor():
    return SYSTEM


def test_a_note_is_kept_and_sent_to_nobody(build: Builder):
    from backoffice.mail import queries as mail_queries

    case, author = build.paid_case(), build.caseworker()
    before = len(mail_queries.thread(case.id))
    with transaction():
        service.add_note(case.id, "Appeler la famille.", author.id, by=author.actor, at=NOON)
    assert [n.body for n in queries.notes(case.id)] == ["Appeler la famille."]
    assert len(mail_queries.thread(case.id)) == before


def test_who_read_an_older_version_is_told(build: Builder):
    case = build.paid_case()
    seen = case.version
    service.check_version(case, seen)
    with transaction():
        service.advance(case.id, CaseAction.EXAMINE, by=SYSTEM, at=NOON)
    with pytest.raises(Stale):
        service.check_version(queries.case_by_id(case.id), seen)


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'", "\\", "99999999-9", "7d0e4f0e-1111-4222-8333-944445555666", "a" * 5000])
def test_a_search_that_means_nobody_finds_nobody(build: Builder, text: str):
    build.case()
    assert queries.search(text) == []


def test_a_search_finds_by_number_passport_and_name_one_letter_wrong(build: Builder):
    case = build.case(
        build.content(spouse=None, children=[], principal={"family_name": "Nguyễn-Tremblay", "given_names": "Aïcha", "passport_number": "ab-123 456"})
    )
    for text in (case.number, case.number.replace("-", ""), "AB123456", "nguyen tremblay", "Tremblai Nguyen", "aicha"):
        assert [c.id for c in queries.search(text)] == [case.id], text
