"""What the hallway does later: settle what still waits for its place."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.intake import queries, service
from backoffice.intake.events import SubmissionReceived


@on(SubmissionReceived)
def settle(recorded: Recorded[SubmissionReceived]) -> None:
    """Give the arrival its outcome, with everybody before it, if the request that brought it did not already."""
    submission = queries.submission_of_event(recorded.event.submission_id)
    if submission.settled_at is None:
        upto = queries.wait_for_arrivals_under_way()
        service.settle(submission.window_code, upto, at=clock.now())
