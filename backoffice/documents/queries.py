"""Every SELECT on requests, items and documents."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.documents.models import Document, DocumentPage, DocumentRequest, ItemAnswer, ItemStep, RequestDraft, RequestItem
from backoffice.documents.states import SETTLED, RequestState


def requests_of(case_id: int) -> list[DocumentRequest]:
    """The requests of a case, the latest first."""
    query = select(DocumentRequest).where(DocumentRequest.case_id == case_id).order_by(DocumentRequest.id.desc())
    return list(db.session.scalars(query.options(selectinload(DocumentRequest.items))))


def open_request(case_id: int) -> DocumentRequest | None:
    """The request that still waits for something."""
    query = select(DocumentRequest).where(DocumentRequest.case_id == case_id, DocumentRequest.state == RequestState.OPEN)
    return db.session.scalars(query.options(selectinload(DocumentRequest.items)).limit(1)).first()


def request(request_id: int) -> DocumentRequest:
    """A request with its items."""
    query = select(DocumentRequest).where(DocumentRequest.id == request_id).options(selectinload(DocumentRequest.items))
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def find_request(request_id: int) -> DocumentRequest | None:
    """A request, if it exists."""
    query = select(DocumentRequest).where(DocumentRequest.id == request_id).options(selectinload(DocumentRequest.items))
    return db.session.scalars(query).first()


def requests_of_messages(message_ids: Iterable[UUID]) -> dict[UUID, DocumentRequest]:
    """The requests that messages carry."""
    query = select(DocumentRequest).where(DocumentRequest.message_id.in_(list(message_ids)))
    return {r.message_id: r for r in db.session.scalars(query.options(selectinload(DocumentRequest.items)))}


def item(item_id: int) -> RequestItem:
    """One item with its request."""
    query = select(RequestItem).where(RequestItem.id == item_id).options(joinedload(RequestItem.request))
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def documents_of(case_id: int) -> list[Document]:
    """Everything filed to a case, latest first."""
    query = select(Document).where(Document.case_id == case_id).order_by(Document.id.desc())
    return list(db.session.scalars(query.options(selectinload(Document.pages))))


def document(document_id: int) -> Document:
    """One document with its pages."""
    found = db.session.scalars(select(Document).where(Document.id == document_id).options(selectinload(Document.pages))).first()
    if found is None:
        raise NotFound
    return found


def answers(item_ids: Iterable[int]) -> dict[int, list[int]]:
    """The documents that answer each item."""
    found: dict[int, list[int]] = {}
    query = select(ItemAnswer).where(ItemAnswer.item_id.in_(list(item_ids))).order_by(ItemAnswer.document_id)
    for one in db.session.scalars(query):
        found.setdefault(one.item_id, []).append(one.document_id)
    return found


def page_picture(case_id: int, page_id: int) -> DocumentPage:
    """One page of a case's documents."""
    query = select(DocumentPage).join(Document, Document.id == DocumentPage.document_id)
    found = db.session.scalars(query.where(DocumentPage.id == page_id, Document.case_id == case_id)).first()
    if found is None:
        raise NotFound
    return found


def by_digest(case_id: int, sha256: str) -> Document | None:
    """The same file sent again to the same case."""
    query = select(Document).where(Document.case_id == case_id, Document.sha256 == sha256).options(selectinload(Document.pages))
    return db.session.scalars(query.limit(1)).first()


def replaced_by(request_id: int) -> DocumentRequest | None:
    """The list that took the place of another; the last one, where that one was replaced too."""
    query = select(DocumentRequest.id).where(DocumentRequest.replaces_id == request_id)
    found = db.session.scalars(query).first()
    return request(found) if found else None


def followed_by(item_ids: Iterable[int]) -> dict[int, int]:
    """The line that took over each of these."""
    query = select(RequestItem.follows_id, RequestItem.id).where(RequestItem.follows_id.in_(list(item_ids)))
    return {follows: new for follows, new in db.session.execute(query) if follows}


def steps(item_ids: Iterable[int]) -> dict[int, list[ItemStep]]:
    """What happened to each item, oldest first."""
    found: dict[int, list[ItemStep]] = {}
    for one in db.session.scalars(select(ItemStep).where(ItemStep.item_id.in_(list(item_ids))).order_by(ItemStep.id)):
        found.setdefault(one.item_id, []).append(one)
    return found


def draft(case_id: int, author_id: int, *, lock: bool = False) -> RequestDraft | None:
    """The list that somebody is composing for a case."""
    query = select(RequestDraft).where(RequestDraft.case_id == case_id, RequestDraft.author_id == author_id)
    return db.session.scalars(query.with_for_update() if lock else query).first()


HELD = ("portal", "envelope")
LIVE = (RequestState.OPEN, RequestState.SATISFIED, RequestState.LAPSED)


def unattached(case_id: int) -> list[Document]:
    """What arrived since the first request and answers no line of a list that still counts, until a person looks; oldest first."""
    return list(db.session.scalars(_unattached([case_id]).options(selectinload(Document.pages)).order_by(Document.id)))


def count_unattached(case_id: int) -> int:
    """How many such files wait."""
    return db.session.scalar(select(func.count()).select_from(_unattached([case_id]).subquery())) or 0


def _unattached(case_ids: list[int]) -> Select[Document]:
    answers = select(ItemAnswer.document_id).join(RequestItem, RequestItem.id == ItemAnswer.item_id)
    answers = answers.join(DocumentRequest, DocumentRequest.id == RequestItem.request_id)
    answers = answers.where(or_(DocumentRequest.state.in_(LIVE), RequestItem.state.in_(SETTLED)), DocumentRequest.case_id.in_(case_ids))
    first = select(func.min(DocumentRequest.sent_at)).where(DocumentRequest.case_id == Document.case_id).scalar_subquery()
    return select(Document).where(
        Document.case_id.in_(case_ids), Document.source.in_(HELD), Document.set_aside_at.is_(None), Document.filed_at >= first,
        Document.title != "Demande papier", Document.id.not_in(answers),
    )  # fmt: skip


def latest_lines(item_ids: Iterable[int]) -> list[RequestItem]:
    """Lines as they stand today: each one, or the one that took it over; those of the latest request last."""
    wanted = list(dict.fromkeys(item_ids))
    while followed := followed_by(wanted):
        wanted = list(dict.fromkeys(followed.get(one, one) for one in wanted))
    return list(db.session.scalars(select(RequestItem).where(RequestItem.id.in_(wanted)).order_by(RequestItem.request_id, RequestItem.position)))
