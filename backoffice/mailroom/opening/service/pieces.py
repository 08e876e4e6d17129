"""Pieces of an envelope, each under its control number; originals and what cannot be scanned are followed to their place."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import allows, move
from backoffice.mailroom import service as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.opening import queries
from backoffice.mailroom.opening.events import PieceListed, PiecePlaced, PieceSentBack, PieceWithdrawn
from backoffice.mailroom.opening.models import Piece
from backoffice.mailroom.opening.states import PIECES, PieceAction, PieceState
from backoffice.mailroom.opening.values import FOLLOWED, NewPiece


def list_piece(number: str, new: NewPiece, *, by: Actor, at: datetime) -> Piece:
    """Give a piece of a live envelope its control number."""
    envelope = room.live(number)
    piece = Piece(
        number=queries.next_piece_number(montreal_day(at).year), envelope_id=envelope.id, kind=new.kind, description=new.description,
        sheets=new.sheets, state=PieceState.LISTED, listed_at=at, listed_by_id=by.id,
    )  # fmt: skip
    db.session.add(piece)
    db.session.flush()
    fact = PieceListed(number, piece.number, new.kind.value, new.description, new.sheets, new.kind in FOLLOWED)
    events.record(envelope_subject(number), fact, by=by, at=at)
    return piece


def place_piece(piece_number: str, place: str, *, by: Actor, at: datetime) -> Piece:
    """Say where the piece lies now."""
    piece, envelope = queries.lock_piece(piece_number)
    piece.state, piece.place, piece.settled_at = move(PIECES, piece.state, PieceAction.PLACE), place, at
    events.record(envelope_subject(envelope), PiecePlaced(envelope, piece.number, place), by=by, at=at)
    return piece


def note_place(piece_number: str, place: str) -> None:
    """The custody of paper says where the piece lies; its own fact tells it."""
    piece, _envelope = queries.lock_piece(piece_number)
    if allows(PIECES, piece.state, PieceAction.PLACE):
        piece.state, piece.place = move(PIECES, piece.state, PieceAction.PLACE), place


def send_piece_back(piece_number: str, how: str, *, by: Actor, at: datetime) -> Piece:
    """The piece went back to its sender; how it went stays written."""
    piece, envelope = queries.lock_piece(piece_number)
    piece.state, piece.place, piece.settled_at = move(PIECES, piece.state, PieceAction.SEND_BACK), None, at
    events.record(envelope_subject(envelope), PieceSentBack(envelope, piece.number, how), by=by, at=at)
    return piece


def withdraw_piece(piece_number: str, reason: str, *, by: Actor, at: datetime) -> Piece:
    """The piece was listed by mistake; its number is not given again."""
    piece, envelope = queries.lock_piece(piece_number)
    piece.state, piece.settled_at = move(PIECES, piece.state, PieceAction.WITHDRAW), at
    events.record(envelope_subject(envelope), PieceWithdrawn(envelope, piece.number, reason), by=by, at=at)
    return piece
