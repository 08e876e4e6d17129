"""The plain facts of a case that other rules read."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    """The door an application came by; it never changes its rank in processing."""

    ONLINE = "online"
    PAPER = "paper"


class Hold(StrEnum):
    """Why a case may not be worked on for now."""

    PAYMENT = "payment"
    DOCUMENTS = "documents"
    DUPLICATE_REVIEW = "duplicate_review"
    PAPER_EXCEPTION = "paper_exception"
    FALSE_DECLARATION_REVIEW = "false_declaration_review"
    SUSPENDED_BY_DECISION = "suspended_by_decision"
    OTHER = "other"


class PersonKind(StrEnum):
    """What a person is in the application."""

    PRINCIPAL = "principal"
    SPOUSE = "spouse"
    CHILD = "child"


class ApplicantStatus(StrEnum):
    """Where the principal applicant lives, and by what right (GPI 5-5 §1.2)."""

    ABROAD = "abroad"
    TEMPORARY_RESIDENT = "temporary_resident"
    OTHER_IN_QUEBEC = "other_in_quebec"


class Sex(StrEnum):
    """Sex as written in the application."""

    F = "F"
    M = "M"
    X = "X"


class CivilStatus(StrEnum):
    """Civil status of the principal applicant."""

    SINGLE = "single"
    MARRIED = "married"
    DE_FACTO = "de_facto"
    SEPARATED = "separated"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class Language(StrEnum):
    """Language of correspondence."""

    FR = "fr"
    EN = "en"


@dataclass(frozen=True, slots=True)
class PriorityFacts:
    """All that the processing order may look at; an admission rank is deliberately not among it."""

    urgent_reason: str | None
    validated_offer: bool
    temporary_resident: bool
    channel: Channel
    legal_received_on: date


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to add to a case, names to the letter; `details` are the schema's other members."""

    kind: PersonKind
    family_name: str
    given_names: str | None
    sex: str
    birth_date: date
    birth_country: str | None
    citizenships: tuple[str, ...]
    passport_number: str | None
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class NewCase:
    """An application ready to become a case, the same whatever its door."""

    submission_id: UUID
    programme: str
    channel: Channel
    language: str
    received_at: datetime
    legal_received_on: date
    contact: dict[str, object]
    representative: dict[str, object] | None
    destination_region: str | None
    validated_offer: bool
    temporary_resident: bool
    people: tuple[NewPerson, ...]
