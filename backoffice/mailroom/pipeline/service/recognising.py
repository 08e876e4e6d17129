"""The text of a page was recognised: kept with its upright picture, found by its words, filed nowhere unseen."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.cases import names
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.documents import texts
from backoffice.documents.models import PageText
from backoffice.documents.states import TEXTS, TextAction, TextState
from backoffice.mailroom.pipeline import queries, work
from backoffice.mailroom.pipeline.values import WorkKind

SEPARATOR_WORDS = frozenset({"patcht", "patch t"})
"""What a separator sheet says beside its code, for one whose code could not be read."""


@dataclass(frozen=True)
class Known:
    """What recognition made of a page; its files are kept already."""

    number: int
    text: str
    language: str
    script: str | None
    confidence: int | None
    turned: int
    skew: int
    picture_sha256: str
    thumbnail_sha256: str
    words_sha256: str
    searchable_sha256: str


def recognised(scan_id: int, known: Known, *, at: datetime) -> None:
    """Keep the text of a page, unless it was had meanwhile; a page that reads like a separator is pointed out."""
    scan = queries.scan(scan_id)
    row = db.session.get(PageText, (scan.sha256, known.number), with_for_update=True, populate_existing=True)
    if row is None or row.state is not TextState.WAITING:
        return
    row.state = move(TEXTS, row.state, TextAction.RECOGNISE)
    row.language, row.script, row.confidence = known.language, known.script, known.confidence
    row.turned, row.skew, row.text = known.turned, known.skew, known.text.replace("\x00", "")
    row.search = texts.folded(row.text)
    row.picture_sha256, row.thumbnail_sha256 = known.picture_sha256, known.thumbnail_sha256
    row.words_sha256, row.searchable_sha256, row.recognised_at = known.words_sha256, known.searchable_sha256, at
    if _reads_like_a_separator(row.text):
        scan = queries.lock_scan(scan_id)
        scan.warnings = list(dict.fromkeys([*scan.warnings, f"separator_text:{known.number}"]))


def _reads_like_a_separator(text: str) -> bool:
    """Few words, and those of a separator sheet."""
    folded = names.fold(text)
    return len(folded.split()) <= 12 and any(words in folded for words in SEPARATOR_WORDS)


def unrecognised(scan_id: int, number: int, reason: str, *, at: datetime) -> None:
    """The text of a page could not be had: it is shown as it was scanned, and its words are not found."""
    row = db.session.get(PageText, (queries.scan(scan_id).sha256, number), with_for_update=True, populate_existing=True)
    if row is not None and row.state is TextState.WAITING:
        row.state, row.recognised_at = move(TEXTS, row.state, TextAction.FAIL), at
        row.script = reason[:80]


def recognise_again(scan_id: int, number: int, turned: int, *, at: datetime) -> None:
    """A person turned a page: its text is recognised again, that way up."""
    scan = queries.scan(scan_id)
    row = db.session.get(PageText, (scan.sha256, number), with_for_update=True, populate_existing=True)
    if row is None:
        row = PageText(original_sha256=scan.sha256, number=number, state=TextState.WAITING, skew=0, text="", search="", turned=turned)
        db.session.add(row)
    elif row.state is not TextState.WAITING:
        row.state = move(TEXTS, row.state, TextAction.AGAIN)
    row.turned = turned
    work.owe(WorkKind.RECOGNISE, scan_id, first=number, last=number, at=at)
