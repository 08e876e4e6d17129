"""One supervisor for each data folder: the kernel holds the lock, and lets go of it however the holder ends."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import processes

GRACE = 1.5
"""A supervisor whose `make` was killed needs a moment to notice; then it says that it is stopping."""
STOPPING = 30.0


class AlreadyRunning(Exception):
    """Another supervisor serves this data folder."""

    def __init__(self, pid: int, url: str) -> None:
        super().__init__(f"Already running: {url} (process {pid})")
        self.pid = pid


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder; one that is just being let go of is waited for."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not processes.wait_until(lambda: _take(lock), GRACE):
            stopping = _state(folder).get("state") == "stopping"
            if not (stopping and processes.wait_until(lambda: _take(lock), STOPPING)):
                state = _state(folder)
                raise AlreadyRunning(int(state.get("pid", "0")), state.get("url", "?"))
        yield
    finally:
        os.close(lock)


def note(folder: Path, state: str, url: str) -> None:
    """Say how far this supervisor is, for another that would start."""
    processes.write_private(folder / "supervisor", json.dumps({"pid": str(os.getpid()), "state": state, "url": url}))


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _state(folder: Path) -> dict[str, str]:
    try:
        return {str(key): str(value) for key, value in json.loads((folder / "supervisor").read_text()).items()}
    except (OSError, ValueError):
        return {}
