"""The RQ worker, and the schedule of each minute and each day."""

import os
import time
from collections.abc import Callable, Sequence
from functools import cache

import psycopg
import structlog
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, func, select

from backoffice import sweeps
from backoffice.app import create_app
from backoffice.core import deliveries
from backoffice.core.db import db
from backoffice.intake import clerks
from backoffice.mail.delivery import sending
from backoffice.mailroom.doors import working
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.mailroom.pipeline.values import WorkKind

log = structlog.get_logger()

NICE = {WorkKind.READ: 5, WorkKind.RECOGNISE: 12}

POLL_SECONDS = 2
"""How often what a crash or an emptied Redis left behind is offered again."""


@cache
def _app() -> Flask:
    return create_app()


def deliver(delivery_id: int) -> None:
    """One delivery, as RQ calls it: an id and nothing else."""
    with _app().app_context():
        deliveries.run(delivery_id)


def scan(work_id: int) -> None:
    """One piece of work on a scanned file, as RQ calls it."""
    with _app().app_context():
        pipeline.run(work_id)


def scanner(job_id: int) -> None:
    """A turn at a scanner, as RQ calls it."""
    with _app().app_context():
        working.run(job_id)


def notify() -> None:
    """A turn at sending the notifications that are due, as RQ calls it."""
    with _app().app_context():
        sending.turn()


class PatientWorker(SimpleWorker):
    """One that remembers that it was asked to stop, should the queue server be away just then."""

    asked_to_stop = False

    def handle_warm_shutdown_request(self) -> None:
        """SIGTERM or Ctrl-C."""
        self.asked_to_stop = True


def work() -> None:
    """Work on deliveries until told to stop."""
    _work(lambda connection: [deliveries.queue(connection)])


def work_on_scans(kinds: Sequence[WorkKind]) -> None:
    """Work on scanned files until told to stop: these kinds of work, the first before the others.

    Reading gives way to pages of the site, and recognition, which nobody waits for, to reading.
    """
    os.nice(NICE[kinds[-1]])
    _work(lambda connection: [pipeline.queue(kind, connection) for kind in kinds])


def _work(queues: Callable[[Redis], list[Queue]]) -> None:
    """Take jobs in turn; a queue server that goes away and comes back is waited for."""
    parent = os.getppid()
    _app()  # imported once here, so that no job pays for it
    worker = None
    while os.getppid() == parent and not (worker and worker.asked_to_stop):
        try:
            connection = deliveries.redis_for_workers()
            worker = PatientWorker(queues(connection), connection=connection, serializer=JSONSerializer)
            worker.work(logging_level="WARNING")
        except RedisError as fault:
            log.warning("queue unreachable, trying again", fault=type(fault).__name__)
            time.sleep(0 if worker and worker.asked_to_stop else POLL_SECONDS)  # the queue server is being started again
        except StopRequested:
            return  # asked while it waited
        else:
            return


def schedule(stop: Callable[[], bool] = lambda: False) -> None:
    """Each turn: offer what waits, move the windows that are due; once a day: sweep and seal. Any number may run at once."""
    parent = os.getppid()
    with _app().app_context():
        while not stop() and os.getppid() == parent:
            try:
                sweeps.each_turn()
            except Exception:  # a turn that fails costs one turn: the next one looks again
                log.exception("turn failed")
                db.session.rollback()
            db.session.remove()
            time.sleep(POLL_SECONDS)  # what is due by the clock announces itself to nobody


CLERK = 7_281_006
"""The advisory lock that lets one clerk settle at a time; another one waits to take over."""

CLERK_SECONDS = 0.05
"""How soon the clerk looks again when nobody waits."""


def settle(stop: Callable[[], bool] = lambda: False) -> None:
    """Give arrivals their outcome, in order, until told to stop. Any number of clerks may run: one works, the others stand by."""
    parent = os.getppid()
    with _app().app_context():
        while not stop() and os.getppid() == parent:
            try:
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as keeper:
                    if keeper.scalar(select(func.pg_try_advisory_lock(CLERK))):
                        _settle_while(keeper, lambda: not stop() and os.getppid() == parent)
            except Exception:  # a clerk that died would leave everybody pending: it begins again with a fresh connection
                log.exception("clerk interrupted")
                db.session.rollback()
            db.session.remove()
            time.sleep(POLL_SECONDS)  # until the lock is free, or the database back


def _settle_while(keeper: Connection, going: Callable[[], bool]) -> None:
    """The look costs next to nothing and is made on the connection that holds the lock: a database that was restarted has forgotten it."""
    clerk, look = clerks.Clerk(), keeper.connection.driver_connection
    assert isinstance(look, psycopg.Connection)
    while going():
        row = look.execute(clerks.SOMEBODY_WAITS).fetchone()
        if not (row and row[0] and clerk.turn()):
            time.sleep(CLERK_SECONDS)  # looking is cheaper than being told of each of a thousand arrivals a second
        db.session.remove()
