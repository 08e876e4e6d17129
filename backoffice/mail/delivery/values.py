"""What is handed around about delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """How one attempt ended."""

    UNDER_WAY = "under_way"
    ACCEPTED = "accepted"
    WRITTEN = "written"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Recipient(StrEnum):
    """Whom a notification is for."""

    APPLICANT = "applicant"
    REPRESENTATIVE = "representative"


class Severity(StrEnum):
    """What a report of a mail server says: the address is dead, could not be reached this time, or nothing of the kind."""

    HARD = "hard"
    SOFT = "soft"
    NOTICE = "notice"


class Reach(StrEnum):
    """Whether somebody can be reached; derived from facts, kept to be listed."""

    REACHABLE = "reachable"
    IN_DOUBT = "in_doubt"
    UNREACHABLE = "unreachable"


class DeliveryState(StrEnum):
    """How far a message came; the furthest proof counts."""

    TO_POST = "to_post"
    READABLE = "readable"
    NOTIFIED = "notified"
    POSTED = "posted"
    OPENED = "opened"
    BOUNCED = "bounced"
    RETURNED = "returned"


@dataclass(frozen=True)
class Sign:
    """Something that speaks for or against reaching somebody, at its instant."""

    at: datetime
    what: str
    message_id: UUID | None = None
    severity: Severity = Severity.NOTICE


@dataclass(frozen=True)
class Known:
    """An outgoing message as reachability looks at it: when it became readable, whether it was opened, whether a term hangs on it."""

    message_id: UUID
    readable_at: datetime
    opened: bool
    term: bool


@dataclass(frozen=True)
class Standing:
    """Whether somebody can be reached, since when, why, and the messages that a running term hangs on and that did not arrive."""

    reach: Reach
    since: datetime | None = None
    why: tuple[str, ...] = ()
    undelivered: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What a mail server answered, at which step."""

    outcome: Outcome
    code: int | None = None
    text: str = ""
    step: str = ""


@dataclass(frozen=True)
class Report:
    """What a report of a mail server says, once read: untrusted, cleaned and bounded."""

    severity: Severity
    status: str
    action: str
    diagnostic: str
    recipient: str
    tokens: tuple[str, ...]
    message_ids: tuple[str, ...]
    by_person: bool = False


@dataclass(frozen=True)
class Tried:
    """One attempt to notify, as it is shown and proved."""

    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    code: int | None
    text: str
    server: str


@dataclass(frozen=True)
class Notified:
    """A notification of a message: to whom, at which address, how it went."""

    id: int
    recipient: Recipient
    name: str
    address: str
    internet_id: str
    sent_at: datetime | None
    attempts: tuple[Tried, ...] = ()
    state: str = ""


@dataclass(frozen=True)
class Returned:
    """What came back about a message."""

    at: datetime
    severity: Severity
    status: str
    diagnostic: str
    address: str
    recipient: Recipient


@dataclass(frozen=True)
class Delivery:
    """All that is known of a message's way: the legal instant, the notifications, what came back, the letter."""

    message_id: UUID
    sent_at: datetime
    readable_at: datetime | None
    opened_at: datetime | None
    notified_at: datetime | None
    posted_at: datetime | None
    returned_at: datetime | None
    state: DeliveryState
    notifications: Sequence[Notified] = field(default_factory=tuple)
    bounces: Sequence[Returned] = field(default_factory=tuple)
    copies: Sequence[str] = field(default_factory=tuple)

    @property
    def arrived(self) -> bool:
        """Whether nothing says that the applicant was not reached."""
        return self.state not in {DeliveryState.BOUNCED, DeliveryState.RETURNED, DeliveryState.TO_POST}


@dataclass(frozen=True)
class NewMandate:
    """A representative of a case: who, from when, until when, by which document."""

    kind: str
    family_name: str
    given_names: str | None
    member_number: str
    email: str
    language: str
    starts_on: date
    ends_on: date | None = None
    proof: str = ""
