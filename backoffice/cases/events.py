"""Facts about a case."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def case_subject(case_id: int) -> Subject:
    """A case as the subject of facts."""
    return Subject("case", str(case_id))


@event("cases.CaseOpened")
@dataclass(frozen=True)
class CaseOpened:
    """A case was opened from a submission."""

    case_id: int
    number: str
    submission_id: str
    channel: str
    legal_received_on: str
    people: int
    status: str
    processing_class: int


@event("cases.StatusChanged")
@dataclass(frozen=True)
class StatusChanged:
    """The case moved on."""

    before: str
    after: str


@event("cases.HoldPlaced")
@dataclass(frozen=True)
class HoldPlaced:
    """The case is not worked on for this reason."""

    hold: str


@event("cases.HoldLifted")
@dataclass(frozen=True)
class HoldLifted:
    """The reason is gone."""

    hold: str


@event("cases.CaseTaken")
@dataclass(frozen=True)
class CaseTaken:
    """A caseworker took the next case."""

    officer_id: int


@event("cases.CaseAssigned")
@dataclass(frozen=True)
class CaseAssigned:
    """A supervisor gave the case to somebody, or to nobody."""

    officer_id: int | None
    before_id: int | None
    reason: str


@event("cases.CaseGivenBack")
@dataclass(frozen=True)
class CaseGivenBack:
    """A caseworker gave the case back to the queue."""

    officer_id: int
    reason: str


@event("cases.UrgencyChanged")
@dataclass(frozen=True)
class UrgencyChanged:
    """A person marked the case urgent, or no longer urgent: its class changes, its admission does not."""

    urgent: bool
    processing_class: int


@event("cases.FactsChanged")
@dataclass(frozen=True)
class FactsChanged:
    """What the processing order looks at was verified or denied: the class is worked out again."""

    validated_offer: bool
    temporary_resident: bool
    class_before: int
    processing_class: int
    reason: str


@event("cases.NoteAdded")
@dataclass(frozen=True)
class NoteAdded:
    """An internal note was written."""

    note_id: int
