"""What access does later: the copy of a file is made in the background, and says how far it is."""

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.desk.access import progress, service
from backoffice.desk.access.events import ExportAsked


@on(ExportAsked)
def make_export(recorded: Recorded[ExportAsked]) -> None:
    """Make the copy that was asked for."""
    request_id = recorded.event.request_id
    service.make_export(request_id, lambda done, total: progress.tell(request_id, done, total), at=clock.now())
