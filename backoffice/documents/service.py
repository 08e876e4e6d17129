"""Operations on requests and documents: ask, receive, review. A request is a list whose every line has a state."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.states import TRANSITIONS as CASES
from backoffice.cases.states import CaseAction
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import allows, move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from backoffice.documents import composing, notices, queries
from backoffice.documents.catalogue import CATALOGUE, REFUSAL_REASONS
from backoffice.documents.errors import NothingAsked, ReasonNeeded, RequestStillOpen, UnknownItem
from backoffice.documents.events import (
    DocumentFiled,
    ItemReviewed,
    ItemsReceived,
    RequestSatisfied,
    RequestSent,
    request_owner,
)
from backoffice.documents.models import Document, DocumentPage, DocumentRequest, ItemAnswer, RequestItem
from backoffice.documents.states import ITEM_TRANSITIONS, REQUEST_TRANSITIONS, SETTLED, ItemAction, ItemState, RequestAction, RequestState
from backoffice.documents.values import NewDocument, NewItem
from backoffice.mail import addresses, printing, texts
from backoffice.mail import service as mail


def send_request(case_id: int, items: Sequence[NewItem], *, by: Actor, at: datetime) -> DocumentRequest:
    """Ask for documents: message, letter with its return sheet, and the 90 days, which run once it is readable."""
    if not items:
        raise NothingAsked
    case = case_queries.lock_case(case_id)
    if queries.open_request(case_id):
        raise RequestStillOpen
    people = {person.id for person in case.people}
    if any(item.code not in CATALOGUE or (item.person_id and item.person_id not in people) for item in items):
        raise UnknownItem
    request_id = db.session.scalar(select(func.nextval(func.pg_get_serial_sequence("document_request", "id")))) or 0
    code = addresses.return_code("doc", request_id, case.number)
    letter = composing.letter(case, items, code, by.label, f"D-{request_id:06d}", at=at)
    file = printing.keep_letter(texts.request_letter_html(letter), f"demande-de-documents-{case.number}.pdf")
    text = composing.preview(case, items, at=at).text
    message = mail.send_message(
        case_id, "document_request", text, files=[file], letter_sha256=file.sha256, once=f"request:{request_id}", by=by, at=at
    )
    request = DocumentRequest(
        id=request_id, case_id=case_id, message_id=message.id, state=RequestState.OPEN, sent_at=at, return_code=code, letter_sha256=file.sha256
    )
    request.items = [_item(item, line, place) for place, (item, line) in enumerate(zip(items, letter.items, strict=True))]
    db.session.add(request)
    db.session.flush()
    events.record(case_subject(case_id), RequestSent(request.id, str(message.id), len(items), file.sha256), by=by, at=at)
    if message.readable_at:
        start_documents_term(request, message.readable_at, by=by, at=at)
    cases.advance(case_id, CaseAction.REQUEST_DOCUMENTS, by=by, at=at)
    cases.place_hold(case_id, Hold.DOCUMENTS, by=by, at=at)
    return request


def _item(item: NewItem, line: texts.LetterItem, place: int) -> RequestItem:
    return RequestItem(
        position=place + 1, person_id=item.person_id, code=item.code, label_fr=line.label_fr, label_en=line.label_en,
        format=CATALOGUE[item.code].format.value, reason_fr=line.reason_fr, reason_en=line.reason_en, state=ItemState.ASKED,
    )  # fmt: skip


def start_documents_term(request: DocumentRequest, readable_at: datetime, *, by: Actor, at: datetime) -> None:
    """The request became readable: day zero of the 90 days."""
    owner = request_owner(request.id)
    deadlines.start_term(TermKind.DOCUMENTS, case_subject(request.case_id), owner, montreal_day(readable_at), "message_readable", by=by, at=at)


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
    """Mark items as arrived, with the document that answers them; once none is missing, the case waits for us."""
    request = _lock(request_id)
    mine = {item.id: item for item in request.items}
    if any(item_id not in mine for item_id in item_ids):
        raise UnknownItem
    for item_id in item_ids:
        item = mine[item_id]
        item.state = move(ITEM_TRANSITIONS, item.state, ItemAction.RECEIVE)
        item.received_on, item.refusal_code, item.review_note = received_on, None, None
        if document_id:
            db.session.execute(insert(ItemAnswer).values(item_id=item_id, document_id=document_id).on_conflict_do_nothing())
    asked = sum(item.state in {ItemState.ASKED, ItemState.REFUSED} for item in request.items)
    fact = ItemsReceived(request_id, list(item_ids), received_on.isoformat(), asked)
    events.record(case_subject(request.case_id), fact, by=by, at=at)
    if asked == 0 and request.state is RequestState.OPEN:
        _all_arrived(request, by=by, at=at)
    return request


def _all_arrived(request: DocumentRequest, *, by: Actor, at: datetime) -> None:
    case = case_queries.lock_case(request.case_id)
    cases.lift_hold(request.case_id, Hold.DOCUMENTS, by=by, at=at)
    if allows(CASES, case.status, CaseAction.RECEIVE_DOCUMENTS):
        cases.advance(request.case_id, CaseAction.RECEIVE_DOCUMENTS, by=by, at=at)


def review_item(item_id: int, action: ItemAction, *, reason: str | None = None, note: str = "", by: Actor, at: datetime) -> DocumentRequest:
    """Accept, refuse, waive an item, or accept the explanation; a refusal tells the applicant why, in the same act."""
    request = _lock(queries.item(item_id).request_id)
    item = next(one for one in request.items if one.id == item_id)
    if action is ItemAction.REFUSE and reason not in REFUSAL_REASONS:
        raise ReasonNeeded
    item.state = move(ITEM_TRANSITIONS, item.state, action)
    item.refusal_code = reason if action is ItemAction.REFUSE else None
    item.review_note, item.reviewed_at = note or None, at
    fact = ItemReviewed(request.id, item.id, item.code, item.state.value, item.refusal_code)
    events.record(case_subject(request.case_id), fact, by=by, at=at)
    if action is ItemAction.REFUSE:
        _ask_again(request, item, by=by, at=at)
    elif all(one.state in SETTLED for one in request.items):
        _satisfy(request, by=by, at=at)
    elif not any(one.state in {ItemState.ASKED, ItemState.REFUSED} for one in request.items):
        _all_arrived(request, by=by, at=at)
    return request


def _ask_again(request: DocumentRequest, item: RequestItem, *, by: Actor, at: datetime) -> None:
    """A refused item is waited for again, under the same last day."""
    if request.state is RequestState.SATISFIED:
        request.state = move(REQUEST_TRANSITIONS, request.state, RequestAction.REOPEN)
        if _term_state(request) is TermState.SATISFIED:
            deadlines.revive_term(request_owner(request.id), by=by, at=at)
    case = case_queries.lock_case(request.case_id)
    if allows(CASES, case.status, CaseAction.REQUEST_DOCUMENTS):
        cases.advance(request.case_id, CaseAction.REQUEST_DOCUMENTS, by=by, at=at)
    cases.place_hold(request.case_id, Hold.DOCUMENTS, by=by, at=at)
    notices.send_item_refused(case, request, item, by=by, at=at)


def _satisfy(request: DocumentRequest, *, by: Actor, at: datetime) -> None:
    request.state = move(REQUEST_TRANSITIONS, request.state, RequestAction.SATISFY)
    events.record(case_subject(request.case_id), RequestSatisfied(request.id), by=by, at=at)
    if _term_state(request) is TermState.RUNNING:
        deadlines.end_term(request_owner(request.id), TermAction.SATISFY, by=by, at=at)
    _all_arrived(request, by=by, at=at)
    case = case_queries.lock_case(request.case_id)
    if allows(CASES, case.status, CaseAction.EXAMINE):
        cases.advance(request.case_id, CaseAction.EXAMINE, by=by, at=at)
    notices.send_documents_complete(case, request, by=by, at=at)


def _term_state(request: DocumentRequest) -> TermState | None:
    term = term_queries.term_of(request_owner(request.id))
    return term.state if term else None


def _lock(request_id: int) -> DocumentRequest:
    """A request held for the operation, after its case."""
    case_queries.lock_case(queries.request(request_id).case_id)
    return queries.request(request_id)
