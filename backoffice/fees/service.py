"""Operations on money. A receipt exists by itself and is allocated to a fee; payment in time is judged by the day of payment."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import TRANSITIONS as CASES
from backoffice.cases.states import CaseAction, CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import events, formats
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import allows, move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from backoffice.fees import notices, queries, rules
from backoffice.fees.errors import (
    AlreadyAllocated,
    AnotherCurrency,
    Deposited,
    InstrumentKnown,
    IsReversal,
    NotAccepted,
    NotCounted,
    NotDue,
    NotWholeSum,
    PaidLate,
)
from backoffice.fees.events import (
    CaseProposed,
    FeeLapsed,
    FeeSettled,
    PaymentAllocated,
    PaymentReversed,
    ReceiptRecorded,
    ReceiptReturned,
    fee_owner,
    receipt_subject,
)
from backoffice.fees.issuing import Due, issue_fees
from backoffice.fees.models import Allocation, Fee, Receipt
from backoffice.fees.states import RECEIPT_TRANSITIONS, TRANSITIONS, FeeAction, FeeState, ReceiptAction, ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.quota import service as quota


@dataclass(frozen=True)
class Money:
    """Money as it came in: from the provider, or out of an envelope."""

    source: str
    method: PaymentMethod
    amount_cents: int
    currency: str
    paid_on: date
    paid_at: datetime | None = None
    external_id: str | None = None
    content_sha256: str | None = None
    submission_id: UUID | None = None
    reverses: str | None = None
    instrument_number: str | None = None
    payer: str | None = None
    envelope: str | None = None
    paper_file: bool = False


def issue_fee(case: Case, on: date, members: int, *, by: Actor, at: datetime) -> Fee:
    """Assess the fee by the tariff of a day, hold the case for payment, and invite the applicant to pay.

    The 30 days run from the moment the invitation is readable: at once in the mailbox, or on the day its letter is posted.
    """
    return issue_fees([Due(case, on, members)], by=by, at=at)[0]


def start_payment_term(fee: Fee, readable_at: datetime, *, by: Actor, at: datetime) -> None:
    """The invitation became readable: day zero of the 30 days; a term that had ended runs whole again."""
    known, day = term_queries.term_of(fee_owner(fee.id)), montreal_day(readable_at)
    if known is None:
        deadlines.start_term(TermKind.PAYMENT, case_subject(fee.case_id), fee_owner(fee.id), day, "message_readable", by=by, at=at)
    elif known.state in {TermState.LAPSED, TermState.CANCELLED}:
        deadlines.renew_term(fee_owner(fee.id), day, "reinstated", by=by, at=at)


def record_money(money: Money, *, by: Actor, at: datetime) -> Receipt:
    """Keep money that came in, and put it to its fee when it names one, is in time and in dollars; else it waits for a person."""
    receipt = Receipt(
        external_id=money.external_id, content_sha256=money.content_sha256, source=money.source, method=money.method,
        amount_cents=money.amount_cents, currency=money.currency, paid_on=money.paid_on, paid_at=money.paid_at, received_at=at,
        state=ReceiptState.RECEIVED, claimed_submission_id=money.submission_id, instrument_number=money.instrument_number,
        payer=money.payer, envelope=money.envelope, facts=_facts(money),
    )  # fmt: skip
    receipt.allocations = []
    db.session.add(receipt)
    db.session.flush()
    fee = queries.fee_of_submission(money.submission_id) if money.submission_id else None
    fee = queries.lock_fee(fee.id) if fee else None  # what is due is judged under the lock: two payments at once are not both in time
    if money.reverses:
        return _record_reversal(receipt, money.reverses, by=by, at=at)
    early = queries.early_reversal(money.external_id) if money.external_id else None
    receipt.why_unmatched = "reversed" if early else _why_not(receipt, fee)
    matched = fee is not None and receipt.why_unmatched is None
    fact = ReceiptRecorded(
        receipt.id, receipt.amount_cents, receipt.currency, receipt.method.value, receipt.paid_on.isoformat(), matched, receipt.why_unmatched
    )
    events.record(receipt_subject(receipt.id), fact, by=by, at=at)
    if fee is not None and matched:
        _allocate(receipt, fee.id, by=by, at=at)
    if early:
        early.why_unmatched = _why_not_reversed(early, receipt)
        if early.why_unmatched is None:
            _apply_reversal(early, receipt, by=by, at=at)
    return receipt


def _facts(money: Money) -> dict[str, object]:
    """What else is remembered of money: what it takes back, and that a card form came with an application on paper."""
    reverses: dict[str, object] = {"reverses": money.reverses} if money.reverses else {}
    return reverses | ({"paper_file": True} if money.paper_file else {})


def _why_not(receipt: Receipt, fee: Fee | None) -> str | None:
    """Why money cannot go to its fee by itself; the reason stands in the list of unmatched money."""
    if receipt.currency != "CAD":
        return "currency"
    if receipt.source == "envelope":
        return "to_allocate" if rules.accepted_by_post(receipt.method, paper_file="paper_file" in receipt.facts) else "not_accepted"
    if fee is None:
        return _why_no_fee(receipt.claimed_submission_id)
    in_time = _in_time(receipt, fee)
    if fee.state is FeeState.LAPSED:
        return "lapsed_in_time" if in_time else "lapsed"
    return "nothing_due" if fee.state is not FeeState.DUE else None if in_time else "late"


def _why_no_fee(submission_id: UUID | None) -> str:
    """Nothing was asked for: nobody knows the application, or a person must look at it before anything is cashed (GPI 5-5)."""
    case = case_queries.case_of_submission(submission_id) if submission_id else None
    held = case is not None and Hold.FALSE_DECLARATION_REVIEW in case_queries.standing_holds(case.id)
    return "under_review" if held else "unknown_submission"


def match_waiting(fee: Fee, *, by: Actor, at: datetime) -> None:
    """Put to a fee the money that named its application while nothing could be paid (a review, a lapse since undone)."""
    for receipt in queries.unmatched_claims(fee.submission_id):
        plain = receipt.source == "provider" and receipt.currency == "CAD" and "reverses" not in receipt.facts
        if plain and receipt.why_unmatched in _ANSWERED_BY_A_NEW_FEE and queries.fee(fee.id).state is FeeState.DUE:
            _allocate(receipt, fee.id, by=by, at=at)


_ANSWERED_BY_A_NEW_FEE = frozenset({"under_review", "lapsed_in_time", "lapsed", "late", "unknown_submission"})
"""Why money waited that a fee issued, or due again, now answers."""


def _in_time(receipt: Receipt, fee: Fee) -> bool:
    term = term_queries.term_of(fee_owner(fee.id))
    return term is None or receipt.paid_on <= term.last_day


def record_instrument(money: Money, *, by: Actor, at: datetime) -> Receipt:
    """List a cheque, draft or money order found in an envelope; its day of payment is the envelope's stamp."""
    for known in queries.receipts_of_envelope(money.envelope or ""):
        if money.instrument_number and known.instrument_number == money.instrument_number:
            raise InstrumentKnown
    receipt = record_money(money, by=by, at=at)
    deadlines.note_unsettled("money", str(receipt.id), receipt.paid_on)
    return receipt


def propose_case(envelope: str, case_id: int, *, by: Actor, at: datetime) -> None:
    """Note whose an envelope's money seems to be; a person of finance puts it there, and until then the fee does not lapse."""
    case = case_queries.case_by_id(case_id)
    for receipt in queries.receipts_of_envelope(envelope):
        if receipt.state is ReceiptState.RECEIVED and receipt.claimed_submission_id is None:
            receipt.claimed_submission_id = case.submission_id
            events.record(receipt_subject(receipt.id), CaseProposed(receipt.id, case.id), by=by, at=at)


def allocate_envelope(receipt_id: int, case_id: int, *, by: Actor, at: datetime) -> Fee:
    """Put the instruments of one envelope to a case's fee: together they must be the whole sum, received in time."""
    first = queries.receipt(receipt_id)
    if "reverses" in first.facts:
        raise IsReversal
    fee = queries.fee_of_case(case_id)
    if first.state is not ReceiptState.RECEIVED:
        raise AlreadyAllocated
    if fee is None or fee.state is not FeeState.DUE:
        raise NotDue
    together = [first]
    if first.envelope:
        together = [r for r in queries.receipts_of_envelope(first.envelope) if r.state is ReceiptState.RECEIVED and r.why_unmatched != "not_accepted"]
    if first.why_unmatched == "not_accepted":
        raise NotAccepted
    if any(r.waits_for_count for r in together):
        raise NotCounted
    _check_whole(together, fee)
    for one in together:
        _allocate(one, fee.id, by=by, at=at)
    return queries.fee(fee.id)


def _check_whole(receipts: list[Receipt], fee: Fee) -> None:
    if any(r.currency != "CAD" for r in receipts):
        raise AnotherCurrency
    term = term_queries.term_of(fee_owner(fee.id))
    if term and any(r.paid_on > term.last_day for r in receipts):
        raise PaidLate(term.last_day.isoformat())
    owing = rules.owing(fee.assessed_cents, paid_cents(fee))
    if not rules.envelope_settles(owing, (r.amount_cents for r in receipts)):
        raise NotWholeSum(formats.money(owing - sum(r.amount_cents for r in receipts)))


def paid_cents(fee: Fee) -> list[int]:
    """What stands allocated to a fee, less what was sent back."""
    return [a.standing_cents for a in fee.allocations if a.reversed_at is None]


def _allocate(receipt: Receipt, fee_id: int, *, by: Actor, at: datetime) -> None:
    fee = queries.lock_fee(fee_id)
    receipt = queries.lock_receipt(receipt.id)
    receipt.state = move(RECEIPT_TRANSITIONS, receipt.state, ReceiptAction.ALLOCATE)
    receipt.why_unmatched = None
    fee.allocations.append(Allocation(receipt=receipt, fee_id=fee.id, amount_cents=receipt.amount_cents, allocated_at=at))
    db.session.flush()
    owing = rules.owing(fee.assessed_cents, paid_cents(fee))
    fact = PaymentAllocated(fee.id, receipt.id, receipt.amount_cents, owing)
    events.record(case_subject(fee.case_id), fact, by=by, at=at)
    deadlines.note_settled("money", str(receipt.id), at=at)
    if owing == 0 and fee.state is FeeState.DUE:
        _settle(fee, receipt, by=by, at=at)


def _settle(fee: Fee, receipt: Receipt, *, by: Actor, at: datetime) -> None:
    """Nothing is owing: the place is confirmed and the case may be worked on, in the same breath."""
    fee.state, fee.settled_at = move(TRANSITIONS, fee.state, FeeAction.SETTLE), at
    events.record(case_subject(fee.case_id), FeeSettled(fee.id, sum(paid_cents(fee))), by=by, at=at)
    term = term_queries.term_of(fee_owner(fee.id))
    if term and term.state is TermState.RUNNING:
        deadlines.end_term(fee_owner(fee.id), TermAction.SATISFY, by=by, at=at)
    quota.confirm_place(fee.submission_id, by=by, at=at)
    cases.lift_hold(fee.case_id, Hold.PAYMENT, by=by, at=at)
    case = case_queries.lock_case(fee.case_id)
    if case.status in {CaseStatus.ATTENTE_PAIEMENT, CaseStatus.SOUMISE}:
        cases.advance(fee.case_id, CaseAction.PAY, by=by, at=at)
    notices.send_payment_received(case, fee, receipt, at=at)


def _record_reversal(receipt: Receipt, reverses: str, *, by: Actor, at: datetime) -> Receipt:
    """A dispute or a return: the first payment goes back, and the fee is owed again with its first last day."""
    original = queries.receipt_by_external(reverses)
    receipt.why_unmatched = _why_not_reversed(receipt, original)
    matched = receipt.why_unmatched is None
    fact = ReceiptRecorded(
        receipt.id, receipt.amount_cents, receipt.currency, receipt.method.value, receipt.paid_on.isoformat(), matched, receipt.why_unmatched
    )
    events.record(receipt_subject(receipt.id), fact, by=by, at=at)
    if original is not None and matched:
        _apply_reversal(receipt, original, by=by, at=at)
    return receipt


def _why_not_reversed(reversal: Receipt, original: Receipt | None) -> str | None:
    """Why a reversal cannot be carried out by itself; it is kept and shown with its reason."""
    if original is None or original.id == reversal.id:
        return "unknown_payment"
    if "reverses" in original.facts or not allows(RECEIPT_TRANSITIONS, original.state, ReceiptAction.REVERSE):
        return "not_reversible"
    same = (original.amount_cents, original.currency) == (reversal.amount_cents, reversal.currency)
    return None if same else "amount_differs"


def _apply_reversal(reversal: Receipt, original: Receipt, *, by: Actor, at: datetime) -> None:
    reversal.reverses_id, reversal.state = original.id, ReceiptState.REVERSED
    reverse_receipt(original.id, by=by, at=at)


def reverse_receipt(receipt_id: int, *, by: Actor, at: datetime) -> None:
    """Money taken back by the bank: its allocations are reversed and the balance is open again."""
    receipt = queries.lock_receipt(receipt_id)
    standing = [a for a in receipt.allocations if a.reversed_at is None]
    receipt.state = move(RECEIPT_TRANSITIONS, receipt.state, ReceiptAction.REVERSE)
    for allocation in standing:
        fee = queries.lock_fee(allocation.fee_id)
        for mine in fee.allocations:
            if mine.id == allocation.id:
                mine.reversed_at = at
        owing = rules.owing(fee.assessed_cents, paid_cents(fee))
        fact = PaymentReversed(fee.id, receipt.id, allocation.amount_cents, owing)
        events.record(case_subject(fee.case_id), fact, by=by, at=at)
        if fee.state is FeeState.PAID and owing > 0:
            _reopen(fee, by=by, at=at)


def _reopen(fee: Fee, *, by: Actor, at: datetime) -> None:
    fee.state, fee.settled_at = move(TRANSITIONS, fee.state, FeeAction.BOUNCE), None
    quota.unconfirm_place(fee.submission_id, by=by, at=at)
    term = term_queries.term_of(fee_owner(fee.id))
    if term and term.state is TermState.SATISFIED:
        deadlines.revive_term(fee_owner(fee.id), by=by, at=at)
    cases.place_hold(fee.case_id, Hold.PAYMENT, by=by, at=at)
    case = case_queries.lock_case(fee.case_id)
    if allows(CASES, case.status, CaseAction.REVERSE_PAYMENT):
        cases.advance(fee.case_id, CaseAction.REVERSE_PAYMENT, by=by, at=at)


def return_receipt(receipt_id: int, reason: str, *, by: Actor, at: datetime) -> Receipt:
    """Send an instrument back uncashed, with the reason; nothing leaves without its record."""
    receipt = queries.lock_receipt(receipt_id)
    if receipt.deposit:
        raise Deposited(receipt.deposit)
    receipt.state = move(RECEIPT_TRANSITIONS, receipt.state, ReceiptAction.RETURN)
    receipt.facts = {**receipt.facts, "return_reason": reason}
    events.record(receipt_subject(receipt.id), ReceiptReturned(receipt.id, receipt.amount_cents, reason), by=by, at=at)
    deadlines.note_settled("money", str(receipt.id), at=at)
    return receipt


def what_holds_back(fee: Fee) -> list[str]:
    """Why an unpaid fee may not lapse yet: nobody could read the invitation, or money and mail of its days are not settled."""
    term = term_queries.term_of(fee_owner(fee.id))
    if term is None:
        return ["invitation not readable"]
    named = [f"receipt {r.id}" for r in queries.unmatched_claims(fee.submission_id) if r.paid_on <= term.last_day]
    return deadlines.what_holds_back(term) + named


def lapse_unpaid(fee_id: int, as_of: date, *, at: datetime) -> Fee | None:
    """Let an unpaid fee lapse after its last day: place released, the applicant told that a machine did it. Once."""
    fee = queries.lock_fee(fee_id)
    term = term_queries.lock_term(fee_owner(fee.id))
    if fee.state is not FeeState.DUE or term.state is not TermState.RUNNING or as_of <= term.last_day or what_holds_back(fee):
        return None
    fee.state = move(TRANSITIONS, fee.state, FeeAction.LAPSE)
    fact = FeeLapsed(fee.id, fee.assessed_cents, term.last_day.isoformat())
    events.record(case_subject(fee.case_id), fact, by=SYSTEM, at=at)
    deadlines.end_term(fee_owner(fee.id), TermAction.LAPSE, by=SYSTEM, at=at)
    quota.release_unpaid_place(fee.submission_id, by=SYSTEM, at=at)
    case = cases.advance(fee.case_id, CaseAction.LAPSE_UNPAID, by=SYSTEM, at=at)
    notices.send_lapsed(case, fee, term, as_of, at=at)
    return fee
