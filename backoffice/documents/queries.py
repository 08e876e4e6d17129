"""Every SELECT on requests, items and documents."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.documents.models import Document, DocumentPage, DocumentRequest, ItemAnswer, RequestItem
from backoffice.documents.states import RequestState


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
