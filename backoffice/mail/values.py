"""Plain values of messages."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """From us, or from the applicant."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True)
class NewFile:
    """A file to attach: its bytes are in the store already."""

    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
