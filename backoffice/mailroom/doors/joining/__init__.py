"""Two PDF files of one-sided passes put together, sheet by sheet, in a bounded process: every parser runs there."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backoffice.core import files
from backoffice.core.scans import confined

SECONDS = 120.0
MEMORY = 1_500 * 1024 * 1024


@dataclass(frozen=True)
class Joined:
    """The two passes as one file, or how many sheets each has when they differ."""

    fronts: int
    backs: int
    path: Path | None


@contextmanager
def joined(fronts: str, backs: str) -> Iterator[Joined | None]:
    """The passes kept under two digests as one file on the disk for a moment; nothing if they cannot be read."""
    with tempfile.TemporaryDirectory(prefix="joining-") as scratch:
        folder = Path(scratch)
        heard: list[confined.Json] = []
        files.fetch(fronts, folder / "fronts")
        files.fetch(backs, folder / "backs")
        request: confined.Json = {"folder": scratch, "memory": MEMORY, "seconds": SECONDS}
        ended = confined.run(request, folder, heard.append, seconds=SECONDS, memory=MEMORY, module=f"{__name__}.child")
        said = next((one for one in heard if "fronts" in one), None)
        if not ended.done or said is None:
            yield None
            return
        whole = folder / "whole.pdf"
        yield Joined(int(str(said["fronts"])), int(str(said["backs"])), whole if whole.is_file() else None)
