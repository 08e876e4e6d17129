"""How much of a page is written on, and whether nothing is: faint words are words, dust and a shadow are not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TILE = 32
_FAINT = 24  # levels below the paper around it, after averaging two by two, which quiets a scanner's noise
_BLACK = 110
_SPRINKLED = 0.0001  # of the page: three words in small print are more, a few specks of dust are less
_SPECK = 12  # dark points close together: a lone digit is more, a speck of dust is less


@dataclass(frozen=True)
class Ink:
    """What is on a page: the share of it that is dark, and whether that is nothing at all."""

    share: float
    blank: bool


def measure(half: NDArray[np.uint8]) -> Ink:
    """What is on a grey page, given at half its size: darker than the paper around it, or simply black."""
    dark = half < _BLACK
    rows, columns = half.shape[0] // _TILE, half.shape[1] // _TILE
    if not rows or not columns:
        dark |= half < max(int(half.max()), _FAINT) - _FAINT
        return Ink(float(dark.mean()), not dark.any())
    bands = half[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, -1)
    # paper is the mean around a point, so a shadow, a tint or the grain of the paper does not count as writing
    mean = bands.sum(axis=1, dtype=np.uint16).reshape(rows, columns, _TILE).sum(axis=2, dtype=np.uint32) // _TILE**2
    paper = np.repeat(np.maximum(mean, _FAINT) - _FAINT, _TILE, axis=1).astype(np.uint8)
    dark[: rows * _TILE, : columns * _TILE] |= (bands < paper[:, None, :]).reshape(rows * _TILE, -1)
    tiles = dark[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, -1).sum(axis=1, dtype=np.uint8)
    densest = int(tiles.reshape(rows, columns, _TILE).sum(axis=2).max())
    share = float(dark.mean())
    return Ink(share, share < _SPRINKLED and densest < _SPECK)
