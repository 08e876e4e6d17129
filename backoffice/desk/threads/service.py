"""Operations on threads that need what other features know: withdrawal, which no running term may stand on."""

from datetime import datetime
from uuid import UUID

from backoffice.core.actors import Actor
from backoffice.decisions import queries as decision_queries
from backoffice.documents import queries as document_queries
from backoffice.documents.states import RequestState
from backoffice.mail import service as mail
from backoffice.mail.delivery import queries as delivery_queries
from backoffice.mail.models import Message
from backoffice.mail.threads import queries
from backoffice.mail.threads.errors import StartedATerm


def withdraw(case_id: int, message_id: UUID, reason: str, *, by: Actor, at: datetime) -> Message:
    """Take back a message sent in error; refused while what it asked still stands, because a term runs from it."""
    message = queries.message_of(case_id, message_id)
    if starts_a_term(message):
        raise StartedATerm
    return mail.withdraw_message(message_id, reason, by=by, at=at)


def starts_a_term(message: Message) -> bool:
    """Whether a term runs, or ran, from this message: then it is not withdrawn by itself."""
    if message.kind == "payment_invitation" or decision_queries.intention_of_message(message.id) is not None:
        return True
    if delivery_queries.terms_hanging_on(message):
        return True
    request = document_queries.requests_of_messages([message.id]).get(message.id)
    return request is not None and request.state is not RequestState.WITHDRAWN
