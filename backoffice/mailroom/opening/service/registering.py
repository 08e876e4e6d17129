"""An envelope is registered in a delivery, under the slip handed out for it if there is one, with its photograph."""

from dataclasses import dataclass, replace
from datetime import datetime

from backoffice.core import events, files
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.intake.values import Stamp
from backoffice.mailroom import queries as room_queries
from backoffice.mailroom import service as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope, PostDelivery
from backoffice.mailroom.opening import queries, rules
from backoffice.mailroom.opening.errors import OldStamp, PostmarkAfterDelivery
from backoffice.mailroom.opening.events import PhotoKept, PhotoRead, PhotoRefused
from backoffice.mailroom.opening.models import ReceiptSlip
from backoffice.mailroom.opening.service import kits
from backoffice.mailroom.values import NewEnvelope


@dataclass(frozen=True)
class Registration:
    """An envelope as the short form gives it: in a delivery that was chosen, or on a day by a carrier; under a slip or not."""

    new: NewEnvelope
    delivery_id: int | None = None
    slip: str = ""
    old_confirmed: bool = False


def register(one: Registration, *, by: Actor, at: datetime) -> Envelope:
    """Register an envelope. Its slip, if it was received during an interruption, keeps its day and its place in the order."""
    delivery = queries.delivered(one.delivery_id).delivery if one.delivery_id else None
    new = replace(one.new, delivered_on=delivery.delivered_on, carrier=delivery.carrier) if delivery else one.new
    if new.postmarked_on and new.postmarked_on > new.delivered_on:
        raise PostmarkAfterDelivery
    if delivery is None and not one.old_confirmed and rules.is_old(new.delivered_on, montreal_day(at)):
        raise OldStamp(new.delivered_on.isoformat())
    slip = kits.take_slip(one.slip, new.delivered_on, by=by, at=at) if one.slip else None
    envelope = room.register_envelope(new, delivery_id=delivery.id if delivery else None, stamp=_stamp(slip), by=by, at=at)
    if slip is not None:
        kits.bind(slip, envelope, by=by, at=at)
    return envelope


def _stamp(slip: ReceiptSlip | None) -> Stamp | None:
    if slip is None or slip.arrival_sequence is None or slip.arrived_at is None:
        return None
    return Stamp(slip.arrival_sequence, slip.arrived_at)


def last_delivery(envelope: Envelope) -> PostDelivery:
    """The delivery of an envelope: the next one is likely to be of the same."""
    return queries.delivered(envelope.delivery_id).delivery


def keep_photo(number: str, data: bytes, filename: str, *, by: Actor, at: datetime) -> None:
    """Keep the photograph of an envelope as it came; its picture is read later in a bounded process."""
    envelope = room_queries.lock_envelope(number)
    fact = PhotoKept(envelope.number, files.keep(data), room.clean_name(filename))
    events.record(envelope_subject(number), fact, by=by, at=at)


def note_photo(number: str, picture_sha256: str | None, refusal: str | None, *, by: Actor, at: datetime) -> None:
    """What reading the photograph gave: a picture to show, or why there is none."""
    envelope = room_queries.lock_envelope(number)
    if picture_sha256 is None:
        events.record(envelope_subject(number), PhotoRefused(number, refusal or "damaged"), by=by, at=at)
        return
    envelope.photo_sha256 = picture_sha256
    events.record(envelope_subject(number), PhotoRead(number, picture_sha256), by=by, at=at)
