"""What opening a received file gives back: plain values, with nothing of the libraries that read it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

NO_ANTIVIRUS = "not_configured"


class Refusal(StrEnum):
    """Why a file cannot be taken as pages; the original is kept for the operator all the same."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_READABLE = "not_readable"  # no known kind of file, or nothing of it can be opened
    WRONG_TYPE = "wrong_type"  # it says one kind and holds another: HTML named .pdf
    UNSUPPORTED = "unsupported"  # a known kind, but not one that is accepted
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_COSTLY = "too_costly"  # it asked for more time or memory than a file may have
    MALWARE_PATTERN = "malware_pattern"


@dataclass(frozen=True)
class Limits:
    """What one file may cost. Time is the processor's, except for the whole, which also has a wall clock."""

    max_bytes: int = 512 * 1024 * 1024  # five hundred pages in grey, as a scanner writes them
    max_pages: int = 500
    seconds: float = 60.0
    seconds_per_page: float = 2.0
    seconds_one_page: float = 15.0
    memory: int = 1_500 * 1024 * 1024
    max_pixels: int = 150_000_000
    picture_side: int = 2_000
    thumbnail_side: int = 200


@dataclass(frozen=True)
class Point:
    """A place on the page picture, in thousandths of its width and height from the top left corner."""

    x: int
    y: int


@dataclass(frozen=True)
class Code:
    """A machine-readable code seen on a page. A `binary` payload is given in hexadecimal."""

    format: str
    text: str
    page: int
    corners: tuple[Point, ...] = ()
    binary: bool = False


@dataclass(frozen=True)
class PageImage:
    """One page as it is shown: upright as the file says, bounded in size, with what was measured on it."""

    number: int
    width: int
    height: int
    picture: Path
    thumbnail: Path
    blank: bool
    ink: float
    codes: tuple[Code, ...]
    dpi: int | None = None  # what it was scanned at; None where the file does not say


@dataclass(frozen=True)
class Opened:
    """A file that could be read, page by page; read from a later page on, it holds that page and those after it."""

    media_type: str
    pages: tuple[PageImage, ...]
    warnings: tuple[str, ...]
    antivirus: str = NO_ANTIVIRUS


@dataclass(frozen=True)
class Inspected:
    """A file that could be read, without its pictures."""

    media_type: str
    page_count: int
    warnings: tuple[str, ...]
    antivirus: str = NO_ANTIVIRUS


@dataclass(frozen=True)
class Refused:
    """A file that was not taken, and the technical reason; `detail` never quotes the file."""

    reason: Refusal
    detail: str
