"""One upright picture becomes a page: bounded picture, thumbnail, ink and codes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from backoffice.core.scans.child.codes import read_codes
from backoffice.core.scans.child.ink import Ink, measure
from backoffice.core.scans.child.talk import Line, Request

_GREY_ENOUGH = 12
_SMALL = 64
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I", "F"})
_POSTER = 20_000_000  # pixels; a letter page at 300 dots per inch has 8.4 million
_BAND = 8_000_000
_COSTLY = (MemoryError, Image.DecompressionBombError)


class Picture(NamedTuple):
    """A page decoded or drawn, upright, and what it was scanned at where that is known."""

    image: Image.Image
    dpi: int | None


def each_page(request: Request, line: Line, count: int, picture: Callable[[int], Picture]) -> None:
    """Every page not yet had; a page that cannot be read keeps its place with an empty frame."""
    for number in range(request.start, count + 1):
        line.begin(str(number), request.seconds_one_page)
        if number in request.unreadable:
            line.say(page=_frame(request, number))
            continue
        try:
            page = _finished(request, number, picture(number))
        except Exception as error:  # noqa: BLE001 - whatever a parser raises, the other pages are still wanted
            line.say(unreadable=number, costly=isinstance(error, _COSTLY))
            page = _frame(request, number)
        line.say(page=page)


def flat(image: Image.Image) -> Image.Image:
    """An image as ink on white paper, grey or in colour: no palette, no transparency, no inks, eight bits."""
    if image.mode in _DEEP:
        return _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        return paper
    if image.mode in {"L", "RGB"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    levels = np.asarray(image).astype(np.float32)
    most = 65535.0 if image.mode.startswith("I;16") else float(levels.max())
    return Image.fromarray((np.clip(levels / (most or 1.0), 0, 1) * 255).astype(np.uint8))


def bounded(image: Image.Image, side: int) -> Image.Image:
    """The image flat, at most `side` wide and high."""
    image = _in_bands(image, max(image.size) // side) if _is_poster(image, side) else flat(image)
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _is_poster(image: Image.Image, side: int) -> bool:
    return image.width * image.height > _POSTER and max(image.size) >= 2 * side and image.mode not in _DEEP


def _in_bands(image: Image.Image, times: int) -> Image.Image:
    """The image flat and so many times smaller, band by band: a poster is never held twice."""
    width, height = -(-image.width // times), -(-image.height // times)
    whole, band = None, times * max(1, _BAND // image.width // times)
    for top in range(0, image.height, band):
        part = flat(image.crop((0, top, image.width, min(top + band, image.height)))).reduce(times)
        whole = whole or Image.new(part.mode, (width, height), "white")
        whole.paste(part, (0, top // times))
    return whole or flat(image)


class Look(NamedTuple):
    """A page bounded, and what was measured on it."""

    page: Image.Image
    ink: Ink
    codes: list[dict[str, object]]


def looked_at(image: Image.Image, side: int) -> Look:
    """Bound a page, find its codes, and judge whether anything is on it."""
    page = bounded(image, side)
    grey = page if page.mode == "L" else page.convert("L")
    if page.mode == "RGB" and not _coloured(page):
        page = grey
    half = np.asarray(grey.reduce(2) if min(grey.size) > _SMALL else grey)
    ink = measure(half)
    return Look(page, ink, [] if ink.blank else read_codes(grey, half))


def _finished(request: Request, number: int, picture: Picture) -> dict[str, object]:
    page, ink, codes = looked_at(picture.image, request.picture_side)
    return _written(request, number, page, {"blank": ink.blank, "ink": ink.share, "codes": codes, "dpi": picture.dpi})


def _coloured(page: Image.Image) -> bool:
    red, green, blue = (page.reduce(4) if min(page.size) > _SMALL else page).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    _, tint = ImageChops.subtract(most, least).getextrema()
    return isinstance(tint, (int, float)) and tint > _GREY_ENOUGH


def _written(request: Request, number: int, page: Image.Image, measured: dict[str, object]) -> dict[str, object]:
    page.save(request.into / f"page-{number:04d}.jpg", "JPEG", quality=80)
    small = page.reduce(max(1, max(page.size) // (2 * request.thumbnail_side)))
    small.thumbnail((request.thumbnail_side, request.thumbnail_side))
    small.save(request.into / f"page-{number:04d}-small.jpg", "JPEG", quality=75)
    return {"number": number, "width": page.width, "height": page.height, "suffix": "jpg", **measured}


def _frame(request: Request, number: int) -> dict[str, object]:
    """An empty crossed frame, in no language, where a page could not be shown. It is not called blank."""
    side = request.picture_side // 2
    frame = Image.new("L", (side * 17 // 22, side), 235)
    draw = ImageDraw.Draw(frame)
    draw.rectangle((0, 0, frame.width - 1, frame.height - 1), outline=120, width=4)
    draw.line((0, 0, frame.width, frame.height), fill=180, width=4)
    draw.line((0, frame.height, frame.width, 0), fill=180, width=4)
    return _written(request, number, frame, {"blank": False, "ink": 0.0, "codes": [], "dpi": None})
