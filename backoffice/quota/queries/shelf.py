"""The applications of a window as a book finds them in the tables: only those that an act concerns are read."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Uuid, any_, bindparam, select

from backoffice.core.db import db
from backoffice.quota.models import Admission, DeclarationScore, Window
from backoffice.quota.rules import Shelf
from backoffice.quota.values import AdmissionStatus, Entry, Order

CHUNK = 50
"""How many of the waiting list are read at a time: one place let go is one person called."""

_COLUMNS = (
    Admission.window_id, Admission.submission_id, Admission.sequence, Admission.arrived_at, Admission.legal_day, Admission.channel, Admission.country,
    Admission.exempt_ground, Admission.doubt, Admission.late, Admission.status, Admission.reason, Admission.rank, Admission.pool,
    Admission.first_pool, Admission.suspected, Admission.ground_denied, Admission.listed, Admission.status_before, Admission.reason_before,
)  # fmt: skip


def of_ids(ids: list[str]) -> ColumnElement[bool]:
    """Found by their key alone: the window is looked at afterwards, so that no plan reads a whole window for a few."""
    return Admission.submission_id == any_(bindparam("ids", [UUID(id_) for id_ in ids], ARRAY(Uuid)))


class TableShelf(Shelf):
    """The applications of one window, read as they are asked for; what was read is kept, and what changed is noted."""

    def __init__(self, window: Window) -> None:
        """Nothing read yet."""
        super().__init__()
        self.window_id = window.id
        self.stood: dict[str, AdmissionStatus] = {}
        self._scored = window.terms.order is Order.RANKED
        self._whole: set[AdmissionStatus] = set()
        self._new: set[str] = set()

    def expect(self, ids: list[str]) -> None:
        """Read several at once, before they are asked for one by one; those that are not there are not looked for again."""
        self._read(of_ids(ids))
        self._new.update(id_ for id_ in ids if id_ not in self.entries)

    def fetch(self, id_: str) -> Entry | None:
        """Read one."""
        if id_ not in self._new:
            self._read(of_ids([id_]))
        return self.entries.get(id_)

    def fetch_standing(self, statuses: tuple[AdmissionStatus, ...]) -> None:
        """Read every application of these states, once."""
        missing = [status for status in statuses if status not in self._whole]
        if missing:
            self._read((Admission.window_id == self.window_id) & Admission.status.in_(missing))
            self._whole.update(missing)

    def waiting(self, *, by_rank: bool) -> Iterator[Entry]:
        """The waiting list in its turn, read a few at a time; all of it if somebody was put on it in this very act."""
        joined = any(e.status is AdmissionStatus.WAITLISTED and self.stood.get(e.id) is not AdmissionStatus.WAITLISTED for e in self.changed.values())
        if joined or AdmissionStatus.WAITLISTED in self._whole:
            yield from super().waiting(by_rank=by_rank)
            return
        turn = Admission.rank if by_rank else Admission.sequence
        after = -1
        waiting = (Admission.window_id == self.window_id, Admission.status == AdmissionStatus.WAITLISTED)
        while rows := self._rows(*waiting, turn > after, order=turn, limit=CHUNK):
            after = rows[-1].rank if by_rank else rows[-1].sequence
            for entry in [self._keep(row) for row in rows]:
                if entry.status is AdmissionStatus.WAITLISTED:
                    yield entry

    def _read(self, which: ColumnElement[bool]) -> None:
        for row in self._rows(which):
            if row.window_id == self.window_id:
                self._keep(row)

    def _rows(self, *which: ColumnElement[bool], order: object = None, limit: int | None = None) -> list[Row[tuple[object, ...]]]:
        query = select(*_COLUMNS, DeclarationScore.score, DeclarationScore.offer) if self._scored else select(*_COLUMNS)
        if self._scored:
            query = query.outerjoin(DeclarationScore, DeclarationScore.submission_id == Admission.submission_id)
        query = query.where(*which)
        return list(db.session.execute(query.order_by(order).limit(limit) if order is not None else query))  # type: ignore[arg-type]  # a column

    def _keep(self, row: Row[tuple[object, ...]]) -> Entry:
        known = self.entries.get(str(row.submission_id))
        if known is not None:
            return known
        entry = Entry(
            str(row.submission_id), row.sequence, row.arrived_at, row.legal_day, row.channel, row.country, row.exempt_ground, row.doubt, row.late,
            row.status, row.reason, row.rank, row.pool, row.first_pool, row.suspected, row.ground_denied, row.listed,
            (row.status_before, row.reason_before) if row.status_before else None,
            row.score if self._scored else None, bool(self._scored and row.offer),
        )  # fmt: skip
        self.put(entry)
        self.stood[entry.id] = entry.status
        return entry
