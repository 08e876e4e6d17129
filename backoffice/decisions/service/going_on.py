"""Going on although the applicant could not be reached: asked by one person, signed by another, bar by bar."""

from datetime import datetime
from typing import cast

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.events import Subject
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.decisions import queries
from backoffice.decisions.errors import AlreadyAsked, NotOffered
from backoffice.decisions.events import GoneOnUnreachable
from backoffice.decisions.service.holding import is_barred, take
from backoffice.decisions.values import Choice
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.models import Account, Approval
from backoffice.staff.states import ApprovalState

APPROVAL = "go_on_unreachable"


def ask_to_go_on(proposal_id: int, reason: str, *, by: Account, at: datetime) -> Approval:
    """Put before a second person that the case goes on, although nobody can prove that the letter arrived."""
    proposal, _ = take(proposal_id, Choice.GO_ON)
    if not is_barred(proposal.case_id):
        raise NotOffered
    asked = asked_to_go_on(proposal.case_id)
    if asked is not None:
        raise AlreadyAsked
    case = case_queries.lock_case(proposal.case_id)
    bars = [[bar.ground, bar.ref] for bar in term_queries.bars_of(case_subject(case.id)) if bar.lifted_at is None]
    page = f"/cases/{case.number}/proposals/{proposal.id}"
    facts: dict[str, object] = {"case": case.number, "page": page, "proposal": proposal.id, "bars": bars}
    return staff.ask_approval(APPROVAL, Subject("case", str(case.id)), facts, reason, by=by, at=at)


def asked_to_go_on(case_id: int) -> Approval | None:
    """What waits for the second signature on a case."""
    asked = staff_queries.approval_for(APPROVAL, "case", str(case_id))
    return asked if asked is not None and asked.state is ApprovalState.ASKED else None


def answer_going_on(approval: Approval, asker: str, *, approved: bool, by: Actor, at: datetime) -> None:
    """Two people signed: the bars they read are lifted, and the proposal offers what it offers anybody. A bar put up since stands."""
    case_id = int(approval.subject_id)
    case_queries.lock_case(case_id)
    if not approved:
        return
    standing = {(bar.ground, bar.ref) for bar in term_queries.bars_of(case_subject(case_id)) if bar.lifted_at is None}
    for ground, ref in cast("list[list[str]]", approval.facts["bars"]):
        if (ground, ref) in standing:
            deadlines.lift_bar(case_subject(case_id), ground, ref, "two_signatures", by=by, at=at)
    proposal = queries.proposal(case_id, int(approval.facts["proposal"]))
    events.record(case_subject(case_id), GoneOnUnreachable(proposal.id, approval.reason, asker), by=by, at=at)
