"""The text recognised on pages: found by its words without accents, with where each word stands on the upright picture."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from backoffice.cases import names
from backoffice.core import files
from backoffice.core.db import db
from backoffice.documents.models import Document, DocumentPage, PageText
from backoffice.documents.states import TextState

DOUBTFUL = 60
"""A text recognised with less confidence than this (of 100) is marked: a person reads the picture."""

Key = tuple[str, int]
"""A page of an original: its digest and the page's number."""


@dataclass(frozen=True)
class Word:
    """A word, how sure its reading is (of 100), and its box in thousandths of the upright picture."""

    text: str
    confidence: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Found:
    """A page of a case's documents in whose text something was found, with the words around it."""

    case_id: int
    document_id: int
    page_id: int
    title: str
    position: int
    excerpt: str
    doubtful: bool


def find_texts(keys: Collection[Key]) -> dict[Key, PageText]:
    """What is known of the text of pages."""
    if not keys:
        return {}
    query = select(PageText).where(tuple_(PageText.original_sha256, PageText.number).in_(list(keys)))
    return {(one.original_sha256, one.number): one for one in db.session.scalars(query)}


def find_text(sha256: str, number: int) -> PageText | None:
    """The same of one page."""
    return db.session.get(PageText, (sha256, number))


def pictures(keys: Collection[Key]) -> dict[Key, tuple[str, str]]:
    """The upright picture and thumbnail of the pages that have one; the others keep their own."""
    if not keys:
        return {}
    query = select(PageText.original_sha256, PageText.number, PageText.picture_sha256, PageText.thumbnail_sha256)
    query = query.where(tuple_(PageText.original_sha256, PageText.number).in_(list(keys)))
    return {(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(query) if row[2] and row[3]}


def is_doubtful(text: PageText) -> bool:
    """Whether the reading is so uncertain that it must be marked."""
    return text.state is TextState.DONE and text.confidence is not None and text.confidence < DOUBTFUL


def words(text: PageText) -> list[Word]:
    """The words of a page with their boxes, as they were recognised."""
    return [Word(*one) for one in json.loads(files.read(text.words_sha256))] if text.words_sha256 else []


def keep_words(found: Sequence[Word]) -> str:
    """Keep the words of a page as a file; its digest."""
    lines = [[one.text, one.confidence, one.left, one.top, one.right, one.bottom] for one in found]
    return files.keep(json.dumps(lines, ensure_ascii=False, separators=(",", ":")).encode())


def folded(text: str) -> ColumnElement[str]:
    """What the index holds of a text."""
    return func.to_tsvector("simple", names.fold(text))


def asked(query: str) -> ColumnElement[bool] | None:
    """The condition that a page's text holds every word of a query, each also as the beginning of a longer one; nothing for no word."""
    terms = names.fold(query).split()[:12]
    if not terms:
        return None
    wanted = " & ".join(f"{term}:*" if len(term) > 2 else term for term in terms)
    return PageText.search.op("@@")(func.to_tsquery("simple", wanted))


def search(query: str, case_id: int | None = None, *, originals: Iterable[Key] | None = None, limit: int = 50) -> list[Found]:
    """Pages of filed documents that hold all these words, whatever their accents; the latest document first."""
    condition = asked(query)
    if condition is None:
        return []
    statement = _documents().where(condition)
    if case_id is not None:
        statement = statement.where(Document.case_id == case_id)
    if originals is not None:
        statement = statement.where(tuple_(PageText.original_sha256, PageText.number).in_(list(originals)))
    rows = db.session.execute(statement.order_by(Document.id.desc(), DocumentPage.position).limit(limit))
    return [_found(*row, query) for row in rows]


def _found(document: Document, page: DocumentPage, text: PageText, query: str) -> Found:
    return Found(document.case_id, document.id, page.id, document.title, page.position, excerpt(text.text, query), is_doubtful(text))


def _documents() -> Select[Document, DocumentPage, PageText]:
    same = (PageText.original_sha256 == DocumentPage.original_sha256) & (PageText.number == DocumentPage.original_page)
    return select(Document, DocumentPage, PageText).join(DocumentPage, DocumentPage.document_id == Document.id).join(PageText, same)


def search_pages(query: str, keys: Collection[Key]) -> set[Key]:
    """Among given pages, those whose text holds all these words."""
    condition = asked(query)
    if condition is None or not keys:
        return set()
    statement = select(PageText.original_sha256, PageText.number).where(tuple_(PageText.original_sha256, PageText.number).in_(list(keys)), condition)
    return {(row[0], row[1]) for row in db.session.execute(statement)}


def hits(text: PageText, query: str) -> list[Word]:
    """The words of a page that a query finds, to be marked on its picture."""
    terms = names.fold(query).split()
    return [word for word in words(text) if any(_matches(part, term) for part in names.fold(word.text).split() for term in terms)]


def _matches(part: str, term: str) -> bool:
    return part.startswith(term) if len(term) > 2 else part == term


def excerpt(text: str, query: str, around: int = 60) -> str:
    """The words around the first hit."""
    terms = names.fold(query).split()
    spoken = text.split()
    folds = [names.fold(word).split() for word in spoken]
    at = next((i for i, parts in enumerate(folds) if any(_matches(part, term) for part in parts for term in terms)), 0)
    first = at
    while first > 0 and sum(len(word) + 1 for word in spoken[first - 1 : at]) <= around:
        first -= 1
    last = at + 1
    while last < len(spoken) and sum(len(word) + 1 for word in spoken[at : last + 1]) <= around * 2:
        last += 1
    return f"{'… ' if first else ''}{' '.join(spoken[first:last])}{' …' if last < len(spoken) else ''}"
