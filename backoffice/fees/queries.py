"""Every SELECT on fees and receipts."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from backoffice.cases import queries as case_queries
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.fees.models import Allocation, Fee, Receipt, Refund
from backoffice.fees.states import FeeState, ReceiptState, RefundState


def _whole(query: Select[Fee]) -> Select[Fee]:
    return query.options(selectinload(Fee.allocations).joinedload(Allocation.receipt))


def fee_of_case(case_id: int) -> Fee | None:
    """What a case owes."""
    return db.session.scalars(_whole(select(Fee).where(Fee.case_id == case_id))).first()


def fee_of_submission(submission_id: UUID) -> Fee | None:
    """What a submission owes."""
    return db.session.scalars(_whole(select(Fee).where(Fee.submission_id == submission_id))).first()


def fee(fee_id: int) -> Fee:
    """A fee by its key."""
    found = db.session.scalars(_whole(select(Fee).where(Fee.id == fee_id))).first()
    if found is None:
        raise NotFound
    return found


def fees_of_cases(case_ids: Iterable[int]) -> dict[int, Fee]:
    """The fees of a page of the queue."""
    query = _whole(select(Fee).where(Fee.case_id.in_(list(case_ids))))
    return {one.case_id: one for one in db.session.scalars(query)}


def lock_fee(fee_id: int) -> Fee:
    """A fee held until the end of the operation, after its case."""
    case_id = db.session.scalar(select(Fee.case_id).where(Fee.id == fee_id))
    if case_id is None:
        raise NotFound
    case_queries.lock_case(case_id)
    query = _whole(select(Fee).where(Fee.id == fee_id)).with_for_update(of=Fee).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def receipt(receipt_id: int) -> Receipt:
    """Money received, with where it went."""
    found = db.session.scalars(select(Receipt).where(Receipt.id == receipt_id).options(selectinload(Receipt.allocations))).first()
    if found is None:
        raise NotFound
    return found


def lock_receipt(receipt_id: int) -> Receipt:
    """The same, held."""
    query = select(Receipt).where(Receipt.id == receipt_id).options(selectinload(Receipt.allocations)).with_for_update(of=Receipt)
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def receipt_by_external(external_id: str) -> Receipt | None:
    """A payment by the provider's number."""
    query = select(Receipt).where(Receipt.external_id == external_id)
    return db.session.scalars(query.options(selectinload(Receipt.allocations))).first()


def receipts_of_envelope(envelope: str) -> list[Receipt]:
    """What was found in an envelope."""
    query = select(Receipt).where(Receipt.envelope == envelope).order_by(Receipt.id)
    return list(db.session.scalars(query.options(selectinload(Receipt.allocations))))


def unmatched(limit: int = 200) -> list[Receipt]:
    """Money without a home, oldest first."""
    query = select(Receipt).where(Receipt.state == ReceiptState.RECEIVED).order_by(Receipt.received_at).limit(limit)
    return list(db.session.scalars(query.options(selectinload(Receipt.allocations))))


def count_unmatched() -> int:
    """How much money waits for a home, in receipts."""
    return db.session.scalar(select(func.count()).select_from(Receipt).where(Receipt.state == ReceiptState.RECEIVED)) or 0


def latest(limit: int = 50) -> list[Receipt]:
    """What came in lately, newest first."""
    query = select(Receipt).order_by(Receipt.id.desc()).limit(limit)
    return list(db.session.scalars(query.options(selectinload(Receipt.allocations).joinedload(Allocation.fee))))


def unmatched_claims(submission_id: UUID) -> list[Receipt]:
    """Money that names a submission and is not allocated."""
    query = select(Receipt).where(Receipt.claimed_submission_id == submission_id, Receipt.state == ReceiptState.RECEIVED)
    return list(db.session.scalars(query))


def balance() -> dict[str, int]:
    """Canadian money by what became of it, in cents: received = allocated + unmatched + returned + refunded + reversed.

    What was sent back of a receipt counts as refunded, the rest of it under the receipt's own state. A reversal is no money,
    and another currency is kept apart, to be returned.
    """
    sent = select(Refund.receipt_id, func.sum(Refund.amount_cents).label("sent")).where(Refund.state == RefundState.SENT).group_by(Refund.receipt_id)
    gone = sent.subquery("gone")
    back = func.coalesce(gone.c.sent, 0)
    query = select(Receipt.state, func.coalesce(func.sum(Receipt.amount_cents - back), 0), func.coalesce(func.sum(back), 0))
    query = query.outerjoin(gone, gone.c.receipt_id == Receipt.id).where(~Receipt.facts.has_key("reverses"), Receipt.currency == "CAD")
    sums: Counter[str] = Counter()
    for state, rest, refunded in db.session.execute(query.group_by(Receipt.state)):
        sums[state.value] += int(rest)
        sums[ReceiptState.REFUNDED.value] += int(refunded)
    return {state: cents for state, cents in sums.items() if cents}


def early_reversal(external_id: str) -> Receipt | None:
    """The reversal of a payment, come before the payment itself."""
    query = select(Receipt).where(Receipt.state == ReceiptState.RECEIVED, Receipt.why_unmatched == "unknown_payment")
    return db.session.scalars(query.where(Receipt.facts["reverses"].astext == external_id).order_by(Receipt.id).limit(1)).first()


def hold_external(external_id: str) -> None:
    """Keep a second event of the same payment waiting until the first is kept."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(external_id, 7_281_003))))


def fees_of(case_ids: Iterable[int]) -> dict[int, Fee]:
    """The fees of many cases, held until the end of the operation (their cases are locked already)."""
    query = _whole(select(Fee).where(Fee.case_id.in_(list(case_ids))).order_by(Fee.case_id)).with_for_update(of=Fee)
    return {one.case_id: one for one in db.session.scalars(query.execution_options(populate_existing=True))}


def refund(refund_id: int) -> Refund:
    """A refund by its key."""
    found = db.session.get(Refund, refund_id)
    if found is None:
        raise NotFound
    return found


def lock_refunds(refund_ids: Iterable[int]) -> list[Refund]:
    """Refunds held until the end of the operation, in their order; those that do not exist are left out."""
    query = select(Refund).where(Refund.id.in_(list(refund_ids))).order_by(Refund.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def refunds(state: RefundState | None = None, after: int = 0, limit: int = 100, origin: str | None = None) -> list[Refund]:
    """The list of refunds, the oldest first, from just after one."""
    query = select(Refund).where(Refund.id > after).order_by(Refund.id).limit(limit)
    if state is not None:
        query = query.where(Refund.state == state)
    if origin:
        query = query.where(Refund.origin == origin)
    return list(db.session.scalars(query))


def refund_sums(origin: str | None = None) -> dict[RefundState, tuple[int, int]]:
    """How many refunds stand in each state, and their sum in cents."""
    query = select(Refund.state, func.count(), func.coalesce(func.sum(Refund.amount_cents), 0)).group_by(Refund.state)
    if origin:
        query = query.where(Refund.origin == origin)
    return {row[0]: (row[1], int(row[2])) for row in db.session.execute(query)}


def count_refunds_to_do() -> int:
    """How many refunds wait for finance: to be approved, or to be sent."""
    query = select(func.count()).select_from(Refund).where(Refund.state.in_((RefundState.ASKED, RefundState.APPROVED)))
    return (db.session.scalar(query) or 0) + len(sent_then_stayed())


def refunds_of_receipt(receipt_id: int) -> list[Refund]:
    """Every refund of a receipt, latest first."""
    return list(db.session.scalars(select(Refund).where(Refund.receipt_id == receipt_id).order_by(Refund.id.desc())))


def live_refunds_of(allocation_ids: Iterable[int]) -> list[Refund]:
    """Refunds under way of these allocations, held."""
    live = Refund.state.in_((RefundState.ASKED, RefundState.APPROVED))
    query = select(Refund).where(Refund.allocation_id.in_(list(allocation_ids)), live).order_by(Refund.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def sent_then_stayed() -> list[Refund]:
    """Refunds that left before the act behind them was undone: the fee stands again, its money does not; a person asks for it anew."""
    query = select(Refund).join(Allocation, Allocation.id == Refund.allocation_id).join(Fee, Fee.id == Allocation.fee_id)
    query = query.where(Refund.state == RefundState.SENT, Refund.origin.is_not(None), Fee.state == FeeState.PAID)
    return list(db.session.scalars(query.order_by(Refund.id)))
