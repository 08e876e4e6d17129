"""Windows and places on a real database: conserved, replayed, never given twice."""

import random
from datetime import date

import pytest
from sqlalchemy import select

from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.fees import service as fees
from backoffice.quota import errors, queries, service
from backoffice.quota.models import Admission
from backoffice.quota.values import AdmissionStatus
from tests.builders import Builder
from tests.conftest import NOON
from tests.quota.checks import replays

OFFER = {"ground": "validated_job_offer", "reference": "OEV-1"}
P, X, R, LAPSED = AdmissionStatus.PROVISIONAL, AdmissionStatus.EXEMPT, AdmissionStatus.REFUSED, AdmissionStatus.LAPSED


def status(build: Builder, **changes: object) -> AdmissionStatus:
    return queries.admission(build.submission(build.content(**changes)).id).status


def test_example_15_the_exempt_take_no_place_and_the_fifth_is_refused(build: Builder):
    build.window(code="W", capacity=3)
    given = [status(build, quota_exemption=OFFER if n in {2, 6} else None) for n in range(1, 7)]
    assert given == [P, X, P, P, R, X]
    replays("W")


def test_example_16_a_place_that_lapsed_goes_to_the_next_arrival_not_to_the_one_refused(build: Builder):
    build.window(code="W", capacity=1)
    first = build.case()
    refused = build.submission()
    with transaction():
        fees.lapse_unpaid(build.fee(first).id, date(2016, 7, 14), at=NOON)
    assert queries.admission(refused.id).status is R
    assert status(build) is P
    assert replays("W")[str(refused.id)] is R
    with pytest.raises(errors.NoPlaceLeft), transaction():
        service.reinstate_place(first.submission_id, by=SYSTEM, at=NOON)


def test_a_place_given_back_respects_the_cap_of_its_country(build: Builder):
    build.window(capacity=5, country_caps={"default": None, "by_country": {"FR": 1}})
    french = build.case(build.content(principal={"citizenships": ["FR"]}))
    with transaction():
        fees.lapse_unpaid(build.fee(french).id, date(2016, 7, 14), at=NOON)
    assert status(build, principal={"citizenships": ["FR"]}) is P
    with pytest.raises(errors.NoPlaceLeft), transaction():
        service.reinstate_place(french.submission_id, by=SYSTEM, at=NOON)


def test_an_exempt_application_given_back_still_takes_no_place(build: Builder):
    build.window(capacity=0)
    case = build.case(build.content(quota_exemption=OFFER))
    with transaction():
        fees.lapse_unpaid(build.fee(case).id, date(2016, 7, 14), at=NOON)
    assert queries.admission(case.submission_id).status is LAPSED
    with transaction():
        service.reinstate_place(case.submission_id, by=SYSTEM, at=NOON)
    assert queries.admission(case.submission_id).status is X


@pytest.mark.parametrize("seed", range(4))
def test_places_are_conserved_and_the_ledger_replays_in_any_order_of_acts(build: Builder, seed: int):
    dice = random.Random(seed)
    window = build.window(code="W", capacity=3, margin=1, reserve=1, country_caps={"default": 2, "by_country": {"FR": 1}})
    cases, receipts = [], []

    def act() -> None:
        kind = dice.choice(["arrive", "arrive", "pay", "lapse", "reverse", "reinstate"])
        if kind == "arrive" or not cases:
            changes = {"principal": {"citizenships": [dice.choice(["FR", "VN", "MA"])]}, "quota_exemption": dice.choice([None, None, OFFER])}
            submission = build.submission(build.content(**changes))
            if queries.admission(submission.id).status in {P, X}:
                from backoffice.cases import queries as case_queries

                cases.append(case_queries.case_of_submission(submission.id))
            return
        case = dice.choice(cases)
        if kind == "pay":
            receipts.append(build.pay(case).id)
            return
        with transaction():
            if kind == "lapse":
                fees.lapse_unpaid(build.fee(case).id, date(2016, 7, 14), at=NOON)
            elif kind == "reverse" and receipts:
                fees.reverse_receipt(dice.choice(receipts), by=SYSTEM, at=NOON)
            elif kind == "reinstate":
                service.reinstate_place(case.submission_id, by=SYSTEM, at=NOON)

    for _ in range(30):
        try:
            act()
        except DomainError:
            db.session.expire_all()
        standing = queries.standing(window.id)
        assert standing.held + standing.confirmed + 1 <= 3 + 1
        assert all(many <= (1 if country == "FR" else 2) for country, many in standing.by_country.items())
    stood = {str(a.submission_id): a.status for a in db.session.scalars(select(Admission))}
    assert replays("W") == stood


def test_the_doctor_finds_an_admission_that_its_ledger_does_not_give(build: Builder):
    from sqlalchemy import text

    from backoffice.cli import doctor

    build.window(code="W", capacity=1)
    first, second = build.submission(), build.submission()
    assert (list(doctor._places()), list(doctor._ledger())) == ([], [])
    db.session.execute(text("UPDATE admission SET status = 'provisional', reason = NULL WHERE submission_id = :id"), {"id": second.id})
    assert list(doctor._places()) == ["W: 2 places given"]
    assert list(doctor._ledger()) == ["W: the ledger and the admissions differ"]
    db.session.execute(text("UPDATE admission SET rank = 9 WHERE submission_id = :id"), {"id": first.id})
    assert list(doctor._ledger()) == ["W: the ledger and the admissions differ"]
