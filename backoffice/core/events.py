"""The trail: one past-tense fact for each operation, append-only, chained for each subject.

A subject's timeline and the audit are this one table, read two ways. Each fact's digest covers the one before it on
the same subject, so a changed or missing entry is named by `verify`.
"""

import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.actors import Actor, ActorKind
from backoffice.core.canonical import digest, plain_digest
from backoffice.core.db import NOTED, Base, Id, Json, before_commit, db

SEALING = 7_281_001
"""The advisory lock that a seal takes alone and each fact shares."""

GENESIS = "0" * 64
"""What the first fact of a subject stands on."""


class Event(Protocol):
    """A frozen dataclass of ids and numbers, registered with `@event`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


E = TypeVar("E", bound=Event)
T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """What a fact is about: a case, a window, an envelope, an account."""

    kind: str
    id: str


@dataclass(frozen=True)
class Recorded(Generic[E]):
    """A fact as its reactions receive it."""

    id: int
    subject: Subject
    event: E
    by: Actor
    at: datetime


class EventRow(Base):
    """One fact of the trail; the application's role may insert and read it, nothing else."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "position"),
        Index("ix_event_kind_at", "kind", "at"),
    )

    id: Mapped[Id]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str]
    data: Mapped[Json]
    by_kind: Mapped[ActorKind]
    by_id: Mapped[str]
    by_label: Mapped[str]
    at: Mapped[datetime]
    previous: Mapped[str]
    digest: Mapped[str]

    @property
    def by(self) -> Actor:
        """The author."""
        return Actor(self.by_kind, self.by_id, self.by_label)

    @property
    def subject(self) -> Subject:
        """What the fact is about."""
        return Subject(self.subject_kind, self.subject_id)


class ChainHead(Base):
    """The last digest of a subject's chain; its row lock keeps two writers of one subject in line."""

    __tablename__ = "chain_head"

    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    digest: Mapped[str]


class Seal(Base):
    """The heads of all chains, anchored from time to time: a whole chain cannot be rewritten behind it."""

    __tablename__ = "seal"

    id: Mapped[Id]
    at: Mapped[datetime]
    last_event_id: Mapped[int]
    chains: Mapped[int]
    digest: Mapped[str]
    previous: Mapped[str]


class Delivery(Base):
    """A fact owed to a reaction: written with the fact, run by a worker, kept until done."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "handler"),
        Index("ix_delivery_waiting", "available_at", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    handler: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]


Handler = Callable[[Recorded[E]], None]

_kinds: dict[str, type] = {}
_names: dict[type, str] = {}
_handlers: dict[str, list[str]] = {}


def event(name: str) -> Callable[[type[T]], type[T]]:
    """Register a fact under the name the trail keeps for ever, `<package>.<Name>`."""

    def register(cls: type[T]) -> type[T]:
        _kinds[name] = cls
        _names[cls] = name
        return cls

    return register


def on(kind: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Subscribe a reaction: it runs later, in a worker, in its own transaction, at least once."""

    def subscribe(handler: Handler[E]) -> Handler[E]:
        _handlers.setdefault(_names[kind], []).append(f"{handler.__module__}:{handler.__qualname__}")
        return handler

    return subscribe


def sentence_of(kind: str) -> str:
    """The template of a fact's sentence: `mailroom.opening.PieceListed` is in `mailroom/opening/events/`."""
    folder, _dot, name = kind.rpartition(".")
    return f"{folder.replace('.', '/')}/events/{name}.html"


def kinds() -> dict[str, type]:
    """Every fact that can be recorded, by name."""
    return dict(_kinds)


def handler(path: str) -> Handler[Event]:
    """The reaction at `module:function`."""
    module, name = path.split(":")
    return cast("Handler[Event]", getattr(importlib.import_module(module), name))


@dataclass(slots=True)
class Noted:
    """A fact on its way to the trail; its place and digests are known once it is written."""

    subject: Subject
    kind: str
    data: Json
    by: Actor
    at: datetime
    position: int = 0
    previous: str = ""
    digest: str = ""
    id: int = 0


def record(subject: Subject, fact: Event, *, by: Actor, at: datetime) -> Noted:
    """Note a fact and what it owes; both are written with the effect, at the end of its transaction (`write_noted`).

    One operation notes many facts; writing them together costs two statements instead of two for each, and holds the end
    of a chain for an instant instead of the whole operation.
    """
    row = Noted(subject, _names[type(fact)], dict(vars(fact)), by, at)
    db.session.info.setdefault(NOTED, []).append(row)
    return row


def write_noted() -> None:
    """Write the facts noted since the last time, each on the chain of its subject, and offer what they owe."""
    noted: list[Noted] = db.session.info.pop(NOTED, [])
    if not noted:
        return
    db.session.flush()
    ends = _advance(Counter(row.subject for row in noted))
    for row in noted:
        row.position, row.previous = ends[row.subject]
        row.digest = chained(row)
        ends[row.subject] = (row.position + 1, row.digest)
    _append(noted, {subject: digest for subject, (_, digest) in ends.items()})
    _owe(noted)


def _advance(many: Mapping[Subject, int]) -> dict[Subject, tuple[int, str]]:
    """The next place of each chain and what it stands on; the rows stay locked until the end of the transaction.

    They are locked in one order, so that two operations never wait for one another. The shared lock tells the sealer that
    facts are under way: it anchors between them, never beside one.
    """
    subjects = sorted(many, key=lambda one: (one.kind, one.id))
    values = {
        "sealing": SEALING, "genesis": GENESIS, "kinds": [s.kind for s in subjects], "ids": [s.id for s in subjects], "many": [many[s] for s in subjects],
    }  # fmt: skip
    rows = db.session.execute(_NEXT, values)
    return {Subject(kind, key): (position - many[Subject(kind, key)] + 1, previous) for kind, key, position, previous in rows}


def _append(noted: list[Noted], ends: Mapping[Subject, str]) -> None:
    """The facts, and the new ends of their chains, in one statement."""
    columns = zip(*map(_columns, noted), strict=True)
    values: dict[str, object] = dict(zip(_COLUMNS, map(list, columns), strict=True))
    values |= {"end_kinds": [s.kind for s in ends], "end_ids": [s.id for s in ends], "end_digests": list(ends.values())}
    for row, key in zip(noted, db.session.execute(_APPEND, values).scalars(), strict=True):
        row.id = key


def _columns(row: Noted) -> tuple[object, ...]:
    by = row.by
    return (
        row.subject.kind, row.subject.id, row.position, row.kind, json.dumps(row.data), by.kind, by.id, by.label, row.at, row.previous, row.digest,
    )  # fmt: skip


def _owe(noted: list[Noted]) -> None:
    """One delivery for each reaction to each fact."""
    owed = [{"event_id": row.id, "handler": path, "attempts": 0, "available_at": row.at} for row in noted for path in _handlers.get(row.kind, ())]
    if owed:
        ids = db.session.scalars(insert(Delivery).returning(Delivery.id), owed)
        db.session.info.setdefault("deliveries", []).extend(ids)


# Written out once: facts are the commonest writes of all, and these two statements are most of their cost.
_NEXT = text(
    "WITH sealing AS (SELECT pg_advisory_xact_lock_shared(:sealing)) "
    "INSERT INTO chain_head (subject_kind, subject_id, position, digest) SELECT s.kind, s.id, s.many, :genesis "
    "FROM sealing, unnest(CAST(:kinds AS text[]), CAST(:ids AS text[]), CAST(:many AS bigint[])) WITH ORDINALITY AS s(kind, id, many, place) ORDER BY s.place "
    "ON CONFLICT (subject_kind, subject_id) DO UPDATE SET position = chain_head.position + EXCLUDED.position "
    "RETURNING subject_kind, subject_id, position, digest"
)
_COLUMNS = ("subject_kind", "subject_id", "position", "kind", "data", "by_kind", "by_id", "by_label", "at", "previous", "digest")
_APPEND = text(
    "WITH fact AS ("
    "INSERT INTO event (subject_kind, subject_id, position, kind, data, by_kind, by_id, by_label, at, previous, digest) "
    "SELECT f.subject_kind, f.subject_id, f.position, f.kind, f.data::jsonb, f.by_kind, f.by_id, f.by_label, f.at, f.previous, f.digest "
    "FROM unnest(CAST(:subject_kind AS text[]), CAST(:subject_id AS text[]), CAST(:position AS bigint[]), CAST(:kind AS text[]), CAST(:data AS text[]), "
    "CAST(:by_kind AS text[]), CAST(:by_id AS text[]), CAST(:by_label AS text[]), CAST(:at AS timestamptz[]), CAST(:previous AS text[]), CAST(:digest AS text[])) "
    "WITH ORDINALITY AS f(subject_kind, subject_id, position, kind, data, by_kind, by_id, by_label, at, previous, digest, place) ORDER BY f.place "
    "RETURNING id), ends AS ("
    "UPDATE chain_head h SET digest = e.digest FROM unnest(CAST(:end_kinds AS text[]), CAST(:end_ids AS text[]), CAST(:end_digests AS text[])) "
    "AS e(kind, id, digest) WHERE h.subject_kind = e.kind AND h.subject_id = e.id) SELECT id FROM fact ORDER BY id"
)


def chained(row: "EventRow | Noted") -> str:
    """The digest of a fact over the one before it."""
    return chain_digest(row.previous, row.subject, row.position, row.kind, row.data, row.by, row.at)


def chain_digest(previous: str, subject: Subject, position: int, kind: str, data: Json, by: Actor, at: datetime) -> str:
    """The digest of a fact over the one before it, from its parts."""
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    return plain_digest([previous, subject.kind, subject.id, position, kind, data, by.kind, by.id, by.label, instant])


def revive(row: EventRow) -> Recorded[Event]:
    """A stored fact as its class; members that the class no longer has are left in the row."""
    cls = _kinds[row.kind]
    known = {field.name for field in fields(cls)}
    fact = cls(**{name: value for name, value in row.data.items() if name in known})
    return Recorded(row.id, row.subject, fact, row.by, row.at)


def history(subject: Subject) -> list[EventRow]:
    """Everything that happened to a subject, oldest first."""
    write_noted()
    query = select(EventRow).filter_by(subject_kind=subject.kind, subject_id=subject.id).order_by(EventRow.position)
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Breach:
    """The first entry of a chain that does not hold."""

    subject: Subject
    position: int
    what: str


def verify() -> Iterator[Breach]:
    """Recompute every chain; yields the first bad entry of each broken one, so an empty answer is a whole trail."""
    write_noted()
    query = select(EventRow).order_by(EventRow.subject_kind, EventRow.subject_id, EventRow.position)
    heads = {(h.subject_kind, h.subject_id): h for h in db.session.scalars(select(ChainHead))}
    subject: Subject | None = None
    expected, previous, broken = 1, GENESIS, False
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for row in db.session.scalars(query.execution_options(yield_per=1000)):
        if row.subject != subject:
            subject, expected, previous, broken = row.subject, 1, GENESIS, False
        if not broken and (what := _fault(row, expected, previous)):
            broken = True
            yield Breach(row.subject, row.position, what)
        expected, previous = row.position + 1, row.digest
        last[row.subject_kind, row.subject_id] = (row.position, row.digest)
    for key, head in heads.items():
        if head.position and last.get(key) != (head.position, head.digest) and not _ends_whole(Subject(*key)):
            yield Breach(Subject(*key), head.position, "the end of the chain is missing")
    yield from _verify_seals()


def _ends_whole(subject: Subject) -> bool:
    """Whether a chain ends where its head says: asked again in one statement, as somebody may have written on while it was read."""
    of_subject = EventRow.subject_kind == subject.kind, EventRow.subject_id == subject.id
    last = select(EventRow.position, EventRow.digest).where(*of_subject).order_by(EventRow.position.desc()).limit(1).subquery()
    query = select(ChainHead.position).join(last, (last.c.position == ChainHead.position) & (last.c.digest == ChainHead.digest))
    query = query.where(ChainHead.subject_kind == subject.kind, ChainHead.subject_id == subject.id)
    return db.session.scalar(query) is not None


def _fault(row: EventRow, expected: int, previous: str) -> str | None:
    if row.position != expected:
        return f"entry {expected} is missing"
    if row.previous != previous:
        return "it does not stand on the entry before it"
    if chained(row) != row.digest:
        return "its content was changed"
    return None


def seal(*, at: datetime) -> Seal | None:
    """Anchor the heads of all chains; nothing new since the last anchor gives none."""
    db.session.execute(select(func.pg_advisory_xact_lock(SEALING)))
    last = db.session.scalars(select(Seal).order_by(Seal.id.desc()).limit(1)).first()
    newest = db.session.scalar(select(EventRow.id).order_by(EventRow.id.desc()).limit(1))
    if newest is None or (last and last.last_event_id == newest):
        return None
    count, value = _heads(newest)
    anchored = Seal(at=at, last_event_id=newest, chains=count, digest=value, previous=last.digest if last else GENESIS)
    db.session.add(anchored)
    return anchored


def _heads(upto: int) -> tuple[int, str]:
    """Each chain's last digest as of an event, digested together."""
    query = (
        select(EventRow.subject_kind, EventRow.subject_id, EventRow.digest)
        .where(EventRow.id <= upto)
        .ext(distinct_on(EventRow.subject_kind, EventRow.subject_id))
        .order_by(EventRow.subject_kind, EventRow.subject_id, EventRow.position.desc())
    )
    heads = [list(row) for row in db.session.execute(query)]
    return len(heads), digest(heads)


def _verify_seals() -> Iterator[Breach]:
    previous = GENESIS
    for anchored in db.session.scalars(select(Seal).order_by(Seal.id)):
        if anchored.previous != previous:
            yield Breach(Subject("seal", str(anchored.id)), anchored.id, "it does not stand on the seal before it")
        if _heads(anchored.last_event_id) != (anchored.chains, anchored.digest):
            yield Breach(Subject("seal", str(anchored.id)), anchored.id, "a chain was rewritten after it was sealed")
        previous = anchored.digest


before_commit(write_noted)
