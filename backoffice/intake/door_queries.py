"""Every SELECT on what stood at the door: bodies refused for their form, attempts while closed, applications half received."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased, undefer

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.intake.models import Draft, KeptArrival, KeptTally, RefusedArrival, Submission
from backoffice.intake.states import KeptState
from backoffice.quota.models import Window
from backoffice.quota.values import WindowState

KEEP = text(
    "SELECT keep_refused(:sha256, :key, :day, :at, :code, :errors, CAST(:claimed AS uuid), :raw, :most, :most_bytes)",
).bindparams(bindparam("errors", type_=JSONB))
"""One round trip: known bytes are counted, new ones kept with their stamp, those beyond the key's limit of the day only counted."""

ENDED = (WindowState.CLOSED, WindowState.SETTLED)


def kept(kept_id: int) -> KeptArrival:
    """A kept body, with its bytes."""
    found = db.session.scalars(select(KeptArrival).where(KeptArrival.id == kept_id).options(undefer(KeptArrival.raw))).first()
    if found is None:
        raise NotFound
    return found


def lock_kept(kept_id: int) -> KeptArrival:
    """A kept body, held until the end of the operation."""
    query = select(KeptArrival).where(KeptArrival.id == kept_id).options(undefer(KeptArrival.raw))
    found = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


_received = aliased(Submission)
RECEIVED = select(_received.id).where(_received.id == KeptArrival.claimed_id).correlate(KeptArrival).exists()
"""Whether an application was received, before or since, under the identifier that a kept body claims."""

VIEWS: dict[str, ColumnElement[bool]] = {
    "waiting": (KeptArrival.state == KeptState.KEPT) & ~RECEIVED,
    "resent": (KeptArrival.state == KeptState.KEPT) & RECEIVED,
    "accepted": KeptArrival.state == KeptState.ACCEPTED,
    "dismissed": KeptArrival.state == KeptState.DISMISSED,
}
"""What became of kept bodies; those that came again in good form wait for nobody."""


def kept_arrivals(view: str, after: int, limit: int) -> list[tuple[KeptArrival, datetime | None]]:
    """Kept bodies of one list by number of arrival, each with the instant at which its identifier was received after all."""
    query = select(KeptArrival, Submission.received_at).outerjoin(Submission, Submission.id == KeptArrival.claimed_id)
    query = query.where(VIEWS[view], KeptArrival.sequence > after).order_by(KeptArrival.sequence).limit(limit)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def received_at(one: KeptArrival) -> datetime | None:
    """When an application was received under the identifier that a kept body claims."""
    return db.session.scalar(select(Submission.received_at).where(Submission.id == one.claimed_id)) if one.claimed_id else None


def count_by_view() -> dict[str, int]:
    """How many kept bodies stand in each list."""
    row = db.session.execute(select(*(func.count().filter(where) for where in VIEWS.values())).select_from(KeptArrival)).one()
    return dict(zip(VIEWS, row, strict=True))


def count_waiting() -> int:
    """Kept bodies that wait for a person."""
    return db.session.scalar(select(func.count()).select_from(KeptArrival).where(VIEWS["waiting"])) or 0


def oldest_waiting() -> datetime | None:
    """When the oldest of those that wait for a person came."""
    return db.session.scalar(select(func.min(KeptArrival.received_at)).where(VIEWS["waiting"]))


def tallies_beyond() -> list[KeptTally]:
    """Days on which a key sent more refused bodies than are kept, latest first."""
    return list(db.session.scalars(select(KeptTally).where(KeptTally.beyond > 0).order_by(KeptTally.day.desc(), KeptTally.key_id).limit(50)))


@dataclass(frozen=True)
class Refusals:
    """Attempts refused because no window received them: how many, for which programme, until when."""

    code: str
    programme: str | None
    count: int
    last_at: datetime


def refusals_by_reason(*, since: datetime | None = None, programme: str | None = None) -> list[Refusals]:
    """Attempts that no window received, by reason and programme, the commonest first."""
    query = select(RefusedArrival.code, RefusedArrival.programme, func.count(), func.max(RefusedArrival.at))
    if since:
        query = query.where(RefusedArrival.at >= since)
    if programme:
        query = query.where(RefusedArrival.programme == programme)
    query = query.group_by(RefusedArrival.code, RefusedArrival.programme).order_by(func.count().desc(), RefusedArrival.code, RefusedArrival.programme)
    return [Refusals(*row) for row in db.session.execute(query)]


def count_refusals() -> int:
    """Attempts that no window received, in all."""
    return db.session.scalar(select(func.count()).select_from(RefusedArrival)) or 0


def window_at(programme: str, instant: datetime, channel: str) -> Window | None:
    """The window that received at an instant, whatever became of it since; what is accepted late belongs to the window of its stamp."""
    dead = (WindowState.DRAFTED, WindowState.ABORTED, WindowState.ANNULLED)
    query = select(Window).where(
        Window.programme == programme, Window.state.not_in(dead), Window.opens_at <= instant, Window.channels.contains([channel]),
        func.coalesce(Window.closed_at, Window.closes_at) > instant,
    )  # fmt: skip
    return db.session.scalars(query.order_by(Window.opens_at).limit(1)).first()


# Half received


def draft(submission_id: UUID) -> Draft | None:
    """What is kept of an application half received."""
    return db.session.get(Draft, submission_id)


def lock_draft(submission_id: UUID) -> Draft | None:
    """The same, held until the end of the operation; two that begin at once wait for one another too."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(submission_id), 7281005))))
    query = select(Draft).where(Draft.submission_id == submission_id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


UNDER_WAY = ~select(Submission.id).where(Submission.id == Draft.submission_id).correlate(Draft).exists()
"""Drafts whose application was not received since; the others go at night."""


def count_drafts() -> int:
    """Applications half received."""
    return db.session.scalar(select(func.count()).select_from(Draft).where(UNDER_WAY)) or 0


def drafts_by_programme() -> list[tuple[str | None, int, datetime]]:
    """Applications half received, by programme: how many, and when the last was saved."""
    query = select(Draft.programme, func.count(), func.max(Draft.saved_at)).where(UNDER_WAY).group_by(Draft.programme).order_by(func.count().desc())
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def closings(at: datetime) -> list[tuple[str, datetime]]:
    """The programme and the end of every window that has closed, latest first."""
    end = func.coalesce(Window.closed_at, Window.closes_at)
    query = select(Window.programme, end).where(Window.state.in_(ENDED), end <= at).order_by(end.desc())
    return [(row[0], row[1]) for row in db.session.execute(query)]


def programmes_named() -> set[str]:
    """The programmes that a window names, whatever its state."""
    return set(db.session.scalars(select(Window.programme).distinct()))


def closings_after(programme: str | None, instant: datetime) -> list[datetime]:
    """The ends, past and announced, of the windows that end after an instant, the first first."""
    end = func.coalesce(Window.closed_at, Window.closes_at)
    dead = (WindowState.DRAFTED, WindowState.ABORTED, WindowState.ANNULLED)
    query = select(end).where(Window.state.not_in(dead), end > instant)
    if programme:
        query = query.where(Window.programme == programme)
    return list(db.session.scalars(query.order_by(end).limit(2)))
