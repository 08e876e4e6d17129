"""Pure rules of opening: numbers with their check digits, which days are odd, the order of slips."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from backoffice.cases.numbers import check_digit
from backoffice.mailroom.opening.values import Place, SlipNumber

OLD: Final = timedelta(days=30)
"""A stamp older than this is more often a slip of the hand than a forgotten bag: it is asked twice."""

SERIALS: Final = 1_000_000
"""Numbers of a series in a year."""

_SPACES = re.compile(r"[\s\u00ad\u2010-\u2015\u2212._/-]+")
_SLIP = re.compile(r"K?([0-9]{4})([0-9]{6})([0-9])", re.IGNORECASE)


def is_old(delivered_on: date, today: date) -> bool:
    """Whether the clerk is asked to confirm this day."""
    return today - delivered_on > OLD


def piece_number(year: int, serial: int) -> str:
    """The control number of a piece, for instance P-2016-000123-8."""
    return _numbered("P", year, serial)


def slip_number(year: int, serial: int) -> str:
    """The number of a receipt slip printed beforehand, for instance K-2016-000123-8."""
    return _numbered("K", year, serial)


def deposit_number(year: int, serial: int) -> str:
    """The number of a deposit slip, for instance BD-2016-0012."""
    return f"BD-{year}-{serial:04d}"


def read_slip(text: str) -> SlipNumber | None:
    """Read a slip's number as people type it; nothing when it is none, or when its check digit is wrong."""
    found = _SLIP.fullmatch(_SPACES.sub("", text))
    if found is None or check_digit(found[1] + found[2]) != found[3]:
        return None
    return SlipNumber(int(found[1]), int(found[2]))


def against_order(serial: int, received_on: date, entered: Iterable[Place]) -> Place | None:
    """The slip of the same kit that contradicts this day: slips are handed out by number, so a lower number has no later day."""
    for one in entered:
        earlier, later = one.serial < serial, one.serial > serial
        if (earlier and one.received_on > received_on) or (later and one.received_on < received_on):
            return one
    return None


def _numbered(letter: str, year: int, serial: int) -> str:
    if not 0 < serial < SERIALS:
        raise ValueError("a serial has six digits")
    digits = f"{year:04d}{serial:06d}"
    return f"{letter}-{year:04d}-{serial:06d}-{check_digit(digits)}"
