"""Who a process is, so that one started by an earlier run can be stopped and a stranger never is.

A process number alone says little: numbers are used again. A process is known here by its number together with the
instant it started and the boot it started in, as Linux keeps them in `/proc`.
"""

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")
MARK = "BACKOFFICE_RUN"
"""The variable every child is given, by which its own children are recognised after it died."""

_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """A process that can be told from every other, before and after."""

    pid: int
    started: int
    boot: str

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return identify(self.pid) == self

    def send(self, sign: signal.Signals) -> None:
        """Signal this very process, and no other that was given its number."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)


def identify(pid: int) -> Identity | None:
    """The process of that number, unless there is none or it only waits to be buried."""
    fields = _stat(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return Identity(pid, int(fields[19]), _boot())


def survivors(session: int, mark: str) -> list[Identity]:
    """Processes of a session that carry our mark: what a killed child left behind."""
    found = []
    for pid in _pids():
        fields = _stat(pid)
        if fields and int(fields[3]) == session and _carries(pid, mark) and (who := identify(pid)):
            found.append(who)
    return found


def stop(who: Identity, sign: signal.Signals, patience: float) -> bool:
    """Ask a process to stop, insist after a while; True once it is gone."""
    who.send(sign)
    if wait_until(lambda: not who.alive(), patience):
        return True
    who.send(signal.SIGKILL)
    return wait_until(lambda: not who.alive(), 5)


def wait_until(true: Callable[[], bool], patience: float, pause: float = 0.02) -> bool:
    """Wait for something to become true, and say whether it did."""
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(pause)  # processes that are not our children can only be looked at
    return True


def ends_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program: ask for a signal if the supervisor is killed.

    Nothing is imported or looked up in the child: between fork and exec only the plain system calls are safe.
    """
    parent, ask, getppid = os.getpid(), getattr(_libc, "prctl", None), os.getppid
    number = int(sign)

    def prepare() -> None:
        if ask is not None:
            ask(_DIES_WITH_PARENT, number, 0, 0, 0)
        if getppid() != parent:  # it was killed in between
            os._exit(1)

    return prepare


def end_with(parent: int, sign: signal.Signals) -> None:
    """Ask for a signal to this process when its parent dies, as `make` may when it is killed."""
    if os.getppid() == parent and hasattr(_libc, "prctl"):
        _libc.prctl(_DIES_WITH_PARENT, int(sign), 0, 0, 0)


def holds_back(pid: int) -> int:
    """The signals that a process holds back, as a mask.

    A `make` that alone was told to stop (SIGINT or SIGHUP, not SIGTERM) says so to nobody: it holds the signal back and
    waits for what it started. This is how that can be seen.
    """
    with suppress(OSError, ValueError, StopIteration):
        lines = (PROC / str(pid) / "status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("SigBlk:")).split()[1], 16)
    return 0


def write_record(file: Path, who: Identity) -> None:
    """Note a started process, for the next start to find."""
    write_private(file, json.dumps(asdict(who)))


def read_record(file: Path) -> Identity | None:
    """A noted process; None when the note is missing or was cut short."""
    try:
        return Identity(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_private(file: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _pids() -> Iterator[int]:
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            yield int(entry.name)


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the third on; the second is a name that may hold anything."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _carries(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _boot() -> str:
    with suppress(OSError):
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return ""
