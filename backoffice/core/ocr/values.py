"""What recognition is asked and what it gives back: plain values, with nothing of the engine that read the page."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    """A page to be read: found upright by the machine, or turned clockwise as a person said (0, 90, 180, 270)."""

    number: int
    turned: int | None = None


@dataclass(frozen=True)
class OcrLimits:
    """What reading the words of a file may cost. Time is the processor's, except for the wall clock of a page."""

    max_bytes: int = 100 * 1024 * 1024
    seconds_one_page: float = 60.0
    wall_seconds_one_page: float = 300.0
    memory: int = 1_200 * 1024 * 1024
    max_pixels: int = 150_000_000
    max_lost: int = 8  # pages that cost a process, before the rest is given up
    picture_side: int = 2_000
    thumbnail_side: int = 200


@dataclass(frozen=True)
class Word:
    """One word and where it stands, in thousandths of the upright picture's width and height from the top left."""

    text: str
    confidence: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Recognised:
    """One page, read: its words, how sure the machine is, and its upright pictures.

    `confidence` is None where nothing was read; 100 where the file itself held the text. `language` is empty where it is
    not known. `script` is the writing seen (Latin, Arabic, Hebrew …); where it is one that cannot be read here, the text
    is empty: nothing is better than Latin letters that were never on the paper. `turned` is the clockwise turn, `skew`
    the clockwise turn in tenths of a degree, that made the page upright.
    """

    number: int
    text: str
    words: tuple[Word, ...]
    confidence: int | None
    language: str
    script: str | None
    turned: int
    skew: int
    picture: Path
    thumbnail: Path
    searchable: Path


@dataclass(frozen=True)
class Unrecognised:
    """One page that was not read, and why as a key.

    `no_languages` (no language data is installed), `too_costly`, `damaged`, `no_such_page`, `given_up` (too many pages
    of this file were lost before it), or the key of a refused file as `core.scans` names it.
    """

    number: int
    reason: str
