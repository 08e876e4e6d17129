"""Money from the provider: matched, or kept; the same once; taken back."""

from typing import Any
from uuid import uuid4

import pytest

from backoffice.cases import queries as case_queries
from backoffice.cases.values import Hold
from backoffice.core.db import db
from backoffice.fees import queries as fee_queries
from backoffice.fees.models import Receipt
from tests.intake.conftest import Api, pointers, problem


def paid(api: Api, submission_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = api.get(f"/submissions/{submission_id}").json
    return answer


def test_a_payment_in_full_confirms_the_place_and_puts_the_case_in_the_queue(api: Api):
    submission_id = api.settled()["submission_id"]
    answer = api.pay(api.payment(submission_id))
    assert answer.status_code == 201
    assert (answer.json["matched"], answer.json["reason"]) == (True, None)
    said = paid(api, submission_id)
    assert (said["admission"]["status"], said["payment"]["status"], said["status"]) == ("confirmed", "paid", "PAYEE_EN_FILE")
    assert Hold.PAYMENT not in case_queries.standing_holds(case_queries.case(said["case_number"]).id)
    window = api.get("/windows/DEMO").json
    assert (window["held"], window["confirmed"]) == (0, 1)


def test_the_same_payment_again_is_the_first_and_another_content_a_conflict(api: Api):
    payment = api.payment(api.settled()["submission_id"])
    first = api.pay(payment)
    again = api.pay(dict(reversed(payment.items())))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    problem(api.pay(payment | {"amount_cents": 1}), 409, "payment-conflict")
    assert fee_queries.balance() == {"allocated": 127_100}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"submission_id": str(uuid4())}, "unknown_submission"), ({"currency": "EUR"}, "currency"), ({"paid_at": "2016-07-14T00:00:00-04:00"}, "late"),
        ({"reverses": "nothing-we-know"}, "unknown_payment"),
    ],
)  # fmt: skip
def test_money_that_matches_nothing_is_kept_and_never_refused(api: Api, changes: dict[str, Any], reason: str):
    submission_id = api.settled()["submission_id"]
    answer = api.pay(api.payment(submission_id) | changes)
    assert answer.status_code == 201
    assert (answer.json["matched"], answer.json["reason"]) == (False, reason)
    assert [r.why_unmatched for r in fee_queries.unmatched()] == [reason]
    assert paid(api, submission_id)["payment"]["status"] == "due"


def test_the_last_second_of_the_last_day_in_montreal_is_in_time(api: Api):
    """Worked example 7: 23:59:30 on the last day is 03:59:30 UTC of the next one."""
    submission_id = api.settled()["submission_id"]
    assert api.pay(api.payment(submission_id, paid_at="2016-07-14T03:59:30Z")).json["matched"] is True


def test_less_is_short_and_the_rest_makes_it_paid(api: Api):
    submission_id = api.settled()["submission_id"]
    api.pay(api.payment(submission_id, amount_cents=127_099))
    assert (paid(api, submission_id)["payment"]["status"], paid(api, submission_id)["admission"]["status"]) == ("short", "provisional")
    api.pay(api.payment(submission_id, amount_cents=1))
    assert (paid(api, submission_id)["payment"]["status"], paid(api, submission_id)["admission"]["status"]) == ("paid", "confirmed")


def test_more_is_overpaid_and_more_again_is_unmatched(api: Api):
    submission_id = api.settled()["submission_id"]
    api.pay(api.payment(submission_id, amount_cents=127_101))
    assert paid(api, submission_id)["payment"]["status"] == "overpaid"
    assert api.pay(api.payment(submission_id)).json["reason"] == "nothing_due"


def test_a_payment_taken_back_reopens_the_fee_with_its_first_last_day(api: Api):
    submission_id = api.settled()["submission_id"]
    payment = api.payment(submission_id)
    api.pay(payment)
    reversal = api.payment(submission_id, reverses=payment["payment_id"], paid_at="2016-06-20T10:00:00Z")
    assert api.pay(reversal).json["matched"] is True
    assert api.pay(reversal).status_code == 200
    said = paid(api, submission_id)
    assert (said["admission"]["status"], said["payment"]["status"], said["payment"]["due_on"]) == ("provisional", "due", "2016-07-13")
    assert said["status"] == "ATTENTE_PAIEMENT"
    assert fee_queries.balance() == {"reversed": 127_100}
    api.pay(api.payment(submission_id))
    assert paid(api, submission_id)["admission"]["status"] == "confirmed"


def test_what_cannot_be_taken_back_by_itself_waits_for_a_person(api: Api):
    submission_id = api.settled()["submission_id"]
    payment = api.payment(submission_id)
    api.pay(payment)
    assert api.pay(api.payment(submission_id, reverses=payment["payment_id"], amount_cents=100)).json["reason"] == "amount_differs"
    reversal = api.payment(submission_id, reverses=payment["payment_id"])
    assert api.pay(reversal).json["matched"] is True
    for reverses in (payment["payment_id"], reversal["payment_id"]):
        assert api.pay(api.payment(submission_id, reverses=reverses)).json["reason"] == "not_reversible"
    assert api.pay(api.payment(submission_id, payment_id="self", reverses="self")).json["reason"] == "unknown_payment"
    assert fee_queries.balance() == {"reversed": 127_100}


def test_a_reversal_that_comes_before_its_payment_takes_it_back_all_the_same(api: Api):
    submission_id = api.settled()["submission_id"]
    api.pay(api.payment(submission_id, reverses="later"))
    assert api.pay(api.payment(submission_id, payment_id="later")).status_code == 201
    said = paid(api, submission_id)
    assert (said["payment"]["status"], said["admission"]["status"]) == ("due", "provisional")
    assert fee_queries.balance() == {"reversed": 127_100}
    assert fee_queries.unmatched() == []


def test_all_faults_of_a_payment_are_listed(api: Api):
    wrong = {
        "payment_id": "", "submission_id": "x", "amount_cents": 0, "currency": "cad", "paid_at": "2016-06-13", "method": "cash", "reverses": 5, "foo": 1,
    }  # fmt: skip
    assert pointers(api.pay(wrong)) == {f"/{name}" for name in wrong}
    assert pointers(api.pay({})) == {"/payment_id", "/submission_id", "/amount_cents", "/currency", "/paid_at", "/method"}
    for amount in (1.5, True, "1", -1, 10**11, None):
        assert "/amount_cents" in pointers(api.pay(api.payment(str(uuid4())) | {"amount_cents": amount}))
    assert "/paid_at" in pointers(api.pay(api.payment(str(uuid4()), paid_at="2016-06-13T10:00:00")))  # without its zone
    for body in ([], "x", 1):
        problem(api.client.post("/api/v1/payments", json=body, headers=api.provider), 422, "invalid")
    problem(api.client.post("/api/v1/payments", data=b"{", content_type="application/json", headers=api.provider), 400, "malformed")
    assert db.session.scalar(db.select(db.func.count()).select_from(Receipt)) == 0
