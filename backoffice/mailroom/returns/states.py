"""The life of a return: its letter is made, then it leaves the building, or is called off before."""

from enum import StrEnum


class ReturnState(StrEnum):
    """Where a return stands."""

    PREPARED = "prepared"
    SENT = "sent"
    CANCELLED = "cancelled"


class ReturnAction(StrEnum):
    """What is done with a return."""

    SEND = "send"
    CANCEL = "cancel"


RETURNS = {
    (ReturnState.PREPARED, ReturnAction.SEND): ReturnState.SENT,
    (ReturnState.PREPARED, ReturnAction.CANCEL): ReturnState.CANCELLED,
}
FINAL = frozenset({ReturnState.SENT, ReturnState.CANCELLED})
