"""One bounded process for each file: what a hostile file does, it does there, and it ends there.

The child gives itself its limits before it loads any parser (a function run between fork and exec would not be safe in
a server with threads), is alone in its process group, sees no secret of ours in its environment, and is killed, group
and all, when the wall clock runs out. It answers in lines of JSON, of which only a bounded amount is read.
"""

import contextlib
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[3]
_MOST_ANSWER = 16 * 1024 * 1024
_COSTLY_SIGNALS = frozenset({signal.SIGPROF, signal.SIGXCPU, signal.SIGKILL})

Json = dict[str, object]


@dataclass(frozen=True)
class Ended:
    """How a child ended: whether it said it was done, and whether time or memory stopped it."""

    done: bool
    costly: bool
    overran: bool  # the wall clock, or more answer than is read: starting again would not help
    how: str


def run(request: Json, scratch: Path, heard: Callable[[Json], float | None], *,
        seconds: float, memory: int, module: str = "backoffice.core.scans.child") -> Ended:  # fmt: skip
    """Run one child of `module` on `request`, hand each line it says to `heard`, which may answer with a later deadline."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and one of our own modules
        [sys.executable, "-P", "-s", "-m", module],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=scratch, env=_environment(scratch), start_new_session=True, close_fds=True,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    done = overran = False
    try:
        _ask(child.stdin, request)
        done, overran = _listen(child.stdout, heard, time.monotonic() + seconds)
    finally:  # also when whoever hears raises: no child outlives the question
        _end(child)
        child.stdout.close()
        status, usage = _reap(child)
    # a child is born with the size of its parent on its record
    grown = usage > max(memory // 2, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    costly = overran or -status in _COSTLY_SIGNALS or (not done and grown)
    return Ended(done, costly, overran, "done" if done else "wall clock" if overran else _name(status))


def _environment(scratch: Path) -> dict[str, str]:
    """Nothing of ours but what the interpreter needs: no database, no secret."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TMPDIR": str(scratch), "HOME": str(scratch),
            "PYTHONPATH": str(_ROOT), "PYTHONNOUSERSITE": "1", "MALLOC_ARENA_MAX": "1",
            # pictures of a page come and go: keep their memory rather than have it zeroed anew each time
            "MALLOC_MMAP_THRESHOLD_": "268435456", "MALLOC_TRIM_THRESHOLD_": "268435456", **one}  # fmt: skip


def _ask(stdin: IO[bytes], request: Json) -> None:
    with contextlib.suppress(BrokenPipeError):  # it died before it listened; its end is read below
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.close()


def _listen(stdout: IO[bytes], heard: Callable[[Json], float | None], deadline: float) -> tuple[bool, bool]:
    started, read, rest, done = time.monotonic(), 0, b"", False
    with selectors.DefaultSelector() as ready:
        ready.register(stdout, selectors.EVENT_READ)
        while not done:
            left = deadline - time.monotonic()
            if left <= 0 or read > _MOST_ANSWER:
                return False, True
            if not ready.select(left):
                continue
            chunk = os.read(stdout.fileno(), 65536)
            if not chunk:
                return False, False
            read += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                said = _parsed(line)
                done = done or "done" in said
                began = time.monotonic()
                allowed = heard(said)
                taken = time.monotonic() - began
                started += taken
                deadline = deadline + taken if allowed is None else started + allowed
    return True, False


def _parsed(line: bytes) -> Json:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the whole group; a child that has already died keeps the status it died with."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _reap(child: subprocess.Popen[bytes]) -> tuple[int, int]:
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss * 1024


def _name(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit {status}"
