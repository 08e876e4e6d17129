"""What acts on many do later: hear the second signature, then do one part after another, each owed by the fact of the part before."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.intake.acts import service
from backoffice.intake.acts.events import ActAdvanced, ActApproved, ActTold
from backoffice.staff.events import ApprovalDecided


@on(ApprovalDecided)
def answer_act(recorded: Recorded[ApprovalDecided]) -> None:
    """The second person answered."""
    if recorded.event.kind == service.APPROVAL:
        service.answer(recorded.event.approval_id, approved=recorded.event.approved, by=recorded.by, at=clock.now())


@on(ActApproved)
def begin(recorded: Recorded[ActApproved]) -> None:
    """The first part."""
    service.go_on(recorded.event.act_id, at=clock.now())


@on(ActAdvanced)
def go_on(recorded: Recorded[ActAdvanced]) -> None:
    """The next part of the list."""
    service.go_on(recorded.event.act_id, at=clock.now())


@on(ActTold)
def go_on_telling(recorded: Recorded[ActTold]) -> None:
    """The next who are written to."""
    service.go_on(recorded.event.act_id, at=clock.now())
