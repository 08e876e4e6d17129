"""Every SELECT on uploads, scanners, their jobs and what was dropped."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import selectinload

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mailroom.doors.models import Dropped, ScanJob, Scanner, Upload
from backoffice.mailroom.doors.states import UNDER_WAY, DropState, JobState, UploadState
from backoffice.mailroom.doors.values import Announced, Home
from backoffice.mailroom.models import Envelope, Scan, ScanPage
from backoffice.staff.models import Account


def lock_upload(key: UUID) -> Upload:
    """An upload, held until its part is written: two parts of one file never cross."""
    found = db.session.scalars(select(Upload).where(Upload.key == key).with_for_update().execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def upload(key: UUID) -> Upload:
    """An upload."""
    found = db.session.scalars(select(Upload).where(Upload.key == key)).first()
    if found is None:
        raise NotFound
    return found


def same_upload(new: Announced) -> Upload | None:
    """The upload of this very file to this very place that somebody began."""
    query = select(Upload).where(
        Upload.state == UploadState.OPEN, Upload.envelope == new.home.envelope, Upload.batch == new.home.batch,
        Upload.filename == new.filename, Upload.size == new.size, Upload.stamp == new.stamp,
        Upload.sha256 == new.sha256,
    )  # fmt: skip
    return db.session.scalars(query.order_by(Upload.id).limit(1).with_for_update()).first()


def open_uploads(home: Home | None = None) -> list[tuple[Upload, str]]:
    """Uploads under way, the oldest first, with the name of who began each."""
    query = select(Upload, Account.name).join(Account, Account.id == Upload.owner_id).where(Upload.state == UploadState.OPEN)
    if home:
        query = query.where(Upload.envelope == home.envelope, Upload.batch == home.batch)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Upload.id))]


def scanner(scanner_id: int) -> Scanner:
    """A scanner."""
    found = db.session.get(Scanner, scanner_id)
    if found is None:
        raise NotFound
    return found


def scanners(*, active: bool = False) -> list[Scanner]:
    """The scanners of the list, by their names."""
    query = select(Scanner).order_by(Scanner.name)
    return list(db.session.scalars(query.where(Scanner.active) if active else query))


def scanner_like(name: str, address: str) -> Scanner | None:
    """A scanner of this name or at this address."""
    return db.session.scalars(select(Scanner).where((func.lower(Scanner.name) == name.lower()) | (Scanner.address == address)).limit(1)).first()


def job(job_id: int) -> ScanJob:
    """A scanning job with its pages and its scanner."""
    query = select(ScanJob).where(ScanJob.id == job_id).options(selectinload(ScanJob.pages), selectinload(ScanJob.scanner))
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def lock_job(job_id: int) -> ScanJob:
    """The same, held."""
    query = select(ScanJob).where(ScanJob.id == job_id).with_for_update().options(selectinload(ScanJob.pages), selectinload(ScanJob.scanner))
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def jobs_of(home: Home, limit: int = 10) -> list[ScanJob]:
    """The scanning jobs of an envelope or a batch, the latest first."""
    query = select(ScanJob).where(ScanJob.envelope == home.envelope, ScanJob.batch == home.batch).order_by(ScanJob.id.desc())
    return _whole(query.limit(limit))


def jobs_in(states: Sequence[JobState], limit: int = 50) -> list[ScanJob]:
    """The scanning jobs that stand so, the latest first."""
    return _whole(select(ScanJob).where(ScanJob.state.in_(states)).order_by(ScanJob.id.desc()).limit(limit))


def _whole(query: Select[ScanJob]) -> list[ScanJob]:
    return list(db.session.scalars(query.options(selectinload(ScanJob.pages), selectinload(ScanJob.scanner))))


def last_asked(by_id: str) -> ScanJob | None:
    """What a clerk asked of a scanner last, if that scanner is still in use."""
    query = select(ScanJob).join(Scanner, Scanner.id == ScanJob.scanner_id).where(ScanJob.asked_by_id == by_id, Scanner.active)
    return db.session.scalars(query.order_by(ScanJob.id.desc()).limit(1)).first()


def open_keys() -> set[str]:
    """The uploads of which a part may still come."""
    return {str(key) for key in db.session.scalars(select(Upload.key).where(Upload.state == UploadState.OPEN))}


def job_under_way(scanner_id: int) -> ScanJob | None:
    """What a scanner works for."""
    return db.session.scalars(select(ScanJob).where(ScanJob.scanner_id == scanner_id, ScanJob.state.in_(UNDER_WAY))).first()


def fronts_waiting(home: Home) -> ScanJob | None:
    """The pass of fronts of an envelope or batch that waits for its backs."""
    taken = select(ScanJob.fronts_id).where(ScanJob.fronts_id.is_not(None), ScanJob.state.in_((*UNDER_WAY, JobState.HELD)))
    query = select(ScanJob).where(
        ScanJob.envelope == home.envelope,
        ScanJob.batch == home.batch,
        ScanJob.sides == "fronts",
        ScanJob.state == JobState.HELD,
        ScanJob.id.not_in(taken),
    )
    return db.session.scalars(query.order_by(ScanJob.id).limit(1).options(selectinload(ScanJob.pages), selectinload(ScanJob.scanner))).first()


def left_behind(before: datetime) -> list[int]:
    """Jobs whose worker shows no sign of life: never begun, or killed."""
    signs = func.coalesce(ScanJob.seen_at, ScanJob.asked_at)
    return list(db.session.scalars(select(ScanJob.id).where(ScanJob.state.in_(UNDER_WAY), signs < before).order_by(ScanJob.id)))


def dropped(dropped_id: int) -> Dropped:
    """Something that the drop folder saw."""
    found = db.session.get(Dropped, dropped_id)
    if found is None:
        raise NotFound
    return found


def lock_dropped(dropped_id: int) -> Dropped:
    """The same, held."""
    found = db.session.get(Dropped, dropped_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def refused_drops() -> list[Dropped]:
    """What the drop folder refused and nobody has settled, the oldest first."""
    return list(db.session.scalars(select(Dropped).where(Dropped.state == DropState.REFUSED).order_by(Dropped.id)))


def taken_drops(limit: int = 20) -> list[Dropped]:
    """What it took, the latest first."""
    return list(db.session.scalars(select(Dropped).where(Dropped.state == DropState.TAKEN).order_by(Dropped.id.desc()).limit(limit)))


def taken_before(path: str, sha256: str) -> Dropped | None:
    """This very file, taken under this very name: a crash may have left it in the folder."""
    query = select(Dropped).where(Dropped.path == path, Dropped.sha256 == sha256, Dropped.state == DropState.TAKEN)
    return db.session.scalars(query.order_by(Dropped.id.desc()).limit(1)).first()


def standing_refusal(path: str) -> Dropped | None:
    """The refusal of what still stands in the folder under this name."""
    query = select(Dropped).where(Dropped.path == path, Dropped.state == DropState.REFUSED, Dropped.stands.is_(None))
    return db.session.scalars(query.limit(1)).first()


def taken_since(moment: datetime) -> list[Dropped]:
    """What was taken lately, and might still be written by a slow program."""
    query = select(Dropped).where(Dropped.state == DropState.TAKEN, Dropped.seen_at >= moment, Dropped.stands.is_not(None))
    return list(db.session.scalars(query.order_by(Dropped.id)))


def metadata_taken(sha256: str) -> str | None:
    """The envelope that was taken with this very list of pieces."""
    query = select(Dropped.envelope).where(Dropped.sha256 == sha256, Dropped.state == DropState.TAKEN, Dropped.envelope.is_not(None))
    return db.session.scalar(query.limit(1))


def control_numbers_taken(numbers: Sequence[str]) -> dict[str, str]:
    """Which of these control numbers stand for a piece that was taken before, and in which envelope."""
    held = Dropped.detail["control_numbers"]
    query = select(Dropped.envelope, held).where(Dropped.state == DropState.TAKEN, held.has_any(array(list(numbers))))
    rows = db.session.execute(query).all() if numbers else []
    return {number: row[0] or "" for row in rows for number in row[1] if number in set(numbers)}


def counts() -> dict[str, int]:
    """What waits for a person at the doors."""
    refused = db.session.scalar(select(func.count()).select_from(Dropped).where(Dropped.state == DropState.REFUSED)) or 0
    uploads = db.session.scalar(select(func.count()).select_from(Upload).where(Upload.state == UploadState.OPEN)) or 0
    held = db.session.scalar(select(func.count()).select_from(ScanJob).where(ScanJob.state == JobState.HELD)) or 0
    return {"refused": refused, "uploads": uploads, "held": held}


def envelopes_of_scan(scan_id: int) -> list[str]:
    """The envelopes that pages of a file went to, in the order of its pages; the one it came in, first, even without a page."""
    home = select(Envelope.number).join(Scan, Scan.envelope_id == Envelope.id).where(Scan.id == scan_id)
    pages = select(Envelope.number).join(ScanPage, ScanPage.envelope_id == Envelope.id).where(ScanPage.scan_id == scan_id)
    return list(dict.fromkeys([*db.session.scalars(home), *db.session.scalars(pages.order_by(ScanPage.number))]))
