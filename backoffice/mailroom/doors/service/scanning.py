"""Jobs of scanners: asked for an envelope or a batch, their pages kept one by one, ended as one scanned file.

The pages of a job become one file, not one file each: a separator or a return sheet speaks for the sheets behind it, so
the pipeline must see them together. Until then each page is kept and bound to its job, and so to its envelope, on the
server; whatever stops the scanner, the pages that came are bound into the file.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from backoffice.core import events, files
from backoffice.core.actors import Actor, ActorKind
from backoffice.core.db import Json, db
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.states import allows, move
from backoffice.mailroom.doors import homes, queries
from backoffice.mailroom.doors.errors import FrontsWait, NoFronts, ScannerCannot, ScannerInUse
from backoffice.mailroom.doors.events import PassesDiffer, PassesJoined, ScanAsked, ScanEnded, home_subject
from backoffice.mailroom.doors.models import ScanJob, ScanJobPage, Scanner
from backoffice.mailroom.doors.speaking import Page
from backoffice.mailroom.doors.states import JOBS, UNDER_WAY, JobAction, JobState
from backoffice.mailroom.doors.values import Abilities, Fault, Home, Pass, Source, Wanted
from backoffice.mailroom.models import Scan
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.values import Door


def ask_scan(home: Home, scanner_id: int, wanted: Wanted, *, by: Actor, at: datetime) -> ScanJob:
    """Ask a scanner for the pages of an envelope or of a batch; one job at a time for each scanner."""
    homes.check_open(home)
    scanner = db.session.scalars(select(Scanner).where(Scanner.id == scanner_id, Scanner.active).with_for_update()).first()
    if scanner is None:
        raise NotFound
    if busy := queries.job_under_way(scanner_id):
        raise ScannerInUse(busy.home.number)
    if not _can(Abilities.kept(scanner.abilities), wanted):
        raise ScannerCannot
    fronts = _fronts(home, wanted)
    job = ScanJob(
        scanner_id=scanner_id, envelope=home.envelope, batch=home.batch, state=JobState.WAITING, source=wanted.source.value, resolution=wanted.resolution,
        colour=wanted.colour.value, sides=wanted.sides, fronts_id=fronts.id if fronts else None, asked_at=at, asked_by_id=by.id, asked_by_label=by.label,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    events.record(home_subject(home), ScanAsked(job.id, scanner_id, wanted.source.value, wanted.sides.value), by=by, at=at)
    return job


def _can(abilities: Abilities, wanted: Wanted) -> bool:
    """What was never checked is tried; what the scanner listed is believed."""
    one_sided = wanted.sides is Pass.WHOLE or wanted.source is Source.FEEDER
    source = not abilities.sources or wanted.source in abilities.sources
    resolution = not abilities.resolutions or wanted.resolution in abilities.resolutions
    return one_sided and source and resolution and (not abilities.colours or wanted.colour in abilities.colours)


def _fronts(home: Home, wanted: Wanted) -> ScanJob | None:
    waiting = queries.fronts_waiting(home) if wanted.sides is not Pass.WHOLE else None
    if wanted.sides is Pass.FRONTS and waiting:
        raise FrontsWait
    if wanted.sides is Pass.BACKS and waiting is None:
        raise NoFronts
    return waiting


def operator(job: ScanJob) -> Actor:
    """Who stands at the scanner."""
    return Actor(ActorKind.STAFF, job.asked_by_id, job.asked_by_label)


def begin_job(job_id: int, *, at: datetime) -> ScanJob | None:
    """A worker takes a job up, or goes on with one whose worker was killed; nothing if it is over."""
    job = queries.lock_job(job_id)
    if job.state not in UNDER_WAY:
        return None
    if job.state is JobState.WAITING:
        job.state = move(JOBS, job.state, JobAction.BEGIN)
    job.seen_at = at
    return job


def remember_remote(job_id: int, remote: str, *, at: datetime) -> None:
    """Keep where the scanner works on the job, for the worker that may have to go on with it."""
    job = queries.lock_job(job_id)
    job.remote, job.seen_at = remote, at


def keep_page(job_id: int, page: Page, *, at: datetime) -> bool:
    """Keep a page as it came, before the next is asked for. Whether somebody asked to stop."""
    sha256 = files.keep(page.data)
    job = queries.lock_job(job_id)
    if all(one.number != page.number for one in job.pages):
        made = ScanJobPage(job_id=job_id, number=page.number, sha256=sha256, size=len(page.data), media_type=page.media_type, received_at=at)
        db.session.add(made)
    job.seen_at = at
    return job.cancel_asked


def show_life(job_id: int, *, at: datetime) -> bool:
    """The worker lives and waits for the scanner. Whether somebody asked to stop."""
    job = queries.lock_job(job_id)
    job.seen_at = at
    return job.cancel_asked


def cancel_job(job_id: int, *, by: Actor, at: datetime) -> ScanJob:
    """Ask for a job to stop; the pages that came are kept and make their file."""
    job = queries.lock_job(job_id)
    if job.state is JobState.WAITING:
        job.state, job.ended_at = move(JOBS, job.state, JobAction.CANCEL), at
        events.record(home_subject(job.home), ScanEnded(job.id, job.state.value, 0, None, None), by=by, at=at)
    elif job.state is JobState.RUNNING:
        job.cancel_asked = True
    return job


@dataclass(frozen=True)
class Ending:
    """How a scanner's work on a job ended, and the pages bound into a file if they are to make one."""

    fault: Fault | None = None
    cancelled: bool = False
    bound: tuple[Path, ...] = ()

    @property
    def action(self) -> JobAction:
        """What that is for the job."""
        return JobAction.CANCEL if self.cancelled else JobAction.STOP if self.fault else JobAction.FINISH


def end_job(job_id: int, ending: Ending, *, at: datetime) -> ScanJob:
    """The scanner is done, or stopped: what came becomes a file of its envelope or batch, or waits for its other sides."""
    job = queries.lock_job(job_id)
    if job.state not in UNDER_WAY:
        return job
    by, clean = operator(job), ending.action is JobAction.FINISH
    job.fault, job.ended_at = ending.fault.value if ending.fault else None, at
    if clean and job.sides is Pass.FRONTS:
        job.state = move(JOBS, job.state, JobAction.HOLD)
    elif clean and job.sides is Pass.BACKS:
        _with_fronts(job, ending, by=by, at=at)
    elif ending.bound and not homes.is_open(job.home):
        job.state, job.fault = move(JOBS, job.state, JobAction.HOLD), Fault.HOME_CLOSED.value
    else:
        job.state = move(JOBS, job.state, ending.action)
        job.scan_id = _received(job, ending.bound, by=by, at=at)
    events.record(home_subject(job.home), ScanEnded(job.id, job.state.value, len(job.pages), job.fault, job.scan_id), by=by, at=at)
    return job


def _with_fronts(job: ScanJob, ending: Ending, *, by: Actor, at: datetime) -> None:
    """Backs go with their fronts sheet by sheet; unless their number differs: then a person decides, and nothing is guessed."""
    fronts = queries.lock_job(job.fronts_id or 0)
    if len(fronts.pages) != len(job.pages):
        job.state, job.fault = move(JOBS, job.state, JobAction.HOLD), Fault.COUNTS_DIFFER.value
        events.record(home_subject(job.home), PassesDiffer(job.id, len(fronts.pages), len(job.pages)), by=by, at=at)
    elif not homes.is_open(job.home):
        job.state, job.fault = move(JOBS, job.state, JobAction.HOLD), Fault.HOME_CLOSED.value
    else:
        job.state, fronts.state = move(JOBS, job.state, JobAction.FINISH), move(JOBS, fronts.state, JobAction.FINISH)
        job.scan_id = fronts.scan_id = _received(job, ending.bound, by=by, at=at, fronts=fronts)
        fact = PassesJoined(f"job {fronts.id}", f"job {job.id}", len(job.pages), job.scan_id or 0)
        events.record(home_subject(job.home), fact, by=by, at=at)


def _received(job: ScanJob, bound: tuple[Path, ...], *, by: Actor, at: datetime, fronts: ScanJob | None = None) -> int | None:
    """Hand the bound pages to the pipeline; a page that cannot be bound as it is makes a file of its own."""
    scans = [_receive(job, path, by=by, at=at, fronts=fronts) for path in bound]
    return scans[0].id if scans else None


def _receive(job: ScanJob, path: Path, *, by: Actor, at: datetime, fronts: ScanJob | None) -> Scan:
    sides = 2 if fronts or job.source == Source.DUPLEX.value else 1
    made = made_with(job) | ({"passes": [fronts.id, job.id]} if fronts else {})
    return pipeline.receive(path, path.name, Door.SCANNER, envelope=job.envelope, batch=job.batch, sides=sides, made_with=made, by=by, at=at)


def made_with(job: ScanJob) -> Json:
    """With what and by whom the pages were made: the declaration of substitution scanning names it (LCCJTI, s. 17)."""
    abilities = Abilities.kept(job.scanner.abilities)
    return {
        "job": job.id, "scanner": job.scanner.name, "model": abilities.model, "serial": abilities.serial, "resolution": job.resolution,
        "mode": job.colour, "source": job.source, "operator": job.asked_by_id, "pages": len(job.pages),
    }  # fmt: skip


def file_held(job_id: int, bound: tuple[Path, ...], *, by: Actor, at: datetime) -> ScanJob:
    """File one pass alone, as a person decided; its other sides, if any, stay where they are."""
    job = queries.lock_job(job_id)
    if not allows(JOBS, job.state, JobAction.FINISH) or job.state is not JobState.HELD:
        raise DomainError
    homes.check_open(job.home)
    job.state = move(JOBS, job.state, JobAction.FINISH)
    job.scan_id = _received(job, bound, by=by, at=at)
    events.record(home_subject(job.home), ScanEnded(job.id, job.state.value, len(job.pages), job.fault, job.scan_id), by=by, at=at)
    return job
