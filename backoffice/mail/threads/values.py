"""Plain values of threads: what is being written, who is here, whom a bulk message reaches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backoffice.mail.values import NewFile


class Why(StrEnum):
    """Why somebody is among the recipients of a bulk message, or is not."""

    FILTER = "filter"
    LISTED = "listed"
    ENDED = "ended"
    UNKNOWN = "unknown"
    TWICE = "twice"


@dataclass(frozen=True)
class Writing:
    """A reply as it stands in the composer."""

    subject: str
    body: str


@dataclass(frozen=True)
class Choice:
    """How recipients were chosen: by the filters of the queue, in words and as an address, or by a list of numbers."""

    words: Sequence[str] = ()
    address: str = ""
    numbers: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """What is kept with the bulk message."""
        return {"words": list(self.words), "address": self.address, "numbers": len(self.numbers)}


@dataclass(frozen=True)
class BulkText:
    """What each is told, in French, and in English for those who write to us in English."""

    subject_fr: str
    body_fr: str
    subject_en: str
    body_en: str


@dataclass(frozen=True)
class Here:
    """Somebody else who has a case open now."""

    name: str
    writes: bool


def file_to_json(file: NewFile) -> dict[str, Any]:
    """A file of a draft as it is kept."""
    return {"kind": file.kind, "filename": file.filename, "media_type": file.media_type, "size": file.size, "sha256": file.sha256}


def file_from_json(kept: dict[str, Any]) -> NewFile:
    """Read back what ``file_to_json`` wrote."""
    return NewFile(str(kept["kind"]), str(kept["filename"]), str(kept["media_type"]), int(kept["size"]), str(kept["sha256"]))


@dataclass(frozen=True)
class Reply:
    """A whole reply, ready to leave."""

    subject: str
    body: str
    files: Sequence[NewFile] = ()
    paragraphs: Sequence[dict[str, Any]] = field(default=())
