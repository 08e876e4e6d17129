"""A process is stopped only when it is certainly ours."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backoffice.supervisor import children, postgres, processes
from backoffice.supervisor.processes import Identity

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing for a minute."""
    process = subprocess.Popen(SLEEP, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def known(process: "subprocess.Popen[bytes]") -> Identity:
    """The identity of a process that runs."""
    who = processes.identify(process.pid)
    assert who is not None
    return who


def test_a_process_is_known_until_it_ends(sleeper: "subprocess.Popen[bytes]") -> None:
    who = known(sleeper)
    assert who.alive()
    sleeper.kill()
    assert processes.wait_until(lambda: not who.alive(), 5)  # not yet buried, and gone all the same


def test_a_stranger_with_a_reused_number_is_left_alone(sleeper: "subprocess.Popen[bytes]") -> None:
    another = replace(known(sleeper), started=1)
    assert not another.alive()
    assert processes.stop(another, signal.SIGTERM, 1)
    assert sleeper.poll() is None


def test_a_process_noted_before_a_restart_of_the_machine_is_a_stranger(sleeper: "subprocess.Popen[bytes]") -> None:
    assert not replace(known(sleeper), boot="another boot").alive()


def test_a_leftover_is_found_by_its_note_and_stopped(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    processes.write_record(tmp_path / "worker-1.json", known(sleeper))
    assert children.stop_leftovers(tmp_path, "mark", {}) == ["worker-1"]
    assert sleeper.wait(5) == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_a_note_that_was_cut_short_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "web.json").write_text('{"pid": 1, "sta')
    assert children.stop_leftovers(tmp_path, "mark", {}) == []
    assert not (tmp_path / "web.json").exists()


def test_the_note_of_a_stranger_stops_nobody(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    processes.write_record(tmp_path / "web.json", replace(known(sleeper), started=7))
    assert children.stop_leftovers(tmp_path, "mark", {}) == []
    assert sleeper.poll() is None


def test_what_a_killed_child_left_is_known_by_our_mark(tmp_path: Path) -> None:
    script = f"import subprocess, sys; subprocess.Popen({SLEEP!r}); sys.stdin.read()"
    environment = {**os.environ, processes.MARK: "ours"}
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, start_new_session=True, env=environment)
    assert processes.wait_until(lambda: len(processes.survivors(parent.pid, "ours")) == 2, 5)  # itself and its own
    processes.write_record(tmp_path / "web.json", known(parent))
    parent.kill()
    parent.wait()
    assert processes.survivors(parent.pid, "another's") == []
    children.stop_leftovers(tmp_path, "ours", {})
    assert processes.survivors(parent.pid, "ours") == []


def test_a_stale_note_of_postgresql_is_cleared_and_a_stranger_spared(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    note = tmp_path / "postmaster.pid"
    note.write_text(f"{sleeper.pid}\n{tmp_path}\n")
    assert not postgres.stop_leftover(tmp_path)
    assert not note.exists()
    assert sleeper.poll() is None


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGHUP])
def test_a_make_that_alone_was_told_to_stop_is_seen(tmp_path: Path, sign: signal.Signals) -> None:
    (tmp_path / "Makefile").write_text("wait:\n\t@exec sleep 60\n")
    # A run started in the background ignores SIGINT, and would hand that down: this make listens, as one in a terminal does.
    make = subprocess.Popen(
        ["make", "-C", str(tmp_path), "wait"],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(sign, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    try:
        assert processes.wait_until(lambda: _child_of(make.pid) == "sleep", 10)
        bit = 1 << (sign - 1)
        assert not processes.holds_back(make.pid) & bit
        make.send_signal(sign)
        assert processes.wait_until(lambda: bool(processes.holds_back(make.pid) & bit), 10)
    finally:
        os.killpg(make.pid, signal.SIGKILL)
        make.wait()


def _child_of(pid: int) -> str:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return Path(f"/proc/{children[0]}/comm").read_text().strip() if children else ""
