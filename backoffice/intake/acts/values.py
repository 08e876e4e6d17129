"""Words of acts on many: kinds, states, what was chosen, and an application as the list freezes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID


class ActKind(StrEnum):
    """What an act does to each application of its list."""

    ANNUL = "annul"
    END_BY_LAW = "end_by_law"
    STAY = "stay"
    SUSPEND_PROCESSING = "suspend_processing"
    RESUME_PROCESSING = "resume_processing"


UNDOES = {ActKind.STAY: frozenset({ActKind.ANNUL, ActKind.END_BY_LAW}), ActKind.RESUME_PROCESSING: frozenset({ActKind.SUSPEND_PROCESSING})}
"""What each undoing act may undo."""


class ItemState(StrEnum):
    """What became of one application of the list."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


class Why(StrEnum):
    """Why an application was left out, skipped or refused."""

    PENDING = "pending"
    DECIDED = "decided"
    ENDED = "ended"
    IN_EXAMINATION = "in_examination"
    ALREADY_VOID = "already_void"
    NO_ADMISSION = "no_admission"
    NO_CASE = "no_case"
    ALREADY_SUSPENDED = "already_suspended"
    NOT_SUSPENDED = "not_suspended"
    CHANGED = "changed"
    NO_PLACE = "no_place"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Choice:
    """What an act is to reach; an empty criterion leaves all."""

    window: str | None = None
    programme: str | None = None
    received_from: date | None = None
    received_until: date | None = None
    channel: str | None = None
    country: str | None = None
    status: str | None = None
    processing_class: int | None = None

    def to_json(self) -> dict[str, object]:
        """Give the criteria that were set."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items() if value not in (None, "")}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read back what ``to_json`` wrote."""
        days = {name: date.fromisoformat(str(data[name])) for name in ("received_from", "received_until") if data.get(name)}
        texts = {name: str(data[name]) for name in ("window", "programme", "channel", "country", "status") if data.get(name)}
        chosen = data.get("processing_class")
        return cls(**texts, **days, processing_class=int(str(chosen)) if chosen else None)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An application as it stands: all that an act on many looks at, and all whose change takes it off the list."""

    submission_id: UUID
    case_id: int | None
    case_number: str | None
    channel: str
    country: str | None
    language: str
    legal_received_on: date
    case_status: str | None
    admission_status: str | None
    admission_reason: str | None
    fee_state: str | None
    paid_cents: int
    suspended: bool
    settled: bool = True
    elsewhere_cents: int = 0
    origin_id: int | None = None
