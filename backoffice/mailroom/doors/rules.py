"""Pure rules of the doors: names, orders, and two one-sided passes put together."""

import re
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

T = TypeVar("T")

_BATCH = re.compile(r"L-\d{4}-\d{5,7}", re.IGNORECASE)
_ENVELOPE = re.compile(r"E-\d{4}-\d{5,7}", re.IGNORECASE)
_A_DAY = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
UNFINISHED = frozenset({".part", ".tmp", ".filepart", ".crdownload", ".partial", ".download"})
"""How programs name what they still write."""


def is_finished_name(name: str) -> bool:
    """Whether a file's name says that its writer is done with it."""
    return not name.startswith((".", "~$")) and not any(name.lower().endswith(ending) for ending in UNFINISHED)


def in_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """The order in which a person reads names: lot2 comes before lot10."""
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", name) if part)


def folder_home(name: str) -> tuple[str | None, str | None]:
    """The envelope, or the batch, that a folder is named after."""
    upper = name.strip().upper()
    return (upper if _ENVELOPE.fullmatch(upper) else None, upper if _BATCH.fullmatch(upper) else None)


def day_in_name(name: str) -> date | None:
    """The day that a file's name speaks of, if there is such a day."""
    if found := _A_DAY.search(name):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
    return None


def interleave(fronts: Sequence[T], backs: Sequence[T]) -> list[T]:
    """Two one-sided passes as one stack: the pile was turned over, so its last sheet's back came first.

    Both passes have the same number of sheets; otherwise nobody knows which back is missing.
    """
    return [side for front, back in zip(fronts, reversed(backs), strict=True) for side in (front, back)]
