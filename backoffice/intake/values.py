"""Plain values of the hallway."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backoffice.cases.values import Channel
from backoffice.core.actors import Actor


@dataclass(frozen=True)
class Stamp:
    """When an arrival came, by the back office's own clock, and its number in the total order."""

    sequence: int
    received_at: datetime


@dataclass(frozen=True)
class Application:
    """An application as its door understood it: the checked content and the bytes as they came.

    One that was refused for its form and accepted by a person keeps the stamp of its first arrival, and is `late` in the order.
    """

    submission_id: UUID
    channel: Channel
    content: dict[str, object]
    content_sha256: str
    raw: bytes | None
    legal_received_on: date | None = None
    paper_ground: str | None = None
    envelope: str | None = None
    stamp: Stamp | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Arriving:
    """An online application read and checked, not kept yet; `text` is its JSON, `at` the instant at which we had all of it."""

    submission_id: UUID
    programme: str
    text: str
    content_sha256: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What its door says to an arrival that was kept, now or before: the acknowledgment, and whether it is the first."""

    status: int
    body: dict[str, object]
