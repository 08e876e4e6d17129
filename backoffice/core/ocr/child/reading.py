"""One page: which way up it is, how it is tilted, in which language it is, and its words.

A page is first read as it lies, because most lie as they should: a sure reading is proof that it is upright and in Latin
letters. Only where the reading is poor, or the lines seem to run down the page, is the way up looked for, and the script.
"""

from collections import Counter
from dataclasses import dataclass

from PIL import Image

from backoffice.core.ocr.child.engine import Engine, Seemed
from backoffice.core.ocr.child.layout import Reading
from backoffice.core.ocr.child.pictures import scaled, turned
from backoffice.core.ocr.child.sheets import Sheet
from backoffice.core.ocr.child.turning import Lie, lie_of, without_border

_SURE = 80.0  # a page read better than this lies upright and is in the script it was read in
_FEW = 12  # letters; fewer say little about how a page lies
_TURN_SURE = 2.0
_BETTER = 1.15
_ENGINE_DPI = 200.0
_LATIN = ("fra", "eng")
_READ_SCRIPTS = {"Latin", "Arabic"}
_POOR = 55.0


@dataclass
class Page:
    """What came of a page."""

    reading: Reading
    turn: int
    tilt: float
    language: str = ""
    script: str | None = None


def read_page(engine: Engine, sheet: Sheet, turn: int | None) -> Page:
    """Read a page, turned as a person said where one did."""
    if sheet.written is not None and not turn:
        return Page(sheet.written, 0, 0.0)
    grey = without_border(turned(sheet.grey, turn or 0, 0.0))
    lie = lie_of(grey)
    if not lie.inked:
        return Page(Reading(grey.size), turn or 0, 0.0)
    page = _read_upright(engine, grey, sheet.dpi, lie, may_turn=turn is None)
    page.turn = (page.turn + (turn or 0)) % 360
    return page


def _read_upright(engine: Engine, grey: Image.Image, dpi: float, lie: Lie, *, may_turn: bool) -> Page:
    seemed = engine.seems(grey) if lie.sideways and may_turn else None
    turn = seemed.turn if seemed and seemed.sure >= _TURN_SURE else 0
    page = _read(engine, grey, dpi, turn, lie.tilt)
    if _is_sure(page.reading):
        return page
    seemed = seemed or engine.seems(grey)
    if seemed is None:
        return page
    if may_turn and seemed.turn != turn and seemed.sure >= _TURN_SURE:
        other = _read(engine, grey, dpi, seemed.turn, lie.tilt)
        page = other if other.reading.confidence > page.reading.confidence * _BETTER else page
    return _in_its_script(engine, grey, dpi, page, seemed)


def _read(engine: Engine, grey: Image.Image, dpi: float, turn: int, tilt: float, languages: tuple[str, ...] = _LATIN) -> Page:
    factor = min(1.0, _ENGINE_DPI / dpi)
    small = grey if factor > 0.9 else scaled(grey, factor)
    upright = turned(small, turn, tilt)
    reading = engine.read(upright, dpi * factor, engine.having(*languages))
    return Page(reading, turn, tilt, _language(reading), "Latin" if reading.rows else None)


def _is_sure(reading: Reading) -> bool:
    return reading.confidence >= _SURE and sum(len(word.text) for word in reading.words) >= _FEW


def _in_its_script(engine: Engine, grey: Image.Image, dpi: float, page: Page, seemed: Seemed) -> Page:
    """Read again in the script the page is in; of one that cannot be read, its name and no text."""
    if page.reading.confidence >= _POOR:
        return page
    if seemed.script == "Arabic" and engine.having("ara"):
        arabic = _read(engine, grey, dpi, page.turn, page.tilt, ("ara",))
        arabic.script = "Arabic"
        return arabic if arabic.reading.confidence > page.reading.confidence else page
    if seemed.script not in _READ_SCRIPTS:
        return Page(Reading(page.reading.size), page.turn, page.tilt, "", seemed.script)
    return page


def _language(reading: Reading) -> str:
    """The language most letters were recognised in."""
    letters = Counter[str]()
    for word in reading.words:
        letters[word.language] += len(word.text)
    return letters.most_common(1)[0][0] if letters else ""
