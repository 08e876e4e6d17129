"""Recognises the text of some pages of a file, in one bounded process; each page is committed by itself."""

import tempfile
from pathlib import Path

import structlog

from backoffice.core import clock, files, ocr
from backoffice.core.db import db, transaction
from backoffice.documents import texts
from backoffice.documents.states import TextState
from backoffice.mailroom.pipeline import queries, service, work
from backoffice.mailroom.pipeline.alone import RECOGNISING, alone
from backoffice.mailroom.pipeline.service.recognising import Known
from backoffice.mailroom.pipeline.values import GIVEN_UP, MOST_ATTEMPTS, NOT_INSTALLED

log = structlog.get_logger()

WAIT_SECONDS = 60.0
"""How long texts wait for a language to be installed before it is looked for again."""


def recognise(work_id: int) -> bool:
    """Carry out one piece of work; false if another recogniser has it, or it must wait."""
    with alone(RECOGNISING, work_id) as mine:
        if not mine:
            return False
        with transaction():
            claimed = work.claim(work_id, at=clock.now())
            if claimed is None:
                return False
            attempts, scan_id, first, last = claimed.attempts, claimed.scan_id, claimed.first or 1, claimed.last
        try:
            return _recognise(work_id, scan_id, first, last, attempts)
        except Exception as fault:  # whatever it is costs one file's text: it is logged and tried again, its pages stand already
            log.exception("recognition failed", scan=scan_id)
            db.session.rollback()
            with transaction():
                work.postpone(work_id, type(fault).__name__, seconds=min(300, 2**attempts), counted=True, at=clock.now())
            return False


def _recognise(work_id: int, scan_id: int, first: int, last: int | None, attempts: int) -> bool:
    scan = queries.scan(scan_id)
    wanted = [text for text in queries.texts_of(scan, first, last) if text.state is TextState.WAITING]
    if attempts > MOST_ATTEMPTS:  # its recognisers were killed each time: the pages are shown as they were scanned
        return _give_up(work_id, scan_id, [text.number for text in wanted])
    if wanted and not ocr.languages():
        with transaction():
            work.postpone(work_id, NOT_INSTALLED, seconds=WAIT_SECONDS, counted=False, at=clock.now())
        return False
    asked = [ocr.Wanted(text.number, text.turned if text.turned or text.picture_sha256 else None) for text in wanted]
    sha256, name = scan.sha256, scan.filename
    db.session.rollback()  # nothing is held while a page is recognised
    if asked:
        _run(work_id, scan_id, asked, sha256, name)
    with transaction():
        work.done(work_id, at=clock.now())
    return True


def _give_up(work_id: int, scan_id: int, numbers: list[int]) -> bool:
    with transaction():
        for number in numbers:
            service.unrecognised(scan_id, number, GIVEN_UP, at=clock.now())
        work.done(work_id, at=clock.now())
    return True


def _run(work_id: int, scan_id: int, asked: list[ocr.Wanted], sha256: str, name: str) -> None:
    def said(page: ocr.Recognised | ocr.Unrecognised) -> None:
        known = _kept(page) if isinstance(page, ocr.Recognised) else None
        with transaction():
            if known:
                service.recognised(scan_id, known, at=clock.now())
            else:
                assert isinstance(page, ocr.Unrecognised)
                service.unrecognised(scan_id, page.number, page.reason, at=clock.now())
            work.advance(work_id, at=clock.now())

    with tempfile.TemporaryDirectory(prefix="recognise-") as folder:
        path = Path(folder) / "received"
        files.fetch(sha256, path)
        ocr.recognise(path, asked, Path(folder) / "pages", name=name, said=said)


def _kept(page: ocr.Recognised) -> Known:
    """A page whose files are kept, and gone from the folder: a long file fills no disk."""
    words = [texts.Word(w.text, w.confidence, w.left, w.top, w.right, w.bottom) for w in page.words]
    known = Known(
        number=page.number, text=page.text, language=page.language, script=page.script, confidence=page.confidence, turned=page.turned, skew=page.skew,
        picture_sha256=files.keep(page.picture.read_bytes()), thumbnail_sha256=files.keep(page.thumbnail.read_bytes()),
        words_sha256=texts.keep_words(words), searchable_sha256=files.keep(page.searchable.read_bytes()),
    )  # fmt: skip
    for made in (page.picture, page.thumbnail, page.searchable):
        made.unlink(missing_ok=True)
    return known
