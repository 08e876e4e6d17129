"""The bounded process that interleaves two PDF files: it takes its limits first, then loads the library."""

import json
import os
import sys
from pathlib import Path

from backoffice.core.scans.child import bounds
from backoffice.core.scans.child.talk import Line
from backoffice.mailroom.doors.rules import interleave

WRITTEN = 1_100 * 1024 * 1024


def main() -> None:
    """Say how many pages each file has; write them as one where the numbers agree."""
    request = json.loads(sys.stdin.buffer.readline())
    line = Line(bounds.own_output())
    bounds.confine(memory=request["memory"], seconds=request["seconds"], written=WRITTEN)
    try:
        line.say(**_join(Path(request["folder"])))
    except Exception as error:  # noqa: BLE001 - a parser may raise anything
        line.say(failed=type(error).__name__)
    line.say(done=True)
    os._exit(0)


def _join(folder: Path) -> dict[str, int]:
    import pikepdf  # noqa: PLC0415 - loads native code: only when confined

    with pikepdf.open(folder / "fronts") as fronts, pikepdf.open(folder / "backs") as backs, pikepdf.new() as whole:
        counts = {"fronts": len(fronts.pages), "backs": len(backs.pages)}
        if counts["fronts"] == counts["backs"]:
            whole.pages.extend(interleave(list(fronts.pages), list(backs.pages)))
            whole.save(folder / "writing", deterministic_id=True)
            (folder / "writing").rename(folder / "whole.pdf")
        return counts


if __name__ == "__main__":
    main()
