"""The rejection: proposed by a caseworker, signed by a second person, and only then a decision (GPI 3-1)."""

from datetime import datetime

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseAction
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from backoffice.decisions import notices, queries, rules
from backoffice.decisions.errors import AlreadyAsked, AnswerCame, TranslationNeeded
from backoffice.decisions.events import CaseRejected, RejectionProposed, RejectionSentBack, intention_owner
from backoffice.decisions.models import Decision, Intention
from backoffice.decisions.service.holding import check_may_end, close, raise_again, take
from backoffice.decisions.service.intentions import lines
from backoffice.decisions.states import DECISIONS, INTENTIONS, DecisionAction, DecisionState, IntentionAction, ProposalAction
from backoffice.decisions.values import Choice, Outcome
from backoffice.documents.lapsing import lapse_requests
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message
from backoffice.staff import service as staff
from backoffice.staff.models import Account

APPROVAL = "rejection"


def propose_rejection(proposal_id: int, reason: str, reason_en: str = "", *, by: Account, at: datetime) -> Decision:
    """Propose the rejection after the intention's term: nothing is decided until a second person signs."""
    proposal, term = take(proposal_id, Choice.REJECT)
    check_may_end(term, at=at)
    case = case_queries.lock_case(proposal.case_id)
    if queries.waiting_decision(case.id) is not None:
        raise AlreadyAsked
    if case.language == "en" and not reason_en:
        raise TranslationNeeded
    page = f"/cases/{case.number}/proposals/{proposal.id}"
    facts: dict[str, object] = {"case": case.number, "page": page, "reason_en": reason_en}
    approval = staff.ask_approval(APPROVAL, Subject("case", str(case.id)), facts, reason, by=by, at=at)
    decision = Decision(
        case_id=case.id, intention_id=int(term.owner_id), proposal_id=proposal.id, state=DecisionState.PROPOSED, reason=reason,
        proposed_at=at, proposed_by=by.name, approval_id=approval.id,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    close(proposal, ProposalAction.DECIDE, Outcome.REJECTION_PROPOSED, reason, by=by.actor, at=at)
    events.record(case_subject(case.id), RejectionProposed(decision.id, reason), by=by.actor, at=at)
    return decision


def answer_rejection(approval_id: int, reason_en: str, answer: str, *, approved: bool, by: Actor, at: datetime) -> Decision | None:
    """The second person answered: the case is rejected, or the proposal waits again. Once."""
    decision = queries.decision_of(approval_id)
    if decision is None or decision.state is not DecisionState.PROPOSED:
        return decision
    return reject_case(decision.id, reason_en, by=by, at=at) if approved else send_back(decision.id, answer, by=by, at=at)


def send_back(decision_id: int, reason: str, *, by: Actor, at: datetime) -> Decision:
    """Not signed: what was proposed waits for the caseworker again."""
    case_queries.lock_case(_case_of(decision_id))
    decision = queries.decision(decision_id)
    decision.state = move(DECISIONS, decision.state, DecisionAction.SEND_BACK)
    decision.signed_at, decision.signed_by = at, by.label
    raise_again(queries.lock_proposal(decision.proposal_id))
    events.record(case_subject(decision.case_id), RejectionSentBack(decision.id, reason), by=by, at=at)
    return decision


def reject_case(decision_id: int, reason_en: str = "", *, by: Actor, at: datetime) -> Decision:
    """Reject the application in the name of both who signed: the letter with its reasons and its recourse, the fee kept.

    All that protects the applicant is checked again at this instant: the last day has passed, the letter reached them, no
    mail or money of the term waits, and nothing came since the rejection was proposed.
    """
    case = case_queries.lock_case(_case_of(decision_id))
    decision = queries.decision(decision_id)
    intention = queries.intention(decision.intention_id)
    term = term_queries.lock_term(intention_owner(intention.id))
    check_may_end(term, at=at)
    if queries.messages_since(case.id, decision.proposed_at) or queries.documents_since(case.id, decision.proposed_at):
        raise AnswerCame
    decision.state = move(DECISIONS, decision.state, DecisionAction.SIGN)
    intention.state = move(INTENTIONS, intention.state, IntentionAction.FOLLOW)
    intention.ended_at = at
    deadlines.end_term(intention_owner(intention.id), TermAction.LAPSE, by=by, at=at)
    _end_case(case, by=by, at=at)
    message = _tell(case, intention, decision, reason_en, by=by, at=at)
    decision.signed_at, decision.signed_by, decision.message_id = at, by.label, message.id
    decision.letter_sha256 = message.attachments[0].sha256
    fact = CaseRejected(decision.id, str(message.id), decision.letter_sha256, decision.proposed_by)
    events.record(case_subject(case.id), fact, by=by, at=at)
    return decision


def _end_case(case: Case, *, by: Actor, at: datetime) -> None:
    """What ran on the case stops; its place in the quota was taken by an application received, and stays taken."""
    for term in term_queries.terms_of(case_subject(case.id)):
        if term.state is TermState.RUNNING:
            deadlines.end_term(Subject(term.owner_kind, term.owner_id), TermAction.CANCEL, by=by, at=at)
    lapse_requests(case.id)
    cases.lift_hold(case.id, Hold.DOCUMENTS, by=by, at=at)
    cases.advance(case.id, CaseAction.DECIDE, by=by, at=at)
    cases.advance(case.id, CaseAction.REJECT, by=by, at=at)


def _tell(case: Case, intention: Intention, decision: Decision, reason_en: str, *, by: Actor, at: datetime) -> Message:
    """The letter of rejection, with the recourse of that day."""
    today = montreal_day(at)
    recourse = rules.recourse(today)
    review = deadlines.planned(TermKind.REVIEW, today) if recourse.review_days else None
    values: notices.Values = {
        "items": lines(intention), "reason": decision.reason, "decided_on": today,
        "readable_on": montreal_day(mail_queries.message(intention.message_id).sent_at),
        "days": review.days if review else 0, "last_day": review.last_day if review else today,
    }  # fmt: skip
    once = f"rejected:{decision.id}"
    return notices.send(case, "application_rejected", once, values, in_english={"reason": reason_en or decision.reason}, on_paper=True, by=by, at=at)


def _case_of(decision_id: int) -> int:
    found = db.session.get(Decision, decision_id)
    if found is None:
        raise NotFound
    return found.case_id
