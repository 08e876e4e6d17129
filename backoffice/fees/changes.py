"""What a person's verdict on an application does to its fee: cancelled, its money to go back, or due again.

Refused at the door nothing is cashed, and what was cashed goes back (I-0.2 s. 3.5): finance's refund list
is the task, and another person of finance approves it.
"""

from datetime import datetime

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.states import move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.fees import notices, queries, refunds, rules, service
from backoffice.fees.events import FeeReinstated, fee_owner
from backoffice.fees.models import Fee
from backoffice.fees.states import TRANSITIONS, FeeAction, FeeState


def cancel_fee(case_id: int, cause: str, reason: str, *, by: Actor, at: datetime) -> Fee | None:
    """Nothing is owed any more, and what was paid goes on the refund list; None when no fee was issued."""
    found = queries.fee_of_case(case_id)
    if found is None or found.state is FeeState.CANCELLED:
        return found
    fee = queries.lock_fee(found.id)
    term = term_queries.term_of(fee_owner(fee.id))
    if term and term.state is TermState.RUNNING:
        deadlines.end_term(fee_owner(fee.id), TermAction.CANCEL, by=by, at=at)
    refunds.cancel_fees([fee], cause, reason, origin=f"{cause}:{fee.submission_id}", by=by, at=at)
    cases.lift_hold(case_id, Hold.PAYMENT, by=by, at=at)
    return fee


def reinstate_fee(case_id: int, *, by: Actor, at: datetime) -> Fee | None:
    """Due again, with a whole new term from the day the new invitation is readable; money that came meanwhile answers it."""
    found = queries.fee_of_case(case_id)
    if found is None:
        return None
    fee = queries.lock_fee(found.id)
    fee.state = move(TRANSITIONS, fee.state, FeeAction.REINSTATE)
    case = case_queries.lock_case(case_id)
    cases.place_hold(case_id, Hold.PAYMENT, by=by, at=at)
    invitation = notices.send_invitation(case, fee, again=at.isoformat(), at=at)
    if invitation.readable_at:
        service.start_payment_term(fee, invitation.readable_at, by=by, at=at)
    events.record(case_subject(case_id), FeeReinstated(fee.id, fee.assessed_cents), by=by, at=at)
    service.match_waiting(fee, by=SYSTEM, at=at)
    return queries.fee(fee.id)


def restore_fee(case_id: int, cause: str, reason: str, *, by: Actor, at: datetime) -> bool:
    """Undo a cancellation by verdict; true when the fee stands paid by the money that it had, because that had not left.

    Otherwise it is due, with a whole new term from the day the new invitation is readable.
    """
    found = queries.fee_of_case(case_id)
    assert found is not None, "a cancelled fee was issued"
    fee = queries.lock_fee(found.id)
    origin = f"{cause}:{fee.submission_id}"
    paid = rules.owing(fee.assessed_cents, service.paid_cents(fee)) == 0
    left = refunds.restore_fee(fee, FeeState.PAID if paid else FeeState.DUE, reason, origin=origin, by=by, at=at)
    if paid and not left:
        return True
    case = case_queries.lock_case(case_id)
    cases.place_hold(case_id, Hold.PAYMENT, by=by, at=at)
    invitation = notices.send_invitation(case, fee, again=at.isoformat(), at=at)
    if invitation.readable_at:
        service.start_payment_term(fee, invitation.readable_at, by=by, at=at)
    service.match_waiting(fee, by=SYSTEM, at=at)
    return False
