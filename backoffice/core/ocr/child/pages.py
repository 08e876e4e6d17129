"""Each page asked for: turned upright, set straight, read in its language, written down with its pictures."""

import gc
import json

from PIL import Image

from backoffice.core.ocr.child import originals, searchable
from backoffice.core.ocr.child.asking import Request
from backoffice.core.ocr.child.engine import Engine
from backoffice.core.ocr.child.pictures import bounded, turned
from backoffice.core.ocr.child.reading import Page, read_page
from backoffice.core.ocr.child.sheets import File, Original, Sheet
from backoffice.core.scans.child.talk import Line

_COSTLY = (MemoryError, Image.DecompressionBombError)


def read(request: Request, line: Line) -> None:
    """Read every page asked for, one after the other."""
    line.begin("open", request.seconds_one_page)
    file = _opened(request)
    engine = Engine(request.data, request.languages)
    gc.freeze()  # between pages, only what a page left is looked through, not all that was loaded
    for number, turn in request.pages:
        line.begin(str(number), request.seconds_one_page)
        try:
            _one(request, engine, file.page(number), number, turn)
        except EOFError:
            line.say(unrecognised=number, reason="no_such_page")
        except Exception as error:  # noqa: BLE001 - whatever a parser raises, the other pages are still wanted
            line.say(unrecognised=number, reason="too_costly" if isinstance(error, _COSTLY) else "damaged")
        else:
            line.say(recognised=number)
        gc.collect()


def _opened(request: Request) -> File:
    if request.kind == "pdf":
        from backoffice.core.ocr.child.documents import opened  # noqa: PLC0415 - only the parser that is needed
    else:
        from backoffice.core.ocr.child.images import opened  # noqa: PLC0415 - same
    return opened(request)


def _one(request: Request, engine: Engine, sheet: Sheet, number: int, turn: int | None) -> None:
    page = read_page(engine, sheet, turn)
    name = f"{number:04d}"
    picture = bounded(turned(sheet.shown(), page.turn, page.tilt), request.picture_side)
    picture.save(request.into / f"upright-{name}.jpg", "JPEG", quality=80)
    small = picture.reduce(max(1, max(picture.size) // (2 * request.thumbnail_side)))
    small.thumbnail((request.thumbnail_side, request.thumbnail_side))
    small.save(request.into / f"upright-{name}-small.jpg", "JPEG", quality=75)
    original = sheet.original or Original(originals.recoded(_to_keep(sheet)))
    searchable.write(request.into / f"searchable-{name}.pdf", original, sheet.size, page.turn, page.tilt, page.reading)
    (request.into / f"page-{name}.json").write_text(json.dumps(_told(page)))


def _to_keep(sheet: Sheet) -> Image.Image:
    """The picture to compress anew: in grey as fine as it was read, in colour as it is shown."""
    shown = sheet.shown()
    return sheet.grey if shown.mode == "L" else shown


def _told(page: Page) -> dict[str, object]:
    reading = page.reading
    width, height = reading.size
    words = [
        [word.text, round(word.confidence), *(_thousandth(value, whole) for value, whole in
                                              zip(word.box, (width, height, width, height), strict=True))]
        for word in reading.words
    ]  # fmt: skip
    return {
        "text": reading.text, "words": words, "confidence": round(reading.confidence) if reading.rows else None,
        "language": page.language, "script": page.script, "turned": page.turn, "skew": round(page.tilt * 10),
    }  # fmt: skip


def _thousandth(value: float, whole: float) -> int:
    return max(0, min(1000, round(1000 * value / whole)))
