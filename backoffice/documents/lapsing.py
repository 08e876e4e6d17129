"""A request without answer: closed by a person when the application is rejected for it, and opened again when that was an error."""

from backoffice.cases import queries as case_queries
from backoffice.core.states import allows, move
from backoffice.documents import queries
from backoffice.documents.models import DocumentRequest
from backoffice.documents.states import REQUEST_TRANSITIONS, RequestAction, RequestState


def lapse_requests(case_id: int) -> list[DocumentRequest]:
    """Nothing more is awaited of a rejected application; what still arrives is received all the same."""
    return _move(case_id, RequestAction.LAPSE, RequestState.OPEN)


def reopen_requests(case_id: int) -> list[DocumentRequest]:
    """The rejection was an error: what was asked for may be answered again."""
    return _move(case_id, RequestAction.REOPEN, RequestState.LAPSED)


def _move(case_id: int, action: RequestAction, standing: RequestState) -> list[DocumentRequest]:
    case_queries.lock_case(case_id)
    moved = [one for one in queries.requests_of(case_id) if one.state is standing and allows(REQUEST_TRANSITIONS, one.state, action)]
    for one in moved:
        one.state = move(REQUEST_TRANSITIONS, one.state, action)
    return moved
