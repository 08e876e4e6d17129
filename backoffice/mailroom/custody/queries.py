"""Every SELECT on places, the paper in them, holds, declarations and destruction."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, cast, exists, func, select
from sqlalchemy.orm import aliased, selectinload

from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mailroom import codes
from backoffice.mailroom import queries as room
from backoffice.mailroom.custody.models import (
    DeclaredEnvelope,
    Paper,
    PaperDestruction,
    PaperHold,
    PaperMove,
    PaperPlace,
    QualityCheck,
    ScanDeclaration,
)
from backoffice.mailroom.custody.rules import OVERDUE_DAYS
from backoffice.mailroom.custody.states import DeclarationState
from backoffice.mailroom.custody.values import ENDS, OPENING_TABLE, Item, PaperKind, PlaceKind
from backoffice.mailroom.models import Batch, Envelope, ScanPage
from backoffice.mailroom.states import BatchState, EnvelopeState

NUMBERING = 7_281_013
"""The advisory lock under which places, declarations and certificates take their numbers."""

PREFIXES = {PlaceKind.DESK: "BU", PlaceKind.BOX: "BT", PlaceKind.SHELF: "TB"}

_PIECE = re.compile(r"[A-Z]{1,3}-\d{4}-\d{5,7}(-\d)?", re.IGNORECASE)


def item(typed: str) -> Item | None:
    """What a code means: a signed sheet of ours, an envelope's number, or the number of a piece that is followed."""
    sheet = codes.decode(typed)
    if sheet and sheet.kind is codes.SheetKind.ENVELOPE:
        return Item(PaperKind.ENVELOPE, sheet.value)
    if sheet and sheet.kind is codes.SheetKind.PAPER:
        return Item(PaperKind.PIECE, sheet.value)
    if number := room.normalise(typed):
        return Item(PaperKind.ENVELOPE, number)
    bare = typed.strip().upper()
    return Item(PaperKind.PIECE, bare) if find(Item(PaperKind.PIECE, bare)) else None


def place_code(typed: str) -> str | None:
    """The place that a code names; nothing when it names none."""
    sheet = codes.decode(typed)
    code = sheet.value if sheet and sheet.kind is codes.SheetKind.PLACE else typed.strip().upper()
    return code if find_place(code) else None


# Places


def find_place(code: str) -> PaperPlace | None:
    """A place by its code, if it exists."""
    return db.session.scalars(select(PaperPlace).where(PaperPlace.code == code)).first()


def place(code: str) -> PaperPlace:
    """A place by its code."""
    found = find_place(code)
    if found is None:
        raise NotFound
    return found


def place_by_id(place_id: int) -> PaperPlace:
    """A place by its key."""
    return db.session.get_one(PaperPlace, place_id)


def place_of_account(account_id: int) -> PaperPlace | None:
    """The place that a person is."""
    return db.session.scalars(select(PaperPlace).where(PaperPlace.account_id == account_id)).first()


def places() -> list[tuple[PaperPlace, PaperPlace | None, int]]:
    """Every place with the one it stands in and how many things it holds; ends last."""
    within = aliased(PaperPlace)
    held = select(Paper.place_id, func.count().label("many")).group_by(Paper.place_id).subquery()
    query = select(PaperPlace, within, func.coalesce(held.c.many, 0)).outerjoin(within, within.id == PaperPlace.within_id)
    rows = db.session.execute(query.outerjoin(held, held.c.place_id == PaperPlace.id).order_by(PaperPlace.code))
    found = [(row[0], row[1], row[2]) for row in rows]
    return sorted(found, key=lambda row: (row[0].kind in ENDS, row[0].kind.value, row[0].code))


def next_place_code(kind: PlaceKind) -> str:
    """The next code of a kind of place; the caller's transaction keeps it."""
    prefix = PREFIXES[kind]
    _hold_numbers()
    serial = cast(func.split_part(PaperPlace.code, "-", 2), Integer)
    last = db.session.scalar(select(func.max(serial)).where(PaperPlace.code.regexp_match(f"^{prefix}-[0-9]+$"))) or 0
    return f"{prefix}-{last + 1:04d}"


def _hold_numbers() -> None:
    db.session.execute(select(func.pg_advisory_xact_lock(NUMBERING)))


# Paper


def find(wanted: Item) -> Paper | None:
    """Something followed, if it is."""
    return db.session.scalars(select(Paper).where(Paper.kind == wanted.kind, Paper.number == wanted.number)).first()


def lock(wanted: Item) -> Paper | None:
    """The same, held until the end of the operation: two people move it one after the other."""
    query = select(Paper).where(Paper.kind == wanted.kind, Paper.number == wanted.number).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def whereabouts(number: str) -> list[tuple[Paper, PaperPlace]]:
    """An envelope and its pieces, each with its place."""
    query = select(Paper, PaperPlace).join(PaperPlace, PaperPlace.id == Paper.place_id).where(Paper.envelope == number)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Paper.kind, Paper.number))]


def contents(place_id: int, limit: int = 500) -> list[Paper]:
    """What is in a place, oldest first."""
    return list(db.session.scalars(select(Paper).where(Paper.place_id == place_id).order_by(Paper.id).limit(limit)))


def moves(paper_id: int) -> list[tuple[PaperMove, PaperPlace]]:
    """Where something has been, latest first."""
    query = select(PaperMove, PaperPlace).join(PaperPlace, PaperPlace.id == PaperMove.to_place_id).where(PaperMove.paper_id == paper_id)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(PaperMove.sequence.desc()))]


def _in_the_house() -> ColumnElement[bool]:
    return PaperPlace.kind.not_in(ENDS)


def originals() -> list[tuple[Paper, PaperPlace]]:
    """Originals that must go back and are still in the house, oldest first."""
    query = select(Paper, PaperPlace).join(PaperPlace, PaperPlace.id == Paper.place_id).where(Paper.must_return, _in_the_house())
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Paper.followed_since, Paper.id))]


def count_overdue(now: datetime) -> int:
    """How many of them are in the house longer than they should be."""
    query = select(func.count()).select_from(Paper).join(PaperPlace, PaperPlace.id == Paper.place_id)
    return db.session.scalar(query.where(Paper.must_return, _in_the_house(), Paper.followed_since < now - timedelta(days=OVERDUE_DAYS))) or 0


def envelope_of_piece(number: str) -> str:
    """The envelope that a piece came in."""
    found = find(Item(PaperKind.PIECE, number))
    if found is None:
        raise NotFound
    return found.envelope


# Holds


def hold(envelope: str) -> PaperHold | None:
    """The legal hold on an envelope, if one lasts."""
    return db.session.scalars(select(PaperHold).where(PaperHold.envelope == envelope, PaperHold.lifted_at.is_(None))).first()


def holds(envelopes: Iterable[str]) -> list[str]:
    """Which of these envelopes are held."""
    return list(db.session.scalars(select(PaperHold.envelope).where(PaperHold.envelope.in_(list(envelopes)), PaperHold.lifted_at.is_(None))))


# Declarations


def next_number(table: type[ScanDeclaration] | type[PaperDestruction], prefix: str, year: int) -> str:
    """The next number of declarations or certificates of a year."""
    _hold_numbers()
    serial = cast(func.split_part(table.number, "-", 3), Integer)
    last = db.session.scalar(select(func.max(serial)).where(table.number.startswith(f"{prefix}-{year}-"))) or 0
    return f"{prefix}-{year}-{last + 1:05d}"


def declarations(limit: int = 100) -> list[ScanDeclaration]:
    """Declarations, latest first."""
    return list(db.session.scalars(select(ScanDeclaration).order_by(ScanDeclaration.id.desc()).limit(limit)))


def declaration(number: str) -> ScanDeclaration:
    """A declaration by its number."""
    found = db.session.scalars(select(ScanDeclaration).where(ScanDeclaration.number == number)).first()
    if found is None:
        raise NotFound
    return found


def lock_declaration(number: str) -> ScanDeclaration:
    """The same, held until the end of the operation."""
    query = select(ScanDeclaration).where(ScanDeclaration.number == number).with_for_update()
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def declaration_of(envelope_id: int) -> ScanDeclaration | None:
    """The declaration that an envelope is in."""
    query = select(ScanDeclaration).join(DeclaredEnvelope, DeclaredEnvelope.declaration_id == ScanDeclaration.id)
    return db.session.scalars(query.where(DeclaredEnvelope.envelope_id == envelope_id)).first()


def declared(declaration_id: int) -> list[Envelope]:
    """The envelopes of a declaration, with their files and pages."""
    query = select(Envelope).join(DeclaredEnvelope, DeclaredEnvelope.envelope_id == Envelope.id)
    query = query.where(DeclaredEnvelope.declaration_id == declaration_id).order_by(Envelope.number)
    return list(db.session.scalars(query.options(selectinload(Envelope.scans), selectinload(Envelope.pages))))


def declared_rows(declaration_id: int) -> list[DeclaredEnvelope]:
    """The rows themselves (a declaration given up frees its envelopes)."""
    return list(db.session.scalars(select(DeclaredEnvelope).where(DeclaredEnvelope.declaration_id == declaration_id)))


def batches_to_declare(limit: int = 50) -> list[Batch]:
    """Closed batches some of whose closed envelopes are not declared yet, oldest first."""
    waits = exists().where(
        Envelope.batch_id == Batch.id, Envelope.state == EnvelopeState.CLOSED, Envelope.id.not_in(select(DeclaredEnvelope.envelope_id))
    )
    return list(db.session.scalars(select(Batch).where(Batch.state == BatchState.CLOSED, waits).order_by(Batch.id).limit(limit)))


def batch(number: str) -> Batch:
    """A batch by its number."""
    found = db.session.scalars(select(Batch).where(Batch.number == number)).first()
    if found is None:
        raise NotFound
    return found


def undeclared(numbers: Iterable[str] | None = None, batch_id: int | None = None) -> list[Envelope]:
    """Closed envelopes of a batch, or of a list, that no declaration has."""
    query = select(Envelope).where(Envelope.state == EnvelopeState.CLOSED, Envelope.id.not_in(select(DeclaredEnvelope.envelope_id)))
    query = query.where(Envelope.batch_id == batch_id) if numbers is None else query.where(Envelope.number.in_(list(numbers)))
    return list(db.session.scalars(query.order_by(Envelope.number)))


def checks(declaration_id: int) -> list[tuple[QualityCheck, ScanPage, str]]:
    """The pages drawn, with the envelope of each, in the order of the paper."""
    query = select(QualityCheck, ScanPage, Envelope.number).join(ScanPage, ScanPage.id == QualityCheck.page_id)
    query = query.join(Envelope, Envelope.id == ScanPage.envelope_id).where(QualityCheck.declaration_id == declaration_id)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(Envelope.number, ScanPage.position, ScanPage.id))]


def destruction_of(declaration_id: int) -> PaperDestruction | None:
    """The destruction asked for a declaration's paper."""
    return db.session.scalars(select(PaperDestruction).where(PaperDestruction.declaration_id == declaration_id)).first()


def papers_of(envelopes: Iterable[str]) -> list[tuple[Paper, PaperPlace]]:
    """Everything followed out of these envelopes, each with its place."""
    query = select(Paper, PaperPlace).join(PaperPlace, PaperPlace.id == Paper.place_id).where(Paper.envelope.in_(list(envelopes)))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Paper.envelope, Paper.kind, Paper.number))]


def batch_number(batch_id: int | None) -> str:
    """The number of a batch, or nothing."""
    return db.session.scalar(select(Batch.number).where(Batch.id == batch_id)) or "" if batch_id else ""


# Faults


def faults() -> Iterator[str]:
    """What must never be: an envelope that is nowhere; paper whose moves do not lead to its place; a sealed declaration that was changed."""
    followed = select(Paper.number).where(Paper.kind == PaperKind.ENVELOPE)
    yield from (f"{number} is nowhere" for number in db.session.scalars(select(Envelope.number).where(Envelope.number.not_in(followed))))
    last = (
        select(PaperMove.paper_id, func.max(PaperMove.sequence).label("sequence"), func.count().label("many")).group_by(PaperMove.paper_id).subquery()
    )
    query = select(Paper.number, Paper.moves, last.c.sequence, last.c.many).outerjoin(last, last.c.paper_id == Paper.id)
    wrong = query.where((Paper.moves != last.c.sequence) | (Paper.moves != last.c.many) | last.c.sequence.is_(None))
    yield from (f"{row[0]}: its moves do not lead to its place" for row in db.session.execute(wrong))
    destroyed = select(Paper.number).join(PaperPlace, PaperPlace.id == Paper.place_id).where(PaperPlace.kind == PlaceKind.DESTROYED)
    yield from (f"{number} had to go back and was destroyed" for number in db.session.scalars(destroyed.where(Paper.must_return)))
    for one in db.session.scalars(select(ScanDeclaration).where(ScanDeclaration.state == DeclarationState.SEALED)):
        if digest(one.content) != one.digest:
            yield f"declaration {one.number}: its content is not what was signed"


def opening_table() -> PaperPlace:
    """Where an envelope is from its registration."""
    return place(OPENING_TABLE)
