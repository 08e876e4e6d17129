"""Real workers, killed at their worst moments: no page is lost, none is doubled, and a clerk sees the first one at once."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pikepdf
import psycopg
import pytest
from redis import Redis

from backoffice import cli, worker
from backoffice.app import create_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.mailroom import service
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.pipeline import work
from backoffice.mailroom.values import Door, NewEnvelope
from tests.core.scans.making import paper, scan_pdf
from tests.mailroom.pipeline.test_recognising import written
from tests.support import console

PATIENCE = 120.0
LEASE = 4
"""Seconds that a killed worker holds what it was at; longer than the slowest page takes, and shorter than in the product."""

pytestmark = pytest.mark.timeout(600)  # several whole processes start here, one after another, on a machine that may be busy


def receive(path: Path, line: Any) -> None:
    """A process that has everything ready, and lets a file arrive when it is told."""
    with create_app().app_context():
        with transaction():
            number = service.register_envelope(NewEnvelope(clock.today()), by=SYSTEM, at=clock.now()).number
        line.send("ready")
        line.recv()
        with transaction():
            line.send(pipeline.receive(path, "lot.pdf", Door.SCANNER, envelope=number, by=SYSTEM, at=clock.now()).id)


def hasty(*words: str) -> None:
    """A worker or a scheduler as the console starts it, but for what the tests would only wait for: what a killed worker held is free sooner."""
    work.LEASE_SECONDS = LEASE
    worker.POLL_SECONDS = 0.2
    sys.argv = ["backoffice", *words]
    cli.main()


class House:
    """A database and a queue of their own, with workers that can be killed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: list[console.Running] = []
        self.database = psycopg.connect(environment["DATABASE_OWNER_URL"].replace("+psycopg", ""), autocommit=True)
        self.redis = Redis.from_url(environment["REDIS_URL"])

    def start(self, *words: str) -> console.Running:
        process = console.Running(self.environment, hasty, *words)
        self.running.append(process)
        return process

    def kill(self, process: console.Running) -> None:
        process.send(signal.SIGKILL)
        process.wait()
        self.running.remove(process)

    def stop(self) -> None:
        for process in list(self.running):
            self.kill(process)
        self.database.close()

    @contextmanager
    def arriving(self, path: Path) -> Iterator[Callable[[], int]]:
        """A file that arrives when it is told to."""
        ours, theirs = console.pipe()
        process = console.Running(self.environment, receive, path, theirs)
        assert ours.recv() == "ready"

        def arrive() -> int:
            ours.send("now")
            return int(ours.recv())

        yield arrive
        process.wait()

    def receive(self, path: Path) -> int:
        with self.arriving(path) as arrive:
            return arrive()

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return self.database.execute(query, values).fetchall()  # type: ignore[arg-type]

    def pages(self, scan_id: int) -> list[tuple[object, ...]]:
        return self.ask("SELECT id, number, position FROM scan_page WHERE scan_id = %s ORDER BY number", scan_id)

    def state(self, scan_id: int) -> object:
        return self.ask("SELECT state FROM scan WHERE id = %s", scan_id)[0][0]

    def recognised(self) -> list[tuple[object, ...]]:
        return self.ask("SELECT number, recognised_at FROM page_text WHERE state = 'done' ORDER BY number")


def until(met: Callable[[], object], seconds: float = PATIENCE, step: float = 0.01) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "waited too long"
        time.sleep(step)


@pytest.fixture
def house(_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, worker_id: str) -> Iterator[House]:
    from tests.support import postgres

    cluster, name = postgres.session_cluster(tmp_path_factory, worker_id), f"kills_{worker_id}_{tmp_path.name[-24:].lower()}"
    cluster.clone("template_tests", name)
    address, _, number = _environment["REDIS_URL"].rpartition("=")
    environment = {
        **os.environ, **_environment, "DATABASE_URL": cluster.url(name, "backoffice_app"), "DATABASE_OWNER_URL": cluster.url(name, "backoffice_owner"),
        "BACKOFFICE_DATA": str(tmp_path), "STORAGE_URL": (tmp_path / "files").as_uri(), "DROP_FOLDER": str(tmp_path / "drop"),
        "REDIS_URL": f"{address}={int(number) + 4}",
    }  # fmt: skip
    environment.pop("CLAMD_ADDRESS", None)
    made = House(environment)
    made.redis.flushdb()
    yield made
    made.stop()


def stack(folder: Path, many: int) -> Path:
    return scan_pdf(folder / "lot.pdf", [paper(*[f"Page {place}"] * 6, size=(1275, 1650)) for place in range(1, many + 1)])


def whole(house: House, scan_id: int, many: int) -> None:
    """Every page once, in order; one fact that the file was read; nothing owed to its reading."""
    assert [row[1:] for row in house.pages(scan_id)] == [(place, place) for place in range(1, many + 1)]
    assert house.ask("SELECT count(*) FROM event WHERE kind = 'mailroom.ScanRead'") == [(1,)]
    assert house.ask("SELECT count(*) FROM page_work WHERE kind = 'read' AND done_at IS NULL") == [(0,)]
    assert house.ask("SELECT count(*) FROM page_text WHERE state = 'waiting'") == [(many,)]


def test_a_reader_killed_in_the_middle_of_a_file_loses_and_doubles_nothing_even_with_an_emptied_queue(house: House, tmp_path: Path):
    scan_id = house.receive(stack(tmp_path, 60))
    for at_least in (5, 25):
        reader = house.start("scan-worker", "--only", "read")
        if at_least > 5:  # the queue was emptied: what is owed stands in the database, and is offered again
            house.start("scheduler")
        until(lambda: len(house.pages(scan_id)) >= at_least)  # noqa: B023 - called before the next turn
        house.kill(reader)
        house.redis.flushdb()
        kept = house.pages(scan_id)
        assert house.state(scan_id) == "reading"
        assert at_least <= len(kept) < 60
    house.start("scan-worker", "--only", "read")
    until(lambda: house.state(scan_id) == "read")
    assert house.pages(scan_id)[: len(kept)] == kept
    whole(house, scan_id, 60)


def test_a_database_that_drops_every_connection_in_the_middle_costs_nothing(house: House, tmp_path: Path):
    scan_id = house.receive(stack(tmp_path, 60))
    house.start("scheduler")
    house.start("scan-worker", "--only", "read")
    until(lambda: len(house.pages(scan_id)) >= 5)
    with psycopg.connect(house.environment["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as own:
        assert own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        ).fetchall()
    until(lambda: house.state(scan_id) == "read")
    whole(house, scan_id, 60)


def test_two_readers_of_one_file_make_its_pages_once(house: House, tmp_path: Path):
    path = stack(tmp_path, 40)
    house.start("scheduler")
    for _ in range(2):
        house.start("scan-worker", "--only", "read")
    scan_id = house.receive(path)
    until(lambda: house.state(scan_id) == "read")
    whole(house, scan_id, 40)


def test_a_recogniser_killed_between_pages_recognises_each_page_once(house: House, tmp_path: Path):
    scan_id = house.receive(scan_pdf(tmp_path / "lot.pdf", [written(f"Page numéro {place}", "avec quelques mots") for place in range(1, 6)]))
    house.start("scheduler")
    started = house.start("scan-worker")
    until(lambda: len(house.recognised()) >= 2)
    house.kill(started)
    kept = house.recognised()
    house.start("scan-worker")
    until(lambda: len(house.recognised()) == 5)
    assert house.recognised()[: len(kept)] == kept
    assert house.state(scan_id) == "read"
    until(lambda: house.ask("SELECT count(*) FROM page_work WHERE done_at IS NULL") == [(0,)])


def test_the_first_page_of_two_hundred_is_there_within_two_seconds(house: House, tmp_path: Path):
    one = scan_pdf(tmp_path / "one.pdf", [paper(*["Une page de lettre"] * 30, size=(2480, 3508))])
    with pikepdf.open(one) as source, pikepdf.new() as pdf:
        for _ in range(200):
            pdf.pages.extend(source.pages)
        pdf.save(tmp_path / "lot.pdf")
    started = house.start("scan-worker", "--only", "read")
    until(lambda: house.redis.smembers("rq:workers"))
    with house.arriving(tmp_path / "lot.pdf") as arrive:
        began = time.monotonic()
        scan_id = arrive()
        until(lambda: house.pages(scan_id), step=0.02)
        took = time.monotonic() - began
    print(f"page 1 of 200 after {took:.2f} s")
    assert house.ask("SELECT pages_expected FROM scan WHERE id = %s", scan_id) == [(200,)]
    until(lambda: house.state(scan_id) == "read")
    status = Path(f"/proc/{started.pid}/status").read_text()
    grown = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
    print(f"worker at most {grown} MB")
    assert took <= 2.0 * float(os.environ.get("BACKOFFICE_PATIENCE", "1"))
    assert grown <= 300
