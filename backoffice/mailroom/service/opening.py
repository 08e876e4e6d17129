"""Opening an envelope: its stamp, and the money found inside."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.models import Receipt
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.intake import queries as intake_queries
from backoffice.intake.values import Stamp
from backoffice.mailroom import queries
from backoffice.mailroom.custody.service import moving
from backoffice.mailroom.custody.values import Item, PaperKind
from backoffice.mailroom.errors import StampInFuture
from backoffice.mailroom.events import (
    EnvelopeRegistered,
    envelope_subject,
)
from backoffice.mailroom.models import Envelope, PostDelivery
from backoffice.mailroom.opening import taking
from backoffice.mailroom.opening.errors import CardNumber
from backoffice.mailroom.service.standing import live, note_mail
from backoffice.mailroom.states import (
    EnvelopeState,
)
from backoffice.mailroom.values import EnvelopeKind, NewEnvelope

LAST_DIGITS = 4
"""What may be written of a card's number."""


def register_envelope(
    new: NewEnvelope, *, delivery_id: int | None = None, stamp: Stamp | None = None, by: Actor, at: datetime
) -> Envelope:  # fmt: skip
    """Open and stamp an envelope: the day of physical delivery is the legal day, whatever day it is opened.

    One received during an interruption brings the place in the order of arrivals that its slip kept.
    """
    if new.delivered_on > montreal_day(at):
        raise StampInFuture
    delivery_id = delivery_id or _delivery_of(new, by=by, at=at)
    stamp = stamp or intake_queries.stamp(at)  # an application has its number from here on, whenever it is keyed
    envelope = Envelope(
        arrival_sequence=stamp.sequence, arrived_at=stamp.received_at,
        number=queries.next_number(new.delivered_on.year), delivery_id=delivery_id, legal_received_on=new.delivered_on,
        postmarked_on=new.postmarked_on, sender=new.sender, kind=new.kind, contents=new.contents, declared_sheets=new.declared_sheets,
        state=EnvelopeState.OPEN, registered_at=at, registered_by_id=by.id,
    )  # fmt: skip
    envelope.scans, envelope.pages = [], []
    db.session.add(envelope)
    db.session.flush()
    fact = EnvelopeRegistered(envelope.number, new.delivered_on.isoformat(), new.kind.value, new.declared_sheets)
    events.record(envelope_subject(envelope.number), fact, by=by, at=at)
    moving.follow(Item(PaperKind.ENVELOPE, envelope.number), envelope.number, by=by, at=at)  # it lies on the opening table
    note_mail(envelope, at=at)
    return envelope


def _delivery_of(new: NewEnvelope, *, by: Actor, at: datetime) -> int:
    """What that carrier brought on that day, noted now if nobody did."""
    delivery = queries.delivery(new.delivered_on, new.carrier)
    if delivery is None:
        delivery = PostDelivery(delivered_on=new.delivered_on, carrier=new.carrier, recorded_at=at, recorded_by_id=by.id)
        db.session.add(delivery)
        db.session.flush()
    return delivery.id


def list_instrument(number: str, money: Money, *, by: Actor, at: datetime) -> Receipt:
    """List money found in the envelope; its day of payment is the stamp. What is refused by rule is listed too, to be returned.

    It waits for a second person. The signed form of payment by card is taken with an application on paper only.
    """
    envelope = live(number)
    card = money.method is PaymentMethod.CARD and envelope.kind is EnvelopeKind.APPLICATION
    if money.method is PaymentMethod.CARD and len(money.instrument_number or "") > LAST_DIGITS:
        raise CardNumber
    found = Money(
        source="envelope", method=money.method, amount_cents=money.amount_cents, currency=money.currency, paid_on=envelope.legal_received_on,
        instrument_number=money.instrument_number, payer=money.payer, envelope=envelope.number, paper_file=card,
    )  # fmt: skip
    receipt = fees.record_instrument(found, by=by, at=at)
    taking.list_found(envelope, receipt, by=by, at=at)
    return receipt


def return_instrument(number: str, receipt_id: int, reason: str, *, by: Actor, at: datetime) -> Receipt:
    """Send one instrument back uncashed, with its reason."""
    envelope = queries.lock_envelope(number)
    if all(receipt.id != receipt_id for receipt in fee_queries.receipts_of_envelope(envelope.number)):
        raise DomainError
    return fees.return_receipt(receipt_id, reason, by=by, at=at)
