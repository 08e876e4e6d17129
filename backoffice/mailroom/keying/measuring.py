"""How many envelopes are keyed twice: the draw, the errors that the pairs show, and the rate that they call for. Pure.

**The draw.** An envelope's lot is a keyed digest (HMAC-SHA-256) of its number: the same each time it is asked, and nobody
without the installation's secret can tell it beforehand.

**The measure.** A pair of which the truth is known (both said the same, or a third look settled it) is two keyings; those
that are not the truth are errors. The interval is Wilson's. Two clerks who make the very same slip are not seen.

**The rate.** An error that is not keyed twice is filed. If a keying is wrong at most `high` times (the upper bound), filing a
share `1 - r` of the envelopes on one keying leaves at most `high × (1 - r)` wrong fields: the rate advised is the smallest
that keeps this under the tolerance, by steps of five, never below the floor, and everything until there are enough pairs.
"""

import hashlib
import hmac
import math
from collections.abc import Iterable, Mapping

from backoffice.mailroom.keying.comparing import same
from backoffice.mailroom.keying.values import Advice, Critical, Measured, Resolved

EVERYTHING = 100
FLOOR = 10
"""At least one envelope in ten is always keyed twice: without pairs, nothing is measured."""
ENOUGH = 300
"""Pairs before anything but everything is keyed twice."""
TOLERANCE = 0.002
"""Two wrong critical fields in a thousand, at most, may be filed unseen."""
STEP = 5

_Z = 1.959964
_WHOLE = 1 << 64


def lot(secret: bytes, number: str) -> float:
    """The lot of an envelope, from 0 to just under 100."""
    digest = hmac.new(secret, b"keyed twice\n" + number.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") * 100 / _WHOLE


def drawn(secret: bytes, number: str, percents: Mapping[Critical, int]) -> set[Critical]:
    """The groups of an envelope that are keyed twice: those whose rate is above its lot."""
    mine = lot(secret, number)
    return {critical for critical in Critical if mine < percents.get(critical, EVERYTHING)}


def measure(pairs: Iterable[Resolved]) -> Measured:
    """The error of a single keying, from pairs of which the truth is known."""
    count = errors = 0
    for pair in pairs:
        count += 1
        errors += sum(not same(pair.critical, said, pair.truth) for said in (pair.first, pair.second))
    low, high = wilson(errors, 2 * count)
    return Measured(count, 2 * count, errors, low, high)


def by_hand(pairs: Iterable[Resolved]) -> dict[int, Measured]:
    """The same for each account that keyed."""
    seen: dict[int, list[bool]] = {}
    for pair in pairs:
        for who, said in ((pair.first_by, pair.first), (pair.second_by, pair.second)):
            seen.setdefault(who, []).append(not same(pair.critical, said, pair.truth))
    return {who: Measured(len(wrong), len(wrong), sum(wrong), *wilson(sum(wrong), len(wrong))) for who, wrong in seen.items()}


def wilson(errors: int, keyings: int) -> tuple[float, float]:
    """The interval that holds the true rate 95 times in 100; everything when nothing is known."""
    if not keyings:
        return 0.0, 1.0
    rate, square = errors / keyings, _Z * _Z
    middle = rate + square / (2 * keyings)
    spread = _Z * math.sqrt(rate * (1 - rate) / keyings + square / (4 * keyings * keyings))
    whole = 1 + square / keyings
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def wanted(measured: Measured) -> int:
    """The rate that the figures call for."""
    if measured.pairs < ENOUGH:
        return EVERYTHING
    needed = 100 * (1 - TOLERANCE / measured.high) if measured.high > 0 else 0
    return max(FLOOR, min(EVERYTHING, STEP * math.ceil(needed / STEP)))


def advise(critical: Critical, percent: int, measured: Measured) -> Advice:
    """The rate in force beside the one advised, with the figures."""
    return Advice(critical, percent, wanted(measured), measured)
