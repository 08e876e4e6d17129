"""Pictures: JPEG, PNG, WebP, JPEG 2000, and TIFF with its many pages."""

from collections.abc import Callable

from PIL import Image, ImageOps, UnidentifiedImageError

from backoffice.core.scans.child.errors import refuse
from backoffice.core.scans.child.pages import each_page
from backoffice.core.scans.child.talk import Line, Request
from backoffice.core.scans.values import Refusal

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
    line.say(document={"pages": count, "warnings": _warnings(request, image) if request.start == 1 else []})
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


def _page_of(request: Request, image: Image.Image) -> Callable[[int], Image.Image]:
    def page(number: int) -> Image.Image:
        if request.kind == "tiff":
            image.seek(number - 1)
        if image.width * image.height > request.max_pixels:
            raise Image.DecompressionBombError
        if request.kind == "jpeg":
            image.draft(None, (request.picture_side // 2, request.picture_side // 2))
        image.load()
        return _upright(image)

    return page


def _upright(image: Image.Image) -> Image.Image:
    """Turned once as its orientation tag says; a tag that cannot be read turns nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - broken metadata is no reason to lose the picture
        return image
