"""What the tests share: read pages and keep what was said of each."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pypdfium2 as pdfium

from backoffice.core import ocr


def read(path: Path, numbers: Iterable[int] = (1,), *, into: Path | None = None, turned: int | None = None,
         limits: ocr.OcrLimits = ocr.OcrLimits()) -> list[ocr.Recognised | ocr.Unrecognised]:  # fmt: skip  # noqa: B008 - a frozen value
    said = list[ocr.Recognised | ocr.Unrecognised]()
    ocr.recognise(path, [ocr.Wanted(number, turned) for number in numbers], into or path.parent / "read", said=said.append, limits=limits)
    return said


def page(path: Path, number: int = 1, *, into: Path | None = None, turned: int | None = None) -> ocr.Recognised:
    (said,) = read(path, [number], into=into, turned=turned)
    assert isinstance(said, ocr.Recognised), said
    return said


def folded(text: str) -> str:
    """Without accents and case, as search compares."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def missing(words: str, text: str) -> list[str]:
    found = folded(text)
    return [word for word in words.split() if folded(word) not in found]


def text_in(pdf: Path | bytes) -> str:
    """What a reader finds in a PDF, page after page."""
    document = pdfium.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
