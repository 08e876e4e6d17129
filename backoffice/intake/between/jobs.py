"""What follows later: the second person answered about a claim; a grant gives its place once the application has its outcome."""

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.events import Recorded, on
from backoffice.intake import queries as intake_queries
from backoffice.intake.between import queries
from backoffice.intake.between.errors import NoReserveLeft, StillPending
from backoffice.intake.between.events import FaultClaimDecided, FaultClaimUsed
from backoffice.intake.service import registers
from backoffice.staff.events import ApprovalDecided
from backoffice.staff.models import Account, Approval


@on(ApprovalDecided)
def decide_claim(recorded: Recorded[ApprovalDecided]) -> None:
    """Two people agree on a claim: it is decided. Declined by the second, the proposal is gone and the claim waits again."""
    if recorded.event.kind != registers.APPROVAL or not recorded.event.approved:
        return
    approval = db.session.get_one(Approval, recorded.event.approval_id)
    first, second = (db.session.get_one(Account, key) for key in (approval.asked_by_id, approval.decided_by_id))
    grant = approval.facts["decision"] == "grant"
    registers.decide_claim(int(approval.subject_id), grant=grant, reason=approval.reason, first=first, second=second, at=clock.now())


@on(FaultClaimDecided)
def give_place_to_one_who_stands(recorded: Recorded[FaultClaimDecided]) -> None:
    """Granted: the application that it names gets its place of the reserve."""
    _give(recorded.event.claim_id)


@on(FaultClaimUsed)
def give_place_to_one_who_came_late(recorded: Recorded[FaultClaimUsed]) -> None:
    """The late application came: once it has its outcome, and no place by itself, the reserve gives it one."""
    claim = queries.claim(recorded.event.claim_id)
    submission = intake_queries.submission(claim.submission_id) if claim.submission_id else None
    if submission is not None and submission.settled_at is None:
        raise StillPending  # the delivery tries again in a moment
    _give(recorded.event.claim_id)


def _give(claim_id: int) -> None:
    """A reserve that is used up leaves the claim granted: the page says that its place waits."""
    if not registers.needs_reserve(queries.claim(claim_id)):
        return
    try:
        registers.give_reserve(claim_id, at=clock.now())
    except NoReserveLeft:
        return
