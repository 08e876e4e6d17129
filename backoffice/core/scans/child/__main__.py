"""The bounded process: takes its limits first, then loads the parsers, then reads the one file it was asked about."""

import gc
import os
import resource
import sys
from collections.abc import Callable

from backoffice.core.scans.child import bounds
from backoffice.core.scans.child.errors import RefusedError
from backoffice.core.scans.child.talk import Line, Request, asked
from backoffice.core.scans.values import Refusal

_ROOM_FOR_PICTURES = 64 * 1024 * 1024


def main() -> None:
    """Read one file; say what was seen, or why it is refused."""
    request = asked(sys.stdin.buffer.readline())
    line = Line(bounds.own_output())
    whole = request.seconds + request.seconds_per_page * request.max_pages
    bounds.confine(memory=request.memory, seconds=whole, written=request.max_bytes + _ROOM_FOR_PICTURES)
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


def _reader(kind: str) -> Callable[[Request, Line], None]:
    """The parser of a kind, loaded only once the limits hold."""
    gc.disable()  # one file, then the end; cycles are collected between pages
    if kind == "pdf":
        from backoffice.core.scans.child.pdf import read  # noqa: PLC0415 - loads native code: only when confined
    else:
        from backoffice.core.scans.child.images import read  # noqa: PLC0415 - same
    bounds.lower(resource.RLIMIT_NPROC, 0)
    return read


if __name__ == "__main__":
    main()
