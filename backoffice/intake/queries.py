"""Every SELECT on submissions, and the stamp that orders them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.orm import defer, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from backoffice.core.db import db
from backoffice.intake.models import RefusedArrival, Submission
from backoffice.intake.states import SubmissionState
from backoffice.intake.values import Stamp
from backoffice.mail.models import Message
from backoffice.quota.models import Admission
from backoffice.quota.values import AdmissionStatus

ARRIVING = 7_281_002
"""The advisory lock that arrivals share while under way; the settler passes it alone for an instant, so that it sees them all."""


def stamp(at: datetime) -> Stamp:
    """The next number of the total order and its instant, which never goes back along the order.

    Both are drawn in the database under a lock held for microseconds (`stamp_arrival`, migrations), so that no process or
    connection matters; a submission that then fails leaves a gap, which changes nothing.
    """
    db.session.execute(select(func.pg_advisory_xact_lock_shared(ARRIVING)))
    row = db.session.execute(text("SELECT sequence, received_at FROM stamp_arrival(:at)"), {"at": at}).one()
    return Stamp(row.sequence, row.received_at)


def wait_for_arrivals_under_way() -> int:
    """The last number given, once every arrival up to it is committed or gone."""
    db.session.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ARRIVING})
    try:
        last = db.session.execute(text("SELECT last_value FROM arrival_sequence")).scalar_one()
    finally:
        db.session.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ARRIVING})
    return int(last)


def submission(submission_id: UUID) -> Submission | None:
    """A submission, if it was received."""
    return db.session.get(Submission, submission_id)


def submission_by_receipt(receipt_id: UUID) -> Submission | None:
    """A submission by its receipt."""
    return db.session.scalars(select(Submission).where(Submission.receipt_id == receipt_id)).first()


def pending(window_code: str, upto: int, limit: int = 200) -> list[Submission]:
    """Arrivals of a window that wait for their outcome, in order."""
    query = select(Submission).where(Submission.state == SubmissionState.PENDING, Submission.window_code == window_code, Submission.sequence <= upto)
    return list(db.session.scalars(query.options(defer(Submission.raw)).order_by(Submission.sequence).limit(limit)))


def submissions(ids: Sequence[UUID]) -> dict[UUID, Submission]:
    """Several submissions, held, without the bytes as they came."""
    query = select(Submission).where(Submission.id.in_(ids)).options(defer(Submission.raw)).with_for_update()
    return {one.id: one for one in db.session.scalars(query)}


def lost_standing(most: int = 500) -> list[Submission]:
    """Submissions that still stand without a case although their admission ended."""
    stood = select(Admission.submission_id).where(Admission.submission_id == Submission.id, Admission.status.in_(OVER)).exists()
    query = select(Submission).where(Submission.state == SubmissionState.STANDING, stood).options(defer(Submission.raw))
    return list(db.session.scalars(query.limit(most)))


OVER = frozenset({AdmissionStatus.REFUSED, AdmissionStatus.LAPSED, AdmissionStatus.WITHDRAWN, AdmissionStatus.ANNULLED})


def move_all(moved: Sequence[tuple[Submission, SubmissionState]], at: datetime) -> None:
    """Write the new states of many submissions by one statement: each row is large, and the mapper would send them one by one."""
    if not moved:
        return
    values = {"ids": [one.id for one, _ in moved], "states": [state.value for _, state in moved], "at": at}
    db.session.execute(_MOVE, values)
    for one, state in moved:
        set_committed_value(one, "state", state)
        set_committed_value(one, "settled_at", at)


_MOVE = text(
    "UPDATE submission s SET state = m.state, settled_at = :at FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[])) AS m(id, state) WHERE s.id = m.id"
)


def oldest_pending() -> datetime | None:
    """Since when the arrival that waits longest for its place has waited."""
    return db.session.scalar(select(func.min(Submission.received_at)).where(Submission.state == SubmissionState.PENDING))


def windows_with_pending() -> list[str]:
    """Windows in which somebody waits."""
    query = select(Submission.window_code).where(Submission.state == SubmissionState.PENDING).distinct()
    return list(db.session.scalars(query))


def refused_arrivals(limit: int = 100) -> list[RefusedArrival]:
    """Attempts that were not accepted, latest first."""
    return list(db.session.scalars(select(RefusedArrival).order_by(RefusedArrival.id.desc()).limit(limit)))


def submission_of_event(submission_id: str) -> Submission:
    """A submission that a fact names."""
    return db.session.get_one(Submission, UUID(submission_id))


def mailbox(case_id: int, after: int, limit: int, now: datetime) -> list[Message]:
    """What an applicant may read, in the order in which it became readable, after the message of this place in the thread.

    A letter is readable from the day it is posted: it then comes after everything the applicant has read already, so that no
    cursor ever passes over it. A withdrawn message keeps its place.
    """
    readable = (Message.case_id == case_id) & (Message.readable_at <= now)
    query = select(Message).where(readable).order_by(Message.readable_at, Message.position).limit(limit)
    if after and (place := _place(case_id, after, now)):
        query = query.where(tuple_(Message.readable_at, Message.position) > tuple_(*place))
    return list(db.session.scalars(query.options(selectinload(Message.attachments))))


def _place(case_id: int, position: int, now: datetime) -> tuple[datetime | None, int] | None:
    """Where a cursor stands; one beyond the last message stands at the end."""
    found = select(Message.readable_at, Message.position).where(Message.case_id == case_id, Message.position <= position, Message.readable_at <= now)
    row = db.session.execute(found.order_by(Message.position.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None
