"""The life of a bulk message: what is not listed cannot happen."""

from enum import StrEnum
from typing import Final


class BulkState(StrEnum):
    """Where a bulk message stands; sending means that a second person signed."""

    PREPARED = "prepared"
    ASKED = "asked"
    SENDING = "sending"
    SENT = "sent"
    DECLINED = "declined"
    ABANDONED = "abandoned"


class BulkAction(StrEnum):
    """What can be done with a bulk message."""

    ASK = "ask"
    APPROVE = "approve"
    DECLINE = "decline"
    ABANDON = "abandon"
    FINISH = "finish"


TRANSITIONS: Final[dict[tuple[BulkState, BulkAction], BulkState]] = {
    (BulkState.PREPARED, BulkAction.ASK): BulkState.ASKED,
    (BulkState.PREPARED, BulkAction.ABANDON): BulkState.ABANDONED,
    (BulkState.ASKED, BulkAction.APPROVE): BulkState.SENDING,
    (BulkState.ASKED, BulkAction.DECLINE): BulkState.DECLINED,
    (BulkState.SENDING, BulkAction.FINISH): BulkState.SENT,
}
INITIAL: Final = BulkState.PREPARED
FINAL: Final = frozenset({BulkState.SENT, BulkState.DECLINED, BulkState.ABANDONED})


class RecipientState(StrEnum):
    """What became of one recipient."""

    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"
    LEFT_OUT = "left_out"
