"""Read pages in a bounded process, and go on after the page that broke it.

The child says which page it is about to touch before it touches it. When it dies or hangs, that page is lost and a new
child takes the rest.
"""

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backoffice.core.ocr import data
from backoffice.core.ocr.values import OcrLimits, Recognised, Unrecognised, Wanted, Word
from backoffice.core.scans import Refused, confined
from backoffice.core.scans.confined import Ended, Json
from backoffice.core.scans.sniffing import recognise as kind_of

CHILD = "backoffice.core.ocr.child"
_STANDARD = OcrLimits()
_START = 60.0  # seconds of wall clock to start, to load the engine and to open the file
_MOST_WORDS = 20_000
_MOST_TOLD = 8 * 1024 * 1024

Said = Callable[[Recognised | Unrecognised], None]


def recognise(path: Path, wanted: Sequence[Wanted], into: Path, *, name: str = "", said: Said,
              limits: OcrLimits = _STANDARD) -> None:  # fmt: skip
    """Read the words of these pages; each is `said` as soon as it is there, its files in `into`, in the order asked.

    Blocks until all have been said. A page that cannot be read is said too, with its reason.
    """
    into.mkdir(parents=True, exist_ok=True)
    kind = kind_of(path, name or path.name, limits.max_bytes)
    if isinstance(kind, Refused):
        _say_all(wanted, str(kind.reason), said)
    elif not data.languages():
        _say_all(wanted, "no_languages", said)
    else:
        with tempfile.TemporaryDirectory(prefix=".recognising-", dir=into) as scratch:
            _read(_Reading(path, kind[0], Path(scratch), into, list(wanted), said, limits))


def _say_all(wanted: Sequence[Wanted], reason: str, said: Said) -> None:
    for page in wanted:
        said(Unrecognised(page.number, reason))


@dataclass
class _Reading:
    """What is still to be read of a file, over the lives of one or more children."""

    path: Path
    kind: str
    scratch: Path
    into: Path
    waiting: list[Wanted]
    said: Said
    limits: OcrLimits
    refused: str | None = None
    started: float = field(default_factory=time.monotonic)

    def request(self) -> Json:
        """What the next child is asked: the pages not yet had."""
        limits = self.limits
        return {
            "path": str(self.path.resolve()), "kind": self.kind, "into": str(self.scratch),
            "pages": [[page.number, page.turned] for page in self.waiting], "data": str(data.folder().resolve()),
            "languages": list(data.languages()),
            "limits": {"bytes": limits.max_bytes, "seconds_one_page": limits.seconds_one_page, "memory": limits.memory,
                       "pixels": limits.max_pixels, "picture_side": limits.picture_side,
                       "thumbnail_side": limits.thumbnail_side},
        }  # fmt: skip

    def heard(self, told: Json) -> float | None:
        """Take down one line of the child; each page begun gives it more time on the wall clock."""
        match told:
            case {"at": str()}:
                return time.monotonic() - self.started + self.limits.wall_seconds_one_page
            case {"recognised": int(number)} if self._is_next(number):
                self._out(_page(number, self.scratch, self.into) or Unrecognised(number, "damaged"))
            case {"unrecognised": int(number), "reason": str(reason)} if self._is_next(number):
                self._out(Unrecognised(number, reason))
            case {"refused": str(reason)}:
                self.refused = reason
            case _:
                pass
        return None

    def lose(self, reason: str) -> None:
        """Give up the page at which a child ended."""
        self._out(Unrecognised(self.waiting[0].number, reason))

    def _is_next(self, number: int) -> bool:
        return bool(self.waiting) and self.waiting[0].number == number

    def _out(self, page: Recognised | Unrecognised) -> None:
        self.waiting.pop(0)
        self.said(page)


def _read(reading: _Reading) -> None:
    """Run children until every page was said; one that ends early costs the page it was at."""
    for _ in range(reading.limits.max_lost + 1):
        reading.started = time.monotonic()
        ended = confined.run(reading.request(), reading.scratch, reading.heard, seconds=_START,
                             memory=reading.limits.memory, module=CHILD)  # fmt: skip
        if reading.refused:
            return _say_all(reading.waiting, reading.refused, reading.said)
        if not reading.waiting:
            return None
        reading.lose(_reason(ended))
        if not reading.waiting:
            return None
    return _say_all(reading.waiting, "given_up", reading.said)


def _reason(ended: Ended) -> str:
    return "too_costly" if ended.costly else "damaged"


def _page(number: int, scratch: Path, into: Path) -> Recognised | None:
    """A page as the child wrote it down. Only its shape is believed; the names of its files are our own."""
    names = (f"upright-{number:04d}.jpg", f"upright-{number:04d}-small.jpg", f"searchable-{number:04d}.pdf")
    told = _told(scratch / f"page-{number:04d}.json")
    moved = [_moved(scratch / name, into / name) for name in names]
    picture, thumbnail, searchable = moved
    if told is None or picture is None or thumbnail is None or searchable is None:
        return None
    match told:
        case {"text": str(text), "words": list(words), "confidence": int() | None as confidence,
              "language": str(language), "script": str() | None as script, "turned": int(turned),
              "skew": int(skew)} if turned in {0, 90, 180, 270}:  # fmt: skip
            seen = tuple(word for each in words[:_MOST_WORDS] if (word := _word(each)))
            return Recognised(number, text, seen, confidence, language, script, turned, skew,
                              picture, thumbnail, searchable)  # fmt: skip
    return None


def _told(path: Path) -> Json | None:
    with contextlib.suppress(OSError, ValueError):
        if not path.is_symlink() and path.stat().st_size <= _MOST_TOLD:
            told = json.loads(path.read_bytes())
            path.unlink()
            return told if isinstance(told, dict) else None
    return None


def _moved(made: Path, to: Path) -> Path | None:
    if made.is_symlink() or not made.is_file():
        return None
    return Path(shutil.move(made, to))


def _word(told: object) -> Word | None:
    match told:
        case [str(text), int(confidence), int(left), int(top), int(right), int(bottom)]:
            return Word(text, confidence, left, top, right, bottom)
    return None
