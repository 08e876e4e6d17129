"""What an act on an application would do, worked out before it is done: place, case, fee, processing class."""

from dataclasses import replace
from datetime import datetime

from backoffice.cases import ranking
from backoffice.cases.models import Case
from backoffice.cases.opening import POLICY
from backoffice.cases.states import TRANSITIONS, CaseAction, CaseStatus
from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError
from backoffice.core.states import move
from backoffice.intake.between.queries import Side
from backoffice.intake.between.rules import fee_after_refusal
from backoffice.intake.between.values import Effects, FeeOutcome
from backoffice.intake.service import endings, verdicts, withdrawals
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import AdmissionStatus, WindowState


def of_denial(side: Side, *, by: Actor, at: datetime) -> Effects | None:
    """If the ground were denied now."""
    if side.admission is None or side.admission.status is not AdmissionStatus.EXEMPT:
        return None
    status, reason = verdicts.rehearse(lambda: quota.judge_exemption(side.submission_id, verified=False, by=by, at=at))
    refused = status is AdmissionStatus.REFUSED
    before, after = _classes(side.case)
    return Effects(
        status=status.value,
        reason=reason.value if reason else None,
        place="given" if status in TAKES_A_PLACE else "none",
        fee=_fee_of_refusal(side.case) if refused or status is AdmissionStatus.REGISTERED else FeeOutcome.KEPT,
        paid_cents=endings.paid_cents(side.case),
        case_after=_after(side.case, endings.refusing_action(side.case)) if side.case and refused else None,
        class_before=before,
        class_after=after,
    )


def _fee_of_refusal(case: Case | None) -> FeeOutcome:
    return fee_after_refusal(paid=endings.paid_cents(case) > 0)


def _classes(case: Case | None) -> tuple[int | None, int | None]:
    if case is None:
        return None, None
    without = replace(case.facts, validated_offer=False, temporary_resident=False)
    return case.processing_class, ranking.processing_class(without, POLICY)


def _after(case: Case, action: CaseAction) -> str:
    return move(TRANSITIONS, case.status, action).value


def of_withdrawal(side: Side) -> Effects | None:
    """If the applicant withdrew now."""
    try:
        withdrawals.check_may_withdraw(side.submission_id, side.case, side.admission)
    except DomainError:
        return None
    takes = side.admission is not None and side.admission.status in TAKES_A_PLACE
    window = quota_queries.window_by_id(side.admission.window_id) if side.admission else None
    return Effects(
        status=AdmissionStatus.WITHDRAWN.value,
        reason=None,
        place="released" if takes else "none",
        fee=withdrawals.fee_outcome(side.case),
        paid_cents=endings.paid_cents(side.case),
        case_after=CaseStatus.DESISTEE.value if side.case else None,
        waiting_list_served=bool(takes and window and window.waiting_list and window.state in SERVED),
        window_open=bool(window and window.state in {WindowState.OPEN, WindowState.SUSPENDED}),
    )


SERVED = frozenset({WindowState.OPEN, WindowState.SUSPENDED, WindowState.CLOSED})
"""States of a window in which a place released goes to the first of its waiting list."""


def of_reinstatement(side: Side, *, by: Actor, at: datetime) -> Effects | DomainError:
    """If a person reinstated it now; or why that cannot be."""
    try:
        status, reason = verdicts.rehearse(lambda: quota.reinstate_place(side.submission_id, by=by, at=at))
    except DomainError as refusal:
        return refusal
    return Effects(
        status=status.value,
        reason=reason.value if reason else None,
        place="given" if status in TAKES_A_PLACE else "none",
        fee=FeeOutcome.NONE,
        paid_cents=endings.paid_cents(side.case),
        case_after=None,
    )
