"""The text a page already holds, where a person could read it: letters that are drawn, not another's recognition."""

import unicodedata
from collections.abc import Iterator
from ctypes import byref, c_int

import pypdfium2 as pdfium
from pypdfium2 import raw

from backoffice.core.ocr.child.layout import Reading, Row, Seen

_MOST_OBJECTS = 20_000
_MOST_LETTERS = 200_000
_PICTURE = 0.2  # of the page: a larger picture may hold words of its own
_REAL = 0.9
_INVISIBLE = {raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP}

Box = tuple[float, float, float, float]


def text_of(page: pdfium.PdfPage, scale: float) -> Reading | None:
    """The words of a page of text, with their boxes on it as drawn at `scale`; None where it has to be recognised."""
    if not _is_text(page):
        return None
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if not 0 < count <= _MOST_LETTERS or not _is_real(text.get_text_range()):
            return None
        width, height = page.get_size()
        reading = Reading((width * scale, height * scale))
        _fill(reading, _letters(page, text, count, reading.size))
        return reading if reading.rows else None
    finally:
        text.close()


def _is_text(page: pdfium.PdfPage) -> bool:
    """Whether letters are drawn and no picture is large."""
    width, height = page.get_size()
    drawn = False
    for seen, each in enumerate(page.get_objects(max_depth=6)):
        if seen > _MOST_OBJECTS:
            break
        if each.type == raw.FPDF_PAGEOBJ_TEXT:
            drawn = drawn or raw.FPDFTextObj_GetTextRenderMode(each.raw) not in _INVISIBLE
        elif each.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = each.get_bounds()
            if (right - left) * (top - bottom) > _PICTURE * width * height:
                return False
    return drawn


def _is_real(text: str) -> bool:
    """Whether letters mean something: a font without its table gives boxes and private signs."""
    letters = [letter for letter in text if not letter.isspace()]
    odd = sum(letter == "\ufffd" or unicodedata.category(letter) in {"Co", "Cn", "Cc"} for letter in letters)
    return bool(letters) and 1 - odd / len(letters) >= _REAL


def _letters(page: pdfium.PdfPage, text: pdfium.PdfTextPage, count: int, size: tuple[float, float]) -> Iterator[tuple[str, Box]]:
    """Every letter in the order it is read, with its box on the drawn page."""
    for index in range(count):
        letter = chr(raw.FPDFText_GetUnicode(text, index) or 0xFFFD)
        if letter.isspace():
            yield letter, (0, 0, 0, 0)
            continue
        left, bottom, right, top = text.get_charbox(index)
        corners = [_on_drawing(page, size, x, y) for x, y in ((left, top), (right, bottom))]
        (x1, y1), (x2, y2) = corners
        yield letter, (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _on_drawing(page: pdfium.PdfPage, size: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    """A place on the page as points of its drawing, its own rotation taken into account."""
    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, round(size[0]), round(size[1]), 0, x, y, byref(across), byref(down))
    return float(across.value), float(down.value)


def _fill(reading: Reading, letters: Iterator[tuple[str, Box]]) -> None:
    """Letters to words, words to rows."""
    word, boxes, row = "", list[Box](), Row([], starts=True)
    for letter, box in [*letters, ("\n", (0, 0, 0, 0))]:
        if not letter.isspace():
            word += letter
            boxes.append(box)
            continue
        if word:
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            row.words.append(Seen(word, 100.0, (min(lefts), min(tops), max(rights), max(bottoms))))
            word, boxes = "", []
        if letter in "\r\n" and row.words:
            reading.rows.append(row)
            row = Row([])
