"""The text a page already holds, where a person could read it: letters that are drawn, not another's recognition."""

import unicodedata
from collections.abc import Iterator
from ctypes import byref, c_int

import pypdfium2 as pdfium
from pypdfium2 import raw

from backoffice.core.ocr.child.languages import as_read, leftwards
from backoffice.core.ocr.child.layout import Reading, Row, Seen

_MOST_OBJECTS = 20_000
_MOST_LETTERS = 200_000
_PICTURE = 0.2  # of the page: a larger picture may hold words of its own
_REAL = 0.9
_INVISIBLE = {raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP}

_LAST, _ARTICLE = ("ة", "ى"), ("ال", "وال", "لل")
_GAP = 0.2  # of a letter's height
_NOWHERE = (0.0, 0.0, 0.0, 0.0)

Box = tuple[float, float, float, float]
Letter = tuple[str, Box]


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
        _fill(reading, list(_letters(page, text, count, reading.size)))
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


def _letters(page: pdfium.PdfPage, text: pdfium.PdfTextPage, count: int, size: tuple[float, float]) -> Iterator[Letter]:
    """Every letter in the order it is read, with its box on the drawn page."""
    for index in range(count):
        letter = chr(raw.FPDFText_GetUnicode(text, index) or 0xFFFD)
        if letter.isspace():
            yield letter, _NOWHERE
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


def _fill(reading: Reading, letters: list[Letter]) -> None:
    """Letters to rows, rows to words."""
    row: list[Letter] = []
    for letter, box in [*letters, ("\n", _NOWHERE)]:
        if letter not in "\r\n":
            row.append((letter, box))
            continue
        words = _leftwards(row) if _runs_leftwards(row) else _in_turn(row)
        if words:
            reading.rows.append(Row(words, starts=not reading.rows))
        row = []


def _in_turn(row: list[Letter]) -> list[Seen]:
    """Words as the file gives them, a space between; those of a script that runs leftwards by where their letters stand."""
    words, word = list[Seen](), list[Letter]()
    for letter, box in [*row, (" ", _NOWHERE)]:
        if not _parts(letter):
            word.append((letter, box))
        elif word:
            against = any(leftwards(each) for each, _ in word)
            words += _leftwards(word) if against else [_word("".join(each for each, _ in word), word)]
            word = []
    return words


def _runs_leftwards(row: list[Letter]) -> bool:
    letters = [letter for letter, _ in row if letter.isalpha()]
    return 2 * sum(leftwards(letter) for letter in letters) > len(letters)


def _leftwards(row: list[Letter]) -> list[Seen]:
    """Words of a row that runs from right to left, by where they stand: files hold such letters in either order.

    Some programs even draw them from left to right; there the row is turned if its words make more sense so.
    """
    # where a file says of all letters of a word that they stand in one place, PDFium gives the last one first
    standing = [(letter, box) for letter, box in reversed(row) if not _parts(letter) and not unicodedata.combining(letter)]
    marks = [(letter, box) for letter, box in row if unicodedata.combining(letter)]
    standing.sort(key=lambda each: -(each[1][0] + each[1][2]))
    words, turned = _apart(standing, marks, against=True), _apart(standing[::-1], marks, against=False)
    return turned if _sense(turned) > _sense(words) else words


def _apart(letters: list[Letter], marks: list[Letter], *, against: bool) -> list[Seen]:
    """Words where there is a gap between letters."""
    words, word = list[Seen](), list[Letter]()
    for letter, box in letters:
        if word and _gap(word[-1][1], box) > _GAP * max(box[3] - box[1], word[-1][1][3] - word[-1][1][1]):
            words.append(_word(_read(word, marks, against=against), word))
            word = []
        word.append((letter, box))
    return [*words, _word(_read(word, marks, against=against), word)] if word else words


def _gap(one: Box, other: Box) -> float:
    return max(one[0] - other[2], other[0] - one[2])


def _read(word: list[Letter], marks: list[Letter], *, against: bool) -> str:
    """The letters of a word with their marks, numbers and Latin letters in their own order."""
    marked = [letter for letter, _ in word]
    for mark, place in marks:
        nearest = min(range(len(word)), key=lambda index: abs(sum(word[index][1][::2]) - sum(place[::2])))
        if _gap(word[nearest][1], place) <= 0:
            marked[nearest] += mark
    text = as_read(marked[::-1]) if against else "".join(marked)
    return unicodedata.normalize("NFKC", text)


def _sense(words: list[Seen]) -> int:
    """How many words begin with the Arabic article or end as only words end, less those that begin so."""
    texts = [word.text for word in words]
    ends = sum(text.endswith(_LAST) for text in texts) - sum(text.startswith(_LAST) for text in texts)
    return ends + sum(text.startswith(_ARTICLE) for text in texts)


def _word(text: str, letters: list[Letter]) -> Seen:
    lefts, tops, rights, bottoms = zip(*(box for _, box in letters), strict=True)
    return Seen(text, 100.0, (min(lefts), min(tops), max(rights), max(bottoms)))


def _parts(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) == "Cc"
