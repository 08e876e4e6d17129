"""Codes on a page: a quick look, and a longer one where something looks like a code that the quick look does not explain."""

import cmath
import math
from dataclasses import dataclass

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image
from zxingcpp import BarcodeFormat as Format

Grey = NDArray[np.uint8]

_BASIC = [Format.DataMatrix, Format.QRCode, Format.Code128, Format.Code39]
_USUAL = zxingcpp.BarcodeFormats(_BASIC)
_MORE = zxingcpp.BarcodeFormats([*_BASIC, Format.PDF417, Format.Aztec])
_LINEAR = {"Code39", "Code128"}
_SMALL = 900  # a picture this small is looked at thoroughly: it costs little, and codes are cut to fit such pictures
_TILE = 16
_LEAST_TILES = 2
_ATTEMPTS = ((2, 0), (2, 2), (2, -2), (3, 0), (2, 4), (2, -4))  # so many times larger, turned by so many degrees
_CONTRAST = 60
_LEAST_DARK, _MOST_DARK = 0.25, 0.75
_NEAR = 50
_SHORTEST_LINEAR = 3  # Code 39 has no check character: shorter ones are what a ruled table looks like
_LONGEST = 4096


@dataclass(frozen=True)
class _Found:
    """A code as it was read, and the places of its corners on the page."""

    code: zxingcpp.Barcode
    corners: list[tuple[float, float]]


def read_codes(page: Image.Image, half: Grey) -> list[dict[str, object]]:
    """The codes on a grey page, also given at half its size, each once, from the top down."""
    grey: Grey = np.asarray(page)
    if max(page.size) <= _SMALL:
        return _told(_thorough(grey, half), page.size)
    found = _quick(grey)
    blocks = _coded_blocks(half)
    for each in found:
        _cover(blocks, each)
    if blocks.any():
        found += _quick(half, 2) + _thorough(grey, half)
    if not found and blocks.any():
        found = _careful(page, blocks)
    return _told(found, page.size)


def _cover(blocks: NDArray[np.bool_], found: _Found) -> None:
    """Strike out what a code explains: only what is left is a reason to look longer."""
    across, down = ([place[axis] / (2 * _TILE) for place in found.corners] for axis in (0, 1))
    reach = max(2.0, (max(across) - min(across)) / 2)  # the place of a code of lines is one line: it is up to so high
    top, left = max(0, math.floor(min(down) - reach)), max(0, math.floor(min(across)) - 2)
    blocks[top : math.ceil(max(down) + reach), left : math.ceil(max(across)) + 2] = False


def _quick(grey: Grey, times: int = 1) -> list[_Found]:
    found = zxingcpp.read_barcodes(grey, formats=_USUAL, try_rotate=False, try_downscale=False, try_invert=False)
    return [_placed(code, times) for code in found]


def _thorough(grey: Grey, half: Grey) -> list[_Found]:
    found = [_placed(code, 1) for code in zxingcpp.read_barcodes(grey, formats=_MORE)]
    return found or [_placed(code, 2) for code in zxingcpp.read_barcodes(half, formats=_MORE)]


def _placed(code: zxingcpp.Barcode, times: int) -> _Found:
    return _Found(code, [(point.x * times, point.y * times) for point in _corners(code)])


def _corners(code: zxingcpp.Barcode) -> tuple[zxingcpp.Point, ...]:
    place = code.position
    return place.top_left, place.top_right, place.bottom_right, place.bottom_left


def _careful(page: Image.Image, blocks: NDArray[np.bool_]) -> list[_Found]:
    """A code too fine or too tilted to be read as it is: only the part that looks like one, enlarged, turned a little."""
    rows, columns = np.flatnonzero(blocks.any(axis=1)), np.flatnonzero(blocks.any(axis=0))
    left, top = max(0, (columns[0] - 2) * 2 * _TILE), max(0, (rows[0] - 2) * 2 * _TILE)
    part = page.crop((left, top, min(page.width, (columns[-1] + 4) * 2 * _TILE), min(page.height, (rows[-1] + 4) * 2 * _TILE)))
    for times, degrees in _ATTEMPTS:
        large = part.resize((part.width * times, part.height * times), Image.Resampling.BICUBIC)
        turned = large.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC) if degrees else large
        if found := zxingcpp.read_barcodes(np.asarray(turned), formats=_USUAL):
            return [_Found(code, _turned_back(code, turned.size, degrees, times, (left, top))) for code in found]
    return []


def _turned_back(code: zxingcpp.Barcode, size: tuple[int, int], degrees: float, times: int, origin: tuple[int, int]) -> list[tuple[float, float]]:
    """Where the corners are on the page before it was enlarged and turned about its middle."""
    middle, turn = complex(size[0] / 2, size[1] / 2), cmath.rect(1, math.radians(degrees))
    places = [(complex(point.x, point.y) - middle) * turn + middle for point in _corners(code)]
    return [(place.real / times + origin[0], place.imag / times + origin[1]) for place in places]


def _coded_blocks(half: Grey) -> NDArray[np.bool_]:
    """Where a patch is half ink and half paper in many changes, as codes are and text is not."""
    rows, columns = half.shape[0] // _TILE, half.shape[1] // _TILE
    if rows < _LEAST_TILES or columns < _LEAST_TILES:
        return np.ones((1, 1), np.bool_)
    whole = half[: rows * _TILE, : columns * _TILE]
    bands = whole.reshape(rows, _TILE, -1)  # down first, then across: several times faster than both at once
    low = bands.min(axis=1).reshape(rows, columns, _TILE).min(axis=2)
    high = bands.max(axis=1).reshape(rows, columns, _TILE).max(axis=2)
    middle = np.repeat(low // 2 + high // 2, _TILE, axis=1)
    dark = (bands < middle[:, None, :]).sum(axis=1, dtype=np.uint8).reshape(rows, columns, _TILE).sum(axis=2)
    share = dark / _TILE**2
    patch = (high - low > _CONTRAST) & (share > _LEAST_DARK) & (share < _MOST_DARK)
    # two by two such tiles together: a heading in bold makes one here and there, a code makes a block or a band
    block: NDArray[np.bool_] = patch[:-1, :-1] & patch[1:, :-1] & patch[:-1, 1:] & patch[1:, 1:]
    return block


def _told(found: list[_Found], size: tuple[int, int]) -> list[dict[str, object]]:
    seen: list[dict[str, object]] = []
    for each in found:
        told = _one(each.code, each.corners, size)
        if told and not any(_same(told, other) for other in seen):
            seen.append(told)
    return sorted(seen, key=lambda told: (_centre(told)[1], _centre(told)[0]))


def _one(code: zxingcpp.Barcode, corners: list[tuple[float, float]], size: tuple[int, int]) -> dict[str, object] | None:
    kind = _name(code.format)
    binary = code.content_type in {zxingcpp.ContentType.Binary, zxingcpp.ContentType.UnknownECI}
    text = code.bytes.hex() if binary else code.text
    if kind in _LINEAR and len(text) < _SHORTEST_LINEAR:
        return None
    points = [[_thousandth(x, size[0]), _thousandth(y, size[1])] for x, y in corners]
    return {"format": kind, "text": text[:_LONGEST].replace("\x00", "\ufffd"), "binary": binary, "corners": points}


def _name(kind: Format) -> str:
    """One name for a format whatever its flavour: Code39, Code128, QRCode, DataMatrix, PDF417, Aztec."""
    name = str(kind).replace(" ", "")
    return next((usual for usual in ("Code39", "QRCode", "PDF417", "Aztec") if usual in name), name)


def _thousandth(value: float, whole: int) -> int:
    return max(0, min(1000, round(1000 * value / whole)))


def _centre(told: dict[str, object]) -> tuple[float, float]:
    corners = told["corners"]
    assert isinstance(corners, list)
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def _same(one: dict[str, object], other: dict[str, object]) -> bool:
    """The same code seen twice: same reading, at nearly the same place."""
    if (one["format"], one["text"]) != (other["format"], other["text"]):
        return False
    (x, y), (u, v) = _centre(one), _centre(other)
    return abs(x - u) < _NEAR and abs(y - v) < _NEAR
