"""What the viewer shows: each page with its picture, its state, and where on it the words looked for stand."""

from dataclasses import dataclass

from flask import url_for

from backoffice.documents import texts
from backoffice.documents.models import PageText
from backoffice.documents.states import TextState
from backoffice.mailroom import queries as room
from backoffice.mailroom.models import Envelope, ScanPage
from backoffice.mailroom.pagework import pictures, rules, service


@dataclass(frozen=True)
class Mark:
    """A word found, as a box on the page, in thousandths of it."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Shown:
    """One page of the viewer."""

    id: int
    position: int
    part: int
    begins: bool
    row: ScanPage
    picture: str
    thumbnail: str
    width: int
    height: int
    marks: tuple[Mark, ...]

    @property
    def boxes(self) -> str:
        """The marks, for the script that turns pages without asking the server."""
        return " ".join(f"{mark.x},{mark.y},{mark.width},{mark.height}" for mark in self.marks)


def of_envelope(envelope: Envelope, query: str) -> list[Shown]:
    """The pages of an envelope, in order, with what is looked for marked on them."""
    leaves = service.leaves_of(envelope.pages)
    parts = {key: place for place, part in enumerate(rules.parts(leaves), 1) for key in part}
    turned = {leaf.id: leaf.turned for leaf in leaves}
    seen, rows = pictures.shown_all(envelope.pages), {page.id: page for page in envelope.pages}
    marks = found(envelope.pages, query, turned) if query else {}
    return [_shown(rows[leaf.id], parts.get(leaf.id, 0), seen[leaf.id], turned[leaf.id], marks.get(leaf.id, ()), cut=leaf.cut) for leaf in leaves]


def found(pages: list[ScanPage], query: str, turned: dict[int, int | None]) -> dict[int, tuple[Mark, ...]]:
    """Where the words looked for stand, page by page; a page still being read again after it was turned has no marks yet."""
    scans = room.scans_of(pages)
    keys = {page.id: (scans[page.scan_id].sha256, page.number) for page in pages}
    hits = texts.search_pages(query, list(keys.values()))
    known = texts.find_texts([key for key in keys.values() if key in hits])
    return {
        page.id: tuple(Mark(word.left, word.top, max(1, word.right - word.left), max(1, word.bottom - word.top)) for word in texts.hits(text, query))
        for page in pages if (text := known.get(keys[page.id])) and _lies_as_shown(text, turned.get(page.id))
    }  # fmt: skip


def _lies_as_shown(text: PageText, turned: int | None) -> bool:
    return text.state is TextState.DONE and turned in {None, text.turned}


def _shown(page: ScanPage, part: int, pair: pictures.Pair, turned: int | None, marks: tuple[Mark, ...], *, cut: bool) -> Shown:
    aside = turned is not None and turned % 180 != 0
    width, height = (page.height, page.width) if aside else (page.width, page.height)
    return Shown(page.id, page.position, part, cut, page, picture_url(page.id, pair[0]), thumbnail_url(page.id, pair[1]), width, height, marks)


def picture_url(page_id: int, sha256: str) -> str:
    """An address that changes with the picture, so that a browser may keep what it has."""
    return url_for("mailroom.picture", page_id=page_id, v=sha256[:12])


def thumbnail_url(page_id: int, sha256: str) -> str:
    """The same, small."""
    return url_for("mailroom.thumbnail", page_id=page_id, v=sha256[:12])
