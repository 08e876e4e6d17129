"""Proposals: made once for each end of a term, kept true to what happens, and answered by a person."""

import contextlib
from datetime import date, datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import db
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind
from backoffice.decisions import queries, rules
from backoffice.decisions.events import ProposalMade
from backoffice.decisions.models import Proposal
from backoffice.decisions.reminders import missing
from backoffice.decisions.service.holding import close, holding_back, is_barred, raise_again, take
from backoffice.decisions.service.intentions import reissue_intention
from backoffice.decisions.states import ProposalAction, ProposalState
from backoffice.decisions.values import PROPOSED_FOR, Choice, Outcome
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.states import ItemAction
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import service as delivery
from backoffice.mail.delivery.errors import NoAddress
from backoffice.mail.values import NewFile

__all__ = ["dismiss", "examine", "follow_terms", "holding_back", "is_barred", "propose", "reissue", "reissued", "to_propose"]


def to_propose(term: Term, as_of: date) -> bool:
    """Whether the end of a term is to be put before a person, or put again once the day it was put aside to has come."""
    if term.kind not in PROPOSED_FOR or term.state is not TermState.RUNNING or term.last_day >= as_of or not _unanswered(term):
        return False
    known = queries.proposal_for(term)
    return known is None or (known.state is ProposalState.DISMISSED and known.again_on is not None and known.again_on <= as_of)


def _unanswered(term: Term) -> bool:
    """A list answered in full and in time is for the examination; an intention always ends by a person's act, answered or not."""
    if term.kind is not TermKind.DOCUMENTS:
        return True
    items = document_queries.request(int(term.owner_id)).items
    late = sum(item.received_on is not None and item.received_on > term.last_day for item in items)
    return rules.needs_proposal(len(missing(items)), late)


def propose(term_id: int, as_of: date, *, at: datetime) -> Proposal | None:
    """Put the end of a term before a person, once; nothing while mail or money of its days is not settled.

    When the applicant could not be reached the proposal is made all the same, and says so: it offers another issue of the
    letter, or two signatures.
    """
    case = case_queries.lock_case(int(queries.term(term_id).subject_id))
    term = queries.term(term_id)
    barred = is_barred(case.id)
    if not to_propose(term, as_of) or (holding_back(term) and not barred):
        return None
    proposal = queries.proposal_for(term)
    if proposal is not None:
        raise_again(proposal)
    else:
        proposal = Proposal(
            case_id=case.id, term_id=term.id, kind=term.kind, term_start=term.start, last_day=term.last_day, made_on=as_of, made_at=at,
            state=ProposalState.OPEN,
        )  # fmt: skip
        db.session.add(proposal)
        db.session.flush()
    fact = ProposalMade(proposal.id, term.kind.value, term.last_day.isoformat(), barred)
    events.record(case_subject(case.id), fact, by=SYSTEM, at=at)
    return proposal


def follow_terms(case_id: int, *, by: Actor, at: datetime) -> list[Proposal]:
    """Close what waits on a term that was answered, that ended with its case, or that has another end now."""
    case_queries.lock_case(case_id)
    overtaken = [(proposal, _overtaken(proposal)) for proposal in queries.open_proposals(case_id)]
    return [close(one, ProposalAction.SUPERSEDE, outcome, "", by=by, at=at) for one, outcome in overtaken if outcome]


def _overtaken(proposal: Proposal) -> Outcome | None:
    term = queries.term(proposal.term_id)
    if term.state is TermState.SATISFIED:
        return Outcome.ANSWERED
    if term.state is not TermState.RUNNING:
        return Outcome.ENDED
    if (term.start, term.last_day) != (proposal.term_start, proposal.last_day):
        return Outcome.TERM_MOVED
    return None


def examine(proposal_id: int, reason: str, *, by: Actor, at: datetime) -> Proposal:
    """Accept what came and go on: what is missing is no longer required, and the case goes to the examination."""
    proposal, term = take(proposal_id, Choice.EXAMINE)
    close(proposal, ProposalAction.DECIDE, Outcome.EXAMINED, reason, by=by, at=at)
    for item in missing(document_queries.request(int(term.owner_id)).items):
        documents.review_item(item.id, ItemAction.WAIVE, note=reason, by=by, at=at)
    return proposal


def reissue(proposal_id: int, reason: str, *, by: Actor, at: datetime) -> Proposal:
    """Issue the letter again: the whole term runs from its new day zero.

    To somebody who could not be reached it also leaves by post, the second channel; posted, the term runs whole once more.
    """
    proposal, term = take(proposal_id, Choice.REISSUE)
    barred = is_barred(proposal.case_id)
    close(proposal, ProposalAction.DECIDE, Outcome.REISSUED, reason, by=by, at=at)
    if term.kind is TermKind.DOCUMENTS:
        message_id = documents.reissue_request(int(term.owner_id), reason=reason, by=by, at=at).message_id
    else:
        message_id = reissue_intention(int(term.owner_id), reason, by=by, at=at).message_id
    if barred:
        _by_post_too(message_id, reason, by=by, at=at)
    return proposal


def _by_post_too(message_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """The paper of a letter that is in the mailbox too; without a postal address there is no second channel."""
    message = mail_queries.message(message_id)
    if message.readable_at is None or mail_queries.letter_of(message_id) is not None:
        return
    paper = next((file for file in message.attachments if file.kind == "letter"), None)
    if paper is not None:
        with contextlib.suppress(NoAddress):
            delivery.choose_post(message_id, NewFile("letter", paper.filename, paper.media_type, paper.size, paper.sha256), reason, by=by, at=at)


def reissued(term_id: int, *, by: Actor, at: datetime) -> None:
    """The letter left again: what barred the end because its earlier issue was not received is lifted."""
    term = queries.term(term_id)
    case_id = int(term.subject_id)
    kind = _letter_kind(term)
    issues = [str(one.id) for one in queries.messages_of_kind(case_id, kind)]
    for bar in term_queries.bars_of(case_subject(case_id)):
        if bar.lifted_at is None and bar.ref[:36] in issues[:-1]:
            deadlines.lift_bar(case_subject(case_id), bar.ground, bar.ref, "reissued", by=by, at=at)


def _letter_kind(term: Term) -> str:
    if term.owner_kind == "request":
        return mail_queries.message(document_queries.request(int(term.owner_id)).message_id).kind
    if term.owner_kind == "intention":
        return mail_queries.message(queries.intention(int(term.owner_id)).message_id).kind
    return ""


def dismiss(proposal_id: int, reason: str, again_on: date | None = None, *, by: Actor, at: datetime) -> Proposal:
    """Put a proposal aside with a reason; on the day given, if the term is still unanswered, it is made again."""
    proposal, _ = take(proposal_id, Choice.DISMISS)
    close(proposal, ProposalAction.DISMISS, Outcome.DISMISSED, reason, by=by, at=at)
    proposal.again_on = again_on
    return proposal
