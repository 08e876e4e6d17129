"""The bounded process: takes its limits first, then loads parsers and engine, then reads the pages it was asked about."""

import gc
import os
import resource
import sys

from backoffice.core.ocr.child.asking import Request, asked
from backoffice.core.scans.child import bounds
from backoffice.core.scans.child.errors import RefusedError
from backoffice.core.scans.child.talk import Line
from backoffice.core.scans.values import Refusal

_ROOM_FOR_PICTURES = 64 * 1024 * 1024


def main() -> None:
    """Read the pages asked for; say each as it is there, or why the file is refused."""
    request = asked(sys.stdin.buffer.readline())
    line = Line(bounds.own_output())
    bounds.confine(memory=request.memory, seconds=request.seconds_one_page * (len(request.pages) + 1),
                   written=request.max_bytes + _ROOM_FOR_PICTURES)  # fmt: skip
    try:
        _read(request, line)
    except RefusedError as stop:
        line.say(refused=stop.reason)
    except MemoryError:
        line.say(refused=Refusal.TOO_COSTLY)
    except Exception:  # noqa: BLE001 - a parser may raise anything; its text may quote the file
        line.say(refused=Refusal.DAMAGED)
    line.say(done=True)
    os._exit(0)  # no destructor of a library gets a last word


def _read(request: Request, line: Line) -> None:
    """Load what reads the file, only once the limits hold."""
    gc.disable()  # one file, then the end; cycles are collected between pages
    from backoffice.core.ocr.child.pages import read  # noqa: PLC0415 - loads native code: only when confined

    bounds.lower(resource.RLIMIT_NPROC, 0)
    read(request, line)


if __name__ == "__main__":
    main()
