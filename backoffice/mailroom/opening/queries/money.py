"""Money found in envelopes, and whom it waits for."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening.models import Instrument
from backoffice.mailroom.opening.states import InstrumentState

OPEN = (InstrumentState.LISTED, InstrumentState.DIFFERS)


@dataclass(frozen=True)
class Found:
    """An instrument, its receipt and its envelope's number."""

    instrument: Instrument
    receipt: Receipt
    envelope: str


def _found() -> Select[Instrument, Receipt, str]:
    query = select(Instrument, Receipt, Envelope.number).join(Receipt, Receipt.id == Instrument.receipt_id)
    return query.join(Envelope, Envelope.id == Instrument.envelope_id)


def waiting(limit: int = 500) -> list[Found]:
    """Instruments that one person listed and no second has confirmed, the oldest first; those where two differ come first of all."""
    query = _found().where(Instrument.state.in_(OPEN), Receipt.state == ReceiptState.RECEIVED)
    rows = db.session.execute(query.order_by(Instrument.state, Instrument.listed_at, Instrument.receipt_id).limit(limit))
    return [Found(row[0], row[1], row[2]) for row in rows]


def waiting_count() -> int:
    """How many wait."""
    query = select(func.count()).select_from(Instrument).join(Receipt, Receipt.id == Instrument.receipt_id)
    return db.session.scalar(query.where(Instrument.state.in_(OPEN), Receipt.state == ReceiptState.RECEIVED)) or 0


def found(receipt_id: int) -> Found:
    """One instrument."""
    row = db.session.execute(_found().where(Instrument.receipt_id == receipt_id)).first()
    if row is None:
        raise NotFound
    return Found(row[0], row[1], row[2])


def found_in(envelope_id: int) -> list[Found]:
    """The instruments of an envelope."""
    return [
        Found(row[0], row[1], row[2])
        for row in db.session.execute(_found().where(Instrument.envelope_id == envelope_id).order_by(Instrument.receipt_id))
    ]


def lock_instrument(receipt_id: int) -> Found:
    """The same, the instrument held (its receipt is held after it)."""
    query = _found().where(Instrument.receipt_id == receipt_id).with_for_update(of=Instrument)
    row = db.session.execute(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    return Found(row[0], row[1], row[2])
