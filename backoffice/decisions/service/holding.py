"""What every choice on a proposal checks first: it is open, it offers the choice, and nothing keeps the term from ending."""

from datetime import datetime

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.states import move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.decisions import queries, rules
from backoffice.decisions.errors import EndBarred, HeldBack, NotOffered, TermRuns
from backoffice.decisions.events import ProposalClosed
from backoffice.decisions.models import Proposal
from backoffice.decisions.states import PROPOSALS, ProposalAction, ProposalState
from backoffice.decisions.values import Choice, Outcome


def is_barred(case_id: int) -> bool:
    """Whether somebody of this case could not be reached: the clock runs on, but nothing may end."""
    return any(bar.lifted_at is None for bar in term_queries.bars_of(case_subject(case_id)))


def holding_back(term: Term) -> list[str]:
    """All that keeps a term from ending, in sentences."""
    return [str(one) for one in deadlines.what_holds_back(term)]


def check_may_end(term: Term, *, at: datetime) -> None:
    """Refuse to end a term that runs, whose end is barred, or that mail or money of its days may still answer."""
    if montreal_day(at) <= term.last_day:
        raise TermRuns
    if is_barred(int(term.subject_id)):
        raise EndBarred
    if held := holding_back(term):
        raise HeldBack(" ; ".join(held))


def take(proposal_id: int, choice: Choice) -> tuple[Proposal, Term]:
    """Hold a proposal for a choice that it offers, after its case."""
    case_id = queries.case_of_proposal(proposal_id)
    case_queries.lock_case(case_id)
    proposal = queries.lock_proposal(proposal_id)
    barred = is_barred(case_id)
    if barred and choice not in rules.choices(proposal.kind, barred=True):
        raise EndBarred
    if proposal.state is not ProposalState.OPEN or choice not in rules.choices(proposal.kind, barred=barred):
        raise NotOffered
    return proposal, queries.term(proposal.term_id)


def close(proposal: Proposal, action: ProposalAction, outcome: Outcome, reason: str, *, by: Actor, at: datetime) -> Proposal:
    """A proposal is answered, by a person or by what happened."""
    proposal.state = move(PROPOSALS, proposal.state, action)
    proposal.outcome, proposal.reason, proposal.closed_at, proposal.closed_by = outcome, reason, at, by.label
    events.record(case_subject(proposal.case_id), ProposalClosed(proposal.id, outcome.value, reason), by=by, at=at)
    return proposal


def raise_again(proposal: Proposal) -> None:
    """It waits for a decision once more."""
    proposal.state = move(PROPOSALS, proposal.state, ProposalAction.RAISE)
    proposal.outcome = proposal.reason = proposal.again_on = proposal.closed_at = proposal.closed_by = None
