"""Open a received file in its bounded process, and go on after the page that broke it.

The child says what it is about to touch before it touches it. When it dies, that part is left out and a new child takes
the rest: one bad page costs one page, not the file.
"""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from backoffice.core.scans import confined
from backoffice.core.scans.confined import Ended, Json
from backoffice.core.scans.sniffing import ACCEPTED, recognise
from backoffice.core.scans.values import Code, Inspected, Limits, Opened, PageImage, Point, Refusal, Refused

_MOST_RESTARTS = 4
_STANDARD = Limits()


def open_file(path: Path, into: Path, *, name: str = "", limits: Limits = _STANDARD) -> Opened | Refused:
    """The pages of a received file as pictures in `into`, with the codes on them, or why it is refused.

    Blocks until the file is read; a refused file leaves nothing in `into`.
    """
    kind = recognise(path, name or path.name, limits.max_bytes)
    if isinstance(kind, Refused):
        return kind
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=into) as scratch:
        reading = _Reading(path, kind[0], Path(scratch), limits, pictures=True)
        refused = _read(reading) or _nothing_readable(reading)
        return refused or _opened(reading, into, kind[1])


def inspect(path: Path, *, name: str = "", limits: Limits = _STANDARD) -> Inspected | Refused:
    """What a file is, how many pages it has and what to beware of, without its pictures."""
    kind = recognise(path, name or path.name, limits.max_bytes)
    if isinstance(kind, Refused):
        return kind
    with tempfile.TemporaryDirectory(prefix="reading-") as scratch:
        reading = _Reading(path, kind[0], Path(scratch), limits, pictures=False)
        refused = _read(reading)
        return refused or Inspected(ACCEPTED[kind[0]], reading.count, _once(kind[1], reading.warnings))


@dataclass
class _Reading:
    """What has been heard of a file so far, over the lives of one or more children."""

    path: Path
    kind: str
    scratch: Path
    limits: Limits
    pictures: bool
    count: int = 0
    warnings: list[str] = field(default_factory=list)
    pages: dict[int, Json] = field(default_factory=dict)
    unreadable: dict[int, bool] = field(default_factory=dict)  # page number -> whether time or memory was the reason
    at: str = ""
    structure: bool = True
    refused: Refused | None = None

    def request(self) -> Json:
        """What the next child is asked: the pages not yet had, and those not to touch again."""
        limits = self.limits
        return {
            "path": str(self.path.resolve()), "kind": self.kind, "into": str(self.scratch), "pictures": self.pictures,
            "structure": self.structure, "start": len(self.pages) + 1, "unreadable": list(self.unreadable),
            "limits": {"bytes": limits.max_bytes, "pages": limits.max_pages, "seconds": limits.seconds,
                       "seconds_per_page": limits.seconds_per_page, "seconds_one_page": limits.seconds_one_page,
                       "memory": limits.memory, "pixels": limits.max_pixels, "picture_side": limits.picture_side,
                       "thumbnail_side": limits.thumbnail_side},
        }  # fmt: skip

    def heard(self, said: Json) -> float | None:
        """Take down one line of the child; the number of pages gives it its time."""
        match said:
            case {"at": str(at)}:
                self.at = at
            case {"document": {"pages": int(count), "warnings": list(warnings)}}:
                self.count = min(count, self.limits.max_pages)
                self.warnings += [str(warning) for warning in warnings]
                return self.limits.seconds + self.limits.seconds_per_page * self.count
            case {"page": dict(page)} if isinstance(number := page.get("number"), int):
                self.pages[number] = page
            case {"unreadable": int(number), "costly": bool(costly)}:
                self.unreadable[number] = costly
            case {"warning": str(warning)}:
                self.warnings.append(warning)
            case {"refused": str(reason), "detail": str(detail)} if reason in list(Refusal):
                self.refused = Refused(Refusal(reason), detail[:200])
            case _:
                pass
        return None


def _read(reading: _Reading) -> Refused | None:
    """Run children until every page was had or given up, at most a few."""
    for _ in range(_MOST_RESTARTS + 1):
        ended = confined.run(reading.request(), reading.scratch, reading.heard,
                             seconds=reading.limits.seconds, memory=reading.limits.memory)  # fmt: skip
        if reading.refused or ended.done:
            return reading.refused
        if refused := _left_out(reading, ended):
            return refused
    return Refused(Refusal.DAMAGED, f"gave up after {_MOST_RESTARTS} restarts at {reading.at}")


def _left_out(reading: _Reading, ended: Ended) -> Refused | None:
    """Leave out what the child died of, if the file can go on without it."""
    reason = Refusal.TOO_COSTLY if ended.costly else Refusal.DAMAGED
    where = Refused(reason, f"{ended.how} at {reading.at or 'start'}")
    if ended.overran:
        return where
    if reading.at == "structure" and reading.structure:
        reading.structure = False
        reading.warnings.append("structure_unread")
        return None
    if reading.at.isdecimal() and reading.count and int(reading.at) not in reading.unreadable:
        if reading.count == 1:
            return where
        reading.unreadable[int(reading.at)] = ended.costly
        return None
    return where


def _nothing_readable(reading: _Reading) -> Refused | None:
    """A file of which no page can be shown is refused, not filed as empty frames."""
    if len(reading.pages) != reading.count or not reading.count:
        return Refused(Refusal.DAMAGED, f"{len(reading.pages)} of {reading.count} pages")
    if len(reading.unreadable) < reading.count:
        blank = all(page.get("blank") is True for page in reading.pages.values())
        unread = blank and "structure_unread" in reading.warnings
        return Refused(Refusal.DAMAGED, "structure cannot be read, nothing to show") if unread else None
    costly = any(reading.unreadable.values())
    return Refused(Refusal.TOO_COSTLY if costly else Refusal.DAMAGED, "no page can be shown")


def _opened(reading: _Reading, into: Path, named: tuple[str, ...]) -> Opened | Refused:
    pages = []
    for number in range(1, reading.count + 1):
        page = _page(reading.pages[number], number, reading.scratch, into)
        if page is None:
            return Refused(Refusal.DAMAGED, f"no picture of page {number}")
        pages.append(page)
    unreadable = [f"page_unreadable:{number}" for number in sorted(reading.unreadable)]
    return Opened(ACCEPTED[reading.kind], tuple(pages), _once(named, reading.warnings, unreadable))


def _page(said: Json, number: int, scratch: Path, into: Path) -> PageImage | None:
    """A page as the child told it. Only numbers are believed; the names of its files are our own."""
    match said:
        case {"width": int(width), "height": int(height), "blank": bool(blank), "ink": float(ink),
              "codes": list(codes), "suffix": "png" | "jpg" as suffix}:  # fmt: skip
            picture = _moved(scratch, into, f"page-{number:04d}.{suffix}")
            thumbnail = _moved(scratch, into, f"page-{number:04d}-small.jpg")
            if picture is None or thumbnail is None:
                return None
            seen = tuple(code for told in codes if (code := _code(told, number)))
            return PageImage(number, width, height, picture, thumbnail, blank, ink, seen)
    return None


def _moved(scratch: Path, into: Path, name: str) -> Path | None:
    made = scratch / name
    if made.is_symlink() or not made.is_file():
        return None
    return Path(shutil.move(made, into / name))


def _code(told: object, page: int) -> Code | None:
    match told:
        case {"format": str(kind), "text": str(text), "binary": bool(binary), "corners": list(corners)}:
            points = tuple(Point(x, y) for x, y in (tuple(corner) for corner in corners))
            return Code(kind, text, page, points, binary)
    return None


def _once(*lists: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(warning for each in lists for warning in each))
