"""How a page lies: its tilt, its lines across or down, and the scanner's black around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_SIDE = 1_200  # the tilt is measured on a picture of this size
_MOST_TILT = 12.0
_LEAST_TILT = 0.25  # degrees; the engine reads less as well as none, and turning costs sharpness
_PLAIN = 1.04  # times as straight as it lies: less is no tilt but chance
_COARSE, _FINE = 0.5, 0.1
_MOST_POINTS = 60_000
_FEWEST_POINTS = 60
_SIDEWAYS = 1.5
_FEET = 1.03
_DARK = 40  # levels below the paper
_INK = 60
_EVERY, _STROKE = 4, 3
_BLACK = 90
_BORDER = 0.002  # of the page: less black at the edge is no border


@dataclass(frozen=True)
class Lie:
    """How a page lies: its tilt as the clockwise turn that sets it straight, and the way its lines run.

    `doubtful`: it may stand on its head. In Latin letters the feet of a line are straighter than its tops, so lines whose
    tops are as straight are upside down, or are not Latin.
    """

    tilt: float
    sideways: bool
    doubtful: bool
    inked: bool


def lie_of(picture: Image.Image) -> Lie:
    """The tilt of a grey picture and the way its lines run."""
    small = np.asarray(picture.reduce(max(1, round(max(picture.size) / _SIDE))))
    dark = small < _paper(small) - _DARK
    feet, tops = _points(dark[:-1] & ~dark[1:]), _points(dark[1:] & ~dark[:-1])
    ends = _points((dark[:, :-1] & ~dark[:, 1:]).T)
    if min(len(feet[0]), len(tops[0]), len(ends[0])) < _FEWEST_POINTS:
        return Lie(0.0, sideways=False, doubtful=True, inked=bool(dark.any()))
    tilt, along = _steepest(feet)
    across_tilt, across = _steepest(ends)
    sideways = across * small.shape[1] > _SIDEWAYS * along * small.shape[0]  # as if strewn evenly, they would be equal
    doubtful = along < _FEET * _best(tops, np.array([tilt]))[1]
    tilt = -across_tilt if sideways else tilt
    flat = _best(ends if sideways else feet, np.array([0.0]))[1]
    plain = (across if sideways else along) > _PLAIN * flat
    return Lie(tilt if plain and abs(tilt) >= _LEAST_TILT else 0.0, sideways, doubtful, inked=True)


def height_of(picture: Image.Image) -> float:
    """How high small letters are on a grey picture, in points of it: how far ink mostly reaches down; 0 where there is none."""
    sample = np.asarray(picture)[:, ::_EVERY]
    dark = np.zeros((sample.shape[1], sample.shape[0] + 2), bool)
    dark[:, 1:-1] = (sample < _paper(sample) - _INK).T
    begins, ends = np.nonzero(dark[:, 1:] & ~dark[:, :-1])[1], np.nonzero(dark[:, :-1] & ~dark[:, 1:])[1]
    lengths = ends - begins
    lengths = lengths[(lengths >= _STROKE) & (lengths < picture.height // 8)]
    if not len(lengths):
        return 0.0
    ink = np.cumsum(np.bincount(lengths, weights=lengths))
    return float(np.searchsorted(ink, 0.75 * ink[-1]))


def _paper(levels: Grey) -> int:
    """The level of the paper: what most of the lighter half is."""
    counts = np.bincount(levels.ravel(), minlength=256)
    return int(np.argmax(counts[128:])) + 128


def _points(edge: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where ink ends: the lower edges of letters stand in rows as the lines do."""
    rows, columns = np.nonzero(edge)
    step = len(rows) // _MOST_POINTS + 1
    return columns[::step].astype(np.float32), rows[::step].astype(np.float32)


def _steepest(points: tuple[NDArray[np.float32], NDArray[np.float32]]) -> tuple[float, float]:
    """The clockwise turn under which the points stand most in rows, and how much they do."""
    coarse = _best(points, np.arange(-_MOST_TILT, _MOST_TILT + _FINE, _COARSE))
    return _best(points, np.arange(coarse[0] - _COARSE, coarse[0] + _COARSE + _FINE / 2, _FINE))


def _best(points: tuple[NDArray[np.float32], NDArray[np.float32]], angles: NDArray[np.float64]) -> tuple[float, float]:
    columns, rows = points
    most, best = -1.0, 0.0
    for angle in angles:
        shifted = rows + columns * np.float32(np.tan(np.radians(angle)))
        counts = np.bincount((shifted - shifted.min()).astype(np.int32))
        sharp = float(np.square(counts, dtype=np.int64).sum())
        if sharp > most:
            most, best = sharp, float(angle)
    return round(best, 1), most / len(rows) ** 2


def without_border(picture: Image.Image) -> Image.Image:
    """The picture with the black a scanner leaves around the sheet made paper; the same where there is none."""
    factor = max(1, round(max(picture.size) / 400))
    small = np.asarray(picture.reduce(factor))
    black = small < _BLACK
    outside = _from_edge(black)
    if outside.mean() < _BORDER:
        return picture
    grown = outside.copy()
    grown[1:] |= outside[:-1]
    grown[:-1] |= outside[1:]
    grown[:, 1:] |= outside[:, :-1]
    grown[:, :-1] |= outside[:, 1:]
    mask = Image.fromarray(grown.astype(np.uint8) * 255).resize((small.shape[1] * factor, small.shape[0] * factor), Image.Resampling.NEAREST)
    cleaned = picture.copy()
    cleaned.paste(_paper(small), (0, 0, *mask.size), mask)
    return cleaned


def _from_edge(black: Mask) -> Mask:
    """What is black without a break from an edge inwards."""
    left = np.logical_and.accumulate(black, axis=1)
    right = np.logical_and.accumulate(black[:, ::-1], axis=1)[:, ::-1]
    top = np.logical_and.accumulate(black, axis=0)
    bottom = np.logical_and.accumulate(black[::-1], axis=0)[::-1]
    found: Mask = left | right | top | bottom
    return found
