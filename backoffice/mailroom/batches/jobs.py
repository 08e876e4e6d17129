"""What batches do later: the second person's answer to a difference."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.mailroom.batches import queries, service
from backoffice.staff.events import ApprovalDecided


@on(ApprovalDecided)
def answer_difference(recorded: Recorded[ApprovalDecided]) -> None:
    """Close what the second person accepted."""
    if recorded.event.kind in {queries.APPROVAL, queries.APPROVAL_OF_ENVELOPE}:
        service.answer(recorded.event.approval_id, approved=recorded.event.approved, by=recorded.by, at=clock.now())
