"""Work on scanned files, as the workers do it and as a console or a test does it here and now."""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from backoffice.core import clock, deliveries
from backoffice.mailroom.pipeline import queries, reader, work
from backoffice.mailroom.pipeline.values import WorkKind

log = structlog.get_logger()

QUEUES = {WorkKind.READ: "scans", WorkKind.RECOGNISE: "texts"}
"""Reading goes before recognition: a clerk waits for pages, and nobody waits for their words."""


def queue(kind: WorkKind, connection: Redis | None = None) -> Queue:
    """The queue of one kind of work."""
    return Queue(QUEUES[kind], connection=connection or deliveries.redis(), serializer=JSONSerializer)


def offer(kind: WorkKind, ids: Iterable[int]) -> int:
    """Tell the workers what waits; an unreachable Redis is not an error, the scheduler offers again."""
    offered = 0
    try:
        line = queue(kind)
        for work_id in ids:
            line.enqueue("backoffice.worker.scan", work_id, result_ttl=0, failure_ttl=3600, job_timeout=-1)
            offered += 1
    except RedisError as fault:
        log.warning("queue unreachable, scanned files wait for the scheduler", fault=type(fault).__name__)
    return offered


deliveries.also(work.NOTED[WorkKind.READ], lambda ids: offer(WorkKind.READ, ids))
deliveries.also(work.NOTED[WorkKind.RECOGNISE], lambda ids: offer(WorkKind.RECOGNISE, ids))


def offer_owed(grace: timedelta = timedelta(seconds=3)) -> int:
    """Offer again what a kill or an emptied Redis left behind, unless the workers have more before them than they know of."""
    offered = 0
    for kind in WorkKind:
        owed = work.due(kind, at=clock.now() - grace)
        if owed and _waiting_in(kind) < len(owed):
            offered += offer(kind, owed)
    return offered


def _waiting_in(kind: WorkKind) -> int:
    try:
        return queue(kind).count
    except RedisError:
        return 0


def run(work_id: int) -> bool:
    """Carry out one piece of work, once; false when it was done already, somebody has it, or it must wait."""
    owed = queries.work(work_id)
    if owed is None:
        return False
    if owed.kind is WorkKind.READ:
        return reader.read(work_id, owed.scan_id)
    from backoffice.mailroom.pipeline import recogniser  # noqa: PLC0415 - its libraries are heavy, and only its workers need them

    return recogniser.recognise(work_id)


def read_now(scan_id: int) -> None:
    """Read a file without waiting for a worker; its text is recognised later."""
    for owed in [one.id for one in queries.owed(scan_id) if one.kind is WorkKind.READ]:
        run(owed)


def read_all() -> int:
    """Read every file that waits, here and now; how many were read."""
    return _all(WorkKind.READ)


def work_all() -> int:
    """Read and recognise all that waits, here and now."""
    return _all(WorkKind.READ) + _all(WorkKind.RECOGNISE)


def _all(kind: WorkKind) -> int:
    done = 0
    while ids := work.due(kind, at=clock.now()):
        progress = sum(run(work_id) for work_id in ids)
        done += progress
        if not progress:
            break
    return done
