"""Money opened by two people, and what a deposit slip makes of it."""

import pytest

from backoffice.core.db import db
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.errors import Deposited, NotCounted
from backoffice.fees.states import ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom import service as mail
from backoffice.mailroom.errors import StaysOpen
from backoffice.mailroom.opening import queries, service
from backoffice.mailroom.opening.errors import CardNumber, NothingToCount, NothingToDeposit, OwnSlip, SamePerson
from backoffice.mailroom.opening.models import Instrument
from backoffice.mailroom.opening.service import Seen
from backoffice.mailroom.opening.states import DepositState, InstrumentState
from backoffice.mailroom.values import EnvelopeKind
from tests.mailroom.opening.conftest import Room


def test_money_counts_as_taken_once_another_found_the_same(room: Room):
    number = room.envelope()
    receipt = room.money(127_100, number)
    assert receipt.waits_for_count
    with pytest.raises(SamePerson):
        room.do(lambda by: service.confirm(receipt.id, Seen(127_100), **by), room.first)
    with pytest.raises(StaysOpen, match=r"second person|deuxième personne"):
        room.do(lambda by: mail.close_envelope(number, "Remis", **by), room.first)
    room.do(lambda by: service.confirm(receipt.id, Seen(127_100), **by), room.second)
    assert queries.found(receipt.id).instrument.state is InstrumentState.COUNTED
    assert not queries.found(receipt.id).receipt.waits_for_count
    assert queries.waiting_count() == 0
    with pytest.raises(NothingToCount):
        room.do(lambda by: service.confirm(receipt.id, Seen(127_100), **by), room.third)
    room.do(lambda by: mail.close_envelope(number, "Remis aux finances", **by), room.first)


def test_finance_allocates_nothing_that_one_person_counted(room: Room):
    case = room.build.case()
    cents = room.build.fee(case).assessed_cents
    receipt = room.money(cents)
    with pytest.raises(NotCounted):
        room.do(lambda by: fees.allocate_envelope(receipt.id, case.id, **by), room.finance)
    room.do(lambda by: service.confirm(receipt.id, Seen(cents), **by), room.second)
    room.do(lambda by: fees.allocate_envelope(receipt.id, case.id, **by), room.finance)
    assert fee_queries.receipt(receipt.id).state is ReceiptState.ALLOCATED


def test_a_difference_names_itself_and_a_third_look_settles_it(room: Room):
    number = room.envelope()
    receipt = room.money(127_100, number)
    room.do(lambda by: service.confirm(receipt.id, Seen(121_700), **by), room.second)
    assert queries.found(receipt.id).instrument.state is InstrumentState.DIFFERS
    with pytest.raises(StaysOpen, match=r"1\s?271,00.*1\s?217,00"):
        room.do(lambda by: mail.close_envelope(number, "Remis", **by), room.first)
    for who in (room.first, room.second):
        with pytest.raises(SamePerson):
            room.do(lambda by: service.confirm(receipt.id, Seen(121_700, "Relu"), **by), who)
    room.do(lambda by: service.confirm(receipt.id, Seen(121_700, "Chiffres inversés à la liste"), **by), room.third)
    found = queries.found(receipt.id)
    assert (found.instrument.state, found.receipt.amount_cents, found.receipt.waits_for_count) == (InstrumentState.COUNTED, 121_700, False)
    room.do(lambda by: service.make_deposit(**by), room.first)
    assert queries.deposits()[0].total_cents == 121_700
    assert list(queries.faults()) == []


def test_what_a_third_person_does_not_find_was_listed_by_mistake(room: Room):
    receipt = room.money(5_000)
    room.do(lambda by: service.confirm(receipt.id, Seen(0), **by), room.second)
    room.do(lambda by: service.confirm(receipt.id, Seen(0, "Inscrit deux fois"), **by), room.third)
    assert queries.found(receipt.id).instrument.state is InstrumentState.NOT_THERE
    assert queries.found(receipt.id).receipt.state is ReceiptState.RETURNED
    with pytest.raises(NothingToDeposit):
        room.do(lambda by: service.make_deposit(**by), room.first)


@pytest.mark.parametrize("method", [PaymentMethod.CASH, PaymentMethod.PERSONAL_CHEQUE, PaymentMethod.TRAVELLERS_CHEQUE])
def test_what_is_refused_by_rule_is_counted_and_never_deposited(room: Room, method: PaymentMethod):
    receipt = room.counted(4_000, method=method)
    assert receipt.why_unmatched == "not_accepted"
    with pytest.raises(NothingToDeposit):
        room.do(lambda by: service.make_deposit(**by), room.first)
    room.do(lambda by: mail.return_instrument(queries.found(receipt.id).envelope, receipt.id, "Non accepté", **by), room.first)
    assert list(queries.faults()) == []


@pytest.mark.parametrize(("kind", "accepted"), [(EnvelopeKind.APPLICATION, True), (EnvelopeKind.PAYMENT, False)])
def test_a_card_form_comes_with_an_application_on_paper_only(room: Room, kind: EnvelopeKind, accepted: bool):
    receipt = room.money(100, room.envelope(kind), method=PaymentMethod.CARD, instrument_number="4242")
    assert queries.found(receipt.id).instrument.accepted is accepted


def test_the_number_of_a_card_is_never_kept(room: Room):
    with pytest.raises(CardNumber):
        room.money(100, method=PaymentMethod.CARD, instrument_number="4242424242424242")


def test_a_slip_gathers_what_was_counted_once_and_finance_counts_it(room: Room):
    cheques = [room.counted(cents) for cents in (100_000, 76_500)]
    waiting = room.money(5_000)
    number = room.do(lambda by: service.make_deposit(**by).number, room.first)
    assert number == "BD-2016-0001"
    slip = queries.deposit(number)
    assert (slip.instruments, slip.total_cents, slip.state) == (2, 176_500, DepositState.MADE)
    assert {line.receipt_id for line in slip.lines} == {one.id for one in cheques}
    with pytest.raises(NothingToDeposit):
        room.do(lambda by: service.make_deposit(**by), room.first)
    with pytest.raises(OwnSlip):
        room.do(lambda by: service.accept_deposit(number, 2, 176_500, **by), room.first)
    room.do(lambda by: service.accept_deposit(number, 2, 176_400, "Un billet manque", **by), room.finance)
    assert queries.deposit(number).state is DepositState.DIFFERS
    room.do(lambda by: service.accept_deposit(number, 2, 176_500, **by), room.finance)
    assert queries.deposit(number).state is DepositState.ACCEPTED
    assert fee_queries.receipt(waiting.id).deposit is None
    assert list(queries.faults()) == []


def test_what_is_deposited_does_not_go_back_until_the_slip_is_reversed(room: Room):
    receipt = room.counted(100_000)
    number = room.do(lambda by: service.make_deposit(**by).number, room.first)
    envelope = queries.found(receipt.id).envelope
    with pytest.raises(Deposited):
        room.do(lambda by: mail.return_instrument(envelope, receipt.id, "De trop", **by), room.first)
    room.do(lambda by: service.reverse_deposit(number, "Chèque oublié", **by), room.first)
    assert fee_queries.receipt(receipt.id).deposit is None
    again = room.do(lambda by: service.make_deposit(**by).number, room.first)
    assert again == "BD-2016-0002"
    assert queries.deposit(number).state is DepositState.REVERSED
    assert list(queries.faults()) == []


def test_faults_are_found_when_money_is_on_a_slip_that_does_not_know_it(room: Room):
    receipt, other = room.counted(100_000), room.money(5)
    number = room.do(lambda by: service.make_deposit(**by).number, room.first)
    queries.deposit(number).total_cents += 1
    fee_queries.receipt(other.id).deposit = "BD-2016-0099"
    db.session.get_one(Instrument, receipt.id).state = InstrumentState.DIFFERS
    db.session.flush()
    said = list(queries.faults())
    assert len(said) == 4
    assert number in said[0]
