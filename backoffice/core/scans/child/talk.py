"""What is said to the parent, in lines of JSON, and what it asked."""

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """The part of a file this child is to read."""

    path: Path
    kind: str
    into: Path
    pictures: bool
    structure: bool
    start: int
    unreadable: frozenset[int]
    max_bytes: int
    max_pages: int
    seconds: float
    seconds_per_page: float
    seconds_one_page: float
    memory: int
    max_pixels: int
    picture_side: int
    thumbnail_side: int


def asked(line: bytes) -> Request:
    """The request as the parent wrote it."""
    said = json.loads(line)
    limits = said["limits"]
    return Request(
        Path(said["path"]), said["kind"], Path(said["into"]), said["pictures"], said["structure"], said["start"],
        frozenset(said["unreadable"]), limits["bytes"], limits["pages"], limits["seconds"], limits["seconds_per_page"],
        limits["seconds_one_page"], limits["memory"], limits["pixels"], limits["picture_side"],
        limits["thumbnail_side"],
    )  # fmt: skip


class Line:
    """The line to the parent."""

    def __init__(self, descriptor: int) -> None:
        """Speak on this descriptor."""
        self._descriptor = descriptor

    def say(self, **said: object) -> None:
        """Say one thing, now: the next thing may kill us."""
        line = json.dumps(said).encode() + b"\n"
        while line:
            line = line[os.write(self._descriptor, line) :]

    def begin(self, what: str, seconds: float) -> None:
        """Say what is touched next, and be killed if it takes more processor time than that."""
        self.say(at=what)
        signal.setitimer(signal.ITIMER_PROF, seconds)
