"""Plain values of messages."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """From us, or from the applicant."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True)
class LetterSource:
    """What a letter was printed from, so that paper is printed again quickly; and the characters that no font here has."""

    sha256: str
    edition: str
    missing: str
    pages: int


@dataclass(frozen=True)
class NewFile:
    """A file to attach: its bytes are in the store already."""

    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
    source: LetterSource | None = None  # of a letter
