"""What the paper door does later: read what was scanned, file what a supervisor approved."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.intake import queries as intake_queries
from backoffice.intake import service as intake
from backoffice.mailroom.events import ApplicationKeyed
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.staff.events import ApprovalDecided


@on(ApprovalDecided)
def answer_paper_exception(recorded: Recorded[ApprovalDecided]) -> None:
    """The supervisor answered: the application is received, or is a draft again."""
    if recorded.event.kind == keying.APPROVAL:
        keying.answer_exception(recorded.event.approval_id, approved=recorded.event.approved, by=recorded.by, at=clock.now())


@on(ApplicationKeyed)
def index_application(recorded: Recorded[ApplicationKeyed]) -> None:
    """Settle the application if nobody did, and put its pages to its case."""
    number = recorded.event.envelope
    if window := keying.pending_window(number):
        intake.settle(window, intake_queries.wait_for_arrivals_under_way(), at=clock.now())
    keying.index(number, by=recorded.by, at=clock.now())


def read_now(scan_id: int) -> None:
    """Read a file without waiting for a worker."""
    pipeline.read_now(scan_id)
