"""Receipt slips printed beforehand."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening.models import ReceiptSlip, SlipKit
from backoffice.mailroom.opening.queries import numbering
from backoffice.mailroom.opening.states import SlipState


def next_serial(year: int) -> int:
    """The next number of a year's slips; the caller's transaction keeps the series."""
    numbering.wait_for_turn(numbering.SLIPS)
    return (db.session.scalar(select(func.max(ReceiptSlip.serial)).where(ReceiptSlip.year == year)) or 0) + 1


def kits(limit: int = 50) -> list[SlipKit]:
    """Kits with their slips, the latest first."""
    query = select(SlipKit).order_by(SlipKit.id.desc()).limit(limit).options(selectinload(SlipKit.slips))
    return list(db.session.scalars(query))


def kit(kit_id: int) -> SlipKit:
    """One kit with its slips."""
    found = db.session.scalars(select(SlipKit).where(SlipKit.id == kit_id).options(selectinload(SlipKit.slips))).first()
    if found is None:
        raise NotFound
    return found


def find_slip(number: str) -> ReceiptSlip | None:
    """A slip by its number."""
    return db.session.scalars(select(ReceiptSlip).where(ReceiptSlip.number == number)).first()


def lock_kit_of(number: str) -> tuple[SlipKit, ReceiptSlip] | None:
    """A slip with its whole kit, the kit held: two slips of one kit are never entered at once."""
    slip = find_slip(number)
    if slip is None:
        return None
    query = select(SlipKit).where(SlipKit.id == slip.kit_id).with_for_update().execution_options(populate_existing=True)
    held = db.session.scalars(query.options(selectinload(SlipKit.slips))).one()
    return held, next(one for one in held.slips if one.number == number)


def slip_of_envelope(envelope_id: int) -> ReceiptSlip | None:
    """The slip under which an envelope was registered."""
    return db.session.scalars(select(ReceiptSlip).where(ReceiptSlip.envelope_id == envelope_id)).first()


def missing_slips(slips: Sequence[ReceiptSlip]) -> list[ReceiptSlip]:
    """Slips handed out (a later one is known) of which nothing is entered: somebody looks for them."""
    return [one for one in slips if one.state is SlipState.ISSUED and one.arrival_sequence is not None]


def missing_total() -> int:
    """How many slips were handed out and are neither entered nor noted as spoiled."""
    query = select(func.count()).select_from(ReceiptSlip).where(ReceiptSlip.state == SlipState.ISSUED, ReceiptSlip.arrival_sequence.is_not(None))
    return db.session.scalar(query) or 0


def envelope_numbers(ids: Sequence[int]) -> dict[int, str]:
    """The numbers of envelopes by key."""
    query = select(Envelope.id, Envelope.number).where(Envelope.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)} if ids else {}
