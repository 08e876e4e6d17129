"""Every SELECT on returns."""

from collections.abc import Sequence

from sqlalchemy import Integer, cast, func, select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.returns.models import PaperReturn
from backoffice.mailroom.returns.states import ReturnState

NUMBERING = 7_281_041
"""The advisory lock under which the next return of a year takes its number."""


def next_number(year: int) -> str:
    """The next number of a year's series; the caller's transaction keeps it."""
    db.session.execute(select(func.pg_advisory_xact_lock(NUMBERING)))
    serial = cast(func.split_part(PaperReturn.number, "-", 3), Integer)
    last = db.session.scalar(select(func.max(serial)).where(PaperReturn.number.startswith(f"R-{year}-"))) or 0
    return f"R-{year}-{last + 1:05d}"


def find(number: str) -> tuple[PaperReturn, str]:
    """A return, with its envelope's number."""
    query = select(PaperReturn, Envelope.number).join(Envelope, Envelope.id == PaperReturn.envelope_id).where(PaperReturn.number == number)
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def lock(number: str) -> tuple[PaperReturn, str]:
    """The same, held until the end of the operation."""
    found, envelope = find(number)
    db.session.refresh(found, with_for_update=True)
    return found, envelope


def of_envelope(envelope_id: int) -> list[PaperReturn]:
    """The returns of an envelope, the latest first."""
    query = select(PaperReturn).where(PaperReturn.envelope_id == envelope_id).order_by(PaperReturn.id.desc())
    return list(db.session.scalars(query))


def listed(states: Sequence[ReturnState], limit: int = 200) -> list[tuple[PaperReturn, str]]:
    """Returns in these states with their envelopes' numbers: what waits longest first, what is done latest first."""
    order = PaperReturn.id.asc() if ReturnState.PREPARED in states else PaperReturn.id.desc()
    query = select(PaperReturn, Envelope.number).join(Envelope, Envelope.id == PaperReturn.envelope_id)
    rows = db.session.execute(query.where(PaperReturn.state.in_(states)).order_by(order).limit(limit))
    return [(row[0], row[1]) for row in rows]


def count(state: ReturnState) -> int:
    """How many returns stand there."""
    return db.session.scalar(select(func.count()).select_from(PaperReturn).where(PaperReturn.state == state)) or 0
