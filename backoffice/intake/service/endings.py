"""How an application ends by a verdict: its case, its fee, its terms, and its place among those that wait without a case."""

from datetime import datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import FINAL, TRANSITIONS, CaseAction
from backoffice.cases.values import Hold
from backoffice.core.actors import Actor
from backoffice.core.events import Subject
from backoffice.core.states import allows, move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.fees import changes
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.intake import identities, queries
from backoffice.intake.states import TRANSITIONS as SUBMISSIONS
from backoffice.intake.states import SubmissionAction
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Admission

REVIEWED = (Hold.DUPLICATE_REVIEW, Hold.FALSE_DECLARATION_REVIEW)


def lock(submission_id: UUID) -> tuple[Case | None, Admission | None]:
    """An application held for a verdict: its case first, then (by the quota's own operations) its window."""
    found = case_queries.case_of_submission(submission_id)
    case = case_queries.lock_case(found.id) if found else None
    return case, quota_queries.admission(submission_id)


def paid_cents(case: Case | None) -> int:
    """What stands paid on the fee of an application."""
    fee = fee_queries.fee_of_case(case.id) if case else None
    return sum(fees.paid_cents(fee)) if fee else 0


def refusing_action(case: Case) -> CaseAction:
    """A refusal at the door makes the application as if it had not been received; once it is examined, the file is closed."""
    return CaseAction.ANNUL if allows(TRANSITIONS, case.status, CaseAction.ANNUL) else CaseAction.CLOSE


def refuse(submission_id: UUID, cause: str, reason: str, *, by: Actor, at: datetime) -> None:
    """Refused after all: the case ends, nothing is owed, and what was paid goes on the refund list."""
    found = case_queries.case_of_submission(submission_id)
    if found is not None and found.status not in FINAL:
        case = case_queries.lock_case(found.id)
        changes.cancel_fee(case.id, cause, reason, by=by, at=at)
        end_case(case, refusing_action(case), by=by, at=at)
    stop_standing(submission_id)


def end_case(case: Case, action: CaseAction, *, by: Actor, at: datetime) -> None:
    """The case ends; what ran on it stops, and what a person was to look at is answered."""
    for term in term_queries.terms_of(case_subject(case.id)):
        if term.state is TermState.RUNNING:
            deadlines.end_term(Subject(term.owner_kind, term.owner_id), TermAction.CANCEL, by=by, at=at)
    for hold in REVIEWED:
        cases.lift_hold(case.id, hold, by=by, at=at)
    cases.advance(case.id, action, by=by, at=at)


def stop_standing(submission_id: UUID) -> None:
    """An application without a case stands no longer: nobody waits behind it for its names."""
    submission = queries.submission(submission_id)
    if submission is None:
        return
    identities.forget([submission_id])
    if allows(SUBMISSIONS, submission.state, SubmissionAction.DECLINE) and submission.settled_at is not None:
        submission.state = move(SUBMISSIONS, submission.state, SubmissionAction.DECLINE)
