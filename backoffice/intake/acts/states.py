"""The life of an act on many: what is not listed cannot happen."""

from enum import StrEnum
from typing import Final


class ActState(StrEnum):
    """Where an act stands; approved means under way."""

    PREPARED = "prepared"
    ASKED = "asked"
    APPROVED = "approved"
    TELLING = "telling"
    DONE = "done"
    DECLINED = "declined"
    ABANDONED = "abandoned"


class ActAction(StrEnum):
    """What can be done with an act."""

    ASK = "ask"
    APPROVE = "approve"
    DECLINE = "decline"
    ABANDON = "abandon"
    CARRY_OUT = "carry_out"
    TELL = "tell"


TRANSITIONS: Final[dict[tuple[ActState, ActAction], ActState]] = {
    (ActState.PREPARED, ActAction.ASK): ActState.ASKED,
    (ActState.PREPARED, ActAction.ABANDON): ActState.ABANDONED,
    (ActState.ASKED, ActAction.APPROVE): ActState.APPROVED,
    (ActState.ASKED, ActAction.DECLINE): ActState.DECLINED,
    (ActState.APPROVED, ActAction.CARRY_OUT): ActState.TELLING,  # each application has its result; now each is told
    (ActState.TELLING, ActAction.TELL): ActState.DONE,
}
INITIAL: Final = ActState.PREPARED
FINAL: Final = frozenset({ActState.DONE, ActState.DECLINED, ActState.ABANDONED})
UNDER_WAY: Final = frozenset({ActState.APPROVED, ActState.TELLING})
