"""The life of a list: what is not listed cannot happen."""

from enum import StrEnum
from typing import Final


class ListState(StrEnum):
    """Where a list stands; approved means under way."""

    PREPARED = "prepared"
    ASKED = "asked"
    APPROVED = "approved"
    TELLING = "telling"
    DONE = "done"
    DECLINED = "declined"
    ABANDONED = "abandoned"


class ListAction(StrEnum):
    """What can be done with a list."""

    ASK = "ask"
    GIVE_BACK = "give_back"
    APPROVE = "approve"
    DECLINE = "decline"
    ABANDON = "abandon"
    CARRY_OUT = "carry_out"
    TELL = "tell"


TRANSITIONS: Final[dict[tuple[ListState, ListAction], ListState]] = {
    (ListState.PREPARED, ListAction.ASK): ListState.ASKED,
    (ListState.PREPARED, ListAction.ABANDON): ListState.ABANDONED,
    (ListState.ASKED, ListAction.APPROVE): ListState.APPROVED,
    (ListState.ASKED, ListAction.DECLINE): ListState.DECLINED,
    (ListState.ASKED, ListAction.GIVE_BACK): ListState.PREPARED,  # signed without the list in view, and the facts had moved
    (ListState.APPROVED, ListAction.CARRY_OUT): ListState.TELLING,  # each line has its result; now each person is told
    (ListState.TELLING, ListAction.TELL): ListState.DONE,
}
INITIAL: Final = ListState.PREPARED
FINAL: Final = frozenset({ListState.DONE, ListState.DECLINED, ListState.ABANDONED})
UNDER_WAY: Final = frozenset({ListState.APPROVED, ListState.TELLING})
LIVE: Final = frozenset({ListState.PREPARED, ListState.ASKED}) | UNDER_WAY
