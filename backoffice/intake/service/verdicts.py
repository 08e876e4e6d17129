"""Verdicts of a person on an application: the ground of its exemption, and whether two applications are one person's."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db, transaction
from backoffice.fees import changes
from backoffice.fees import queries as fee_queries
from backoffice.fees.states import FeeState
from backoffice.intake.between import queries as between_queries
from backoffice.intake.between.errors import NothingToJudge
from backoffice.intake.between.events import DuplicateJudged, ExemptionJudged
from backoffice.intake.between.models import DuplicateVerdict
from backoffice.intake.between.queries import ENDED, Side
from backoffice.intake.between.rules import earliest
from backoffice.intake.events import submission_subject
from backoffice.intake.service import endings, reviews
from backoffice.intake.service.telling import tell
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.models import Admission
from backoffice.quota.values import AdmissionReason, AdmissionStatus

OFFER, RESIDENT = "validated_job_offer", "temporary_resident_in_quebec"

JUDGED = frozenset({AdmissionStatus.EXEMPT, AdmissionStatus.PROVISIONAL, AdmissionStatus.CONFIRMED, AdmissionStatus.REGISTERED})
"""Where a ground may be judged: claimed, verified before and lost since, or denied by mistake."""


class _Undone(Exception):
    """Everything is taken back."""


def rehearse(act: Callable[[], Admission]) -> tuple[AdmissionStatus, AdmissionReason | None]:
    """What the ledger's own rules would give, by doing it and taking all of it back; refusals pass through."""
    try:
        with transaction():
            found = act()
            status, reason = found.status, found.reason
            raise _Undone  # noqa: TRY301 - the one way out of an operation without its effects
    except _Undone:
        return status, reason


def judge_exemption(submission_id: UUID, *, verified: bool, reason: str, proof: str, by: Actor, at: datetime) -> Admission:
    """Verify or deny the ground claimed; losing it later is the same act at a later time.

    Denied, the application goes where the ledger's rules send it: a place, the list of a draw, or refused. The processing
    class follows the same fact, but stays a matter of its own.
    """
    case, admission = endings.lock(submission_id)
    if (
        admission is None
        or admission.exempt_ground is None
        or admission.status not in JUDGED
        or (not verified and admission.status is not AdmissionStatus.EXEMPT)
    ):
        raise NothingToJudge
    ground = admission.exempt_ground
    admission = quota.judge_exemption(submission_id, verified, by=by, at=at)
    if case is not None:
        cases.change_facts(
            case.id, validated_offer=verified and ground == OFFER, temporary_resident=verified and ground == RESIDENT, reason=reason, by=by, at=at
        )
    fact = ExemptionJudged(str(submission_id), ground, verified, proof, reason, admission.status.value)
    events.record(submission_subject(submission_id), fact, by=by, at=at)
    if verified:
        reviews.resume(submission_id, reason=reason, by=by, at=at)  # denied by mistake before, in a draw
        tell(submission_id, "exemption_verified", once=f"exemption:{submission_id}:{at.isoformat()}", by=by, at=at)
    else:
        _after_denial(submission_id, case, admission, reason, by=by, at=at)
    return admission


def _after_denial(submission_id: UUID, case: Case | None, admission: Admission, reason: str, *, by: Actor, at: datetime) -> None:
    outcome = {AdmissionStatus.PROVISIONAL: "placed", AdmissionStatus.REGISTERED: "registered"}.get(admission.status, "refused")
    if outcome == "placed" and case is not None:
        fee = fee_queries.fee_of_case(case.id)
        if fee is not None and fee.state is FeeState.PAID:
            quota.confirm_place(submission_id, by=by, at=at)
    elif outcome == "registered" and case is not None:  # it waits for the draw like the others: nothing is asked for meanwhile
        changes.cancel_fee(case.id, "exemption_denied", reason, by=by, at=at)
        cases.place_hold(case.id, Hold.OTHER, by=by, at=at)
    tell(submission_id, "exemption_denied", once=f"exemption:{submission_id}:{at.isoformat()}", by=by, at=at, reason=reason, outcome=outcome)
    if outcome == "refused":
        endings.refuse(submission_id, "exemption_denied", reason, by=by, at=at)


def judge_duplicate(submission_id: UUID, other_id: UUID | None, *, same: bool, reason: str, by: Actor, at: datetime) -> DuplicateVerdict | None:
    """Say whether two applications are one person's; with no other left to compare, the doubt can only be lifted.

    The same person: the earliest valid act keeps its place and the later one is refused. Two people: it is remembered, and
    once nothing is left to compare the doubt is gone from both.
    """
    _lock_both(submission_id, other_id)
    mine = between_queries.side(submission_id)
    twins = between_queries.twins(mine)
    if other_id is None:
        if same or twins or not between_queries.is_doubted(submission_id):
            raise NothingToJudge
        _record(mine, None, None, same=False, reason=reason, by=by, at=at)
        _clear(mine, by=by, at=at)
        return None
    twin = next((one for one in twins if one.side.submission_id == other_id), None)
    if twin is None:
        raise NothingToJudge
    kept, later = _kept_and_later(mine, twin.side)
    verdict = DuplicateVerdict(
        one=min(submission_id, other_id), other=max(submission_id, other_id), same=same, kept=kept.submission_id if same else None, reason=reason,
        by_label=by.label, at=at,
    )  # fmt: skip
    db.session.add(verdict)
    db.session.flush()
    for side, beside in ((mine, twin.side), (twin.side, mine)):
        _record(side, beside, kept if same else None, same=same, reason=reason, by=by, at=at)
    if same:
        _refuse_later(later, kept, reason, by=by, at=at)
    for side in (kept,) if same else (mine, twin.side):
        if not between_queries.twins(side):
            _clear(side, by=by, at=at)
    return verdict


def _lock_both(submission_id: UUID, other_id: UUID | None) -> None:
    """Both cases, always in the order of their keys, so that two verdicts never wait for one another."""
    cases_found = [case_queries.case_of_submission(one) for one in (submission_id, other_id) if one]
    for case_id in sorted(case.id for case in cases_found if case):
        case_queries.lock_case(case_id)


def _kept_and_later(mine: Side, other: Side) -> tuple[Side, Side]:
    return (mine, other) if earliest([mine.act, other.act]) == mine.act else (other, mine)


def _record(side: Side, other: Side | None, kept: Side | None, *, same: bool, reason: str, by: Actor, at: datetime) -> None:
    fact = DuplicateJudged(
        str(side.submission_id), str(other.submission_id) if other else None, same, str(kept.submission_id) if kept else None, reason
    )  # fmt: skip
    events.record(submission_subject(side.submission_id), fact, by=by, at=at)


def _refuse_later(later: Side, kept: Side, reason: str, *, by: Actor, at: datetime) -> None:
    if later.admission is not None and later.admission.status not in ENDED:
        quota.judge_duplicate(later.submission_id, same=True, by=by, at=at)
    tell(
        later.submission_id, "duplicate_refused", once=f"duplicate:{later.submission_id}:{at.isoformat()}", by=by, at=at,
        received_on=kept.act.legal_received_on, reason=reason,
    )  # fmt: skip
    endings.refuse(later.submission_id, "duplicate_person", reason, by=by, at=at)


def _clear(side: Side, *, by: Actor, at: datetime) -> None:
    """No doubt is left: the reason is cleared, and the case may be worked on."""
    admission = quota_queries.admission(side.submission_id)
    if admission is not None and admission.reason is AdmissionReason.DUPLICATE_REVIEW:
        quota.judge_duplicate(side.submission_id, same=False, by=by, at=at)
    if side.case is not None:
        cases.lift_hold(side.case.id, Hold.DUPLICATE_REVIEW, by=by, at=at)
