"""What the hallway does later, when a fact is recorded: an invitation answered is an application filed."""

from uuid import UUID

from backoffice.core import clock
from backoffice.core.events import Recorded, on
from backoffice.intake import scanning
from backoffice.intake.service import invitations
from backoffice.mail.events import MessageReceived


@on(MessageReceived)
def file_application(recorded: Recorded[MessageReceived]) -> None:
    """The applicant wrote: if it answers an invitation, the application is filed."""
    invitations.file(UUID(recorded.event.message_id), at=recorded.at)


@on(MessageReceived)
def scan_files(recorded: Recorded[MessageReceived]) -> None:
    """The applicant sent files: the antivirus looks at them before anybody opens them."""
    if recorded.event.files:
        scanning.scan_message(UUID(recorded.event.message_id), at=clock.now())
