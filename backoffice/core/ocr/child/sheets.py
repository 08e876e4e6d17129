"""A page as the file shows it, before anything is turned: its grey picture for the engine, and what else it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pikepdf
from PIL import Image

from backoffice.core.ocr.child.layout import Reading


@dataclass(frozen=True)
class Original:
    """The picture's own bytes, as they can go into a PDF unchanged, and how they are turned to be as shown.

    `orientation` is one of the eight ways of TIFF and EXIF, 1 being as it lies.
    """

    place: Callable[[pikepdf.Pdf], pikepdf.Stream]
    orientation: int = 1


@dataclass
class Sheet:
    """One page: `grey` at full resolution within bounds, `shown` in its colours and no larger than it must be."""

    grey: Image.Image
    shown: Callable[[], Image.Image]
    dpi: float
    size: tuple[float, float]
    original: Original | None = None
    written: Reading | None = field(default=None)


@dataclass(frozen=True)
class File:
    """An opened file: how many pages it has, and each of them."""

    count: int
    sheet: Callable[[int], Sheet]

    def page(self, number: int) -> Sheet:
        """One page, EOFError where there is none of that number."""
        if not 1 <= number <= self.count:
            raise EOFError(number)
        return self.sheet(number)
