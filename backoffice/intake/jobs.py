"""What the hallway does later, when a fact is recorded: an invitation answered is an application filed."""

from uuid import UUID

from backoffice.core.events import Recorded, on
from backoffice.intake.service import invitations
from backoffice.mail.events import MessageReceived


@on(MessageReceived)
def file_application(recorded: Recorded[MessageReceived]) -> None:
    """The applicant wrote: if it answers an invitation, the application is filed."""
    invitations.file(UUID(recorded.event.message_id), at=recorded.at)
