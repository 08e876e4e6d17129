"""The address in the window of the envelope, in millimetres.

A number 10 envelope of Canada is 241 mm wide and 104.8 mm high; its window, 114.3 by 28.6 mm, begins 22.2 mm from the left
and 12.7 mm above the lower edge. The letter is folded at 99 and 198 mm (marked in the margin), so it may slip by 5.8 mm up and
down and by 25 mm sideways. What is always seen, however it slips, is from 63.5 to 86.3 mm below the upper edge of the sheet
and from 22.2 to 111.3 mm from its left edge; what may be seen is from 57.7 to 92.1 mm and up to 136.5 mm. The address stands
inside the first, nothing else of the letter inside the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

SEEN = (63.5, 86.3, 22.2, 111.3)
"""Always in the window: from, to below the upper edge; from, to from the left edge."""

PERHAPS_SEEN = (57.7, 92.1, 0.0, 136.5)
"""Perhaps in the window: nothing but the address stands there."""

SIZES = (("", 5, 44), ("six", 6, 50), ("many", 7, 56))
"""Sizes of letters: how many lines fit, and how many letters a line takes whatever they are."""


@dataclass(frozen=True)
class Window:
    """What stands in the window, line by line, and how large."""

    text: str
    size: str


def window(name: str, lines: Sequence[str]) -> Window:
    """Set the largest letters that fit; an address of too many lines has its middle lines run together, nothing is left out."""
    whole = [name, *lines]
    for size, rows, letters in SIZES:
        if _rows(whole, letters) <= rows:
            return Window("\n".join(whole), size)
    size, rows, letters = SIZES[-1]
    while len(whole) > 3 and _rows(whole, letters) > rows:
        at = min(range(1, len(whole) - 2), key=lambda place: len(whole[place]) + len(whole[place + 1]))
        whole[at : at + 2] = [f"{whole[at]}, {whole[at + 1]}"]
    return Window("\n".join(whole), size if _rows(whole, letters) <= rows else "most")


def _rows(lines: Sequence[str], letters: int) -> int:
    return sum(max(1, ceil(len(line) / letters)) for line in lines)
