"""Codes on a page: a quick look at two sizes, and a thorough one where the quick look gives reason for it."""

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
_CONTRAST = 60
_LEAST_DARK, _MOST_DARK = 0.25, 0.75
_NEAR = 50
_SHORTEST_LINEAR = 3  # Code 39 has no check character: shorter ones are what a ruled table looks like
_LONGEST = 4096


def read_codes(page: Image.Image, half: Grey) -> list[dict[str, object]]:
    """The codes on a grey page, also given at half its size, each once, from the top down."""
    grey: Grey = np.asarray(page)
    if max(page.size) <= _SMALL:
        return _told(_thorough(grey, half), page.size)
    found = _quick(grey) + _quick(half)
    if found or _looks_coded(half):
        found += _thorough(grey, half)
    return _told(found, page.size)


def _quick(grey: Grey) -> list[tuple[zxingcpp.Barcode, float]]:
    found = zxingcpp.read_barcodes(grey, formats=_USUAL, try_rotate=False, try_downscale=False, try_invert=False)
    return [(code, grey.shape[1]) for code in found]


def _thorough(grey: Grey, half: Grey) -> list[tuple[zxingcpp.Barcode, float]]:
    found = [(code, float(grey.shape[1])) for code in zxingcpp.read_barcodes(grey, formats=_MORE)]
    return found or [(code, float(half.shape[1])) for code in zxingcpp.read_barcodes(half, formats=_MORE)]


def _looks_coded(half: Grey) -> bool:
    """Whether somewhere a patch is half ink and half paper in many changes, as codes are and text is not."""
    rows, columns = half.shape[0] // _TILE, half.shape[1] // _TILE
    if not rows or not columns:
        return True
    whole = half[: rows * _TILE, : columns * _TILE]
    bands = whole.reshape(rows, _TILE, -1)  # down first, then across: several times faster than both at once
    low = bands.min(axis=1).reshape(rows, columns, _TILE).min(axis=2)
    high = bands.max(axis=1).reshape(rows, columns, _TILE).max(axis=2)
    middle = np.repeat(low // 2 + high // 2, _TILE, axis=1)
    dark = (bands < middle[:, None, :]).sum(axis=1, dtype=np.uint8).reshape(rows, columns, _TILE).sum(axis=2)
    share = dark / _TILE**2
    patch = (high - low > _CONTRAST) & (share > _LEAST_DARK) & (share < _MOST_DARK)
    # two by two such tiles together: a heading in bold makes one here and there, a code makes a block or a band
    block = patch[:-1, :-1] & patch[1:, :-1] & patch[:-1, 1:] & patch[1:, 1:]
    return bool(block.any())


def _told(found: list[tuple[zxingcpp.Barcode, float]], size: tuple[int, int]) -> list[dict[str, object]]:
    seen: list[dict[str, object]] = []
    for code, width in found:
        told = _one(code, size[0] / width, size)
        if told and not any(_same(told, other) for other in seen):
            seen.append(told)
    return sorted(seen, key=lambda told: (_centre(told)[1], _centre(told)[0]))


def _one(code: zxingcpp.Barcode, scale: float, size: tuple[int, int]) -> dict[str, object] | None:
    kind = _name(code.format)
    binary = code.content_type in {zxingcpp.ContentType.Binary, zxingcpp.ContentType.UnknownECI}
    text = code.bytes.hex() if binary else code.text
    if kind in _LINEAR and len(text) < _SHORTEST_LINEAR:
        return None
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    points = [[_thousandth(point.x * scale, size[0]), _thousandth(point.y * scale, size[1])] for point in corners]
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
