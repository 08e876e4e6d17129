"""What follows from delivery: a second letter that left gives its term a new day zero; what two people signed is carried out."""

from uuid import UUID

from backoffice.core.calendar import montreal_day
from backoffice.core.db import attempt, db
from backoffice.core.errors import DomainError
from backoffice.core.events import Recorded, on
from backoffice.desk.delivery import service
from backoffice.mail.delivery import service as delivery
from backoffice.mail.events import LetterPosted
from backoffice.staff.events import ApprovalDecided
from backoffice.staff.models import Account, Approval


@on(LetterPosted)
def second_letter_posted(recorded: Recorded[LetterPosted]) -> None:
    """The day on which the carrier took it is the new day zero."""
    service.posted(recorded.event.letter_id, montreal_day(recorded.at), by=recorded.by, at=recorded.at)


@on(ApprovalDecided)
def let_term_end(recorded: Recorded[ApprovalDecided]) -> None:
    """Carry out what both signed; what no longer applies by then (it was opened meanwhile) is kept on the approval."""
    if recorded.event.kind != service.APPROVAL or not recorded.event.approved:
        return
    approval = db.session.get_one(Approval, recorded.event.approval_id, with_for_update=True)
    if "outcome" in approval.facts:
        return
    try:
        with attempt():
            _let_end(approval, recorded)
    except DomainError as refusal:
        approval.facts = {**approval.facts, "outcome": "refused", "refusal": refusal.message}
    else:
        approval.facts = {**approval.facts, "outcome": "done"}


def _let_end(approval: Approval, recorded: Recorded[ApprovalDecided]) -> None:
    first, second = db.session.get_one(Account, approval.asked_by_id), db.session.get_one(Account, approval.decided_by_id)
    message_id = UUID(str(approval.facts["message"]))
    delivery.let_end(message_id, approval.id, approval.reason, first=first.actor, second=second.actor, at=recorded.at)
