"""Plain values of decisions."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backoffice.deadlines.values import TermKind

PROPOSED_FOR = (TermKind.DOCUMENTS, TermKind.INTENTION_TO_REJECT, TermKind.INTENTION_TO_REFUSE)
"""Terms whose end is put before a person; an unpaid fee lapses by itself."""

INTENDED = {"reject": TermKind.INTENTION_TO_REJECT, "refuse": TermKind.INTENTION_TO_REFUSE}
"""The term that each intention opens."""


class Intended(StrEnum):
    """What an intention letter warns of."""

    REJECT = "reject"
    REFUSE = "refuse"


class Choice(StrEnum):
    """What a caseworker can do with a proposal."""

    INTEND = "intend"
    REJECT = "reject"
    EXAMINE = "examine"
    WITHDRAW = "withdraw"
    REISSUE = "reissue"
    GO_ON = "go_on"
    DISMISS = "dismiss"


class Outcome(StrEnum):
    """How a proposal was closed."""

    INTENDED = "intended"
    REJECTION_PROPOSED = "rejection_proposed"
    EXAMINED = "examined"
    INTENTION_WITHDRAWN = "intention_withdrawn"
    REISSUED = "reissued"
    DISMISSED = "dismissed"
    ANSWERED = "answered"
    TERM_MOVED = "term_moved"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Recourse:
    """What can be done against a rejection of that day, and by which text."""

    review_days: int | None
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a rejection is intended: documents not supplied, and words of the caseworker in French (and their translation)."""

    item_ids: tuple[int, ...]
    text_fr: str = ""
    text_en: str = ""
