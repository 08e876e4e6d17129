"""What the doors do later: a scanner is spoken to by a worker, and what was left behind is taken up again."""

from datetime import timedelta

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.mailroom.doors import partial, queries, working
from backoffice.mailroom.doors.events import ScanAsked


@on(ScanAsked)
def start_scanner(recorded: Recorded[ScanAsked]) -> None:
    """Put the job into the workers' queue: it takes longer than a delivery may."""
    working.offer([recorded.event.job_id])


def offer_left_behind() -> None:
    """Offer again the jobs whose worker was killed, or that an emptied queue forgot; remove what a kill left of finished uploads."""
    if left := queries.left_behind(clock.now() - timedelta(seconds=working.LEFT_SECONDS)):
        working.offer(left)
    partial.tidy(queries.open_keys())
