"""Reviewing: a person looks at each line; the request is satisfied once every one of them is settled."""

from datetime import datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.states import TRANSITIONS as CASES
from backoffice.cases.states import CaseAction
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.states import allows, move
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.documents import notices, queries
from backoffice.documents.catalogue import REFUSAL_REASONS
from backoffice.documents.errors import NotAwaited, ReasonNeeded, SayWhy, UnknownItem
from backoffice.documents.events import ItemReviewed, RequestCancelled, RequestSatisfied, request_owner
from backoffice.documents.models import DocumentRequest, RequestItem
from backoffice.documents.service.standing import AWAITED, all_arrived, end_running_term, lock, note_step, term_state
from backoffice.documents.states import ITEM_TRANSITIONS, REQUEST_TRANSITIONS, SETTLED, ItemAction, RequestAction, RequestState
from backoffice.mail import queries as mail_queries


def review_item(
    item_id: int, action: ItemAction, *, reason: str | None = None, note: str = "", message_id: UUID | None = None, by: Actor, at: datetime
) -> DocumentRequest:
    """Accept, refuse, waive an item, or accept the explanation; a refusal tells the applicant why, in the same act.

    An explanation accepted may name the message in which the applicant gave it.
    """
    request = lock(queries.item(item_id).request_id)
    item = next(one for one in request.items if one.id == item_id)
    if action is ItemAction.REFUSE and reason not in REFUSAL_REASONS:
        raise ReasonNeeded
    if message_id is not None and mail_queries.message(message_id).case_id != request.case_id:
        raise UnknownItem
    item.state = move(ITEM_TRANSITIONS, item.state, action)
    item.refusal_code = reason if action is ItemAction.REFUSE else None
    item.review_note, item.reviewed_at = note or None, at
    note_step(item, message_id=message_id, note=note, by=by, at=at)
    fact = ItemReviewed(request.id, item.id, item.code, item.state.value, item.refusal_code)
    events.record(case_subject(request.case_id), fact, by=by, at=at)
    _follow(request, item, by=by, at=at)
    return request


def _follow(request: DocumentRequest, item: RequestItem, *, by: Actor, at: datetime) -> None:
    """What a review changes in the whole list; one that is over changes no more."""
    if request.state not in {RequestState.OPEN, RequestState.SATISFIED}:
        return
    if item.state in AWAITED:
        _ask_again(request, item, by=by, at=at)
    elif all(one.state in SETTLED for one in request.items):
        if request.state is RequestState.OPEN:
            _satisfy(request, by=by, at=at)
    elif not any(one.state in AWAITED for one in request.items):
        all_arrived(request, by=by, at=at)


def _ask_again(request: DocumentRequest, item: RequestItem, *, by: Actor, at: datetime) -> None:
    """An item not accepted is waited for again, under the same last day; a supervisor may extend it."""
    if request.state is RequestState.SATISFIED:
        request.state = move(REQUEST_TRANSITIONS, request.state, RequestAction.REOPEN)
    if term_state(request) is TermState.SATISFIED:
        deadlines.revive_term(request_owner(request.id), by=by, at=at)
    case = case_queries.lock_case(request.case_id)
    if allows(CASES, case.status, CaseAction.REQUEST_DOCUMENTS):
        cases.advance(request.case_id, CaseAction.REQUEST_DOCUMENTS, by=by, at=at)
    cases.place_hold(request.case_id, Hold.DOCUMENTS, by=by, at=at)
    notices.send_item_refused(case, request, item, by=by, at=at)


def _satisfy(request: DocumentRequest, *, by: Actor, at: datetime) -> None:
    request.state = move(REQUEST_TRANSITIONS, request.state, RequestAction.SATISFY)
    events.record(case_subject(request.case_id), RequestSatisfied(request.id), by=by, at=at)
    end_running_term(request, TermAction.SATISFY, by=by, at=at)
    all_arrived(request, by=by, at=at)
    case = case_queries.lock_case(request.case_id)
    if allows(CASES, case.status, CaseAction.EXAMINE):
        cases.advance(request.case_id, CaseAction.EXAMINE, by=by, at=at)
    notices.send_documents_complete(case, request, by=by, at=at)


def cancel_request(request_id: int, reason: str, *, by: Actor, at: datetime) -> DocumentRequest:
    """Call a list back: nothing of it is awaited any more, its term ends, and the applicant is told why."""
    request = lock(request_id)
    if len(reason.strip()) < 3:
        raise SayWhy
    if request.state is not RequestState.OPEN:
        raise NotAwaited
    request.state, request.ended_reason = move(REQUEST_TRANSITIONS, request.state, RequestAction.WITHDRAW), reason
    end_running_term(request, TermAction.CANCEL, by=by, at=at)
    cases.lift_hold(request.case_id, Hold.DOCUMENTS, by=by, at=at)
    case = case_queries.lock_case(request.case_id)
    if allows(CASES, case.status, CaseAction.CANCEL_REQUEST):
        cases.advance(request.case_id, CaseAction.CANCEL_REQUEST, by=by, at=at)
    events.record(case_subject(request.case_id), RequestCancelled(request.id, reason), by=by, at=at)
    notices.send_request_cancelled(case, request, reason, by=by, at=at)
    return request
