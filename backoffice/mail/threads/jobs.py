"""What threads do later: hear the second signature of a bulk message, then send one part after another, each owed by the fact of the part before."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.mail.threads import bulk
from backoffice.mail.threads.events import BulkAdvanced, BulkApproved
from backoffice.staff.events import ApprovalDecided


@on(ApprovalDecided)
def answer_bulk(recorded: Recorded[ApprovalDecided]) -> None:
    """The second person answered."""
    if recorded.event.kind == bulk.APPROVAL:
        bulk.answer(recorded.event.approval_id, approved=recorded.event.approved, by=recorded.by, at=clock.now())


@on(BulkApproved)
def begin(recorded: Recorded[BulkApproved]) -> None:
    """The first part."""
    bulk.go_on(recorded.event.bulk_id, at=clock.now())


@on(BulkAdvanced)
def go_on(recorded: Recorded[BulkAdvanced]) -> None:
    """The next part of the list."""
    bulk.go_on(recorded.event.bulk_id, at=clock.now())
