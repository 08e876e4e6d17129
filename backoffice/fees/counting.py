"""Money out of an envelope counts as taken once two people counted it, and stands on one deposit slip: the mailroom tells it here."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.fees import queries
from backoffice.fees.errors import AlreadyAllocated
from backoffice.fees.events import ReceiptCorrected, receipt_subject
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState


def wait_for_count(receipt: Receipt) -> None:
    """One person listed it: nothing is allocated of it before another has counted it."""
    receipt.waits_for_count = True


def count(receipt_id: int, amount_cents: int, *, by: Actor, at: datetime) -> Receipt:
    """Two people agree on what is there; an amount that was listed wrong is corrected, and the correction is told."""
    receipt = queries.lock_receipt(receipt_id)
    if receipt.amount_cents != amount_cents:
        if receipt.state is not ReceiptState.RECEIVED or receipt.allocations:
            raise AlreadyAllocated
        before, receipt.amount_cents = receipt.amount_cents, amount_cents
        events.record(receipt_subject(receipt.id), ReceiptCorrected(receipt.id, before, amount_cents), by=by, at=at)
    receipt.waits_for_count = False
    return receipt


def note_deposit(receipt_id: int, number: str | None) -> Receipt:
    """Which deposit slip it stands on, or none any more."""
    receipt = queries.lock_receipt(receipt_id)
    receipt.deposit = number
    return receipt
