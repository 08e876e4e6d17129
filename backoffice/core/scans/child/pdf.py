"""PDF: drawn by PDFium, one page after the other in this one thread (it is not thread safe); structure read by qpdf."""

import contextlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from backoffice.core.scans.child import embedded, structure
from backoffice.core.scans.child.errors import refuse
from backoffice.core.scans.child.pages import Picture, each_page
from backoffice.core.scans.child.talk import Line, Request
from backoffice.core.scans.values import Refusal

_WHITE = 255
_MOST_SCALE = 200 / 72  # 200 dots per inch
_LOOKED_AT = 20  # objects of a page, in search of its scan
_LOCKED = {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}


def read(request: Request, line: Line) -> None:
    """Say the pages of a PDF and what it carries."""
    with contextlib.ExitStack() as stack:
        pdf, warnings = _structure(request, line, stack)
        line.begin("open", request.seconds_one_page)
        drawn = _drawn(request, pdf, warnings)
        count = len(drawn)
        if count > request.max_pages:
            refuse(Refusal.TOO_MANY_PAGES, f"{count}, at most {request.max_pages}")
        if count == 0:
            refuse(Refusal.DAMAGED, "no page")
        line.say(document={"pages": count, "warnings": warnings})
        if request.pictures:
            drawn.init_forms()
            same = pdf if pdf is not None and len(pdf.pages) == count else None
            each_page(request, line, count, _page_of(request, line, drawn, same))


def _structure(request: Request, line: Line, stack: contextlib.ExitStack) -> tuple[pikepdf.Pdf | None, list[str]]:
    """The PDF as qpdf sees it, where it can be seen, and the warnings."""
    if not request.structure:
        return None, []
    line.begin("structure", request.seconds_one_page)
    try:
        pdf = stack.enter_context(pikepdf.open(request.path, suppress_warnings=True))
        if structure.security_handler(pdf) not in {"", "/Standard"}:
            refuse(Refusal.ENCRYPTED, "unknown security handler")
        return pdf, structure.warnings_of(pdf)
    except pikepdf.PasswordError:
        return None, ["locked_parts"]
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError):
        return None, ["structure_unread"]


def _drawn(request: Request, pdf: pikepdf.Pdf | None, warnings: list[str]) -> pdfium.PdfDocument:
    """The PDF as PDFium sees it, or a mended copy of it where that shows more pages."""
    drawn = _open(request.path)
    seen = len(drawn) if drawn is not None else 0
    if pdf is None or seen >= _pages(pdf):
        return drawn if drawn is not None else refuse(Refusal.DAMAGED, "cannot be opened")
    with contextlib.suppress(pikepdf.PdfError, OSError, ValueError, RuntimeError):
        again = _open(structure.mended(pdf, request.into))
        if again is not None and len(again) > seen:
            warnings += [key for key in ("repaired",) if key not in warnings]
            return again
    return drawn if drawn is not None else refuse(Refusal.DAMAGED, "cannot be opened, nor mended")


def _pages(pdf: pikepdf.Pdf) -> int:
    try:
        return len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError):
        return 0


def _open(path: Path) -> pdfium.PdfDocument | None:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if error.err_code in _LOCKED:
            refuse(Refusal.ENCRYPTED, "password needed")
        return None


def _page_of(request: Request, line: Line, drawn: pdfium.PdfDocument, pdf: pikepdf.Pdf | None) -> Callable[[int], Picture]:
    def page(number: int) -> Picture:
        if pdf is not None:
            picture = embedded.sole_jpeg(pdf.pages[number - 1], request.picture_side // 2 + 1, request.max_pixels)
            if picture is not None:
                return picture
        picture, shown = _draw(drawn, number, request.picture_side)
        if not shown:
            line.say(warning=f"image_shows_nothing:{number}")
        return picture

    return page


def _draw(drawn: pdfium.PdfDocument, number: int, side: int) -> tuple[Picture, bool]:
    """The page drawn, and False where it stayed white although it holds an image: a reader's failure is no blank."""
    page = drawn[number - 1]
    try:
        scale = min(_MOST_SCALE, side / max(page.get_size()))
        image: Image.Image = page.render(scale=scale, rev_byteorder=True).to_pil()
        white = image.reduce(4).convert("L").getextrema() == (_WHITE, _WHITE)
        return Picture(image, _resolution(page)), not (white and _has_image(page))
    finally:
        page.close()


def _resolution(page: pdfium.PdfPage) -> int | None:
    """What the image that covers most of the page was scanned at; a page that was written has none."""
    width, height = page.get_size()
    for thing in islice(page.get_objects(max_depth=2), _LOOKED_AT):
        if isinstance(thing, pdfium.PdfImage):
            left, bottom, right, top = thing.get_bounds()
            if (right - left) * (top - bottom) >= width * height / 2:
                said = thing.get_metadata()
                return round(max(said.horizontal_dpi, said.vertical_dpi)) or None
    return None


def _has_image(page: pdfium.PdfPage) -> bool:
    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)), None) is not None
