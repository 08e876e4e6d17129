"""Every SELECT on proposals, intentions and decisions, and on what came since a letter left."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.deadlines.models import Term, TermBar
from backoffice.deadlines.states import TermState
from backoffice.decisions.models import Decision, Intention, Proposal
from backoffice.decisions.states import DecisionState, IntentionState, ProposalState
from backoffice.decisions.values import PROPOSED_FOR
from backoffice.documents.models import Document
from backoffice.mail.models import Message
from backoffice.mail.values import Direction


def proposal(case_id: int, proposal_id: int) -> Proposal:
    """A proposal of this case."""
    found = db.session.scalars(select(Proposal).where(Proposal.id == proposal_id, Proposal.case_id == case_id)).first()
    if found is None:
        raise NotFound
    return found


def case_of_proposal(proposal_id: int) -> int:
    """The case that a proposal is about."""
    found = db.session.scalar(select(Proposal.case_id).where(Proposal.id == proposal_id))
    if found is None:
        raise NotFound
    return found


def lock_proposal(proposal_id: int) -> Proposal:
    """A proposal, held; its case is held before."""
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def open_proposal(case_id: int) -> Proposal | None:
    """What waits for a decision on a case: the oldest."""
    query = select(Proposal).where(Proposal.case_id == case_id, Proposal.state == ProposalState.OPEN).order_by(Proposal.id)
    return db.session.scalars(query.limit(1)).first()


def open_proposals(case_id: int) -> list[Proposal]:
    """All that waits for a decision on a case, held."""
    query = select(Proposal).where(Proposal.case_id == case_id, Proposal.state == ProposalState.OPEN).order_by(Proposal.id)
    return list(db.session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def proposals_of(case_id: int) -> list[Proposal]:
    """Every proposal of a case, the latest first."""
    return list(db.session.scalars(select(Proposal).where(Proposal.case_id == case_id).order_by(Proposal.id.desc())))


def proposals(limit: int = 200, *, officer_id: int | None = None) -> list[tuple[Proposal, Case]]:
    """What waits for a decision, the oldest end of a term first; of one caseworker, or of everybody."""
    query = select(Proposal, Case).join(Case, Case.id == Proposal.case_id).where(Proposal.state == ProposalState.OPEN, *_owned(officer_id))
    rows = db.session.execute(query.options(selectinload(Case.people)).order_by(Proposal.last_day, Proposal.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


def count_open(officer_id: int | None = None) -> int:
    """How many wait."""
    query = select(func.count()).select_from(Proposal).join(Case, Case.id == Proposal.case_id)
    return db.session.scalar(query.where(Proposal.state == ProposalState.OPEN, *_owned(officer_id))) or 0


def _owned(officer_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if officer_id is None else (or_(Case.officer_id == officer_id, Case.officer_id.is_(None)),)


def proposal_for(term: Term) -> Proposal | None:
    """The proposal made for this end of a term."""
    query = select(Proposal).where(Proposal.term_id == term.id, Proposal.term_start == term.start, Proposal.last_day == term.last_day)
    return db.session.scalars(query).first()


def term(term_id: int) -> Term:
    """A term with its facts."""
    query = select(Term).where(Term.id == term_id).options(selectinload(Term.extensions), selectinload(Term.pauses))
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def over(as_of: date) -> list[Term]:
    """Terms whose end a person judges, and whose last day is past."""
    query = select(Term).where(Term.kind.in_(PROPOSED_FOR), Term.state == TermState.RUNNING, Term.last_day < as_of)
    query = query.options(selectinload(Term.extensions), selectinload(Term.pauses))
    return list(db.session.scalars(query.where(Term.subject_kind == "case").order_by(Term.last_day, Term.id)))


def proposed(terms: Iterable[Term]) -> dict[tuple[int, date, date], Proposal]:
    """The proposals made for these terms."""
    query = select(Proposal).where(Proposal.term_id.in_([one.id for one in terms]))
    return {(one.term_id, one.term_start, one.last_day): one for one in db.session.scalars(query)}


def cases(ids: Iterable[int]) -> dict[int, Case]:
    """Several cases with their people."""
    query = select(Case).where(Case.id.in_(list(ids))).options(selectinload(Case.people))
    return {case.id: case for case in db.session.scalars(query)}


def intention(intention_id: int) -> Intention:
    """An intention letter."""
    found = db.session.get(Intention, intention_id)
    if found is None:
        raise NotFound
    return found


def intention_of_message(message_id: UUID) -> Intention | None:
    """The intention whose latest letter this is."""
    return db.session.scalars(select(Intention).where(Intention.message_id == message_id)).first()


def standing_intention(case_id: int) -> Intention | None:
    """The intention that stands on a case."""
    return db.session.scalars(select(Intention).where(Intention.case_id == case_id, Intention.state == IntentionState.SENT)).first()


def latest_intention(case_id: int) -> Intention | None:
    """The latest intention of a case, whatever became of it."""
    return db.session.scalars(select(Intention).where(Intention.case_id == case_id).order_by(Intention.id.desc()).limit(1)).first()


def decision(decision_id: int) -> Decision:
    """A decision, held; its case is held before."""
    query = select(Decision).where(Decision.id == decision_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def decision_of(approval_id: int) -> Decision | None:
    """The decision that a signature is about."""
    return db.session.scalars(select(Decision).where(Decision.approval_id == approval_id)).first()


def waiting_decision(case_id: int) -> Decision | None:
    """The decision that waits for its second signature."""
    return db.session.scalars(select(Decision).where(Decision.case_id == case_id, Decision.state == DecisionState.PROPOSED)).first()


def messages_since(case_id: int, since: datetime) -> list[Message]:
    """What the applicant wrote after an instant, oldest first."""
    query = select(Message).where(Message.case_id == case_id, Message.direction == Direction.IN, Message.sent_at > since)
    return list(db.session.scalars(query.options(selectinload(Message.attachments)).order_by(Message.position)))


def documents_since(case_id: int, since: datetime) -> list[Document]:
    """What was filed to the case after an instant, by the day of its stamp."""
    query = select(Document).where(Document.case_id == case_id, Document.filed_at > since)
    return list(db.session.scalars(query.options(selectinload(Document.pages)).order_by(Document.received_on, Document.id)))


def barred(case_ids: Iterable[int]) -> set[int]:
    """The cases whose people could not be reached: no term of theirs may end."""
    query = select(TermBar.subject_id).where(TermBar.subject_kind == "case", TermBar.lifted_at.is_(None))
    return {int(one) for one in db.session.scalars(query.where(TermBar.subject_id.in_([str(key) for key in case_ids])))}


def came_since(found: Iterable[Proposal]) -> Counter[int]:
    """How many messages and documents came after each proposal was made."""
    ids = [one.id for one in found]
    wrote = (Message.case_id == Proposal.case_id) & (Message.direction == Direction.IN) & (Message.sent_at > Proposal.made_at)
    filed = (Document.case_id == Proposal.case_id) & (Document.filed_at > Proposal.made_at)
    messages = select(Proposal.id, func.count(Message.id)).join(Message, wrote)
    documents = select(Proposal.id, func.count(Document.id)).join(Document, filed)
    counted: Counter[int] = Counter()
    for query in (messages, documents):
        counted.update({row[0]: row[1] for row in db.session.execute(query.where(Proposal.id.in_(ids)).group_by(Proposal.id))})
    return counted


def messages_of_kind(case_id: int, kind: str) -> list[Message]:
    """The issues of one kind of letter, oldest first."""
    query = select(Message).where(Message.case_id == case_id, Message.kind == kind, Message.direction == Direction.OUT)
    return list(db.session.scalars(query.order_by(Message.position)))
