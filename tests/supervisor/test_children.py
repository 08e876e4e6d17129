"""A program that dies is started again, at once the first time and ever more slowly after that."""

import signal
import sys
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from backoffice.supervisor import processes
from backoffice.supervisor.children import LONGEST_PAUSE, STEADY_AFTER, BackOff, Child, Program, ending, keep_short


def child(tmp_path: Path, script: str, patience: float = 5) -> Child:
    """A child that runs a line of Python."""
    program = Program("web", (sys.executable, "-c", script), {}, tmp_path, patience=patience)
    return Child(program, tmp_path, tmp_path, "mark")


def test_the_pause_grows_with_each_early_death() -> None:
    back_off = BackOff()
    assert [back_off.pause_after(1) for _ in range(4)] == [0.2, 0.4, 0.8, 1.6]


def test_a_long_life_is_a_fresh_start() -> None:
    back_off = BackOff(deaths=9)
    assert back_off.pause_after(STEADY_AFTER) == 0.2


@given(st.lists(st.floats(0, 1000)))
def test_the_pause_is_never_nothing_and_never_for_ever(lives: list[float]) -> None:
    back_off = BackOff()
    assert all(0 < back_off.pause_after(lived) <= LONGEST_PAUSE for lived in lives)


def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    web = child(tmp_path, "import time; time.sleep(60)")
    web.start()
    assert web.process is not None
    first = web.process.pid
    web.process.kill()
    web.process.wait()

    def again() -> bool:
        web.tend(said.append)
        return web.process is not None

    assert not again()
    assert processes.wait_until(again, 5)
    assert web.process.pid != first
    assert said == [f"web was killed by SIGKILL; starting it again in 0.2 s (see {tmp_path}/web.log)"]
    web.stop()
    assert not (tmp_path / "web.json").exists()


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    deaf = child(tmp_path, script, patience=0.2)
    deaf.start()
    assert processes.wait_until(lambda: "deaf" in deaf.log.read_text(), 5)
    began = time.monotonic()
    deaf.stop()
    assert deaf.process is None
    assert time.monotonic() - began < 5


def test_a_child_that_was_stopped_is_not_started_again(tmp_path: Path) -> None:
    web = child(tmp_path, "import time; time.sleep(60)")
    web.start()
    web.stop()
    web.tend(print)
    assert web.process is None


def test_an_ending_is_told_in_words() -> None:
    assert ending(-signal.SIGKILL) == "was killed by SIGKILL"
    assert ending(3) == "ended with code 3"


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("wb") as out:
        out.truncate(20_000_001)
    keep_short(log)
    assert not log.exists()
    assert (tmp_path / "web.log.1").exists()
