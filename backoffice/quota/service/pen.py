"""Writes the ledger: an input goes through the book, and what comes out is written with it, in bulk, when the act is over."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm.util import identity_key

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db, driver
from backoffice.core.errors import IllegalMove
from backoffice.quota import queries, rules
from backoffice.quota.errors import NoPlaceLeft
from backoffice.quota.events import AdmissionDecided, admission_subject
from backoffice.quota.models import Admission, PlaceGiven, Window
from backoffice.quota.queries.shelf import TableShelf
from backoffice.quota.rules.inputs import DrawCommit, Input, Terms, instant
from backoffice.quota.values import AdmissionStatus, Entry, Order, Outcome

_LINES: Final = "COPY ledger_line (window_id, position, kind, type, submission_id, data, at, previous, digest) FROM STDIN"
_ADMISSIONS: Final = (
    "COPY admission (submission_id, window_id, status, reason, sequence, rank, pool, first_pool, channel, country, exempt_ground, arrived_at, "
    "legal_day, late, doubt, suspected, ground_denied, listed, decided_at) FROM STDIN"
)
_CHANGES: Final = (
    "UPDATE admission a SET status = v.status, reason = v.reason, rank = v.rank, pool = v.pool, first_pool = v.first_pool, "
    "suspected = v.suspected, ground_denied = v.denied, listed = v.listed, status_before = v.status_before, reason_before = v.reason_before, "
    "decided_at = CASE WHEN v.decided THEN %s ELSE a.decided_at END "
    "FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bool[], %s::bool[], %s::bool[], %s::text[], "
    "%s::text[], %s::bool[]) AS v(id, status, reason, rank, pool, first_pool, suspected, denied, listed, status_before, reason_before, decided) "
    "WHERE a.submission_id = v.id"
)
_UNANSWERED: Final = frozenset({
    AdmissionStatus.REGISTERED, AdmissionStatus.WAITLISTED, AdmissionStatus.REFUSED, AdmissionStatus.INVITED, AdmissionStatus.LAPSED,
})  # fmt: skip
_ANSWERED: Final = frozenset({AdmissionStatus.PROVISIONAL, AdmissionStatus.EXEMPT, AdmissionStatus.INVITED})


def terms_input(window: Window) -> Terms:
    """The terms in force, as the ledger writes them."""
    caps = window.country_caps
    return Terms(
        version=window.version, capacity=window.capacity, margin=window.margin, reserve=window.reserve, paper_share=window.paper_share,
        country_caps={"default": caps.get("default"), "by_country": dict(caps.get("by_country") or {})}, waiting_list=window.waiting_list,
        exempt_grounds=list(window.exempt_grounds), channels=list(window.channels), policy=dict(window.policy), opens_at=window.opens_at,
        closes_at=window.closes_at,
    )  # fmt: skip


def page_of(window: Window) -> rules.Page:
    """What a book knows of its window, as its row stands."""
    page = rules.Page(
        terms=terms_input(window), first_opens_at=window.first_opens_at, state=window.state, settled=window.is_settled,
        paper_through=window.paper_through, tie_commitment=window.tie_commitment, tie_secret=window.tie_secret if window.tie_revealed_at else None,
    )  # fmt: skip
    order = window.terms.order
    if order is Order.DRAW and (draw := queries.draw(window.id)) is not None:
        page.committed = DrawCommit(draw.list_sha256, draw.count, draw.commitment, draw.public_source)
        page.drawn = draw.revealed_at is not None
    if order is Order.RANKED:
        page.rounds = max((one.number for one in queries.rounds(window.id)), default=0)
    return page


class Pen:
    """One act on a window, or many of one kind: its row is locked, its ledger has no other writer."""

    def __init__(self, window: Window, *, by: Actor, at: datetime, new: bool = False) -> None:
        """Take up the ledger where it ends; a new window has neither ledger nor terms."""
        self.window, self.by, self.at = window, by, at
        self.shelf = TableShelf(window)
        page = rules.Page() if new else page_of(window)
        self.book = rules.Book(self.shelf, page, lambda: queries.counts(window.id, window.reserve_used))
        last = None if new else queries.last_line(window.id)
        self.position, self.previous = (last.position, last.digest) if last else (0, rules.GENESIS)
        self.outcomes: list[Outcome] = []
        self._at = instant(at)
        self._lines: list[tuple[object, ...]] = []
        self._facts: list[tuple[str, AdmissionDecided]] = []

    def write(self, given: Input) -> list[Outcome]:
        """Something happened: it and what comes of it. Refuses what the rules do not allow."""
        try:
            outcomes = self.book.apply(given)
        except rules.NoRoomError:
            raise NoPlaceLeft from None
        except rules.NotAllowedError as fault:
            raise IllegalMove(str(fault), given.type.value) from None
        act = given.type.value
        self._line("in", act, given.data())
        for outcome in outcomes:
            data = outcome.data()
            self._line("out", "admission", data)
            fact = AdmissionDecided(outcome.id, self.window.code, act, outcome.status.value, data["reason"], outcome.rank, self.position)  # type: ignore[arg-type]  # text
            self._facts.append((outcome.id, fact))
        self.outcomes += outcomes
        return outcomes

    def _line(self, kind: str, type_: str, data: dict[str, object]) -> None:
        self.position += 1
        entry = {"n": self.position, "kind": kind, "type": type_, "at": self._at, "previous": self.previous, **data}
        digest = rules.entry_digest(entry)
        self._lines.append(
            (self.window.id, self.position, kind, type_, data.get("id"), rules.canonical(data), self.at, self.previous, digest)
        )  # fmt: skip
        self.previous = digest

    def finish(self) -> list[Entry]:
        """Write it all; the applications that changed."""
        changed = list(self.shelf.changed.values())
        new = [entry for entry in changed if entry.id not in self.shelf.stood]
        known = [entry for entry in changed if entry.id in self.shelf.stood]
        _copy(_ADMISSIONS, [self._row(entry) for entry in new])
        self._update(known)
        _copy(_LINES, self._lines)
        self._owe_cases(known)
        for submission_id, fact in self._facts:
            events.record(admission_subject(submission_id), fact, by=self.by, at=self.at)
        if self.book.counted:
            self.window.reserve_used = self.book.places.counts.reserve_used
        db.session.flush()
        self._lines, self._facts, self.shelf.changed = [], [], {}
        self.shelf.stood.update((entry.id, entry.status) for entry in changed)
        return changed

    def admissions(self) -> list[Admission]:
        """Write it all; the admissions that came out, in the order of their outcomes."""
        order = dict.fromkeys(outcome.id for outcome in self.outcomes)
        self.finish()
        found = queries.admissions([UUID(id_) for id_ in order])
        return [found[UUID(id_)] for id_ in order]

    def _row(self, entry: Entry) -> tuple[object, ...]:
        return (
            entry.id, self.window.id, entry.status.value, _value(entry.reason), entry.sequence, entry.rank, _value(entry.pool),
            _value(entry.first_pool), entry.channel, entry.country, entry.ground, entry.received_at, entry.day, entry.late, _value(entry.doubt),
            entry.suspected, entry.denied, entry.listed, self.at,
        )  # fmt: skip

    def _update(self, entries: list[Entry]) -> None:
        if not entries:
            return
        decided = {outcome.id for outcome in self.outcomes}
        rows = [
            (
                UUID(e.id), e.status.value, _value(e.reason), e.rank, _value(e.pool), _value(e.first_pool), e.suspected, e.denied, e.listed,
                e.before[0].value if e.before else None, _value(e.before[1]) if e.before else None, e.id in decided,
            )
            for e in entries
        ]  # fmt: skip
        driver().execute(_CHANGES, [self.at, *(list(column) for column in zip(*rows, strict=True))])
        for entry in entries:
            mapped = db.session.identity_map.get(identity_key(Admission, UUID(entry.id)))
            if mapped is not None:
                db.session.expire(mapped)

    def _owe_cases(self, entries: list[Entry]) -> None:
        """Whoever is given a place, or invited, after the first answer: a case is owed."""
        owed = [entry for entry in entries if _owes(self.shelf.stood[entry.id], entry.status)]
        if owed:
            ids = [UUID(entry.id) for entry in owed]
            db.session.execute(delete(PlaceGiven).where(PlaceGiven.submission_id.in_(ids)))
            values = [{"submission_id": id_, "status": entry.status, "at": self.at} for id_, entry in zip(ids, owed, strict=True)]
            db.session.execute(insert(PlaceGiven), values)


def _owes(before: AdmissionStatus, after: AdmissionStatus) -> bool:
    if before is AdmissionStatus.EXEMPT:
        return after is AdmissionStatus.PROVISIONAL  # its ground was denied
    return before in _UNANSWERED and after in _ANSWERED


def _value(word: object) -> str | None:
    return None if word is None else str(word)


def _copy(statement: str, rows: list[tuple[object, ...]]) -> None:
    if not rows:
        return
    with driver().cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
