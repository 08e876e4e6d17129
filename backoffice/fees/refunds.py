"""Refunds: money that goes back to whoever paid it, by the means it came by.

A fee is not refundable, even when the application is refused. Money goes back when the law or a decision voids the application
(I-0.2 s. 3.5: the sums are returned; the end by law of 2019), when too much was paid, or when it arrived for a place that no
longer exists. One person asks (or an act on many, signed by two, does), another of finance approves, and it is marked sent with
its reference; until then it can be withdrawn. Received = allocated + unmatched + returned + refunded, at every step.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from backoffice.cases.events import case_subject
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import allows, move, undo
from backoffice.fees import queries, rules
from backoffice.fees.errors import MoneyGone, NothingToRefund, RefundUnderWay, SecondPersonOfFinance
from backoffice.fees.events import (
    FeeCancelled,
    FeeRestored,
    RefundApproved,
    RefundAsked,
    RefundSent,
    RefundWithdrawn,
    receipt_subject,
)
from backoffice.fees.models import Allocation, Fee, Receipt, Refund
from backoffice.fees.service import paid_cents
from backoffice.fees.states import (
    RECEIPT_TRANSITIONS,
    REFUND_LIVE,
    REFUND_TRANSITIONS,
    TRANSITIONS,
    FeeAction,
    FeeState,
    ReceiptAction,
    ReceiptState,
    RefundAction,
    RefundState,
)

NEVER_CASHED: Final = frozenset({"not_accepted", "currency"})
"""Money that goes back uncashed, as it came: it is returned, not refunded."""


def number(refund: Refund) -> str:
    """The number by which finance knows a refund."""
    return f"RB-{refund.id:07d}"


def refundable_cents(receipt: Receipt, fee: Fee | None) -> int:
    """How much of a receipt may go back now: all of it when it answers nothing, else what the rules of its fee allow."""
    if receipt.currency != "CAD" or "reverses" in receipt.facts:
        return 0
    if receipt.state is ReceiptState.RECEIVED:
        return 0 if receipt.why_unmatched in NEVER_CASHED or receipt.why_unmatched == "reversed" else receipt.amount_cents
    standing = _standing(receipt)
    if receipt.state is not ReceiptState.ALLOCATED or fee is None or standing is None:
        return 0
    return rules.refundable(fee.state, fee.assessed_cents, paid_cents(fee), standing.standing_cents)


def _standing(receipt: Receipt) -> Allocation | None:
    return next((a for a in receipt.allocations if a.reversed_at is None), None)


def ask_refund(receipt_id: int, reason: str, *, by: Actor, at: datetime) -> Refund:
    """Ask that money goes back: the surplus of a payment, or money that found no place; another person approves it."""
    receipt = queries.receipt(receipt_id)
    standing = _standing(receipt)
    fee = queries.lock_fee(standing.fee_id) if standing else None
    receipt = queries.lock_receipt(receipt_id)
    if any(one.state in REFUND_LIVE for one in queries.refunds_of_receipt(receipt.id)):
        raise RefundUnderWay
    cents = refundable_cents(receipt, fee)
    if cents <= 0:
        raise NothingToRefund
    cause = receipt.why_unmatched or ("annulled" if fee and fee.state is FeeState.CANCELLED else "overpaid")
    return _ask([(receipt, standing, fee, cents)], cause, reason, origin=None, by=by, at=at)[0]


Owed = tuple[Receipt, Allocation | None, Fee | None, int]


def _ask(owed: Sequence[Owed], cause: str, reason: str, *, origin: str | None, by: Actor, at: datetime) -> list[Refund]:
    asked = [
        Refund(
            receipt_id=receipt.id, allocation_id=allocation.id if allocation else None, case_id=fee.case_id if fee else None, amount_cents=cents,
            method=receipt.method, payer=receipt.payer, provider_number=receipt.external_id, cause=cause, origin=origin, reason=reason,
            state=RefundState.ASKED, asked_by_id=by.id, asked_by_label=by.label, asked_at=at,
        )
        for receipt, allocation, fee, cents in owed
    ]  # fmt: skip
    db.session.add_all(asked)
    db.session.flush()
    for refund in asked:
        events.record(receipt_subject(refund.receipt_id), RefundAsked(refund.id, refund.amount_cents, cause), by=by, at=at)
    return asked


def cancel_fees(fees: Iterable[Fee], cause: str, reason: str, *, origin: str, by: Actor, at: datetime) -> list[Refund]:
    """Cancel the fees of applications that are void or ended by law, and put what was paid on the refund list.

    The fees and their cases are locked by the caller; one already waived or cancelled is left as it is.
    """
    owed: list[Owed] = []
    for fee in fees:
        if not allows(TRANSITIONS, fee.state, FeeAction.CANCEL):
            continue
        before, fee.state = fee.state, move(TRANSITIONS, fee.state, FeeAction.CANCEL)
        events.record(case_subject(fee.case_id), FeeCancelled(fee.id, before.value, sum(paid_cents(fee))), by=by, at=at)
        owed += [(a.receipt, a, fee, a.standing_cents) for a in fee.allocations if a.standing_cents > 0]
    live = {one.allocation_id: one for one in queries.live_refunds_of(a.id for _r, a, _f, _c in owed if a)}
    for surplus in live.values():  # it asked for a part; now all of it goes back, once
        withdraw(surplus, reason, by=by, at=at)
    return _ask(owed, cause, reason, origin=origin, by=by, at=at) if owed else []


def restore_fee(fee: Fee, before: FeeState, reason: str, *, origin: str, by: Actor, at: datetime) -> list[Refund]:
    """The act that cancelled a fee is undone: the fee stands as it did, and its refunds not yet sent come off the list.

    Gives those that had left already: finance asks for that money anew.
    """
    fee.state = undo(TRANSITIONS, fee.state, FeeAction.CANCEL, before)
    events.record(case_subject(fee.case_id), FeeRestored(fee.id, before.value), by=by, at=at)
    left = []
    for allocation in fee.allocations:
        for refund in queries.refunds_of_receipt(allocation.receipt_id):
            if refund.origin != origin or refund.allocation_id != allocation.id:
                continue
            if refund.state in REFUND_LIVE:
                withdraw(queries.lock_refunds([refund.id])[0], reason, by=by, at=at)
            elif refund.state is RefundState.SENT:
                left.append(refund)
    return left


def approve(refund: Refund, *, by: Actor, at: datetime) -> Refund:
    """Approve as the second person, of finance; the money must still be there."""
    if refund.asked_by_id == by.id:
        raise SecondPersonOfFinance
    _check_there(refund)
    refund.state = move(REFUND_TRANSITIONS, refund.state, RefundAction.APPROVE)
    refund.approved_by_id, refund.approved_by_label, refund.approved_at = by.id, by.label, at
    events.record(receipt_subject(refund.receipt_id), RefundApproved(refund.id, refund.amount_cents), by=by, at=at)
    return refund


def approve_many(refund_ids: Iterable[int], *, by: Actor, at: datetime) -> list[Refund]:
    """Approve a batch, whole or not at all."""
    return [approve(refund, by=by, at=at) for refund in queries.lock_refunds(refund_ids) if refund.state is RefundState.ASKED]


def mark_sent(refund_id: int, reference: str, *, by: Actor, at: datetime) -> Refund:
    """The money left, under a reference: its receipt is refunded, and answers its fee no longer."""
    receipt = queries.lock_receipt(queries.refund(refund_id).receipt_id)
    refund = queries.lock_refunds([refund_id])[0]
    _check_there(refund)
    refund.state = move(REFUND_TRANSITIONS, refund.state, RefundAction.SEND)
    refund.sent_reference, refund.sent_at = reference, at
    standing = next((a for a in receipt.allocations if a.id == refund.allocation_id), None)
    if standing is not None:
        standing.refunded_cents += refund.amount_cents
    if standing is None or standing.standing_cents == 0:
        receipt.state = move(RECEIPT_TRANSITIONS, receipt.state, ReceiptAction.REFUND)
    events.record(receipt_subject(receipt.id), RefundSent(refund.id, refund.amount_cents, reference), by=by, at=at)
    return refund


def mark_sent_many(refund_ids: Iterable[int], reference: str, *, by: Actor, at: datetime) -> list[Refund]:
    """A batch left together, under one reference."""
    ready = [one.id for one in queries.lock_refunds(refund_ids) if one.state is RefundState.APPROVED]
    return [mark_sent(refund_id, reference, by=by, at=at) for refund_id in ready]


def _check_there(refund: Refund) -> None:
    receipt = queries.lock_receipt(refund.receipt_id)
    standing = next((a for a in receipt.allocations if a.id == refund.allocation_id), None)
    there = standing.standing_cents if standing else receipt.amount_cents if receipt.state is ReceiptState.RECEIVED else 0
    if receipt.state not in {ReceiptState.ALLOCATED, ReceiptState.RECEIVED} or there < refund.amount_cents:
        raise MoneyGone(number(refund))


def withdraw(refund: Refund, reason: str, *, by: Actor, at: datetime) -> Refund:
    """The money does not go back after all (asked by mistake, or the act behind it was stayed); it stays where it was."""
    refund.state = move(REFUND_TRANSITIONS, refund.state, RefundAction.WITHDRAW)
    refund.withdrawn_reason, refund.withdrawn_at = reason, at
    events.record(receipt_subject(refund.receipt_id), RefundWithdrawn(refund.id, refund.amount_cents, reason), by=by, at=at)
    return refund
