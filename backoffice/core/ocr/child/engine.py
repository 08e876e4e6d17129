"""The engine: each set of languages is loaded once and kept for the next page."""

from dataclasses import dataclass
from pathlib import Path

import tesserocr
from PIL import Image
from tesserocr import OEM, PSM, RIL, Orientation, PyResultIterator, PyTessBaseAPI, WritingDirection

from backoffice.core.ocr.child.languages import as_read
from backoffice.core.ocr.child.layout import Reading, Row, Seen

_UPRIGHT = {Orientation.PAGE_UP: 0, Orientation.PAGE_RIGHT: 270, Orientation.PAGE_DOWN: 180, Orientation.PAGE_LEFT: 90}
_UNSURE, _WORD = 1.0, 3  # of less, a smudge the engine itself does not believe in, but for whole words: some of those are right


@dataclass(frozen=True)
class Seemed:
    """Which way up a page seems to be, as the clockwise turn that would make it upright, and its script."""

    turn: int
    sure: float
    script: str
    script_sure: float


class Engine:
    """Tesseract, in this process and with these languages."""

    def __init__(self, data: Path, languages: frozenset[str]) -> None:
        """Load nothing yet."""
        self._data = f"{data}/"
        self._there = languages
        self._loaded: dict[str, PyTessBaseAPI] = {}

    def having(self, *wanted: str) -> str:
        """Those of the wanted languages that are installed, as the engine takes them; empty where none is."""
        return "+".join(language for language in wanted if language in self._there)

    def read(self, picture: Image.Image, dpi: float, languages: str) -> Reading:
        """Every word on an upright grey picture."""
        api = self._api(languages, PSM.AUTO)
        api.SetImage(picture)
        api.SetSourceResolution(round(dpi))
        api.Recognize()
        reading = _reading(api, picture.size)
        api.Clear()
        return reading

    def seems(self, picture: Image.Image) -> Seemed | None:
        """Which way up a picture is and in which script, where there is enough on it to say."""
        if not Path(self._data, "osd.traineddata").exists():
            return None
        api = self._api("osd", PSM.OSD_ONLY)
        api.SetImage(picture)
        seen = api.DetectOrientationScript()
        api.Clear()
        if not seen:
            return None
        return Seemed(-seen["orient_deg"] % 360, seen["orient_conf"], seen["script_name"], seen["script_conf"])

    def _api(self, languages: str, mode: int) -> PyTessBaseAPI:
        if languages not in self._loaded:
            oem = OEM.TESSERACT_ONLY if languages == "osd" else OEM.LSTM_ONLY
            self._loaded[languages] = PyTessBaseAPI(path=self._data, lang=languages, psm=mode, oem=oem)
        return self._loaded[languages]


def _reading(api: PyTessBaseAPI, size: tuple[int, int]) -> Reading:
    reading = Reading(size)
    found = api.GetIterator()
    if found is None:
        return reading
    for word in tesserocr.iterate_level(found, RIL.WORD):
        text = _text(word)
        if word.IsAtBeginningOf(RIL.TEXTLINE):
            reading.rows.append(Row([], starts=word.IsAtBeginningOf(RIL.PARA), turn=_turn(*word.Orientation()[:2])))
        box = word.BoundingBox(RIL.WORD)
        sure = word.Confidence(RIL.WORD)
        if box and (sure >= _UNSURE or sum(map(str.isalnum, text)) >= _WORD) and text:
            reading.rows[-1].words.append(Seen(text, sure, box, word.WordRecognitionLanguage() or ""))
    reading.rows = [row for row in reading.rows if row.words]
    return reading


def _turn(way_up: int, direction: int) -> int:
    """The clockwise turn that would set a line upright; one taken for lines that run down has its top to the right."""
    return 270 if direction == WritingDirection.TOP_TO_BOTTOM and way_up == Orientation.PAGE_UP else _UPRIGHT[way_up]


def _text(word: PyResultIterator) -> str:
    """What a word says; the engine raises where it took a picture for a word and then found none."""
    try:
        return as_read((word.GetUTF8Text(RIL.WORD) or "").strip())
    except RuntimeError:
        return ""
