"""What can change, how it reached us, and what it calls for."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ChangeKind(StrEnum):
    """What changed; a correction puts right what was keyed or written by mistake."""

    ADDRESS = "address"
    NAME = "name"
    FAMILY_ADDED = "family_added"
    FAMILY_REMOVED = "family_removed"
    WORK = "work"
    OTHER = "other"
    CORRECTION = "correction"


class ChangeSource(StrEnum):
    """How we know of it."""

    MESSAGE = "message"
    ENVELOPE = "envelope"
    PHONE = "phone"
    COUNTER = "counter"
    FILE = "file"


class FollowUp(StrEnum):
    """What a change may call for; a person decides."""

    REISSUE_LIST = "reissue_list"
    FIRST_LIST = "first_list"
    MEMBER_FEE = "member_fee"
    CLOSE = "close"
    NEW_DOCUMENT = "new_document"


CORRECTABLE = ("family_name", "given_names", "birth_date", "sex", "birth_country", "passport_number", "civil_status")
"""What may be put right, field by field; the application itself is kept as it came."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a change was said: a message, an envelope, by telephone, at the counter, in the file; and its legal day of receipt."""

    kind: ChangeSource
    ref: str
    received_on: date


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change as a caseworker records it: the old is read from the case, the new comes with it."""

    kind: ChangeKind
    after: dict[str, object]
    source: Source
    changed_on: date | None = None
    person_id: int | None = None
    field: str = ""
    reason: str = ""
