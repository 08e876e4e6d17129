"""Money on a real database: settled, short, late, taken back, lapsed; never lost and never made."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.clock import MONTREAL
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermState
from backoffice.fees import errors, jobs, queries, service
from backoffice.fees.events import fee_owner
from backoffice.fees.models import Receipt
from backoffice.fees.states import FeeState, ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import PostedLetter
from backoffice.quota import queries as quota_queries
from backoffice.quota.values import AdmissionReason, AdmissionStatus
from tests.builders import Builder

LATE = date(2016, 7, 14)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=MONTREAL)


def record(build: Builder, money: service.Money) -> Receipt:
    with transaction():
        record = service.record_instrument if money.source == "envelope" else service.record_money
        return record(money, by=SYSTEM, at=noon(money.paid_on))


def allocate(receipt: Receipt, case: Case) -> None:
    with transaction():
        service.allocate_envelope(receipt.id, case.id, by=SYSTEM, at=noon(receipt.paid_on))


def lapse(build: Builder, case: Case, on: date = LATE) -> bool:
    fee_id = build.fee(case).id
    with transaction():
        return service.lapse_unpaid(fee_id, on, at=noon(on)) is not None


def admission(case: Case) -> AdmissionStatus:
    return quota_queries.admission(case.submission_id).status


def test_payment_settles_the_fee_confirms_the_place_and_lifts_the_hold(build: Builder):
    case = build.case()
    assert Hold.PAYMENT in case_queries.standing_holds(case.id)
    assert case_queries.lock_next() is None
    build.pay(case)
    assert build.fee(case).state is FeeState.PAID
    assert term_queries.term_of(fee_owner(build.fee(case).id)).state is TermState.SATISFIED
    assert admission(case) is AdmissionStatus.CONFIRMED
    assert case_queries.standing_holds(case.id) == set()
    assert case_queries.lock_next().id == case.id
    assert [m.kind for m in mail_queries.thread(case.id)] == ["payment_invitation", "payment_received"]


def test_example_6_a_sum_split_over_two_envelopes_goes_back(build: Builder):
    case = build.case()
    halves = [record(build, build.cheque(cents, f"E{cents}")) for cents in (60_000, 67_100)]
    for half in halves:
        with pytest.raises(errors.NotWholeSum):
            allocate(half, case)
        with transaction():
            service.return_receipt(half.id, "split", by=SYSTEM, at=clock.now())
    assert queries.balance() == {"returned": 127_100}
    assert lapse(build, case)
    assert case_queries.case_by_id(case.id).status is CaseStatus.SUPPRIMEE_NON_PAYEE


def test_example_6_both_instruments_in_one_envelope_are_the_whole_sum(build: Builder):
    case = build.case()
    first, _ = (record(build, build.cheque(cents, "E1")) for cents in (60_000, 67_100))
    allocate(first, case)
    assert build.fee(case).state is FeeState.PAID
    with pytest.raises(errors.AlreadyAllocated):
        allocate(first, case)


def test_example_7_the_thirty_days_run_from_the_day_it_was_readable(build: Builder):
    case = build.case()
    term = term_queries.term_of(fee_owner(build.fee(case).id))
    assert (term.start, term.last_day) == (date(2016, 6, 13), date(2016, 7, 13))
    assert not lapse(build, case, date(2016, 7, 13))  # the last day is counted
    assert lapse(build, case, LATE)


def test_example_8_a_draft_stamped_after_the_last_day_goes_back_whatever_its_postmark(build: Builder):
    case = build.case()
    draft = record(build, build.cheque(127_100, "E1", on=LATE))
    with pytest.raises(errors.PaidLate):
        allocate(draft, case)
    with transaction():
        service.return_receipt(draft.id, "late", by=SYSTEM, at=noon(LATE))
    assert lapse(build, case)
    assert admission(case) is AdmissionStatus.LAPSED


@pytest.mark.parametrize("method", [PaymentMethod.CASH, PaymentMethod.PERSONAL_CHEQUE, PaymentMethod.TRAVELLERS_CHEQUE])
def test_what_the_rule_refuses_by_post_is_listed_and_not_cashed(build: Builder, method: PaymentMethod):
    case = build.case()
    refused = record(build, build.money(None, 127_100, source="envelope", method=method, external_id=None, envelope="E1", instrument_number="1"))
    with pytest.raises(errors.NotAccepted):
        allocate(refused, case)
    with pytest.raises(errors.InstrumentKnown):
        record(build, replace(build.cheque(1, "E1"), instrument_number="1"))


def test_unpaid_lapses_once_tells_that_a_machine_did_it_and_never_again(build: Builder):
    case = build.case()
    assert jobs.due_to_lapse(date(2016, 7, 13)) == []
    assert jobs.due_to_lapse(LATE) == [build.fee(case).id]
    assert lapse(build, case)
    assert not lapse(build, case)
    assert jobs.due_to_lapse(LATE) == []
    found = quota_queries.admission(case.submission_id)
    assert (found.status, found.reason) == (AdmissionStatus.LAPSED, AdmissionReason.UNPAID)
    message = mail_queries.thread(case.id)[-1]
    assert (message.kind, message.automatic) == ("payment_lapsed", True)
    assert "prise par une machine" in message.body
    assert quota_queries.standing(found.window_id).held == 0


@pytest.mark.parametrize(("on", "held"), [(date(2016, 6, 12), False), (date(2016, 6, 13), True), (date(2016, 7, 13), True), (LATE, False)])
def test_mail_stamped_within_the_term_and_not_yet_indexed_holds_the_lapse_back(build: Builder, on: date, held: bool):
    case = build.case()
    with transaction():
        deadlines.note_unsettled("envelope", "C-1", on)
    assert lapse(build, case) is not held
    with transaction():
        deadlines.note_settled("envelope", "C-1", at=noon(LATE))
    assert lapse(build, case) is held


def test_money_that_names_the_application_and_is_not_matched_holds_it_back(build: Builder):
    case = build.case()
    euros = record(build, build.money(case, currency="EUR"))
    assert not lapse(build, case)
    with transaction():
        service.return_receipt(euros.id, "currency", by=SYSTEM, at=noon(LATE))
    assert lapse(build, case)


def test_paid_in_time_but_booked_after_the_lapse_is_kept_and_shown(build: Builder):
    case = build.case()
    lapse(build, case)
    record(build, build.money(case, paid_on=date(2016, 7, 13)))
    record(build, build.money(case, paid_on=LATE))
    assert [r.why_unmatched for r in queries.unmatched()] == ["lapsed_in_time", "lapsed"]
    assert queries.balance() == {"received": 2 * 127_100}


def test_nobody_who_could_not_read_the_invitation_lapses(build: Builder):
    content = build.content()
    content["principal_applicant"]["contact"].pop("email")
    case = build.case(content)
    assert term_queries.term_of(fee_owner(build.fee(case).id)) is None
    assert service.what_holds_back(build.fee(case)) == ["invitation not readable"]
    assert jobs.due_to_lapse(date(2020, 1, 1)) == []
    letter = db.session.scalars(select(PostedLetter)).one()
    clerk = build.clerk().actor
    with transaction():
        mail.post_letter(letter.id, by=clerk, at=noon(date(2016, 6, 20)))
    with clock.stopped_at(noon(date(2016, 6, 21))):
        build.deliver()
    assert term_queries.term_of(fee_owner(build.fee(case).id)).last_day == date(2016, 7, 20)


def test_money_taken_back_runs_the_same_term_on(build: Builder):
    case = build.case()
    receipt = build.pay(case)
    with transaction():
        service.reverse_receipt(receipt.id, by=SYSTEM, at=noon(date(2016, 6, 20)))
    term = term_queries.term_of(fee_owner(build.fee(case).id))
    assert (term.state, term.last_day) == (TermState.RUNNING, date(2016, 7, 13))
    assert build.fee(case).state is FeeState.DUE
    assert admission(case) is AdmissionStatus.PROVISIONAL
    assert Hold.PAYMENT in case_queries.standing_holds(case.id)
    assert case_queries.case_by_id(case.id).status is CaseStatus.ATTENTE_PAIEMENT
    assert lapse(build, case)


def test_a_reversal_is_not_money_to_allocate(build: Builder):
    case = build.case()
    stray = record(build, build.money(case, reverses="unknown"))
    with pytest.raises(errors.IsReversal):
        allocate(stray, case)
    assert queries.balance() == {}


@pytest.mark.parametrize("seed", range(4))
def test_money_is_conserved_to_the_cent_in_any_order_of_acts(build: Builder, seed: int):
    """received = allocated + unmatched + returned + refunded + reversed, after every act, refused or not."""
    dice = random.Random(seed)
    cases, received = [build.case() for _ in range(2)], []

    def money(day: date) -> None:
        case = dice.choice(cases)
        amount = dice.choice([127_100, 60_000, 67_100, 1, 200_000])
        new = build.money(case, amount, paid_on=day) if dice.random() < 0.6 else build.cheque(amount, f"E{dice.randrange(3)}", on=day)
        received.append((record(build, new).id, amount))

    def act(day: date) -> None:
        if not received:
            return money(day)
        chosen = dice.choice(received)[0]
        match dice.randrange(6):
            case 0 | 1:
                money(day)
            case 2:
                allocate(queries.receipt(chosen), dice.choice(cases))
            case 3:
                with transaction():
                    service.return_receipt(chosen, "essai", by=SYSTEM, at=noon(day))
            case 4:
                with transaction():
                    service.reverse_receipt(chosen, by=SYSTEM, at=noon(day))
            case 5:
                lapse(build, dice.choice(cases), day)
        return None

    for turn in range(25):
        try:
            act(date(2016, 6, 13) + timedelta(days=2 * turn))
        except DomainError:
            db.session.expire_all()
        assert sum(queries.balance().values()) == sum(amount for _, amount in received)
        for case in cases:
            fee = build.fee(case)
            paid = sum(service.paid_cents(fee))
            assert (fee.state is FeeState.PAID) == (paid >= fee.assessed_cents) or fee.state is FeeState.LAPSED
            assert (admission(case) is AdmissionStatus.CONFIRMED) == (fee.state is FeeState.PAID)
        allocated = sum(sum(service.paid_cents(build.fee(case))) for case in cases)
        assert allocated == queries.balance().get(ReceiptState.ALLOCATED.value, 0)
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == len(received)
