"""Two hundred writers at once, with real commits on a database of their own: never a place above the caps, never a line out of place."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask

from backoffice.core import clock, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.settings import settings
from backoffice.quota import queries, service
from backoffice.quota.service import Arrival
from backoffice.quota.values import AdmissionStatus
from tests.builders import Builder
from tests.conftest import NOON
from tests.quota.checks import replays, verified
from tests.support import postgres

WRITERS = 200


@pytest.fixture
def crowd(app: Flask, _environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Flask]:
    """An application of its own, on a copy of the template, in which commits are real."""
    from backoffice.app import create_app

    cluster, name = postgres.session_cluster(tmp_path_factory, worker_id), f"writers_{worker_id}"
    cluster.drop(name)
    cluster.clone("template_tests", name)
    url = _environment["DATABASE_URL"].replace(_environment["name"], name)
    made = create_app(replace(settings(), database_url="postgresql+psycopg://" + url.split("://", 1)[1]))
    made.config.update(TESTING=True)
    db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
    with made.app_context(), clock.stopped_at(NOON):
        yield made
        db.session.remove()
        db.engine.dispose()
    cluster.drop(name)


def together(app: Flask, acts: list[Callable[[], None]]) -> list[type[Exception] | None]:
    """Every act in a thread of its own, all from the same instant; what each was refused for."""
    start = Barrier(len(acts))

    def one(act: Callable[[], None]) -> type[Exception] | None:
        with app.app_context(), clock.stopped_at(NOON):
            try:
                start.wait(60)
                with transaction():
                    act()
            except DomainError as refusal:
                return type(refusal)
            finally:
                db.session.remove()
            return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(120) for future in [pool.submit(one, act) for act in acts]]


def arriving(window_id: int, number: int, country: str) -> Callable[[], None]:
    def act() -> None:
        window = queries.lock_window(window_id)
        service.admit(window, [Arrival(UUID(int=number), number, NOON, "online", country, None)], at=NOON)

    return act


def test_two_hundred_writers_never_pass_the_maximum_nor_a_countrys(crowd: Flask):
    build, dice = Builder(), Random(7)
    window = build.window(code="W", capacity=40, margin=2, reserve=3, waiting_list=True, country_caps={"default": None, "by_country": {"FR": 10}})
    window_id = window.id
    first = list(range(1, 61))
    with transaction():
        arrivals = [Arrival(UUID(int=n), n, NOON, "online", "FR" if n % 2 else "DZ", None) for n in first]
        service.admit(queries.lock_window(window_id), arrivals, at=NOON)
    assert queries.standing(window_id).taken == 39
    later = (service.confirm_place, service.release_unpaid_place, service.withdraw, service.annul, service.restore, service.reinstate_place)

    def acting(number: int) -> Callable[[], None]:
        act = dice.choice(later)
        return lambda: act(UUID(int=number), by=SYSTEM, at=NOON) and None

    acts = [arriving(window_id, 1000 + n, dice.choice(["FR", "DZ", "CN"])) for n in range(WRITERS // 2)]
    acts += [acting(dice.choice(first)) for _ in range(WRITERS // 2)]
    dice.shuffle(acts)
    refused = together(crowd, acts)
    assert len(refused) == WRITERS
    db.session.expire_all()
    standing = queries.standing(window_id)
    assert standing.taken == 39, "as many as there are, the reserve kept, while others wait"
    assert standing.by_country["FR"] <= 10
    stood = replays("W")
    assert len(stood) == 160
    assert AdmissionStatus.WAITLISTED in stood.values()
    verified("W")
    assert list(events.verify()) == []
