"""Open a received file in its bounded process, and go on after the page that broke it.

The child says what it is about to touch before it touches it. When it dies, that part is left out and a new child takes
the rest: one bad page costs one page, not the file.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backoffice.core.scans import confined
from backoffice.core.scans.confined import Ended, Json
from backoffice.core.scans.handing import Handing
from backoffice.core.scans.sniffing import ACCEPTED, recognise
from backoffice.core.scans.values import Inspected, Limits, Opened, PageImage, Refusal, Refused

MENDED = frozenset({"repaired", "structure_unread"})
"""A white page of a file that had to be mended may have lost what it showed."""

_MOST_RESTARTS = 4
_STANDARD = Limits()


def open_file(path: Path, into: Path, *, name: str = "", limits: Limits = _STANDARD, start: int = 1,
              opened: Callable[[int, tuple[str, ...]], None] | None = None,
              page: Callable[[PageImage], None] | None = None) -> Opened | Refused:  # fmt: skip
    """The pages of a received file as pictures in `into`, with the codes on them, or why it is refused.

    Blocks until the file is read. Meanwhile `opened` hears the number of pages and what to beware of, then `page` each
    page as it is ready, from page `start` on (those before it were had in an earlier life). A file that shows nothing is
    refused before `page` hears of it; one that overruns later leaves to `page` what it was given. Without `page`, a
    refused file leaves nothing in `into`.
    """
    kind = recognise(path, name or path.name, limits.max_bytes)
    if isinstance(kind, Refused):
        return kind
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=into) as scratch:
        handing = Handing(Path(scratch), into, first=max(1, start), opened=opened, page=page)
        reading = _Reading(path, kind[0], Path(scratch), limits, handing, list(kind[1]))
        refused = _read(reading) or handing.nothing_to_show(reading.count, costly=reading.costly)
        if refused:
            handing.take_back()
            return refused
        return Opened(ACCEPTED[kind[0]], tuple(handing.given), _once(reading.warnings, handing.unreadable()))


def inspect(path: Path, *, name: str = "", limits: Limits = _STANDARD) -> Inspected | Refused:
    """What a file is, how many pages it has and what to beware of, without its pictures."""
    kind = recognise(path, name or path.name, limits.max_bytes)
    if isinstance(kind, Refused):
        return kind
    with tempfile.TemporaryDirectory(prefix="reading-") as scratch:
        reading = _Reading(path, kind[0], Path(scratch), limits, None, list(kind[1]))
        refused = _read(reading)
        return refused or Inspected(ACCEPTED[kind[0]], reading.count, _once(reading.warnings))


@dataclass
class _Reading:
    """What has been heard of a file so far, over the lives of one or more children."""

    path: Path
    kind: str
    scratch: Path
    limits: Limits
    handing: Handing | None  # without it, no picture is wanted
    warnings: list[str]
    count: int = 0
    at: str = ""
    structure: bool = True
    costly: bool = False  # whether a page asked for more time or memory than it may have
    broken: set[int] = field(default_factory=set)
    refused: Refused | None = None

    def request(self) -> Json:
        """What the next child is asked: the pages not yet had, and those not to touch again."""
        limits = self.limits
        return {
            "path": str(self.path.resolve()), "kind": self.kind, "into": str(self.scratch), "structure": self.structure,
            "pictures": self.handing is not None, "start": self.handing.next if self.handing else 1, "unreadable": list(self.broken),
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
                return self._found(min(count, self.limits.max_pages), [str(warning) for warning in warnings])
            case {"page": dict(page)} if self.handing and not self.refused:
                self.refused = self.handing.heard(page, doubtful=not MENDED.isdisjoint(self.warnings))
            case {"unreadable": int(number), "costly": bool(costly)}:
                self.leave_out(number, costly=costly)
            case {"warning": str(warning)}:
                self._beware(warning)
            case {"refused": str(reason), "detail": str(detail)} if reason in list(Refusal):
                self.refused = Refused(Refusal(reason), detail[:200])
            case _:
                pass
        return None

    def leave_out(self, number: int, *, costly: bool) -> None:
        """Note a page that cannot be read."""
        self.broken.add(number)
        self.costly |= costly
        if self.handing:
            self.handing.broken.add(number)

    def _found(self, count: int, warnings: list[str]) -> float:
        first, self.count = not self.count, count
        self.warnings += warnings
        if first and self.handing and self.handing.opened:
            self.handing.opened(count, _once(self.warnings))
        return self.limits.seconds + self.limits.seconds_per_page * count

    def _beware(self, warning: str) -> None:
        self.warnings.append(warning)
        key, _, number = warning.partition(":")
        if self.handing and key == "image_shows_nothing" and number.isdecimal():
            self.handing.white.add(int(number))


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
    if reading.at.isdecimal() and reading.count and int(reading.at) not in reading.broken:
        if reading.count == 1:
            return where
        reading.leave_out(int(reading.at), costly=ended.costly)
        return None
    return where


def _once(*lists: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(warning for each in lists for warning in each))
