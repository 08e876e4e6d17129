"""Picture files: JPEG, PNG, WebP, JPEG 2000, and TIFF with its many pages."""

from pathlib import Path

from PIL import Image, UnidentifiedImageError

from backoffice.core.ocr.child import originals
from backoffice.core.ocr.child.asking import Request
from backoffice.core.ocr.child.pictures import ENGINE_SIDE, bounded, decoded_jpeg, for_engine, guessed_dpi, on_paper, upright
from backoffice.core.ocr.child.sheets import File, Original, Sheet
from backoffice.core.scans.child.errors import refuse
from backoffice.core.scans.values import Refusal

_FORMATS = {"tiff": ["TIFF"], "jpeg": ["JPEG", "MPO"], "png": ["PNG"], "webp": ["WEBP"], "jp2": ["JPEG2000"]}
_ORIENTATION = 0x0112


def opened(request: Request) -> File:
    """The pages of a picture file."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is applied before anything is decoded
    Image.init()
    try:
        image = Image.open(request.path, formats=_FORMATS[request.kind])
    except (UnidentifiedImageError, ValueError):
        refuse(Refusal.NOT_READABLE, f"not a {request.kind} that can be read")
    return File(_count(request, image), lambda number: _sheet(request, image, number))


def _count(request: Request, image: Image.Image) -> int:
    """One page, but for TIFF: there the pages asked for are gone to, not counted."""
    return max(number for number, _ in request.pages) if request.kind == "tiff" else image.width and 1


def _sheet(request: Request, image: Image.Image, number: int) -> Sheet:
    if request.kind == "tiff":
        image.seek(number - 1)
    if image.width * image.height > request.max_pixels:
        raise Image.DecompressionBombError
    if request.kind == "jpeg":
        return _jpeg(request, image)
    dpi, bilevel = _dpi(image), image.mode == "1"
    image.load()
    size, orientation = image.size, _orientation(image)  # a TIFF has turned itself now, and says so
    flat = on_paper(image)
    grey = upright(for_engine(flat if flat.mode == "L" else flat.convert("L")), orientation)
    colour = bounded(flat, request.picture_side)
    turned = size if orientation < 5 else size[::-1]
    original = originals.bilevel(image) if bilevel else originals.png(request.path) if request.kind == "png" else None
    return Sheet(
        grey, lambda: upright(colour, orientation), dpi * grey.width / turned[0], _points(turned, dpi),
        Original(original, orientation) if original else None,
    )  # fmt: skip


def _jpeg(request: Request, image: Image.Image) -> Sheet:
    """A JPEG is decoded twice: in grey for the engine, and in its colours no larger than it is shown."""
    size, dpi, orientation = image.size, _dpi(image), _orientation(image)
    data = Path(request.path).read_bytes()

    grey = upright(for_engine(decoded_jpeg(data, "L", ENGINE_SIDE).convert("L")), orientation)
    turned = size if orientation < 5 else size[::-1]
    original = originals.jpeg(data, image.mode, size)
    return Sheet(
        grey, lambda: upright(bounded(decoded_jpeg(data, None, request.picture_side // 2), request.picture_side), orientation),
        dpi * grey.width / turned[0], _points(turned, dpi),
        Original(original, orientation) if original else None,
    )  # fmt: skip


def _dpi(image: Image.Image) -> float:
    told = image.info.get("dpi")
    try:
        return guessed_dpi(image.size, float(told[0]) if told else 0.0)
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return guessed_dpi(image.size, 0.0)


def _orientation(image: Image.Image) -> int:
    """As its tag says; a tag that cannot be read turns nothing."""
    try:
        said = image.getexif().get(_ORIENTATION, 1)
        return said if isinstance(said, int) and 1 <= said <= 8 else 1
    except Exception:  # noqa: BLE001 - broken metadata is no reason to lose the picture
        return 1


def _points(size: tuple[int, int], dpi: float) -> tuple[float, float]:
    return size[0] * 72 / dpi, size[1] * 72 / dpi
