"""What proves that a letter reached its addressee, as far as anybody knows: shown before anything is decided on it."""

from dataclasses import dataclass
from uuid import UUID

from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries as delivery_queries
from backoffice.mail.delivery import wording
from backoffice.mail.delivery.values import Delivery
from backoffice.mail.models import Message


@dataclass(frozen=True)
class Proof:
    """One issue of a letter: when it could be read (the legal instant, C-1.1 s. 31), its notifications, what came back, its paper."""

    message: Message
    delivery: Delivery
    on_paper: bool

    @property
    def sentence(self) -> str:
        """How far it came, in words."""
        return wording.sentence(self.delivery)


def proof_of(message_id: UUID) -> Proof:
    """What is known of one issue."""
    message = mail_queries.message(message_id)
    return Proof(message, delivery_queries.delivery_of(message_id), mail_queries.letter_of(message_id) is not None)
