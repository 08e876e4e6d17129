"""What may be done when a term is over, and what recourse a rejection leaves."""

from datetime import date
from typing import Final

from backoffice.deadlines.values import TermKind
from backoffice.decisions.values import Choice, Recourse

# « 2013: no review; since 2018-19: administrative review » (ministry's pages on administrative review). The exact day is a
# project default: the entry into force of the Act of 2018.
RECOURSES: Final = (
    Recourse(None, date(2012, 1, 1), "Ministry page “Administrative review”, 2013"),
    Recourse(90, date(2018, 8, 2), "I-0.2.1 in force; ministry page “Administrative review request”; project default for the day"),
)

_BARRED: Final = (Choice.REISSUE, Choice.GO_ON)
_CHOICES: Final = {
    TermKind.DOCUMENTS: (Choice.INTEND, Choice.EXAMINE, Choice.REISSUE, Choice.DISMISS),
    TermKind.INTENTION_TO_REJECT: (Choice.REJECT, Choice.WITHDRAW, Choice.REISSUE, Choice.DISMISS),
    # The refusal itself stands on the evaluation grid, which is examined elsewhere.
    TermKind.INTENTION_TO_REFUSE: (Choice.WITHDRAW, Choice.REISSUE, Choice.DISMISS),
}


def recourse(on: date) -> Recourse:
    """The recourse against a rejection of that day."""
    return max((one for one in RECOURSES if one.since <= on), key=lambda one: one.since, default=RECOURSES[0])


def choices(kind: TermKind, *, barred: bool) -> tuple[Choice, ...]:
    """What a caseworker may choose; while the end is barred, only what reaches the person, or two signatures."""
    return _BARRED if barred else _CHOICES[kind]


def needs_proposal(missing: int, late: int) -> bool:
    """Whether the end of a documents term is for a person to judge: something asked for is missing, or came after the last day."""
    return missing > 0 or late > 0
