"""Facts about delivery, on the case's chain; addresses stand in the tables, never in the trail."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def bounce_subject(bounce_id: int) -> Subject:
    """A report that belongs to no case yet."""
    return Subject("bounce", str(bounce_id))


@dataclass(frozen=True)
class _OfMessage:
    message_id: str
    message: str


@event("mail.delivery.NotificationSent")
@dataclass(frozen=True)
class NotificationSent(_OfMessage):
    """A server took the e-mail that says a message waits; without a server it was written to a file."""

    notification_id: int
    recipient: str
    attempts: int
    written: bool


@event("mail.delivery.NotificationFailed")
@dataclass(frozen=True)
class NotificationFailed(_OfMessage):
    """The e-mail that says a message waits was refused for good, or tried for days in vain."""

    notification_id: int
    recipient: str
    status: str
    attempts: int


@event("mail.delivery.BounceReceived")
@dataclass(frozen=True)
class BounceReceived(_OfMessage):
    """A mail server reported on a notification."""

    bounce_id: int
    recipient: str
    severity: str
    status: str


@event("mail.delivery.BounceUnmatched")
@dataclass(frozen=True)
class BounceUnmatched:
    """A report came that names none of our notifications: a person looks."""

    bounce_id: int


@event("mail.delivery.BounceSettled")
@dataclass(frozen=True)
class BounceSettled:
    """A person said what a report without a case was."""

    bounce_id: int
    how: str


@event("mail.delivery.LetterReturned")
@dataclass(frozen=True)
class LetterReturned(_OfMessage):
    """A letter came back from the post."""

    letter_id: int
    reason: str
    returned_on: str


@event("mail.delivery.ReachChanged")
@dataclass(frozen=True)
class ReachChanged:
    """Whether the applicant can be reached changed, and why."""

    before: str
    after: str
    why: str


@event("mail.delivery.SecondChannelChosen")
@dataclass(frozen=True)
class SecondChannelChosen(_OfMessage):
    """A person had the message made a letter, to be posted; a term that hangs on it starts again on the day it is posted."""

    letter_id: int
    reason: str


@event("mail.delivery.NotifiedAgain")
@dataclass(frozen=True)
class NotifiedAgain(_OfMessage):
    """A person had the message announced again, at the address now known."""

    reason: str


@event("mail.delivery.AddressConfirmed")
@dataclass(frozen=True)
class AddressConfirmed:
    """A person made sure that the address works."""

    reason: str


@event("mail.delivery.EndAllowed")
@dataclass(frozen=True)
class EndAllowed(_OfMessage):
    """Two people signed: the term that hangs on this message may end although it did not arrive."""

    approval_id: int
    reason: str


@event("mail.delivery.MandateRecorded")
@dataclass(frozen=True)
class MandateRecorded:
    """A representative stands for the case from this day."""

    mandate_id: int
    representative_id: int
    starts_on: str
    ends_on: str | None


@event("mail.delivery.MandateEnded")
@dataclass(frozen=True)
class MandateEnded:
    """The representative's mandate ends on this day: no copy goes out after it."""

    mandate_id: int
    representative_id: int
    ends_on: str
    reason: str
