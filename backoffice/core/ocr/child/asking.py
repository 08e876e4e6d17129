"""What the parent asked of this child."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """The pages of a file this child is to read: their numbers, and how a person said each is turned."""

    path: Path
    kind: str
    into: Path
    pages: tuple[tuple[int, int | None], ...]
    data: Path
    languages: frozenset[str]
    max_bytes: int
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
        Path(said["path"]), said["kind"], Path(said["into"]), tuple((number, turned) for number, turned in said["pages"]),
        Path(said["data"]), frozenset(said["languages"]), limits["bytes"], limits["seconds_one_page"], limits["memory"],
        limits["pixels"], limits["picture_side"], limits["thumbnail_side"],
    )  # fmt: skip
