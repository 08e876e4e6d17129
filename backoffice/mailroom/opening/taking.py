"""Money found at opening is listed by one person and waits for a second."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.fees import counting
from backoffice.fees.models import Receipt
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening.events import InstrumentListed
from backoffice.mailroom.opening.models import Instrument
from backoffice.mailroom.opening.states import InstrumentState

NOT_ACCEPTED = frozenset({"not_accepted", "currency"})
"""Why an instrument goes back to its sender by rule (cash, personal and traveller's cheques, another currency)."""


def list_found(envelope: Envelope, receipt: Receipt, *, by: Actor, at: datetime) -> Instrument:
    """The first person says what is there; until a second has found the same, nothing of it is allocated or deposited."""
    accepted = receipt.why_unmatched not in NOT_ACCEPTED
    counting.wait_for_count(receipt)
    instrument = Instrument(
        receipt_id=receipt.id, envelope_id=envelope.id, state=InstrumentState.LISTED, accepted=accepted, listed_cents=receipt.amount_cents,
        first_id=by.id, first_label=by.label, listed_at=at,
    )  # fmt: skip
    db.session.add(instrument)
    db.session.flush()
    fact = InstrumentListed(receipt.id, receipt.method.value, accepted)
    events.record(envelope_subject(envelope.number), fact, by=by, at=at)
    return instrument
