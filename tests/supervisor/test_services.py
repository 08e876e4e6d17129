"""The real servers: started on an empty folder, killed, back with what was stored, and gone at the end."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from backoffice.supervisor import plan, processes
from backoffice.supervisor.children import Child
from backoffice.supervisor.instance import Instance
from backoffice.supervisor.postgres import APPLICATION


@pytest.fixture
def instance() -> Iterator[Instance]:
    """An installation on a folder of its own, which `nobody` can reach when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="backoffice-", dir="/tmp"))
    folder.chmod(0o711)
    started = Instance(plan.read({"BACKOFFICE_DATA": str(folder / "data")}))
    yield started
    started.services.stop()
    shutil.rmtree(folder)


def dies(child: Child) -> None:
    """Kill a child as no program can foresee."""
    assert child.process is not None
    child.process.kill()
    child.process.wait()


def test_killed_services_come_back_with_what_they_kept(instance: Instance) -> None:
    services = instance.services
    services.start()
    cluster = services.cluster
    with cluster.connect("backoffice", "backoffice_owner") as connection:
        connection.execute("create table kept as select 17 as number")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), cluster.connect("backoffice", APPLICATION) as connection:
        connection.execute("select * from kept")
    address = services.environment()["REDIS_URL"]
    with redis.Redis.from_url(address) as queue:
        queue.set("kept", "17")

    marks = [child.process.pid for child in services.children if child.process]
    for child in services.children:
        dies(child)
    assert not cluster.ready()

    def back() -> bool:
        instance.tend()
        return all(child.process for child in services.children) and cluster.ready()

    assert processes.wait_until(back, 30)
    with cluster.connect("backoffice", "backoffice_owner") as connection:
        assert connection.execute("select number from kept").fetchone() == (17,)
    with redis.Redis.from_url(address) as queue:
        assert processes.wait_until(lambda: _get(queue) == b"17", 10)

    marks += [child.process.pid for child in services.children if child.process]
    services.stop()
    assert [pid for pid in marks if processes.identify(pid)] == []
    assert list(instance.plan.run.glob("*.json")) == []


def test_a_start_finds_and_stops_what_a_killed_one_left(instance: Instance) -> None:
    instance.services.start()
    second = Instance(instance.plan)
    assert set(second.services.clear_leftovers()) == {"postgres", "valkey"}
    assert not second.services.cluster.ready()
    for child in instance.services.children:
        assert child.process is not None
        assert child.process.wait(10) == 0


def test_a_moved_clock_is_the_same_for_what_is_started_later(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKOFFICE_CLOCK", "2016-06-13T08:29:00-04:00")
    instance.services.start_clock()
    first = instance.environment()["BACKOFFICE_CLOCK_OFFSET"]
    time.sleep(0.01)
    assert instance.environment()["BACKOFFICE_CLOCK_OFFSET"] == first


def _get(queue: "redis.Redis") -> object:
    try:
        return queue.get("kept")
    except redis.ConnectionError:
        return None
