"""What is asked for by the environment, what is refused, and what is written for the `backoffice` command."""

import json
import os
import stat
from pathlib import Path

import pytest

from backoffice.supervisor import plan, readiness
from backoffice.supervisor.alone import AlreadyRunning, alone, note
from backoffice.supervisor.plan import PlanError


def test_without_any_setting_it_is_the_demonstration_on_this_machine_only() -> None:
    usual = plan.read({})
    assert (usual.url, usual.demo, usual.data) == ("http://127.0.0.1:8000", True, plan.ROOT / ".data")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "backoffice.example"])  # noqa: S104 - refused
def test_a_demonstration_is_not_shown_to_the_network(host: str) -> None:
    with pytest.raises(PlanError, match="loopback"):
        plan.read({"BACKOFFICE_HOST": host})
    assert plan.read({"BACKOFFICE_HOST": host, "BACKOFFICE_DEMO": "0"}).host == host


@pytest.mark.parametrize("port", ["0", "-1", "65536", "http", "8000.5"])
def test_a_port_that_cannot_be_is_refused(port: str) -> None:
    with pytest.raises(PlanError, match="PORT"):
        plan.read({"PORT": port})


def test_the_environment_file_is_read_back_and_closed_to_others(tmp_path: Path) -> None:
    values = {"DATABASE_URL": "postgresql+psycopg://a@/b?host=/c", "SECRET_KEY": "x=y=z"}
    plan.write_environment(tmp_path / "env", values)
    assert plan.read_environment(tmp_path / "env") == values
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
    assert plan.read_environment(tmp_path / "none") == {}


def test_a_value_with_a_line_break_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="SECRET_KEY"):
        plan.write_environment(tmp_path / "env", {"SECRET_KEY": "a\nDATABASE_URL=b"})


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    secret = plan.secret_key(tmp_path)
    assert len(secret) == 64
    assert plan.secret_key(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_the_place_of_the_database_is_chosen_once(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text(json.dumps({"mark": "0123456789ab", "home": None}))
    chosen = plan.home(tmp_path)
    assert chosen.cluster == tmp_path / "postgres"
    assert plan.home(tmp_path) == chosen


def test_a_long_path_gets_a_short_folder_for_its_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    mark = f"test{os.getpid()}"
    (deep / "instance.json").write_text(json.dumps({"mark": mark, "home": None}))
    sockets = plan.home(deep).sockets
    try:
        assert sockets == Path("/tmp") / f"backoffice-{mark}"  # noqa: S108 - its owner was checked
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    finally:
        sockets.rmdir()


def test_a_moved_clock_is_one_distance_for_all(tmp_path: Path) -> None:
    offset = plan.clock_offset({"BACKOFFICE_CLOCK": "2016-06-13T08:29:00-04:00"})
    assert float(offset["BACKOFFICE_CLOCK_OFFSET"]) < 0
    assert plan.clock_offset({}) == {}
    for wrong in ("2016-06-13T08:29:00", "yesterday"):
        with pytest.raises(PlanError, match="BACKOFFICE_CLOCK"):
            plan.clock_offset({"BACKOFFICE_CLOCK": wrong})


def test_a_second_supervisor_is_refused_and_told_where_the_first_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.supervisor.alone.GRACE", 0.1)
    with alone(tmp_path):
        note(tmp_path, "running", "http://127.0.0.1:8000")
        with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:8000"), alone(tmp_path):
            pass
    with alone(tmp_path):
        pass  # let go of


def test_the_demonstration_names_the_port_of_today(tmp_path: Path) -> None:
    demo = tmp_path / "demo.json"
    account = {"email": "a@example.org", "password": "secret", "role": "caseworker"}
    demo.write_text(json.dumps({"url": "http://127.0.0.1:8000", "api_url": "http://127.0.0.1:8000", "accounts": [account]}))
    readiness.correct_addresses(demo, "http://127.0.0.1:8001", "http://127.0.0.1:8002")
    assert readiness.read_demo(demo)["api_url"] == "http://127.0.0.1:8002"
    assert readiness.accounts(demo) == [("caseworker", "a@example.org", "secret")]
    assert stat.S_IMODE(demo.stat().st_mode) == 0o600
