"""Pieces of envelopes."""

from sqlalchemy import Integer, cast, func, select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening import rules
from backoffice.mailroom.opening.models import Piece
from backoffice.mailroom.opening.queries import numbering
from backoffice.mailroom.opening.states import PieceState
from backoffice.mailroom.opening.values import PieceKind


def next_piece_number(year: int) -> str:
    """The next control number of a year; the caller's transaction keeps it."""
    numbering.wait_for_turn(numbering.PIECES)
    serial = cast(func.split_part(Piece.number, "-", 3), Integer)
    last = db.session.scalar(select(func.max(serial)).where(Piece.number.startswith(f"P-{year}-"))) or 0
    return rules.piece_number(year, last + 1)


def pieces_of(envelope_id: int) -> list[Piece]:
    """What was in an envelope, in the order in which it was listed."""
    return list(db.session.scalars(select(Piece).where(Piece.envelope_id == envelope_id).order_by(Piece.id)))


def on_the_table(envelope_id: int) -> list[Piece]:
    """Originals that neither went back nor lie in a place."""
    return [one for one in pieces_of(envelope_id) if one.kind is PieceKind.ORIGINAL and one.state is PieceState.LISTED]


def find_piece(number: str) -> tuple[Piece, str] | None:
    """A piece by its control number, with its envelope's number."""
    row = db.session.execute(select(Piece, Envelope.number).join(Envelope, Envelope.id == Piece.envelope_id).where(Piece.number == number)).first()
    return (row[0], row[1]) if row else None


def lock_piece(number: str) -> tuple[Piece, str]:
    """The same, held."""
    query = select(Piece, Envelope.number).join(Envelope, Envelope.id == Piece.envelope_id).where(Piece.number == number)
    row = db.session.execute(query.with_for_update(of=Piece).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    return row[0], row[1]
