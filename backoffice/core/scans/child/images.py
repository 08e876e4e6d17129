"""Pictures: JPEG, PNG, WebP, JPEG 2000, and TIFF with its many pages."""

from collections.abc import Callable

from PIL import Image, ImageOps, UnidentifiedImageError

from backoffice.core.scans.child.errors import refuse
from backoffice.core.scans.child.pages import Picture, each_page
from backoffice.core.scans.child.talk import Line, Request
from backoffice.core.scans.values import Refusal

_ORIENTATION = 0x0112
_UNKNOWN_DPI = 72  # what a camera writes when it does not know (Exif 2.3, 4.6.4)
_LEAST_DPI, _MOST_DPI = 50, 2_400
_FORMATS = {"tiff": ["TIFF"], "jpeg": ["JPEG", "MPO"], "png": ["PNG"], "webp": ["WEBP"], "jp2": ["JPEG2000"]}


def read(request: Request, line: Line) -> None:
    """Say the pages of a picture file."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is applied below, before anything is decoded
    Image.init()
    line.begin("open", request.seconds_one_page)
    image = _opened(request)
    count = _frames(request, image)
    if count > request.max_pages:
        refuse(Refusal.TOO_MANY_PAGES, f"more than {request.max_pages}")
    line.say(document={"pages": count, "warnings": _warnings(request, image)})
    if request.pictures:
        each_page(request, line, count, _page_of(request, image))


def _opened(request: Request) -> Image.Image:
    try:
        return Image.open(request.path, formats=_FORMATS[request.kind])
    except UnidentifiedImageError:
        refuse(Refusal.NOT_READABLE, f"not a {request.kind} that can be read")
    except ValueError as error:
        costly = "too large" in str(error) or "MAX_TEXT" in str(error)
        refuse(Refusal.TOO_COSTLY if costly else Refusal.DAMAGED, "ValueError")


def _frames(request: Request, image: Image.Image) -> int:
    """The pages of a TIFF, counted no further than needed: a directory may lead back to itself."""
    if request.kind != "tiff":
        return 1
    count = 1
    try:
        while count <= request.max_pages:
            image.seek(count)
            count += 1
    except EOFError:
        pass
    image.seek(0)
    return count


def _warnings(request: Request, image: Image.Image) -> list[str]:
    moving = request.kind in {"png", "webp"} and getattr(image, "n_frames", 1) > 1
    return ["first_frame_only"] if moving else []


def _page_of(request: Request, image: Image.Image) -> Callable[[int], Picture]:
    def page(number: int) -> Picture:
        if request.kind == "tiff":
            image.seek(number - 1)
        if image.width * image.height > request.max_pixels:
            raise Image.DecompressionBombError
        if request.kind == "jpeg":
            image.draft(None, (request.picture_side // 2, request.picture_side // 2))
        dpi = _resolution(image)
        image.load()
        return Picture(_upright(image), dpi)

    return page


def _resolution(image: Image.Image) -> int | None:
    """What the file says it was scanned at, where that is believable."""
    said = image.info.get("dpi")
    try:
        across, down = (round(float(each)) for each in said) if isinstance(said, tuple) else (0, 0)
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    believable = _LEAST_DPI <= across <= _MOST_DPI and _LEAST_DPI <= down <= _MOST_DPI and (across, down) != (_UNKNOWN_DPI,) * 2
    return max(across, down) if believable else None


def _upright(image: Image.Image) -> Image.Image:
    """Turned once as its orientation tag says; a tag that cannot be read turns nothing."""
    try:
        straight = image.getexif().get(_ORIENTATION, 1) == 1  # then a copy is spared: it may be a poster
        return image if straight else ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - broken metadata is no reason to lose the picture
        return image
