"""Refunds: the equation of money holds at every step, two people sign, nothing goes back twice."""

from collections.abc import Iterator

import pytest

from backoffice.cli import doctor
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import IllegalMove
from backoffice.fees import queries, refunds
from backoffice.fees import service as fees
from backoffice.fees.errors import MoneyGone, NothingToRefund, RefundUnderWay, SecondPersonOfFinance
from backoffice.fees.models import Receipt, Refund
from backoffice.fees.states import ReceiptState, RefundState
from backoffice.staff.models import Account
from tests.builders import Builder


@pytest.fixture
def finance(build: Builder) -> tuple[Account, Account]:
    return build.finance(), build.finance()


def overpaid(build: Builder, surplus: int = 20_000) -> Receipt:
    case = build.case()
    return build.pay(case, cents=build.fee(case).assessed_cents + surplus)


def asked(receipt: Receipt, by: Account) -> Refund:
    with transaction():
        return refunds.ask_refund(receipt.id, "Trop-perçu", by=by.actor, at=clock.now())


def approved(refund: Refund, by: Account) -> None:
    with transaction():
        refunds.approve_many([refund.id], by=by.actor, at=clock.now())


def sent(refund: Refund, by: Account) -> None:
    with transaction():
        refunds.mark_sent(refund.id, "VIR-2016-1", by=by.actor, at=clock.now())


def sound() -> Iterator[str]:
    """The equation, and the doctor's own word on it."""
    db.session.expire_all()
    yield from doctor._money()


def test_the_surplus_goes_back_and_the_equation_holds_at_every_step(build: Builder, finance: tuple[Account, Account]) -> None:
    receipt = overpaid(build)
    whole = receipt.amount_cents
    refund = asked(receipt, finance[0])
    assert (refund.amount_cents, refund.cause, refund.method, refund.provider_number) == (20_000, "overpaid", receipt.method, receipt.external_id)
    assert (queries.balance()["allocated"], list(sound())) == (whole, [])
    approved(refund, finance[1])
    assert (queries.balance()["allocated"], list(sound())) == (whole, [])
    sent(refund, finance[1])
    assert queries.balance() == {"allocated": whole - 20_000, "refunded": 20_000}
    assert list(sound()) == []
    assert queries.receipt(receipt.id).state is ReceiptState.ALLOCATED
    with pytest.raises(NothingToRefund):
        asked(receipt, finance[0])


def test_money_for_a_place_that_no_longer_exists_is_caught_and_goes_back_whole(build: Builder, finance: tuple[Account, Account]) -> None:
    case = build.paid_case()
    again = build.pay(case)
    assert (again.state, again.why_unmatched) == (ReceiptState.RECEIVED, "nothing_due")
    assert queries.count_unmatched() == 1
    refund = asked(again, finance[0])
    assert (refund.amount_cents, refund.cause) == (again.amount_cents, "nothing_due")
    approved(refund, finance[1])
    sent(refund, finance[0])
    assert queries.receipt(again.id).state is ReceiptState.REFUNDED
    assert queries.count_unmatched() == 0
    assert queries.balance()["refunded"] == again.amount_cents
    assert list(sound()) == []


def test_whoever_asked_does_not_approve(build: Builder, finance: tuple[Account, Account]) -> None:
    refund = asked(overpaid(build), finance[0])
    with pytest.raises(SecondPersonOfFinance):
        approved(refund, finance[0])
    with pytest.raises(IllegalMove):
        sent(refund, finance[1])
    assert queries.refund(refund.id).state is RefundState.ASKED


def test_one_refund_at_a_time_of_the_same_money(build: Builder, finance: tuple[Account, Account]) -> None:
    receipt = overpaid(build)
    asked(receipt, finance[0])
    with pytest.raises(RefundUnderWay):
        asked(receipt, finance[1])


def test_a_fee_that_is_owed_is_not_refunded(build: Builder, finance: tuple[Account, Account]) -> None:
    case = build.case()
    receipt = build.pay(case)
    with pytest.raises(NothingToRefund):
        asked(receipt, finance[0])


def test_what_the_bank_took_back_is_not_sent_a_second_time(build: Builder, finance: tuple[Account, Account]) -> None:
    receipt = overpaid(build)
    refund = asked(receipt, finance[0])
    approved(refund, finance[1])
    with transaction():
        fees.reverse_receipt(receipt.id, by=SYSTEM, at=clock.now())
    with pytest.raises(MoneyGone):
        sent(refund, finance[1])
    with transaction():
        refunds.withdraw(queries.lock_refunds([refund.id])[0], "La banque l’a reprise", by=finance[0].actor, at=clock.now())
    assert list(sound()) == []


def test_the_bank_may_take_back_what_was_refunded_in_part_and_the_equation_says_it(build: Builder, finance: tuple[Account, Account]) -> None:
    receipt = overpaid(build)
    whole, refund = receipt.amount_cents, asked(receipt, finance[0])
    approved(refund, finance[1])
    sent(refund, finance[1])
    with transaction():
        fees.reverse_receipt(receipt.id, by=SYSTEM, at=clock.now())
    assert queries.balance() == {"reversed": whole - 20_000, "refunded": 20_000}
    assert list(sound()) == []


def test_a_withdrawn_refund_changes_nothing_and_can_be_asked_again(build: Builder, finance: tuple[Account, Account]) -> None:
    receipt = overpaid(build)
    refund = asked(receipt, finance[0])
    with transaction():
        refunds.withdraw(queries.lock_refunds([refund.id])[0], "Demandé par erreur", by=finance[0].actor, at=clock.now())
    assert asked(receipt, finance[0]).id != refund.id
    assert queries.balance()["allocated"] == receipt.amount_cents


def test_finance_sees_the_list_its_sum_approves_and_sends_a_batch(build: Builder, client, finance: tuple[Account, Account]) -> None:
    made = [asked(overpaid(build, cents), finance[0]) for cents in (10_000, 25_050)]
    build.sign_in(client, finance[1])
    page = client.get("/refunds").text
    assert "350,50" in page
    assert f"RB-{made[0].id:07d}" in page
    both = [str(one.id) for one in made]
    assert client.post("/refunds?state=asked", data={"act": "approve", "refund": both}).status_code == 303
    assert client.post("/refunds?state=approved", data={"act": "send", "refund": both}).status_code == 422
    assert client.post("/refunds?state=approved", data={"act": "send", "refund": both, "words": "=VIR-7"}).status_code == 303
    assert {one.state for one in queries.refunds()} == {RefundState.SENT}
    lines = client.get("/refunds/list.csv?state=sent").text.splitlines()
    assert len(lines) == 3
    assert "'=VIR-7" in lines[1]
    assert list(sound()) == []


def test_whoever_asked_is_refused_on_the_page_too(build: Builder, client, finance: tuple[Account, Account]) -> None:
    refund = asked(overpaid(build), finance[0])
    build.sign_in(client, finance[0])
    assert f'value="{refund.id}" checked' not in client.get("/refunds").text
    answer = client.post("/refunds?state=asked", data={"act": "approve", "refund": [str(refund.id)]})
    assert answer.status_code == 422
    assert "une autre personne des finances" in answer.text


def test_a_refund_is_asked_for_from_the_page_of_its_receipt(build: Builder, client, finance: tuple[Account, Account]) -> None:
    receipt = overpaid(build)
    build.sign_in(client, finance[0])
    assert "200,00" in client.get(f"/fees/receipts/{receipt.id}").text
    assert client.post(f"/fees/receipts/{receipt.id}/refund", data={"reason": "Trop-perçu"}).status_code == 303
    assert [one.amount_cents for one in queries.refunds()] == [20_000]
    again = client.post(f"/fees/receipts/{receipt.id}/refund", data={"reason": "Trop-perçu"})
    assert again.status_code == 422
