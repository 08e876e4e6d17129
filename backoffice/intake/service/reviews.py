"""Review by a person of what a machine decided (A-2.1 s. 65.2): what lapsed or was refused is reinstated, or maintained with reasons."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backoffice.cases import many
from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import TRANSITIONS, CaseAction, CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.events import EventRow
from backoffice.core.states import allows
from backoffice.fees import changes
from backoffice.fees import queries as fee_queries
from backoffice.fees.states import FeeState
from backoffice.intake.between.errors import NothingToJudge
from backoffice.intake.between.events import OutcomeReviewed
from backoffice.intake.events import submission_subject
from backoffice.intake.service import endings
from backoffice.intake.service.telling import tell
from backoffice.quota import service as quota
from backoffice.quota.models import Admission
from backoffice.quota.values import AdmissionStatus

REVIEWABLE = frozenset({AdmissionStatus.LAPSED, AdmissionStatus.REFUSED})


def review(submission_id: UUID, *, reinstate: bool, reason: str, by: Actor, at: datetime) -> Admission:
    """Look again, as a person, at a lapse or a refusal: give a place again, if one is free, or maintain it; the applicant reads why.

    Reinstated, the fee is due again with a whole new term, and money that came meanwhile answers it. Refuses when no
    place is free: then a person must find another way (an amended decision, the reserve).
    """
    case, admission = endings.lock(submission_id)
    if admission is None or admission.status not in REVIEWABLE:
        raise NothingToJudge
    before, cause = admission.status, admission.reason.value if admission.reason else ""
    if reinstate:
        admission = quota.reinstate_place(submission_id, by=by, at=at)
    fact = OutcomeReviewed(str(submission_id), before.value, reinstate, reason)
    events.record(submission_subject(submission_id), fact, by=by, at=at)
    kind = "review_reinstated" if reinstate else "review_maintained"
    tell(submission_id, kind, once=f"review:{submission_id}:{at.isoformat()}", by=by, at=at, reason=reason)
    if reinstate and case is not None:
        take_up_again(case, cause, reason, by=by, at=at)
    return admission


def take_up_again(case: Case, cause: str, reason: str, *, by: Actor, at: datetime) -> None:
    """The case stands again where it stood before it lapsed or was refused."""
    if case.status is CaseStatus.SUPPRIMEE_NON_PAYEE:
        cases.advance(case.id, CaseAction.REINSTATE, by=by, at=at)
    else:
        _undo_ending(case, by=by, at=at)
    resume(case.submission_id, cause=cause, reason=reason, by=by, at=at)


def _undo_ending(case: Case, *, by: Actor, at: datetime) -> None:
    """A refusal by a person's verdict is undone: the case stands as it did."""
    before = _stage_before(case)
    action = CaseAction.ANNUL if case.status is CaseStatus.RETOURNEE else CaseAction.CLOSE
    if before is not None and case.status in {CaseStatus.RETOURNEE, CaseStatus.FERMEE}:
        many.undo_advance(case, action, before, at, by=by, at=at)


def _stage_before(case: Case) -> CaseStatus | None:
    events.write_noted()
    subject = case_subject(case.id)
    query = select(EventRow.data["before"].astext).where(
        EventRow.subject_kind == subject.kind, EventRow.subject_id == subject.id, EventRow.kind == "cases.StatusChanged"
    )
    found = db.session.scalars(query.order_by(EventRow.position.desc()).limit(1)).first()
    return CaseStatus(found) if found else None


def resume(submission_id: UUID, *, cause: str = "exemption_denied", reason: str = "", by: Actor, at: datetime) -> None:
    """A case set aside has a place again (a review, or a draw after its exemption was denied): its fee is due again, once.

    Whoever had paid, and whose money has not left yet, stays paid and the place is confirmed at once.
    """
    found = case_queries.case_of_submission(submission_id)
    fee = fee_queries.fee_of_case(found.id) if found else None
    if found is None or fee is None or fee.state not in {FeeState.LAPSED, FeeState.CANCELLED}:
        return
    case = case_queries.lock_case(found.id)
    cases.lift_hold(case.id, Hold.OTHER, by=by, at=at)
    if fee.state is FeeState.LAPSED:
        changes.reinstate_fee(case.id, by=by, at=at)
    elif changes.restore_fee(case.id, cause, reason, by=by, at=at):
        quota.confirm_place(submission_id, by=by, at=at)
    elif fee_queries.fee(fee.id).state is FeeState.DUE and allows(TRANSITIONS, case.status, CaseAction.REVERSE_PAYMENT):
        cases.advance(case.id, CaseAction.REVERSE_PAYMENT, by=by, at=at)
