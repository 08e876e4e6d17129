"""A message to an applicant without a case, as the portal shows it."""

from backoffice.intake.between.models import SubmissionMessage
from backoffice.intake.receipts import instant


def message(one: SubmissionMessage) -> dict[str, object]:
    """The same members as a message of a case's thread."""
    return {
        "id": str(one.id),
        "direction": "out",
        "kind": one.kind,
        "sent_at": instant(one.sent_at),
        "readable_at": instant(one.readable_at) if one.readable_at else None,
        "opened_at": None,
        "withdrawn_at": None,
        "subject": one.subject,
        "body": one.body,
        "in_reply_to": None,
        "attachments": [],
        "request": None,
    }
