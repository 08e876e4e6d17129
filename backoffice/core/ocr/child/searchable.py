"""A page as a PDF of one page: its picture, unchanged where that can be, and its words under it, unseen."""

import math
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Matrix, Stream

from backoffice.core.ocr.child.languages import as_read, leftwards
from backoffice.core.ocr.child.layout import Reading, Row
from backoffice.core.ocr.child.sheets import Original
from backoffice.core.ocr.declaring import SAVED, declare
from backoffice.core.ocr.glyphless import WIDTH, Letters

_LEAST = 0.1  # points: a smaller letter or gap is none
_QUARTER = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}
_LAID = {
    1: (1, 0, 0, 1, 0, 0), 2: (-1, 0, 0, 1, 1, 0), 3: (-1, 0, 0, -1, 1, 1), 4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1), 6: (0, -1, 1, 0, 0, 1), 7: (0, 1, 1, 0, 0, 0), 8: (0, 1, -1, 0, 1, 0),
}  # fmt: skip

Size = tuple[float, float]


def write(path: Path, original: Original, size: Size, turn: int, tilt: float, reading: Reading) -> None:
    """Write the page: `size` is the sheet's as the file shows it, in points, before it is turned and set straight."""
    upright = size if turn % 180 == 0 else (size[1], size[0])
    matrix, sheet = _laid(original.orientation, upright, turn, tilt)
    letters = Letters()
    words = _words(reading, sheet, letters)
    drawn = f"q {_numbers(*matrix.shorthand)} cm /Picture Do Q\n".encode()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(round(sheet[0], 2), round(sheet[1], 2)))
        page.Resources = Dictionary(XObject=Dictionary(Picture=original.place(pdf)))
        if words:
            page.Resources.Font = Dictionary(Unseen=pdf.make_indirect(letters.font(pdf)))
        page.Contents = Stream(pdf, drawn + words)
        declare(pdf)
        pdf.save(path, **SAVED)


def _laid(orientation: int, upright: Size, turn: int, tilt: float) -> tuple[Matrix, Size]:
    """How the picture is laid on its upright sheet, and how large that sheet is."""
    for _ in range(turn // 90):
        orientation = _QUARTER[orientation]
    matrix = Matrix(*_LAID[orientation]) @ Matrix(upright[0], 0, 0, upright[1], 0, 0)
    if not tilt:
        return matrix, upright
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    width, height = upright
    sheet = width * cos + height * abs(sin), height * cos + width * abs(sin)
    matrix = matrix @ Matrix(1, 0, 0, 1, -width / 2, -height / 2) @ Matrix(cos, -sin, sin, cos, 0, 0)
    return matrix @ Matrix(1, 0, 0, 1, sheet[0] / 2, sheet[1] / 2), sheet


def _words(reading: Reading, sheet: Size, letters: Letters) -> bytes:
    if not reading.rows:
        return b""
    across, down = sheet[0] / reading.size[0], sheet[1] / reading.size[1]
    rows = [_row(row, across, down, sheet[1], letters) for row in reading.rows]
    return b"BT 3 Tr\n" + b"".join(rows) + b"ET\n"


def _row(row: Row, across: float, down: float, height: float, letters: Letters) -> bytes:
    """One line of words on one foot, each as wide as it stands on the picture, a space after it.

    Letters stand from left to right as they do on paper, also in Arabic: so readers expect it, and turn them back.
    """
    left, top, right, bottom = row.box[0] * across, height - row.box[1] * down, row.box[2] * across, height - row.box[3] * down
    size = max(right - left if row.turn % 180 else top - bottom, _LEAST)
    out = [f"/Unseen {_numbers(size)} Tf\n".encode()]
    for word in row.words:
        first, last = word.box[0] * across, word.box[2] * across
        high, low = height - word.box[1] * down, height - word.box[3] * down
        wide = max(high - low if row.turn % 180 else last - first, _LEAST) / len(word.text)
        against = leftwards(word.text)
        text, back = (f" {as_read(word.text)}", wide) if against else (f"{word.text} ", 0.0)
        placed = {0: (1, 0, 0, 1, first - back, bottom), 90: (0, 1, -1, 0, right, low - back),
                  180: (-1, 0, 0, -1, last + back, top), 270: (0, -1, 1, 0, left, high + back)}[row.turn]  # fmt: skip
        out.append(f"{_numbers(*placed)} Tm {_numbers(100 * wide / (WIDTH * size))} Tz\n".encode())
        out.append(f"<{letters.encoded(text).hex()}> Tj\n".encode())
    return b"".join(out)


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in values)
