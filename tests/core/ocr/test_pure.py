"""What needs neither engine nor process: how a page lies, in which language words are, which way letters run."""

import io
from typing import Any

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from backoffice.core.ocr import glyphless
from backoffice.core.ocr.child.languages import as_read, language_of, leftwards, script_of
from backoffice.core.ocr.child.layout import Reading, Row, Seen
from backoffice.core.ocr.child.pictures import guessed_dpi, turned
from backoffice.core.ocr.child.turning import height_of, lie_of, without_border
from tests.core.scans import making

LINES = ("The quick brown dog jumped over the lazy fox", "and paid for it with a certified cheque", "drawn on a bank of the town") * 4


def reading(text: str, engine: str = "fra") -> Reading:
    return Reading((100, 100), [Row([Seen(word, 90, (0, 0, 1, 1), engine) for word in text.split()])])


@pytest.mark.parametrize("tilt", [-7.0, -1.0, 0.0, 0.5, 4.0])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_how_a_page_lies(turn: int, tilt: float) -> None:
    lie = lie_of(turned(making.paper(*LINES), turn, -tilt))
    assert lie.inked
    assert abs(lie.tilt - tilt) <= 0.2
    assert lie.sideways is (turn in {90, 270})
    assert lie.sideways or lie.doubtful is (turn == 180), "feet of lines are straighter than their tops"


def test_an_empty_page_lies_straight() -> None:
    assert (lie_of(making.paper()).inked, lie_of(making.paper()).tilt) == (False, 0.0)


def test_the_height_of_letters_decides_how_finely_a_page_is_read() -> None:
    small, large = making.paper(*LINES), making.paper(*LINES).resize((3400, 4400))
    assert 1.8 < height_of(large) / height_of(small) < 2.2
    assert height_of(making.paper()) == 0


def test_black_around_a_sheet_is_no_ink_but_words_at_the_edge_are() -> None:
    scan = Image.new("L", (1000, 1400), 0)
    scan.paste(making.paper("Words", size=(900, 1300)).rotate(3, fillcolor=0), (50, 50))
    cleaned = np.asarray(without_border(scan))
    assert cleaned[:40].min() > 200
    assert cleaned.min() < 60, "the words are still there"
    plain = making.paper("Words")
    ImageDraw.Draw(plain).text((2, 5), "at the edge", fill=0, font_size=30)
    assert without_border(plain) is plain


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        ("Je vous prie de trouver dans cette enveloppe les documents et le chèque", "fra", "Latin"),
        ("Please find the documents and the cheque in this envelope with your form", "eng", "Latin"),
        ("El acta de nacimiento y los documentos del solicitante para la solicitud", "spa", "Latin"),
        ("وزارة الداخلية المملكة المغربية", "ara", "Arabic"),
        ("وزارة الداخلية المملكة المغربية Royaume du Maroc Ministère de l’Intérieur", "ara+fra", "Arabic"),
        ("1234", "", None),
        ("Tremblay", "fra", "Latin"),
    ],
)
def test_language_and_script(text: str, language: str, script: str | None) -> None:
    assert (language_of(reading(text)), script_of(reading(text))) == (language, script)


@pytest.mark.parametrize(
    ("standing", "read"),
    [("ةرازو", "وزارة"), ("Québec", "Québec"), ("2016-06-13", "2016-06-13"), ("14,5:مقر", "رقم:14,5"), ("", "")],
)
def test_letters_are_put_in_the_order_they_are_read(standing: str, read: str) -> None:
    assert as_read(standing) == read
    assert leftwards(read) is (standing != read)


@given(st.text(st.characters(codec="utf-8", categories=["L", "N"]), max_size=12))
def test_what_is_turned_twice_is_as_it_was(word: str) -> None:
    assert as_read(as_read(word)) == word


@pytest.mark.parametrize(
    ("size", "told", "dpi"), [((2480, 3508), 300, 300), ((2480, 3508), 72, 300), ((1700, 2200), 0, 200), ((640, 480), 5000, 72), ((200, 100), 0, 150)]
)
def test_resolution_is_believed_where_it_can_be(size: tuple[int, int], told: float, dpi: float) -> None:
    assert guessed_dpi(size, told) == dpi


def test_the_font_is_two_empty_shapes() -> None:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "any"])
    builder.setupCharacterMap({})
    builder.setupGlyf({".notdef": Glyph(), "any": Glyph()})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "any"), (500, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupMaxp()
    builder.setupPost(keepGlyphNames=False)
    font: Any = builder.font
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out)
    assert out.getvalue() == glyphless.PROGRAM
