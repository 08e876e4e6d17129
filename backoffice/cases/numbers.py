"""File numbers and individual reference numbers, with a check digit against slips of the hand.

A file number is ``AANNNNNN-C``: two digits of the year, a serial of six, and a Luhn check digit over the eight. A
person's reference (NRI) is ``NNNNNNN-C`` and stays with the person from one application to the next. Neither is a
secret, and neither is ever used to sign in.
"""

import re
from typing import Final

SERIALS: Final = 1_000_000
"""File numbers in a year."""
_NRI_SERIALS: Final = 10_000_000
_CASE: Final = re.compile(r"([0-9]{8})-([0-9])")
_SEPARATORS: Final = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212._/]+")
_DIGITS: Final = re.compile(r"([0-9]{8})([0-9])")


def check_digit(digits: str) -> str:
    """Compute the Luhn check digit of a run of digits."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def case_number(year: int, serial: int) -> str:
    """Write a file number from its year of opening and its serial in that year."""
    if not 0 <= serial < SERIALS:
        raise ValueError("a serial has six digits")
    digits = f"{year % 100:02d}{serial:06d}"
    return f"{digits}-{check_digit(digits)}"


def is_case_number(text: str) -> bool:
    """Whether a text is a file number, written as it should be."""
    match = _CASE.fullmatch(text)
    return match is not None and check_digit(match[1]) == match[2]


def normalise(text: str) -> str | None:
    """Read a file number as people type it, without dash or with spaces; ``None`` when it is none."""
    match = _DIGITS.fullmatch(_SEPARATORS.sub("", text))
    if match is None or check_digit(match[1]) != match[2]:
        return None
    return f"{match[1]}-{match[2]}"


def nri(serial: int) -> str:
    """Write an individual reference number."""
    if not 0 <= serial < _NRI_SERIALS:
        raise ValueError("a serial has seven digits")
    digits = f"{serial:07d}"
    return f"{digits}-{check_digit(digits)}"
