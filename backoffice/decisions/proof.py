"""What proves that a letter reached its addressee, as far as anybody knows: shown before anything is decided on it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message


@dataclass(frozen=True)
class Proof:
    """One issue of a letter: when it could be read (the legal instant, C-1.1 s. 31), whether it was opened, and its paper."""

    message: Message
    readable_at: datetime | None
    opened_at: datetime | None
    on_paper: bool
    made_at: datetime | None
    posted_at: datetime | None


def proof_of(message_id: UUID) -> Proof:
    """What is known of one issue."""
    message = mail_queries.message(message_id)
    letter = mail_queries.letter_of(message_id)
    return Proof(
        message, message.readable_at, message.opened_at, letter is not None, letter.made_at if letter else None, letter.posted_at if letter else None
    )
