"""Facts about messages and letters, on the case's chain."""

from dataclasses import dataclass

from backoffice.core.events import event


@event("mail.MessageSent")
@dataclass(frozen=True)
class MessageSent:
    """A message was put in the applicant's mailbox; readable from that instant, or posted as a letter first."""

    message_id: str
    message: str
    readable: bool
    automatic: bool
    content_sha256: str


@event("mail.MessageOpened")
@dataclass(frozen=True)
class MessageOpened:
    """The applicant opened a message for the first time."""

    message_id: str
    message: str


@event("mail.MessageReceived")
@dataclass(frozen=True)
class MessageReceived:
    """The applicant wrote."""

    message_id: str
    files: int


@event("mail.LetterPosted")
@dataclass(frozen=True)
class LetterPosted:
    """A letter was handed to the carrier: this is its day zero."""

    message_id: str
    letter_id: int
    sha256: str


@event("mail.MessageWithdrawn")
@dataclass(frozen=True)
class MessageWithdrawn:
    """A message sent in error was taken out of the mailbox; the record keeps it whole."""

    message_id: str
    message: str
    reason: str
    opened: bool


@event("mail.AnswerNotNeeded")
@dataclass(frozen=True)
class AnswerNotNeeded:
    """A person found that what the applicant wrote asks for no answer."""

    message_id: str
    reason: str
