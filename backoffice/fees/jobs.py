"""What fees do later: start the term of a posted invitation, and let what is unpaid lapse each day."""

from datetime import date, datetime
from uuid import UUID

from backoffice.core.events import Recorded, on
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.values import TermKind
from backoffice.fees import queries, service
from backoffice.fees.states import FeeState
from backoffice.mail import queries as mail_queries
from backoffice.mail.events import LetterPosted


@on(LetterPosted)
def start_payment_term(recorded: Recorded[LetterPosted]) -> None:
    """The invitation left by post: that day is day zero."""
    message = mail_queries.message(UUID(recorded.event.message_id))
    fee = queries.fee_of_case(message.case_id)
    if message.kind == "payment_invitation" and fee and fee.state is FeeState.DUE:
        service.start_payment_term(fee, recorded.at, by=recorded.by, at=recorded.at)


def due_to_lapse(as_of: date) -> list[int]:
    """Fees unpaid after their last day."""
    return [int(term.owner_id) for term in term_queries.over(TermKind.PAYMENT, as_of) if term.owner_kind == "fee"]


def lapse(fee_id: int, as_of: date, at: datetime) -> int | None:
    """Let one lapse, in its own transaction; the case it belongs to, or nothing when it may not."""
    fee = service.lapse_unpaid(fee_id, as_of, at=at)
    return fee.case_id if fee else None
