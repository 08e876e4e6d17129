"""Reactions to facts: owed in the database, offered to Redis, done once."""

from datetime import timedelta

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select

from backoffice.cases.events import NoteAdded, case_subject
from backoffice.core import clock, deliveries, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.events import Delivery, Recorded
from tests.conftest import NOON

seen: list[int] = []
failing = False


def remember(recorded: Recorded[NoteAdded]) -> None:
    if failing:
        raise OSError("the post is closed")
    seen.append(recorded.event.note_id)


@pytest.fixture(autouse=True)
def _subscribed(monkeypatch: pytest.MonkeyPatch):
    seen.clear()
    globals().update(failing=False)
    monkeypatch.setitem(events._handlers, "cases.NoteAdded", [f"{__name__}:remember"])
    monkeypatch.setattr(events, "handler", lambda path, real=events.handler: remember if path.endswith(":remember") else real(path))


def fact(note_id: int = 1) -> Delivery:
    with transaction():
        row = events.record(case_subject(1), NoteAdded(note_id), by=SYSTEM, at=clock.now())
    return db.session.scalars(select(Delivery).where(Delivery.event_id == row.id)).one()


def test_a_fact_owes_a_delivery_that_is_done_once(session):
    delivery = fact()
    assert (seen, delivery.done_at) == ([], None)
    assert deliveries.run(delivery.id) is True
    assert deliveries.run(delivery.id) is False
    assert seen == [1]
    assert delivery.done_at == NOON


def test_a_fact_rolled_back_owes_nothing(session):
    with pytest.raises(KeyError), transaction():  # noqa: PT012 - the fact, then what undoes it
        events.record(case_subject(1), NoteAdded(1), by=SYSTEM, at=clock.now())
        raise KeyError
    assert deliveries.waiting(NOON) == []
    assert deliveries.run_all() == 0


def test_a_reaction_that_fails_is_tried_later_and_at_last_named(session):
    globals().update(failing=True)
    delivery = fact()
    at = clock.now()
    for attempt in range(1, deliveries.MAX_ATTEMPTS + 1):
        assert deliveries.given_up() == []
        assert deliveries.waiting(at - timedelta(microseconds=1)) == []
        with clock.stopped_at(at):
            assert deliveries.run(delivery.id) is False
        assert (delivery.attempts, delivery.error) == (attempt, "OSError")
        assert delivery.available_at > at
        at = delivery.available_at
    assert deliveries.waiting(at) == []
    assert [d.id for d in deliveries.given_up()] == [delivery.id]


def test_a_reaction_mended_in_the_meantime_is_done(session):
    globals().update(failing=True)
    delivery = fact()
    assert deliveries.run_all() == 0
    globals().update(failing=False)
    assert deliveries.run_all() == 0  # not before its time
    with clock.stopped_at(NOON + timedelta(hours=1)):
        assert deliveries.run_all() == 1
    assert seen == [1]
    assert delivery.done_at is not None


def test_what_is_offered_reaches_the_queue_as_an_id_and_nothing_else(session):
    deliveries.redis().flushdb()
    delivery = fact()
    assert deliveries.offer([delivery.id]) == 1
    [job] = deliveries.queue().jobs
    assert (job.func_name, list(job.args), job.kwargs) == ("backoffice.worker.deliver", [delivery.id], {})


def test_redis_emptied_forgets_and_the_database_remembers(session):
    deliveries.offer([fact(n).id for n in (1, 2)])
    deliveries.redis().flushdb()
    assert deliveries.queue().jobs == []
    assert deliveries.run_all() == 2
    assert seen == [1, 2]


def test_redis_gone_is_noticed_quickly_and_nothing_is_lost(session, monkeypatch: pytest.MonkeyPatch):
    import time

    monkeypatch.setattr(deliveries, "redis", lambda: Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=1, socket_timeout=5, retry=None))
    with pytest.raises(RedisError):
        deliveries.redis().ping()
    monkeypatch.undo()
    monkeypatch.setattr(deliveries, "settings", lambda: type("S", (), {"redis_url": "redis://127.0.0.1:1/0"}))
    monkeypatch.setitem(events._handlers, "cases.NoteAdded", [f"{__name__}:remember"])
    monkeypatch.setattr(events, "handler", lambda _: remember)
    begun = time.monotonic()
    assert deliveries.offer([fact().id]) == 0
    assert time.monotonic() - begun < 2
    assert deliveries.run_all() == 1
    assert seen == [1]
