"""Plain values of the people between: what was claimed, what a person found, what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

FALSE_DECLARATION_YEARS = 5
"""For so long a false or misleading declaration keeps the ministry from examining an application (former s. 3.2.2.1)."""


class FaultCode(StrEnum):
    """What prevented somebody: no access at all, an error of the system, the post, another cause (S-39)."""

    NO_ACCESS = "no_access"
    SYSTEM_ERROR = "system_error"
    POST = "post"
    OTHER = "other"


class ClaimState(StrEnum):
    """Where the claim of somebody prevented stands."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"


class ClaimAction(StrEnum):
    """What two people decide of it."""

    GRANT = "grant"
    DECLINE = "decline"


class CheckState(StrEnum):
    """Whether the person of an application is the one of a false declaration: nobody looked yet, the same, another."""

    WAITING = "waiting"
    SAME = "same"
    DIFFERENT = "different"


class CheckAction(StrEnum):
    """What a person answers."""

    CONFIRM = "confirm"
    CLEAR = "clear"


class FeeOutcome(StrEnum):
    """What becomes of the fee of an application that ends."""

    NONE = "none"  # nothing was issued, or nothing was paid: nothing is owed any more
    REFUND = "refund"  # paid: the money goes back
    TO_DECIDE = "to_decide"  # paid, not examined: a person decides
    KEPT = "kept"  # examination began: the fee stays


CLAIM_TRANSITIONS = {
    (ClaimState.ASKED, ClaimAction.GRANT): ClaimState.GRANTED,
    (ClaimState.ASKED, ClaimAction.DECLINE): ClaimState.DECLINED,
}
CHECK_TRANSITIONS = {
    (CheckState.WAITING, CheckAction.CONFIRM): CheckState.SAME,
    (CheckState.WAITING, CheckAction.CLEAR): CheckState.DIFFERENT,
}
CLAIM_FINAL = frozenset({ClaimState.GRANTED, ClaimState.DECLINED})
CHECK_FINAL = frozenset({CheckState.SAME, CheckState.DIFFERENT})


@dataclass(frozen=True)
class NewEvidence:
    """A file that shows what happened; its bytes are in the store already."""

    filename: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class NewClaim:
    """What somebody prevented by a fault tells us."""

    family_name: str
    given_names: str | None
    birth_date: date
    passport_number: str | None
    contact: Mapping[str, object]
    language: str
    programme: str
    window_code: str | None
    code: FaultCode
    text: str
    received_on: date
    incident_reference: str | None = None
    incident_start: datetime | None = None
    incident_end: datetime | None = None
    submission_number: str | None = None
    evidence: tuple[NewEvidence, ...] = ()


@dataclass(frozen=True)
class NewDeclaration:
    """A false or misleading declaration that was found in another file."""

    family_name: str
    given_names: str | None
    birth_date: date
    passport_number: str | None
    decided_on: date
    reference: str


@dataclass(frozen=True)
class Effects:
    """What an act on an application would do, shown before it is done."""

    status: str
    reason: str | None
    place: str  # kept, given, released, none
    fee: FeeOutcome
    paid_cents: int
    case_after: str | None
    class_before: int | None = None
    class_after: int | None = None
    waiting_list_served: bool = False
    window_open: bool = False
