"""A scanner's job from the first page to the file: run by a worker, gone on with by another if the first was killed."""

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import assert_never

import structlog
from redis.exceptions import RedisError

from backoffice.core import clock, deliveries, files
from backoffice.core.actors import Actor
from backoffice.core.db import transaction
from backoffice.mailroom.doors import binding, escl, queries, rules, sane, service
from backoffice.mailroom.doors.models import ScanJob, ScanJobPage
from backoffice.mailroom.doors.service import scanning
from backoffice.mailroom.doors.speaking import Page, ScannerFault, Task
from backoffice.mailroom.doors.values import Abilities, Colour, Fault, Pass, ScannerKind, Source, Wanted
from backoffice.mailroom.pipeline.alone import alone

log = structlog.get_logger()

SCANNING = 7_281_030
"""Advisory locks of this number and a job: one worker speaks to a scanner at a time."""

TIMEOUT_SECONDS = 900
TURN_SECONDS = 5.0
LEFT_SECONDS = 15
"""A job whose worker shows no sign of life for so long is offered again."""


def offer(job_ids: Iterable[int]) -> None:
    """Tell the workers; without a queue the sweep tells them again."""
    try:
        line = deliveries.queue()
        for job_id in job_ids:
            line.enqueue("backoffice.worker.scanner", job_id, result_ttl=0, failure_ttl=3600, job_timeout=TIMEOUT_SECONDS)
    except RedisError as fault:
        log.warning("queue unreachable, the scanner waits", fault=type(fault).__name__)


class Turn(Enum):
    """How a worker's turn at a scanner ended."""

    MORE = 1
    WHOLE = 2
    CANCELLED = 3


def run(job_id: int, seconds: float = TURN_SECONDS) -> None:
    """A turn at a scanner: its pages are kept as they come, each committed before the next; the last turn makes their file.

    A slow scanner holds no worker: after a while the job goes back into the queue, and whoever takes it goes on with it.
    """
    with alone(SCANNING, job_id) as free:
        task = _task(job_id) if free else None
        if task is None:
            return
        fault, turn = None, Turn.WHOLE
        try:
            turn = _take(task, time.monotonic() + seconds)
        except ScannerFault as stopped:
            log.info("scanner stopped", job=job_id, fault=stopped.fault.value)
            fault = stopped.fault
        if turn is not Turn.MORE:
            _finish(task, fault, turn)
    if turn is Turn.MORE:
        offer([job_id])


def _finish(task: Task, fault: Fault | None, turn: Turn) -> None:
    if fault or turn is Turn.CANCELLED:
        _stop(task, queries.job(task.job_id).remote)
    _end(task.job_id, fault, cancelled=turn is Turn.CANCELLED)
    if task.kind is ScannerKind.SANE:
        sane.forget(task.job_id)


def _stop(task: Task, remote: str | None) -> None:
    if task.kind is ScannerKind.ESCL:
        escl.stop(task.address, remote)
    else:
        sane.stop(remote)


def _task(job_id: int) -> Task | None:
    with transaction():
        job = service.begin_job(job_id, at=clock.now())
        if job is None:
            return None
        have = frozenset(page.number for page in job.pages)
        wanted = Wanted(Source(job.source), job.resolution, Colour(job.colour), job.sides)
        abilities = Abilities.kept(job.scanner.abilities)
        return Task(job_id, job.scanner.kind, job.scanner.address, abilities, wanted, have, job.remote, lambda remote: _remember(job_id, remote))


def _remember(job_id: int, remote: str) -> None:
    with transaction():
        scanning.remember_remote(job_id, remote, at=clock.now())


def _spoken(task: Task) -> Iterator[Page | None]:
    match task.kind:
        case ScannerKind.ESCL:
            return escl.scan(task)
        case ScannerKind.SANE:
            return sane.scan(task)
        case _:
            assert_never(task.kind)


def _take(task: Task, until: float) -> Turn:
    """Keep what comes, until the turn is over or somebody asks to stop."""
    for page in _spoken(task):
        with transaction():
            at = clock.now()
            asked_to_stop = service.show_life(task.job_id, at=at) if page is None else service.keep_page(task.job_id, page, at=at)
        if asked_to_stop:
            return Turn.CANCELLED
        if time.monotonic() > until:
            return Turn.MORE
    return Turn.WHOLE


def _end(job_id: int, fault: Fault | None, *, cancelled: bool) -> None:
    job = queries.job(job_id)
    whole = fault is None and not cancelled
    with _bound(_stack(job, whole=whole), job) as paths, transaction():
        service.end_job(job_id, scanning.Ending(fault, cancelled, paths), at=clock.now())


def _stack(job: ScanJob, *, whole: bool) -> Sequence[ScanJobPage]:
    """The pages of the file in their order; none while they wait for their other sides."""
    if not whole or job.sides is Pass.WHOLE:
        return job.pages
    fronts = queries.job(job.fronts_id) if job.sides is Pass.BACKS and job.fronts_id else None
    if fronts is None or len(fronts.pages) != len(job.pages):
        return ()
    return rules.interleave(fronts.pages, job.pages)


@contextmanager
def _bound(pages: Sequence[ScanJobPage], job: ScanJob) -> Iterator[tuple[Path, ...]]:
    """The pages as files on the disk for a moment: one for all that can be bound together, one for each that cannot."""
    name = f"{job.home.number}-{job.id}"
    with tempfile.TemporaryDirectory(prefix="binding-") as scratch:
        folder = Path(scratch)
        together = [page for page in pages if page.media_type.startswith("image/") and binding.is_bindable(files.read(page.sha256))]
        paths = [folder / f"{name}.pdf"] if together else []
        if together:
            binding.bind((files.read(page.sha256) for page in together), job.resolution, paths[0])
        for page in pages:
            if page not in together:
                paths.append(folder / f"{name}-{page.number:04d}{'.pdf' if page.media_type == 'application/pdf' else '.jpg'}")
                paths[-1].write_bytes(files.read(page.sha256))
        yield tuple(paths)


def file_apart(job_id: int, *, by: Actor) -> None:
    """File one pass alone."""
    job = queries.job(job_id)
    with _bound(job.pages, job) as paths, transaction():
        scanning.file_held(job_id, paths, by=by, at=clock.now())
