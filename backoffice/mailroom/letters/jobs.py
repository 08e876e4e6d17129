"""What print runs do later: print part after part in the background, each in its own transaction."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.mailroom.letters import service
from backoffice.mailroom.letters.events import PartPrinted, RunAsked


@on(RunAsked)
def begin_run(recorded: Recorded[RunAsked]) -> None:
    """Print the first part."""
    service.print_next(recorded.event.number, by=recorded.by, at=clock.now())


@on(PartPrinted)
def go_on_with_run(recorded: Recorded[PartPrinted]) -> None:
    """Print the next part, or put the file together."""
    service.print_next(recorded.event.number, by=recorded.by, at=clock.now())
