"""What documents do later: start the term of a request that left by post."""

from uuid import UUID

from backoffice.core.events import Recorded, on
from backoffice.deadlines import queries as term_queries
from backoffice.documents import queries, service
from backoffice.documents.events import request_owner
from backoffice.mail.events import LetterPosted


@on(LetterPosted)
def start_documents_term(recorded: Recorded[LetterPosted]) -> None:
    """The request was handed to the carrier: that day is day zero."""
    message_id = UUID(recorded.event.message_id)
    request = queries.requests_of_messages([message_id]).get(message_id)
    if request and term_queries.term_of(request_owner(request.id)) is None:
        service.start_documents_term(request, recorded.at, by=recorded.by, at=recorded.at)
