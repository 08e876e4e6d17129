"""One page: which way up it is, how it is tilted, in which language it is, and its words.

A page is first read as it lies, because most lie as they should: a sure reading is proof that it is upright and in Latin
letters. Where the lines seem to run down the page or to stand on their heads, or the reading is poor, the way up is
looked for first, and the script.
"""

from dataclasses import dataclass, replace

from PIL import Image

from backoffice.core.ocr.child.engine import Engine, Seemed
from backoffice.core.ocr.child.languages import ARABIC, LATIN, language_of, script_of
from backoffice.core.ocr.child.layout import Reading
from backoffice.core.ocr.child.pictures import scaled, turned
from backoffice.core.ocr.child.sheets import Sheet
from backoffice.core.ocr.child.turning import Lie, height_of, lie_of, without_border

_SURE = 80.0  # a page read better than this lies upright and is in the script it was read in
_POOR = 65.0  # worse than this in Latin letters, it may be in others: Cyrillic or Hebrew read as Latin comes to some 50
_FEW = 12  # letters; fewer say little about how a page lies
_SMUDGE = 3  # letters; so few and not sure are no words but lines of a drawing
_TURN_SURE, _TURN_PROVEN = 1.0, 5.0
_BETTER = 1.15
_FINE_DPI, _COARSE_DPI = 300.0, 200.0
_LETTER = 10.7  # points that small letters must be high; smaller ones are read at full resolution
_SMALL_ROW = 17.0  # points from top to foot of a line, at the coarse resolution
_SMALL_SHARE = 0.03

_FRENCH_AND_ENGLISH = ("fra", "eng")
_SPANISH = ("spa", "fra")
_ARABIC_AND_FRENCH = ("ara", "fra")


@dataclass(frozen=True)
class Page:
    """What came of a page."""

    reading: Reading
    turn: int
    tilt: float
    language: str = ""
    script: str | None = None


@dataclass(frozen=True)
class _Picture:
    """The page as it is to be read: grey, without the scanner's border, turned as a person said where one did."""

    grey: Image.Image
    dpi: float
    tilt: float
    factor: float

    def read(self, engine: Engine, turn: int, languages: tuple[str, ...]) -> Page:
        """Read it, turned and set straight."""
        small = self.grey if self.factor > 0.9 else scaled(self.grey, self.factor)
        reading = engine.read(turned(small, turn, self.tilt, fine=False), self.dpi * self.factor, engine.having(*languages))
        return Page(reading, turn, self.tilt, language_of(reading), script_of(reading))

    def finer(self) -> "_Picture":
        """The same at full resolution."""
        return replace(self, factor=min(1.0, _FINE_DPI / self.dpi))


def read_page(engine: Engine, sheet: Sheet, turn: int | None) -> Page:
    """Read a page, turned as a person said where one did."""
    if sheet.written is not None and not turn:
        return Page(sheet.written, 0, 0.0, language_of(sheet.written), script_of(sheet.written))
    grey = without_border(turned(sheet.grey, turn or 0, 0.0))
    lie = lie_of(grey)
    if not lie.inked:
        return Page(Reading(grey.size), turn or 0, 0.0)
    picture = _Picture(grey, sheet.dpi, lie.tilt, _factor(grey, sheet.dpi))
    page = _found_upright(engine, picture, lie) if turn is None else _as_it_lies(engine, picture)
    page = _in_its_language(engine, picture, page)
    if 0 < _letters(page) <= _SMUDGE and page.reading.confidence < _SURE:
        page = Page(Reading(page.reading.size), 0, 0.0)
    tilt = page.tilt if page.reading.rows or page.script else 0.0
    return replace(page, turn=(page.turn + (turn or 0)) % 360, tilt=tilt)


def _factor(grey: Image.Image, dpi: float) -> float:
    """How much smaller a picture can be read: letters twice as large as needed only cost time."""
    coarse = min(1.0, _COARSE_DPI / dpi)
    return coarse if height_of(grey) * coarse >= _LETTER else min(1.0, _FINE_DPI / dpi)


def _as_it_lies(engine: Engine, picture: _Picture) -> Page:
    page = picture.read(engine, 0, _FRENCH_AND_ENGLISH)
    return page if _is_sure(page) else _in_its_script(engine, picture, page, engine.seems(picture.grey))


def _found_upright(engine: Engine, picture: _Picture, lie: Lie) -> Page:
    """Read it as it most likely lies; where that is not sure, as it may lie besides."""
    seemed = engine.seems(picture.grey) if lie.sideways or lie.doubtful else None
    first = seemed.turn if seemed and seemed.sure >= _TURN_SURE else 90 if lie.sideways else 0
    page = picture.read(engine, first, _FRENCH_AND_ENGLISH)
    if _is_sure(page) and page.reading.turn:  # the engine reads lines that run down, too, but only some of them
        page = picture.read(engine, (first + page.reading.turn) % 360, _FRENCH_AND_ENGLISH)
    if _is_sure(page):
        return page
    seemed = seemed or engine.seems(picture.grey)
    for turn in _other_turns(lie, first, seemed):
        other = picture.read(engine, turn, _FRENCH_AND_ENGLISH)
        page = other if _letters(other) >= _FEW and _worth(other) > _worth(page) * _BETTER else page
    if _is_sure(page):
        return page
    if page.turn and not (seemed and seemed.turn == page.turn and seemed.sure >= _TURN_PROVEN):
        page = picture.read(engine, 0, _FRENCH_AND_ENGLISH)  # nothing proves that it should be turned
    return _in_its_script(engine, picture, page, seemed)


def _other_turns(lie: Lie, first: int, seemed: Seemed | None) -> list[int]:
    if seemed is not None and seemed.sure >= _TURN_SURE:
        return [] if seemed.turn == first else [seemed.turn]
    return [270] if lie.sideways else [180] if lie.doubtful else []


def _worth(page: Page) -> float:
    return page.reading.confidence


def _letters(page: Page) -> int:
    return sum(len(word.text) for word in page.reading.words)


def _is_sure(page: Page) -> bool:
    return page.reading.confidence >= _SURE and _letters(page) >= _FEW


def _in_its_script(engine: Engine, picture: _Picture, page: Page, seemed: Seemed | None) -> Page:
    """Read again with Arabic, which stands beside French on many a record; of a script that cannot be read, its name."""
    if seemed is None or _letters(page) < _FEW:
        return page
    if engine.having("ara"):
        arabic = picture.read(engine, page.turn, _ARABIC_AND_FRENCH)
        if _worth(arabic) > _worth(page) * _BETTER and _worth(arabic) >= _POOR and arabic.script == ARABIC:
            return arabic
    if seemed.script not in {LATIN, ARABIC} and _worth(page) < _POOR:
        return Page(Reading(page.reading.size), page.turn, page.tilt, "", seemed.script)
    return page


def _in_its_language(engine: Engine, picture: _Picture, page: Page) -> Page:
    """Read again what is in Spanish, and in full resolution what is in fine print."""
    if page.language == "spa" and engine.having("spa"):
        return picture.read(engine, page.turn, _SPANISH)
    if picture.factor < picture.finer().factor and _has_fine_print(page.reading):
        return picture.finer().read(engine, page.turn, _ARABIC_AND_FRENCH if page.script == ARABIC else _FRENCH_AND_ENGLISH)
    return page


def _has_fine_print(reading: Reading) -> bool:
    letters = small = 0
    for row in reading.rows:
        count = sum(len(word.text) for word in row.words)
        letters += count
        small += count if row.box[3] - row.box[1] < _SMALL_ROW else 0
    return small > _SMALL_SHARE * letters
