"""PDF: a page that is one picture is read from that picture, a page of text has its text already, any other is drawn."""

import contextlib
import io
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from backoffice.core.ocr.child import embedded, written
from backoffice.core.ocr.child.asking import Request
from backoffice.core.ocr.child.pictures import ENGINE_SIDE, bounded, decoded_jpeg, for_engine, on_paper, upright
from backoffice.core.ocr.child.sheets import File, Original, Sheet
from backoffice.core.scans.child.errors import refuse
from backoffice.core.scans.child.structure import mended
from backoffice.core.scans.values import Refusal

_DRAWN_DPI = 300.0
_DRAWN_PIXELS = 9_500_000  # a little more than A4 or Letter at 300 dots per inch


def opened(request: Request) -> File:
    """The pages of a PDF."""
    drawn, pdf = _opened(request)
    drawn.init_forms()
    return File(len(drawn), lambda number: _sheet(request, drawn, pdf, number))


def _opened(request: Request) -> tuple[pdfium.PdfDocument, pikepdf.Pdf | None]:
    """The PDF as PDFium draws it, mended first where that shows more pages, and as qpdf reads it."""
    pdf = None
    with contextlib.suppress(pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError, OSError):
        pdf = pikepdf.open(request.path, suppress_warnings=True)
    drawn = _drawn(request.path)
    seen = len(drawn) if drawn else 0
    if pdf is not None and seen < _pages(pdf):
        with contextlib.suppress(pikepdf.PdfError, OSError, ValueError, RuntimeError):
            again = _drawn(mended(pdf, request.into))
            drawn = again if again is not None and len(again) > seen else drawn
    if drawn is None:
        refuse(Refusal.DAMAGED, "cannot be opened")
    return drawn, pdf if pdf is not None and _pages(pdf) == len(drawn) else None


def _pages(pdf: pikepdf.Pdf) -> int:
    try:
        return len(pdf.pages)
    except (pikepdf.PdfError, RuntimeError):
        return 0


def _drawn(path: Path) -> pdfium.PdfDocument | None:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            refuse(Refusal.ENCRYPTED, "password needed")
        return None


def _sheet(request: Request, drawn: pdfium.PdfDocument, pdf: pikepdf.Pdf | None, number: int) -> Sheet:
    page = drawn[number - 1]
    try:
        size = page.get_size()
        sole = embedded.sole_image(pdf.pages[number - 1]) if pdf is not None else None
        if sole is not None and sole.jpeg is not None:
            return _photographed(request, sole, sole.jpeg, size)
        if sole is not None and (picture := _decoded(page, request.max_pixels)) is not None:
            return _scanned(request, picture, sole, size)
        return _of_drawing(request, page, size)
    finally:
        page.close()


def _decoded(page: pdfium.PdfPage, max_pixels: int) -> Image.Image | None:
    """The one picture of a page, in its own points."""
    found = next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=1)), None)
    if found is None:
        return None
    width, height = found.get_px_size()
    if width * height > max_pixels:
        raise Image.DecompressionBombError
    try:
        image = found.get_bitmap().to_pil()
    except (pdfium.PdfiumError, ValueError):
        return None
    return on_paper(image) if image.size == (width, height) else None


def _scanned(request: Request, picture: Image.Image, sole: embedded.Sole, size: tuple[float, float]) -> Sheet:
    grey = upright(for_engine(picture if picture.mode == "L" else picture.convert("L")), sole.orientation)
    colour = bounded(picture, request.picture_side)
    original = Original(sole.place, sole.orientation) if sole.place else None
    return Sheet(grey, lambda: upright(colour, sole.orientation), grey.width * 72 / size[0], size, original)


def _photographed(request: Request, sole: embedded.Sole, data: bytes, size: tuple[float, float]) -> Sheet:
    """A page that is one JPEG is decoded from it: in grey for the engine, in colour no larger than it is shown."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        if image.width * image.height > request.max_pixels:
            raise Image.DecompressionBombError
    grey = upright(for_engine(decoded_jpeg(data, "L", ENGINE_SIDE).convert("L")), sole.orientation)
    side = request.picture_side
    original = Original(sole.place, sole.orientation) if sole.place else None
    return Sheet(
        grey, lambda: upright(bounded(decoded_jpeg(data, None, side // 2), side), sole.orientation),
        grey.width * 72 / size[0], size, original,
    )  # fmt: skip


def _of_drawing(request: Request, page: pdfium.PdfPage, size: tuple[float, float]) -> Sheet:
    """The page drawn as a reader shows it, with the text it holds where that is real."""
    scale = min(_DRAWN_DPI / 72, (_DRAWN_PIXELS / (size[0] * size[1])) ** 0.5)
    found = written.text_of(page, scale)
    picture: Image.Image = page.render(scale=scale, rev_byteorder=True).to_pil()
    grey = picture.convert("L")
    if grey.size != picture.size or picture.mode == "L":
        picture = grey
    colour = bounded(on_paper(picture), request.picture_side)
    return Sheet(grey, lambda: colour, 72 * scale, size, None, found)
