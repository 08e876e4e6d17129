"""What the carrier brought: counted at the door, compared with what is registered, followed until somebody says why it differs."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.mailroom.errors import StampInFuture
from backoffice.mailroom.models import PostDelivery
from backoffice.mailroom.opening import queries, rules
from backoffice.mailroom.opening.errors import NothingDiffers, OldStamp
from backoffice.mailroom.opening.events import DeliveryRecorded, DeliveryRecounted, DeliverySettled, delivery_subject
from backoffice.mailroom.opening.models import DeliverySettlement
from backoffice.mailroom.opening.values import NewDelivery


def record_delivery(new: NewDelivery, *, old_confirmed: bool = False, by: Actor, at: datetime) -> PostDelivery:
    """Note a delivery; a day still to come is refused, and one long past is confirmed."""
    today = montreal_day(at)
    if new.delivered_on > today:
        raise StampInFuture
    if rules.is_old(new.delivered_on, today) and not old_confirmed:
        raise OldStamp(new.delivered_on.isoformat())
    delivery = PostDelivery(
        delivered_on=new.delivered_on, carrier=new.carrier, bags=new.bags, counted_envelopes=new.counted_envelopes, note=new.note,
        recorded_at=at, recorded_by_id=by.id,
    )  # fmt: skip
    db.session.add(delivery)
    db.session.flush()
    fact = DeliveryRecorded(delivery.id, new.delivered_on.isoformat(), new.carrier, new.bags, new.counted_envelopes)
    events.record(delivery_subject(delivery.id), fact, by=by, at=at)
    return delivery


def recount(delivery_id: int, counted: int, *, by: Actor, at: datetime) -> PostDelivery:
    """Count the envelopes again, or for the first time."""
    delivery = queries.delivered(delivery_id).delivery
    before, delivery.counted_envelopes = delivery.counted_envelopes, counted
    events.record(delivery_subject(delivery_id), DeliveryRecounted(delivery_id, before, counted), by=by, at=at)
    return delivery


def settle_delivery(delivery_id: int, reason: str, *, by: Actor, at: datetime) -> DeliverySettlement:
    """Say why the two numbers differ; another difference later asks again."""
    found = queries.delivered(delivery_id)
    if not found.count.difference:
        raise NothingDiffers
    settlement = DeliverySettlement(
        delivery_id=delivery_id, difference=found.count.difference, reason=reason, settled_at=at, settled_by_id=by.id, settled_by_label=by.label
    )
    db.session.add(settlement)
    fact = DeliverySettled(delivery_id, found.count.difference, reason)
    events.record(delivery_subject(delivery_id), fact, by=by, at=at)
    return settlement
