"""What outages do later: hear the second signature, then do one part after another, each owed by the fact of the part before."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.intake.outages import running, service
from backoffice.intake.outages.events import ListAdvanced, ListApproved, ListTold
from backoffice.staff.events import ApprovalDecided


@on(ApprovalDecided)
def hear(recorded: Recorded[ApprovalDecided]) -> None:
    """The second person answered among the approvals."""
    if recorded.event.kind == service.APPROVAL:
        service.answered(recorded.event.approval_id, approved=recorded.event.approved, by=recorded.by, at=clock.now())


@on(ListApproved)
def begin(recorded: Recorded[ListApproved]) -> None:
    """The first part."""
    running.go_on(recorded.event.list_id, at=clock.now())


@on(ListAdvanced)
def go_on(recorded: Recorded[ListAdvanced]) -> None:
    """The next part of the list."""
    running.go_on(recorded.event.list_id, at=clock.now())


@on(ListTold)
def go_on_telling(recorded: Recorded[ListTold]) -> None:
    """The next who are written to."""
    running.go_on(recorded.event.list_id, at=clock.now())
