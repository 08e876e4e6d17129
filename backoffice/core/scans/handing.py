"""Pages handed over one by one as the bounded process makes them; a file that shows nothing hands over nothing."""

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backoffice.core.scans.confined import Json
from backoffice.core.scans.values import Code, PageImage, Point, Refusal, Refused


@dataclass
class Handing:
    """What was given so far. Empty frames and doubtful white pages wait until a page shows that the file can be read."""

    scratch: Path
    into: Path
    first: int = 1
    opened: Callable[[int, tuple[str, ...]], None] | None = None
    page: Callable[[PageImage], None] | None = None
    given: list[PageImage] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    white: set[int] = field(default_factory=set)  # pages that stayed white although they hold an image: no blank
    _held: list[Json] = field(default_factory=list)

    @property
    def next(self) -> int:
        """The number of the page to be made next."""
        return self.first + len(self.given) + len(self._held)

    def heard(self, said: Json, *, doubtful: bool) -> Refused | None:
        """Take one page as the child told it; pages come in order or not at all."""
        number = self.next
        if said.get("number") != number:
            return Refused(Refusal.DAMAGED, f"page {number} did not come")
        self._held.append(said)
        shows = number not in self.broken and not (doubtful and said.get("blank") is True)
        return self._hand_over() if shows or self.given or self.first > 1 else None

    def nothing_to_show(self, count: int, *, costly: bool) -> Refused | None:
        """A file of which no page can be shown is refused, not filed as empty frames."""
        if not count or self.next <= count:
            return Refused(Refusal.DAMAGED, f"{self.next - 1} of {count} pages")
        if not self._held:
            return None
        if self.broken.issuperset(range(1, count + 1)):
            return Refused(Refusal.TOO_COSTLY if costly else Refusal.DAMAGED, "no page can be shown")
        return Refused(Refusal.DAMAGED, "had to be mended, nothing to show")

    def take_back(self) -> None:
        """Leave nothing of a refused file, unless somebody was given it already."""
        if self.page is None:
            for page in self.given:
                for made in (page.picture, page.thumbnail):
                    made.unlink(missing_ok=True)

    def unreadable(self) -> list[str]:
        """The warnings that name the empty frames."""
        return [f"page_unreadable:{number}" for number in sorted(self.broken)]

    def _hand_over(self) -> Refused | None:
        held, self._held = self._held, []
        for said in held:
            number = self.first + len(self.given)
            page = _page(said, number, self.scratch, self.into, blank=number not in self.white)
            if page is None:
                return Refused(Refusal.DAMAGED, f"no picture of page {number}")
            self.given.append(page)
            if self.page:
                self.page(page)
        return None


def _page(said: Json, number: int, scratch: Path, into: Path, *, blank: bool) -> PageImage | None:
    """A page as the child told it. Only numbers are believed; the names of its files are our own."""
    match said:
        case {"width": int(width), "height": int(height), "blank": bool(empty), "ink": float(ink), "codes": list(codes),
              "dpi": int() | None as dpi, "suffix": "png" | "jpg" as suffix}:  # fmt: skip
            picture = _moved(scratch, into, f"page-{number:04d}.{suffix}")
            thumbnail = _moved(scratch, into, f"page-{number:04d}-small.jpg")
            if picture is None or thumbnail is None:
                return None
            seen = tuple(code for told in codes if (code := _code(told, number)))
            return PageImage(number, width, height, picture, thumbnail, empty and blank, ink, seen, dpi)
    return None


def _moved(scratch: Path, into: Path, name: str) -> Path | None:
    made = scratch / name
    if made.is_symlink() or not made.is_file():
        return None
    return Path(shutil.move(made, into / name))


def _code(told: object, page: int) -> Code | None:
    match told:
        case {"format": str(kind), "text": str(text), "binary": bool(binary), "corners": list(corners)}:
            with contextlib.suppress(TypeError, ValueError):
                points = tuple(Point(int(x), int(y)) for x, y in corners)
                return Code(kind, text, page, points, binary)
    return None
