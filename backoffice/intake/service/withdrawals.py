"""Withdrawing: at any time, by the portal or by a written request; what becomes of place and fee is the rules', and is shown before."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backoffice.cases.models import Case
from backoffice.cases.states import FINAL, CaseAction
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.fees import changes
from backoffice.fees import queries as fee_queries
from backoffice.fees.states import FeeState
from backoffice.intake import queries
from backoffice.intake.between import queries as between_queries
from backoffice.intake.between.errors import HasEnded, NothingToJudge, StillPending
from backoffice.intake.between.events import RefundAnswered, SubmissionWithdrawn
from backoffice.intake.between.models import Withdrawal
from backoffice.intake.between.queries import ENDED
from backoffice.intake.between.rules import fee_after_withdrawal
from backoffice.intake.between.values import FeeOutcome
from backoffice.intake.events import submission_subject
from backoffice.intake.service import endings
from backoffice.intake.service.telling import tell
from backoffice.quota import service as quota
from backoffice.quota.models import Admission

PORTAL, WRITTEN = "portal", "written"


@dataclass(frozen=True)
class Request:
    """A request to withdraw, as it came."""

    withdrawal_id: UUID
    source: str
    received_on: date
    reason: str | None = None
    reference: str | None = None


def withdraw(submission_id: UUID, request: Request, *, by: Actor, at: datetime) -> Withdrawal:
    """End an application at its applicant's wish: the place is released and the waiting list served; the same request again is the first.

    Unpaid, nothing is owed any more. Paid, the fee stays once the examination began; before that a person decides.
    """
    if known := between_queries.withdrawal(request.withdrawal_id):
        if known.submission_id != submission_id:
            raise NotFound
        return known
    case, admission = endings.lock(submission_id)
    check_may_withdraw(submission_id, case, admission)
    paid, outcome = endings.paid_cents(case), fee_outcome(case)
    if admission is not None:
        quota.withdraw(submission_id, by=by, at=at)
    withdrawal = Withdrawal(
        id=request.withdrawal_id, submission_id=submission_id, source=request.source, reference=request.reference, reason=request.reason,
        received_on=request.received_on, fee=outcome, paid_cents=paid, at=at,
    )  # fmt: skip
    db.session.add(withdrawal)
    db.session.flush()
    fact = SubmissionWithdrawn(str(submission_id), str(withdrawal.id), request.source, request.reference, outcome.value)
    events.record(submission_subject(submission_id), fact, by=by, at=at)
    tell(
        submission_id,
        "withdrawal_confirmed",
        once=f"withdrawal:{withdrawal.id}",
        by=by,
        at=at,
        received_on=request.received_on,
        fee_outcome=outcome.value,
    )
    if case is not None:
        if outcome is FeeOutcome.NONE:
            changes.cancel_fee(case.id, "withdrawn", request.reason or "", by=by, at=at)
        endings.end_case(case, CaseAction.WITHDRAW, by=by, at=at)
    endings.stop_standing(submission_id)
    return withdrawal


def check_may_withdraw(submission_id: UUID, case: Case | None, admission: Admission | None) -> None:
    """Refuse what has ended, and what is being decided at this moment."""
    if case is None and admission is None:
        if queries.submission(submission_id) is None:
            raise NotFound
        raise StillPending
    if (case is not None and case.status in FINAL) or (admission is not None and admission.status in ENDED):
        raise HasEnded


def fee_outcome(case: Case | None) -> FeeOutcome:
    """What a withdrawal now would do to the fee."""
    fee = fee_queries.fee_of_case(case.id) if case else None
    paid = fee is not None and fee.state is FeeState.PAID
    return fee_after_withdrawal(case.status if case else None, paid=paid)


def answer_refund(withdrawal_id: UUID, *, refund: bool, reason: str, by: Actor, at: datetime) -> Withdrawal:
    """Decide, for a paid application withdrawn before its examination, whether the fee goes back; the applicant is told."""
    withdrawal = between_queries.lock_withdrawal(withdrawal_id)
    if withdrawal.fee is not FeeOutcome.TO_DECIDE:
        raise NothingToJudge
    case, _ = endings.lock(withdrawal.submission_id)
    if refund and case is not None:
        changes.cancel_fee(case.id, "withdrawn", reason, by=by, at=at)
    withdrawal.fee = FeeOutcome.REFUND if refund else FeeOutcome.KEPT
    withdrawal.answer, withdrawal.answered_by, withdrawal.answered_at = reason, by.label, at
    fact = RefundAnswered(str(withdrawal.id), refund, reason)
    events.record(submission_subject(withdrawal.submission_id), fact, by=by, at=at)
    tell(withdrawal.submission_id, "refund_answered", once=f"refund:{withdrawal.id}", by=by, at=at, reason=reason, fee_outcome=withdrawal.fee.value)
    return withdrawal
