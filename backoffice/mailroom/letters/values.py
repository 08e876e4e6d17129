"""Plain values of print runs."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Format(StrEnum):
    """The envelope a letter goes in."""

    WINDOW = "window"  # number 10 with a window, folded in three
    FLAT = "flat"  # 9 by 12 inches, not folded


FOLDED_AT_MOST = 6
"""Sheets that a number 10 envelope takes, folded in three."""

NEAR = {"CA": 0, "US": 1}
"""The carrier's piles: Canada, the United States, then everybody else by country."""


class Way(StrEnum):
    """How a run leaves."""

    POST = "post"
    REGISTERED = "registered"
    COURIER = "courier"


@dataclass(frozen=True)
class Handed:
    """What is typed when the carrier takes a run: how many letters were counted, on which day, how, followed by what."""

    counted: int
    on: date
    way: Way = Way.POST
    tracking: str = ""
    weight_grams: int | None = None


@dataclass(frozen=True)
class ToPrint:
    """A letter on its way into a run, with what decides its place."""

    letter_id: int
    case: str
    country: str
    postal_code: str
    pages: int

    @property
    def format(self) -> Format:
        """Folded in a window envelope as long as it fits."""
        return Format.WINDOW if self.pages <= FOLDED_AT_MOST else Format.FLAT

    @property
    def place(self) -> tuple[str, int, str, str, str, int]:
        """The order of the envelopes: by format, then by the carrier's piles, then along the route; nothing is left to chance."""
        return ("0" if self.format is Format.WINDOW else "1", NEAR.get(self.country, 2), self.country, self.postal_code, self.case, self.letter_id)
