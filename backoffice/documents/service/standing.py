"""What the operations share: a request held with its case, its term, the steps of its items, and where it stands."""

from datetime import date, datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.states import TRANSITIONS as CASES
from backoffice.cases.states import CaseAction
from backoffice.cases.values import Hold
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import allows
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.documents import queries
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest, ItemStep, RequestItem
from backoffice.documents.states import ItemState

AWAITED = frozenset({ItemState.ASKED, ItemState.REFUSED})


def lock(request_id: int) -> DocumentRequest:
    """A request held for the operation, after its case."""
    case_queries.lock_case(queries.request(request_id).case_id)
    return queries.request(request_id)


def note_step(
    item: RequestItem, *, document_id: int | None = None, message_id: UUID | None = None, received_on: date | None = None, note: str = "",
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Keep what just happened to an item: its history is only added to."""
    step = ItemStep(
        item_id=item.id, state=item.state, at=at, by_label=by.label, document_id=document_id, message_id=message_id, received_on=received_on,
        refusal_code=item.refusal_code, note=note,
    )  # fmt: skip
    db.session.add(step)


def term_state(request: DocumentRequest) -> TermState | None:
    """Where the term of a request stands; a letter still to be posted has none."""
    term = term_queries.term_of(request_owner(request.id))
    return term.state if term else None


def end_running_term(request: DocumentRequest, action: TermAction, *, by: Actor, at: datetime) -> None:
    """End the term of a request, if it runs."""
    if term_state(request) is TermState.RUNNING:
        deadlines.end_term(request_owner(request.id), action, by=by, at=at)


def all_arrived(request: DocumentRequest, *, by: Actor, at: datetime) -> None:
    """Nothing is awaited any more: the case waits for us."""
    case = case_queries.lock_case(request.case_id)
    cases.lift_hold(request.case_id, Hold.DOCUMENTS, by=by, at=at)
    if allows(CASES, case.status, CaseAction.RECEIVE_DOCUMENTS):
        cases.advance(request.case_id, CaseAction.RECEIVE_DOCUMENTS, by=by, at=at)
