"""The bounded process: takes its limits first, then loads the parsers, then reads the one file it was asked about."""

import ctypes
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable

from backoffice.core.scans.child.errors import RefusedError
from backoffice.core.scans.child.talk import Line, Request, asked
from backoffice.core.scans.values import Refusal

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_ROOM_FOR_PICTURES = 64 * 1024 * 1024


def main() -> None:
    """Read one file; say what was seen, or why it is refused."""
    request = asked(sys.stdin.buffer.readline())
    line = Line(_own_output())
    _confine(request)
    try:
        _reader(request.kind)(request, line)
    except RefusedError as stop:
        line.say(refused=stop.reason, detail=stop.detail)
    except MemoryError:
        line.say(refused=Refusal.TOO_COSTLY, detail="memory")
    except Exception as error:  # noqa: BLE001 - a parser may raise anything; its text may quote the file, its class not
        line.say(refused=Refusal.DAMAGED, detail=type(error).__name__)
    line.say(done=True)
    os._exit(0)  # no destructor of a library gets a last word


def _own_output() -> int:
    """Keep the line to the parent for ourselves: what a library prints goes nowhere."""
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return ours


def _confine(request: Request) -> None:
    """Give up what reading a file does not need. A limit already lower is kept."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    whole = int(request.seconds + request.seconds_per_page * request.max_pages) + 1
    for what, most in (
        (resource.RLIMIT_AS, request.memory),
        (resource.RLIMIT_CPU, whole),
        (resource.RLIMIT_FSIZE, request.max_bytes + _ROOM_FOR_PICTURES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(what, most)


def _lower(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _reader(kind: str) -> Callable[[Request, Line], None]:
    """The parser of a kind, loaded only once the limits hold."""
    gc.disable()  # one file, then the end; cycles are collected between pages
    if kind == "pdf":
        from backoffice.core.scans.child.pdf import read  # noqa: PLC0415 - loads native code: only when confined
    else:
        from backoffice.core.scans.child.images import read  # noqa: PLC0415 - same
    _lower(resource.RLIMIT_NPROC, 0)
    return read


if __name__ == "__main__":
    main()
