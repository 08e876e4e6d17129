"""What is owed to scanned files: noted, claimed, moved on, done. The callers' transactions commit it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from backoffice.core.db import db
from backoffice.mailroom.pipeline.models import PageWork
from backoffice.mailroom.pipeline.values import LEASE_SECONDS, MOST_ATTEMPTS, WorkKind

NOTED = {WorkKind.READ: "scans_to_read", WorkKind.RECOGNISE: "scans_to_recognise"}
"""Where a session keeps what its operation owes, until the workers are told after the commit."""


def owe(kind: WorkKind, scan_id: int, *, first: int | None = None, last: int | None = None, at: datetime) -> PageWork:
    """Note that a file is to be read, or that some of its pages are to be recognised."""
    work = PageWork(kind=kind, scan_id=scan_id, first=first, last=last, attempts=0, available_at=at, owed_at=at)
    db.session.add(work)
    db.session.flush()
    db.session.info.setdefault(NOTED[kind], []).append(work.id)
    return work


def claim(work_id: int, *, at: datetime) -> PageWork | None:
    """Take a piece of work that is due; counted as an attempt before it begins, for it may kill its worker."""
    query = select(PageWork).where(PageWork.id == work_id, PageWork.done_at.is_(None), PageWork.attempts <= MOST_ATTEMPTS)
    work = db.session.scalars(query.with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()
    if work is None:
        return None
    work.attempts += 1
    work.error = None
    work.available_at = at + timedelta(seconds=LEASE_SECONDS)
    return work


def advance(work_id: int, *, at: datetime) -> None:
    """Pages were committed: the attempts that came to nothing are forgotten, and the worker is known to live."""
    values = {"attempts": 0, "available_at": at + timedelta(seconds=LEASE_SECONDS)}
    db.session.execute(update(PageWork).where(PageWork.id == work_id).values(values).execution_options(synchronize_session=False))


def postpone(work_id: int, why: str, *, seconds: float, counted: bool, at: datetime) -> int:
    """Try again later, for a reason; how many attempts came to nothing so far."""
    work = db.session.get_one(PageWork, work_id, with_for_update=True, populate_existing=True)
    work.error, work.available_at = why, at + timedelta(seconds=seconds)
    work.attempts -= 0 if counted else min(1, work.attempts)
    return work.attempts


def done(work_id: int, *, at: datetime) -> None:
    """Nothing is owed here any more."""
    db.session.execute(update(PageWork).where(PageWork.id == work_id).values(done_at=at).execution_options(synchronize_session=False))


def close(scan_id: int, *, at: datetime) -> None:
    """Nothing is owed to this file any more: it was parked or set aside."""
    query = update(PageWork).where(PageWork.scan_id == scan_id, PageWork.done_at.is_(None))
    db.session.execute(query.values(done_at=at).execution_options(synchronize_session=False))


def due(kind: WorkKind, *, at: datetime, limit: int = 1000) -> Sequence[int]:
    """What may be begun, the oldest first."""
    query = select(PageWork.id).where(PageWork.kind == kind, PageWork.done_at.is_(None), PageWork.available_at <= at)
    return db.session.scalars(query.order_by(PageWork.id).limit(limit)).all()
