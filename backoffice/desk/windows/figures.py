"""The drawings of a period, made here: where its places stand, and its arrivals minute by minute. Plain values in, positions out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT, FOOT = 720, 132, 18
"""The chart's box, and the strip of its hours."""

KINDS = ("given", "waiting", "without")
"""What a minute's bar is made of, from the ground up."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the bar of places."""

    name: str
    many: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of a minute's bar."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute: how many came, and its pieces."""

    at: datetime
    many: Mapping[str, int]
    boxes: tuple[Box, ...]

    @property
    def total(self) -> int:
        """Everybody of that minute."""
        return sum(self.many.values())


@dataclass(frozen=True, slots=True)
class Chart:
    """An hour of arrivals, drawn."""

    minutes: tuple[Minute, ...]
    top: int
    marks: tuple[tuple[float, datetime], ...]
    width: int = WIDTH
    height: int = HEIGHT
    whole: int = HEIGHT + FOOT


def places(numbers: Mapping[str, int]) -> tuple[Part, ...]:
    """The places of a period laid end to end; a number below zero (more given than the maximum allows) takes no width."""
    whole = sum(max(0, many) for many in numbers.values()) or 1
    parts, x = [], 0.0
    for name, many in numbers.items():
        width = 100 * max(0, many) / whole
        parts.append(Part(name, many, round(x, 2), round(width, 2)))
        x += width
    return tuple(parts)


def chart(start: datetime, minutes: int, counted: Mapping[datetime, Mapping[str, int]]) -> Chart:
    """The bars of so many minutes from an instant; the highest one touches the top."""
    times = [start + timedelta(minutes=n) for n in range(minutes)]
    found = [{kind: counted.get(at, {}).get(kind, 0) for kind in KINDS} for at in times]
    top = ceiling(max((sum(many.values()) for many in found), default=0))
    step = WIDTH / minutes
    drawn = tuple(Minute(at, many, _boxes(n * step, step, many, top)) for n, (at, many) in enumerate(zip(times, found, strict=True)))
    marks = tuple((round(n * step, 1), at) for n, at in enumerate(times) if n % 15 == 0)
    return Chart(drawn, top, marks)


def _boxes(x: float, step: float, many: Mapping[str, int], top: int) -> tuple[Box, ...]:
    boxes, y = [], float(HEIGHT)
    for kind in KINDS:
        if many[kind]:
            tall = HEIGHT * many[kind] / top
            y -= tall
            boxes.append(Box(kind, round(x + 1, 1), round(y, 1), round(step - 2, 1), round(tall, 1)))
    return tuple(boxes)


def ceiling(most: int) -> int:
    """A round number that holds the highest bar: 1, 2 or 5 with noughts."""
    unit = 1
    while True:
        for times in (1, 2, 5):
            if most <= times * unit:
                return times * unit
        unit *= 10
