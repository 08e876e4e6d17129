"""The processing order: which case is worked on next, and why.

One key, ``(class, legal day of receipt, drawn tie, file number)``, total because file numbers are unique. An admission
rank is not among the facts (I-0.2 s. 3.5: the order of processing is set apart from the number received), and neither
is the door: every file received by 2015-12-31 came on paper, so that class is a matter of its day alone.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Final

from backoffice.cases.values import PriorityFacts

RULE_VERSION: Final = "2016-01"
LAST_PAPER_DAY: Final = date(2015, 12, 31)  # end of paper intake; the portal opened on 2016-01-05

_TIE_LENGTH: Final = 16


class ProcessingClass(StrEnum):
    """What puts a case in its class; the words shown are found by these keys."""

    URGENT = "urgent"
    VALIDATED_OFFER = "validated_offer"
    TEMPORARY_RESIDENT = "temporary_resident"
    PAPER_BACKLOG = "paper_backlog"
    OTHERS = "others"


# Classes in order, of rule version 2016-01 (project default; the text of the 2016 list was not found).
_ORDER: Final = (
    ProcessingClass.URGENT,
    ProcessingClass.VALIDATED_OFFER,
    ProcessingClass.TEMPORARY_RESIDENT,
    ProcessingClass.PAPER_BACKLOG,
    ProcessingClass.OTHERS,
)
# « Papier d'abord », the practice of 2016–2017: no online file was begun before the paper files were done.
_PAPER_FIRST: Final = (
    ProcessingClass.URGENT,
    ProcessingClass.PAPER_BACKLOG,
    ProcessingClass.VALIDATED_OFFER,
    ProcessingClass.TEMPORARY_RESIDENT,
    ProcessingClass.OTHERS,
)

SortKey = tuple[int, date, str, str]
KEY_PARTS: Final = ("class", "legal_received_on", "tie", "number")
SAME: Final = "same"


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices a supervisor may make about the order."""

    paper_first: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case is in its class: the class by number and by name, and the facts that put it there."""

    class_no: int
    rule: ProcessingClass
    legal_received_on: date
    urgent_reason: str | None
    paper_first: bool
    version: str

    def to_json(self) -> dict[str, str | int | bool | None]:
        """Give the reason as plain JSON values."""
        return {
            "class": self.class_no,
            "rule": self.rule.value,
            "legal_received_on": self.legal_received_on.isoformat(),
            "urgent_reason": self.urgent_reason,
            "paper_first": self.paper_first,
            "version": self.version,
        }


def order(policy: Policy) -> tuple[ProcessingClass, ...]:
    """List the classes in their order under a policy; the first has number 1."""
    return _PAPER_FIRST if policy.paper_first else _ORDER


def processing_class(facts: PriorityFacts, policy: Policy) -> int:
    """Give the number of the first class, in the order of the policy, that a case belongs to."""
    return order(policy).index(_class(facts, policy)) + 1


def tie(seed: str, number: str) -> str:
    """Draw the lot of a case among those of its class and day, from the published seed of that day."""
    return sha256(f"{seed}:{number}".encode()).hexdigest()[:_TIE_LENGTH]


def sort_key(facts: PriorityFacts, seed: str, number: str, policy: Policy) -> SortKey:
    """Give the place of a case in the processing order; smaller comes first."""
    return processing_class(facts, policy), facts.legal_received_on, tie(seed, number), number


def why(facts: PriorityFacts, policy: Policy) -> Reason:
    """Explain the class of a case."""
    return Reason(
        class_no=processing_class(facts, policy),
        rule=_class(facts, policy),
        legal_received_on=facts.legal_received_on,
        urgent_reason=facts.urgent_reason,
        paper_first=policy.paper_first,
        version=RULE_VERSION,
    )


def compare(a: SortKey, b: SortKey) -> str:
    """Name the first part of the key in which two cases differ, and so what puts one before the other."""
    return next((part for part, left, right in zip(KEY_PARTS, a, b, strict=True) if left != right), SAME)


def _class(facts: PriorityFacts, policy: Policy) -> ProcessingClass:
    belongs = {
        ProcessingClass.URGENT: bool(facts.urgent_reason),
        ProcessingClass.VALIDATED_OFFER: facts.validated_offer,
        ProcessingClass.TEMPORARY_RESIDENT: facts.temporary_resident,
        ProcessingClass.PAPER_BACKLOG: facts.legal_received_on <= LAST_PAPER_DAY,
        ProcessingClass.OTHERS: True,
    }
    return next(each for each in order(policy) if belongs[each])
