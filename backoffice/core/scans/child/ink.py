"""How much of a page is written on, and whether nothing is: faint words are words, dust and a shadow are not."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_TILE = 32
_FAINT = 24  # levels below the paper around it, after averaging two by two, which quiets a scanner's noise
_BLACK = 110
_BLANK = 0.0001  # of the page: three words in small print are more, a few specks of dust are less


def measure(page: Image.Image) -> float:
    """The share of a grey page that is darker than the paper around it."""
    half: NDArray[np.uint8] = np.asarray(page.reduce(2) if min(page.size) > 2 * _TILE else page)
    dark = half < _BLACK
    rows, columns = half.shape[0] // _TILE, half.shape[1] // _TILE
    if rows and columns:
        inner = half[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE)
        # the paper of a tile is its lightest line, so a shadow or a tint does not count as writing
        paper = np.maximum(inner.max(axis=3).max(axis=1), _FAINT) - _FAINT
        dark[: rows * _TILE, : columns * _TILE] |= (inner < paper[:, None, :, None]).reshape(rows * _TILE, -1)
    else:
        dark |= half < max(int(half.max()), _FAINT) - _FAINT
    return float(dark.mean())


def is_blank(ink: float) -> bool:
    """Whether there is nothing on a page."""
    return ink < _BLANK
