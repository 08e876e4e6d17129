"""What follows an envelope that is done: the applicant is told what it held."""

from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.events import Recorded, on
from backoffice.mailroom import acknowledging
from backoffice.mailroom.events import EnvelopeClosed


@on(EnvelopeClosed)
def acknowledge_contents(recorded: Recorded[EnvelopeClosed]) -> None:
    """Say what was received and when, by message or by letter."""
    acknowledging.acknowledge(recorded.subject.id, by=SYSTEM, at=clock.now())
