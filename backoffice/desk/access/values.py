"""What a request for access is made of."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Channel(StrEnum):
    """How a request came."""

    MAIL = "mail"
    EMAIL = "email"
    PORTAL = "portal"
    COUNTER = "counter"


class Ground(StrEnum):
    """Why something is left out of the copy given (A-2.1)."""

    NOTES = "notes"
    THIRD_PARTY = "third_party"
    ADVICE = "advice"
    INQUIRY = "inquiry"
    IDENTITY = "identity"


class ItemKind(StrEnum):
    """What a file holds that may be given or left out."""

    DOCUMENT = "document"
    MESSAGE = "message"
    NOTE = "note"
    FACT = "fact"


@dataclass(frozen=True)
class Item:
    """One thing of the file: which, its name as a person knows it, its day, its digest if it is a file."""

    kind: ItemKind
    ref: str
    label: str
    on: date
    sha256: str | None = None
    usual: Ground | None = None
    """The ground on which it is left out unless a person puts it in."""

    @property
    def key(self) -> str:
        """What names it in a choice."""
        return f"{self.kind.value}:{self.ref}"


@dataclass(frozen=True)
class Choice:
    """What becomes of an item: given, or left out on a ground."""

    item: Item
    ground: Ground | None
    reason: str = ""
    by: str = ""

    @property
    def given(self) -> bool:
        """Whether the person gets it."""
        return self.ground is None


@dataclass(frozen=True)
class NewRequest:
    """A request as it came."""

    case_number: str
    requester: str
    received_on: date
    channel: Channel
    identity: str
