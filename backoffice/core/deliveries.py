"""From facts to reactions: PostgreSQL remembers what is owed, Redis only says when to look.

After a commit the new deliveries are offered to RQ; a sweep offers again whatever a crash or an emptied Redis left
behind. A delivery is done once, in the transaction of its effect.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event as sa_event
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.core import clock, events
from backoffice.core.db import db, transaction
from backoffice.core.events import Delivery, EventRow
from backoffice.core.settings import settings

log = structlog.get_logger()

MAX_ATTEMPTS = 12
"""After these, a delivery waits for a person: `backoffice doctor` names it."""


def redis() -> Redis:
    """A connection to the queue server; it may be empty, or gone, at any moment."""
    return _connected(settings().redis_url)


@cache
def _connected(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)


def redis_for_workers() -> Redis:
    """The same without a limit on waiting: a worker blocks on its queue."""
    return Redis.from_url(settings().redis_url)


def queue(connection: Redis | None = None) -> Queue:
    """The queue that workers listen to."""
    return Queue("deliveries", connection=connection or redis(), serializer=JSONSerializer)


def offer(ids: Iterable[int]) -> int:
    """Tell the workers which deliveries wait; an unreachable Redis is not an error, the sweep offers again."""
    offered = 0
    try:
        line = queue()
        for delivery_id in ids:
            line.enqueue("backoffice.worker.deliver", delivery_id, result_ttl=0, failure_ttl=3600, job_timeout=300)
            offered += 1
    except RedisError as fault:
        log.warning("queue unreachable, deliveries wait for the sweep", fault=type(fault).__name__)
    return offered


def waiting(at: datetime, limit: int = 1000) -> list[int]:
    """Deliveries that are due and not done, oldest first."""
    query = select(Delivery.id).where(Delivery.done_at.is_(None), Delivery.available_at <= at, Delivery.attempts < MAX_ATTEMPTS)
    return list(db.session.scalars(query.order_by(Delivery.id).limit(limit)))


def given_up() -> list[Delivery]:
    """Deliveries that failed too often and belong to a person."""
    return list(db.session.scalars(select(Delivery).where(Delivery.done_at.is_(None), Delivery.attempts >= MAX_ATTEMPTS)))


def run(delivery_id: int) -> bool:
    """Carry out one delivery, once; false when it was done already or another worker has it."""
    try:
        with transaction():
            return _carry_out(delivery_id)
    except Exception as fault:  # a reaction may fail in any way: it is tried again later, then belongs to a person
        log.exception("delivery failed", delivery=delivery_id)
        with transaction():
            _postpone(delivery_id, fault)
        return False


def _carry_out(delivery_id: int) -> bool:
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.done_at.is_(None))
    delivery = db.session.scalars(query.with_for_update(skip_locked=True)).first()
    if delivery is None:
        return False
    row = db.session.get_one(EventRow, delivery.event_id)
    events.handler(delivery.handler)(events.revive(row))
    delivery.done_at = clock.now()
    return True


def _postpone(delivery_id: int, fault: Exception) -> None:
    delivery = db.session.get_one(Delivery, delivery_id, with_for_update=True)
    delivery.attempts += 1
    delivery.error = type(fault).__name__
    delivery.available_at = clock.now() + timedelta(seconds=min(3600, 2**delivery.attempts))


def run_all() -> int:
    """Carry out everything that waits, here and now (demonstration data, sweeps, tests)."""
    done = 0
    while ids := waiting(clock.now()):
        progress = sum(run(delivery_id) for delivery_id in ids)
        done += progress
        if not progress:
            break
    return done


def install(*, offering: bool) -> None:
    """Offer new deliveries as soon as their facts are committed."""
    if offering and not sa_event.contains(Session, "after_commit", _after_commit):
        sa_event.listen(Session, "after_commit", _after_commit)
        sa_event.listen(Session, "after_rollback", _forget)


_offers: dict[str, Callable[[list[int]], object]] = {"deliveries": offer}


def also(noted: str, offering: Callable[[list[int]], object]) -> None:
    """Have other work offered the same way: what a session noted under a name, once it is committed."""
    _offers[noted] = offering


def _after_commit(session: Session) -> None:
    for noted, offering in _offers.items():
        if ids := session.info.pop(noted, None):
            offering(ids)


def _forget(session: Session) -> None:
    for noted in _offers:
        session.info.pop(noted, None)
