"""Half received, resumable: what somebody has begun on the portal is kept, and neither places nor stamps it (S-29)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from backoffice.core.db import db
from backoffice.intake import door_queries, queries
from backoffice.intake.errors import AlreadyReceived, DraftChanged
from backoffice.intake.models import Draft, Submission

WINDOWS_KEPT = 2
"""An application half received is kept until so many windows of its programme have closed after it was last saved."""


def save_draft(submission_id: UUID, raw: bytes, content: Mapping[str, object], expected: int | None, *, at: datetime) -> tuple[Draft, bool]:
    """Keep what is written so far, whole, in the place of what was kept before; the second value says whether it is the first.

    Refused once the application itself was received, and when somebody else saved since the version the caller knows.
    """
    if queries.submission(submission_id) is not None:
        raise AlreadyReceived
    draft = door_queries.lock_draft(submission_id)
    if expected is not None and expected != (draft.version if draft else 0):
        raise DraftChanged
    programme = str(content.get("programme") or "").replace("\x00", "")[:20] or None
    if draft is None:
        draft = Draft(submission_id=submission_id, raw=raw, version=1, programme=programme, begun_at=at, saved_at=at)
        db.session.add(draft)
        db.session.flush()
        return draft, True
    draft.raw, draft.programme, draft.saved_at, draft.version = raw, programme, at, draft.version + 1
    db.session.flush()
    return draft, False


def drop_draft(submission_id: UUID) -> None:
    """Forget what was half received, at the applicant's own wish."""
    db.session.execute(delete(Draft).where(Draft.submission_id == submission_id))


def kept_until(draft: Draft) -> datetime | None:
    """Until when a draft is kept, once the windows that decide it are announced; None while they are not."""
    ends = door_queries.closings_after(draft.programme, draft.saved_at)
    return ends[WINDOWS_KEPT - 1] if len(ends) >= WINDOWS_KEPT else None


def drop_received() -> int:
    """Forget the drafts whose application was received: nothing of them is missing."""
    received = select(Submission.id).where(Submission.id == Draft.submission_id).exists()
    return len(db.session.execute(delete(Draft).where(received).returning(Draft.submission_id)).all())


def outdated(at: datetime) -> list[UUID]:
    """Drafts that two windows of their programme have passed by; one that names no known programme goes by every window."""
    ends = door_queries.closings(at)
    cuts: dict[str | None, datetime] = {}
    for programme in {None, *(name for name, _ in ends)}:
        mine = [end for name, end in ends if programme is None or name == programme]
        if len(mine) >= WINDOWS_KEPT:
            cuts[programme] = mine[WINDOWS_KEPT - 1]
    known = door_queries.programmes_named()
    found = []
    for draft_id, programme, saved_at in db.session.execute(select(Draft.submission_id, Draft.programme, Draft.saved_at)):
        cut = cuts.get(programme if programme in known else None)
        if cut and saved_at < cut:
            found.append(draft_id)
    return found


def drop_outdated(at: datetime) -> int:
    """Forget the drafts that were kept long enough; how many."""
    ids = outdated(at)
    if ids:
        db.session.execute(delete(Draft).where(Draft.submission_id.in_(ids)))
    return len(ids)
