"""Receiving: whatever the door, pages are filed to a case and, where they answer, to the lines of its request."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.documents import queries
from backoffice.documents.errors import SayWhy, UnknownItem
from backoffice.documents.events import DocumentFiled, DocumentSetAside, ItemsReceived
from backoffice.documents.models import Document, DocumentPage, DocumentRequest, ItemAnswer, RequestItem
from backoffice.documents.service.standing import AWAITED, all_arrived, lock, note_step
from backoffice.documents.states import ITEM_TRANSITIONS, REQUEST_TRANSITIONS, SETTLED, ItemAction, RequestAction, RequestState
from backoffice.documents.values import NewDocument


def file_document(case_id: int, new: NewDocument, *, request_id: int | None = None, by: Actor, at: datetime) -> Document:
    """File pages to a case; the same file again to the same case is the first one."""
    case_queries.lock_case(case_id)
    if new.sha256 and (known := queries.by_digest(case_id, new.sha256)):
        return known
    document = Document(
        case_id=case_id, request_id=request_id, title=new.title, source=new.source, source_ref=new.source_ref,
        received_on=new.received_on, filed_at=at, media_type=new.media_type, sha256=new.sha256, filename=new.filename,
    )  # fmt: skip
    document.pages = [
        DocumentPage(
            position=place + 1, original_sha256=page.original_sha256, original_page=page.original_page,
            picture_sha256=page.picture_sha256, thumbnail_sha256=page.thumbnail_sha256,
        )
        for place, page in enumerate(new.pages)
    ]  # fmt: skip
    db.session.add(document)
    db.session.flush()
    fact = DocumentFiled(document.id, new.source, new.source_ref, len(new.pages), new.received_on.isoformat())
    events.record(case_subject(case_id), fact, by=by, at=at)
    return document


def receive_items(
    request_id: int, item_ids: Sequence[int], document_id: int | None, received_on: date, *, by: Actor, at: datetime
) -> DocumentRequest:
    """Mark items as arrived, with the document that answers them; once none is missing, the case waits for us.

    Sent with the sheet of a list that was replaced, they answer the lines of the list in its place.
    """
    request = lock(request_id)
    mine = {item.id: item for item in request.items}
    if any(item_id not in mine for item_id in item_ids):
        raise UnknownItem
    if request.state is RequestState.REPLACED and (successor := queries.replaced_by(request.id)):
        followed = queries.followed_by(item_ids)
        item_ids = [item_id for item_id in item_ids if item_id not in followed]
        if followed:
            receive_items(successor.id, sorted(followed.values()), document_id, received_on, by=by, at=at)
        if not item_ids:
            return request
    arrived = [one for one in dict.fromkeys(item_ids) if _receive(mine[one], document_id, received_on, by=by, at=at)]
    if not arrived:
        return request
    asked = sum(item.state in AWAITED for item in request.items)
    fact = ItemsReceived(request_id, arrived, received_on.isoformat(), asked, document_id)
    events.record(case_subject(request.case_id), fact, by=by, at=at)
    if request.state is RequestState.SATISFIED:  # something more came: a person looks at it; the term stays met
        request.state = move(REQUEST_TRANSITIONS, request.state, RequestAction.REOPEN)
    if asked == 0 and request.state is RequestState.OPEN:
        all_arrived(request, by=by, at=at)
    return request


def _receive(item: RequestItem, document_id: int | None, received_on: date, *, by: Actor, at: datetime) -> bool:
    """One line received; the very document that already settled it changes nothing."""
    if document_id and item.state in SETTLED and document_id in queries.answers([item.id]).get(item.id, []):
        return False
    item.state = move(ITEM_TRANSITIONS, item.state, ItemAction.RECEIVE)
    item.received_on, item.refusal_code, item.review_note = received_on, None, None
    if document_id:
        db.session.execute(insert(ItemAnswer).values(item_id=item.id, document_id=document_id).on_conflict_do_nothing())
    note_step(item, document_id=document_id, received_on=received_on, by=by, at=at)
    return True


def attach_document(document_id: int, item_id: int, *, by: Actor, at: datetime) -> DocumentRequest:
    """A person says which line a document answers; its day is the day it was received, not today."""
    document, item = _lock_document(document_id), queries.item(item_id)
    if item.request.case_id != document.case_id:
        raise UnknownItem
    document.set_aside_at = document.set_aside_reason = None
    return receive_items(item.request_id, [item_id], document.id, document.received_on, by=by, at=at)


def set_aside_document(document_id: int, reason: str, *, by: Actor, at: datetime) -> Document:
    """A person says that a document answers nothing asked; it stays in the case."""
    if len(reason.strip()) < 3:
        raise SayWhy
    document = _lock_document(document_id)
    document.set_aside_at, document.set_aside_reason = at, reason
    events.record(case_subject(document.case_id), DocumentSetAside(document.id, reason), by=by, at=at)
    return document


def _lock_document(document_id: int) -> Document:
    case_queries.lock_case(queries.document(document_id).case_id)
    return db.session.scalars(select(Document).where(Document.id == document_id).with_for_update()).one()
