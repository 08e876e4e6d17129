"""How much of a page is written on, and whether nothing is.

Faint words are words. A scanner's black border, a punched hole, a streak of the feeder, dust and a shadow are not: they
belong to the paper or to the machine. What is doubtful counts as written, and a person looks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_TILE = 32
_FAINT = 24  # levels below the paper around it, after averaging two by two, which quiets a scanner's noise
_BLACK = 110
_SPRINKLED = 0.0001  # of the page: three words in small print are more, a few specks of dust are less
_SPECK = 12  # dark points close together: a lone digit is more, a speck of dust is less

_CELL = 4  # points of the half picture: about one millimetre
_EDGE = 2  # points of the half picture, half a millimetre: the rim of the sheet, where nobody writes
_EDGED = 0.05  # of an edge that is black: less is no border
_MOST_BORDER = 0.35  # of the page: a border that is more may be the page itself
_LITTLE = 0.02  # of the page: on a page with more than this, holes and streaks decide nothing
_MARGIN = 0.11  # of the longer side, where holes are punched
_HOLE = (3, 9)  # cells across
_ROUND = 1.5
_FULL = 0.6  # of the square around a hole: a disc has 0.79
_STREAK = 0.85  # of the page's length: a ruled line ends before the paper does
_MOST_STREAKS = 8  # lines of points


@dataclass(frozen=True)
class Ink:
    """What is on a page: the share of it that is dark, and whether that is nothing at all."""

    share: float
    blank: bool


def measure(half: Grey) -> Ink:
    """What is on a grey page, given at half its size: darker than the paper around it, or simply black."""
    dark = _dark(half)
    if min(half.shape) < _TILE:
        return Ink(float(dark.mean()), not dark.any())
    for edge in (np.s_[:_EDGE], np.s_[-_EDGE:], np.s_[:, :_EDGE], np.s_[:, -_EDGE:]):
        dark[edge] = False
    sheet = _without_border(half, dark) if _has_black_edge(half) else None
    ink = _judged(dark)
    if ink.blank or ink.share > _LITTLE:
        return ink
    _without_streaks(dark, np.ones_like(dark) if sheet is None else sheet)
    margin = round(_MARGIN * max(dark.shape))
    if not _judged(dark[margin:-margin, margin:-margin]).blank:
        return ink
    _without_holes(dark)
    return _judged(dark)


def _dark(half: Grey) -> Mask:
    """The points of a page that are not paper."""
    dark = half < _BLACK
    rows, columns = half.shape[0] // _TILE, half.shape[1] // _TILE
    if not rows or not columns:
        return dark | (half < max(int(half.max()), _FAINT) - _FAINT)
    bands = half[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, -1)
    # paper is the mean around a point, so a shadow, a tint or the grain of the paper does not count as writing
    mean = bands.sum(axis=1, dtype=np.uint16).reshape(rows, columns, _TILE).sum(axis=2, dtype=np.uint32) // _TILE**2
    paper = np.repeat(np.maximum(mean, _FAINT) - _FAINT, _TILE, axis=1).astype(np.uint8)
    dark[: rows * _TILE, : columns * _TILE] |= (bands < paper[:, None, :]).reshape(rows * _TILE, -1)
    return dark


def _judged(dark: Mask) -> Ink:
    rows, columns = dark.shape[0] // _TILE, dark.shape[1] // _TILE
    if not rows or not columns:
        return Ink(0.0, blank=True)
    tiles = dark[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, -1).sum(axis=1, dtype=np.uint8)
    densest = int(tiles.reshape(rows, columns, _TILE).sum(axis=2).max())
    share = float(dark.mean())
    return Ink(share, share < _SPRINKLED and densest < _SPECK)


def _has_black_edge(half: Grey) -> bool:
    edges = (half[:_EDGE], half[-_EDGE:], half[:, :_EDGE], half[:, -_EDGE:])
    return any(bool((edge < _BLACK).mean() > _EDGED) for edge in edges)


def _without_border(half: Grey, dark: Mask) -> Mask:
    """Leave out what is black from the edge of the page on, straight inwards; give what is the sheet itself."""
    rows, columns = (side // _CELL for side in half.shape)
    whole = half[: rows * _CELL, : columns * _CELL]
    level = whole.reshape(rows, _CELL, columns, _CELL).mean(axis=(1, 3))
    black, inwards = level < _BLACK, np.logical_and.accumulate
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):  # the thin end of a tilted border is half paper
        black[edge] |= level[edge] < np.median(level) - _FAINT
    border = inwards(black, axis=0) | inwards(black, axis=1)
    border |= inwards(black[::-1], axis=0)[::-1] | inwards(black[:, ::-1], axis=1)[:, ::-1]
    sheet = np.ones_like(dark)
    if border.mean() <= _MOST_BORDER:
        sheet[rows * _CELL :] = False
        sheet[:, columns * _CELL :] = False
        _leave_out(sheet, _grown(border))
        dark &= sheet
    return sheet


def _without_streaks(dark: Mask, sheet: Mask) -> None:
    """Leave out the thin line that a speck on the glass draws along the whole sheet as it is fed."""
    for axis in (0, 1):
        long = sheet.sum(axis=axis)
        streaks = np.flatnonzero((dark.sum(axis=axis) > _STREAK * long) & (long > dark.shape[axis] // 2))
        if 0 < len(streaks) <= _MOST_STREAKS:
            near = np.unique(np.clip(streaks[:, None] + np.arange(-1, 2), 0, dark.shape[1 - axis] - 1))
            dark[(slice(None), near) if axis == 0 else (near, slice(None))] = False


def _without_holes(dark: Mask) -> None:
    """Leave out round black things of a hole's size in the margin; a filled box or a blot further in is ink."""
    rows, columns = (side // _CELL for side in dark.shape)
    cells = dark[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL).mean(axis=(1, 3)) > 0.5
    margin = round(_MARGIN * max(rows, columns))
    holes = np.zeros_like(cells)
    for spot in _spots(cells):
        (top, left), (bottom, right) = spot.min(axis=0), spot.max(axis=0)
        high, wide = bottom - top + 1, right - left + 1
        near = min(top, left, rows - 1 - bottom, columns - 1 - right) < margin
        sized = _HOLE[0] <= min(high, wide) and max(high, wide) <= _HOLE[1] and max(high, wide) <= _ROUND * min(high, wide)
        if near and sized and len(spot) >= _FULL * high * wide:
            holes[spot[:, 0], spot[:, 1]] = True
    if holes.any():
        _leave_out(dark, _grown(holes))


def _spots(cells: Mask) -> list[NDArray[np.intp]]:
    """The cells that hang together, spot by spot; more of them than a page has holes are not looked at."""
    left, spots = {(int(row), int(column)) for row, column in np.argwhere(cells)}, []
    if len(left) > _LITTLE * cells.size:
        return []
    while left:
        waiting, spot = [left.pop()], []
        while waiting:
            row, column = waiting.pop()
            spot.append((row, column))
            around = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)} & left
            left -= around
            waiting += around
        spots.append(np.array(spot))
    return spots


def _grown(cells: Mask) -> Mask:
    """With the cells around, which the blurred rim falls on."""
    wide = np.pad(cells, 1)
    grown = np.zeros_like(cells)
    for down in range(3):
        for across in range(3):
            grown |= wide[down : down + cells.shape[0], across : across + cells.shape[1]]
    return grown


def _leave_out(dark: Mask, cells: Mask) -> None:
    rows, columns = cells.shape
    dark[: rows * _CELL, : columns * _CELL] &= ~np.repeat(np.repeat(cells, _CELL, axis=0), _CELL, axis=1)
