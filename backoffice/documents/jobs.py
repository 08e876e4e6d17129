"""What documents do later: start the term of a request that left by post, or give it whole again when it left a second time."""

from uuid import UUID

from backoffice.core.calendar import montreal_day
from backoffice.core.events import Recorded, on
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermState
from backoffice.documents import queries, service
from backoffice.documents.events import request_owner
from backoffice.documents.states import RequestState
from backoffice.mail.events import LetterPosted


@on(LetterPosted)
def start_documents_term(recorded: Recorded[LetterPosted]) -> None:
    """The request was handed to the carrier: that day is day zero, the first time as when it is issued again."""
    message_id = UUID(recorded.event.message_id)
    request = queries.requests_of_messages([message_id]).get(message_id)
    if request is None or request.state is not RequestState.OPEN:
        return
    term = term_queries.term_of(request_owner(request.id))
    if term is None:
        service.start_documents_term(request, recorded.at, by=recorded.by, at=recorded.at)
    elif term.state is TermState.RUNNING and term.start < montreal_day(recorded.at):
        deadlines.reissue_term(request_owner(request.id), montreal_day(recorded.at), "letter issued again, posted", by=recorded.by, at=recorded.at)
