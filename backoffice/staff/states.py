"""States of what waits for a second person."""

from enum import StrEnum


class ApprovalState(StrEnum):
    """Where an approval stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


class ApprovalAction(StrEnum):
    """What the second person may answer."""

    APPROVE = "approve"
    DECLINE = "decline"


TRANSITIONS = {
    (ApprovalState.ASKED, ApprovalAction.APPROVE): ApprovalState.APPROVED,
    (ApprovalState.ASKED, ApprovalAction.DECLINE): ApprovalState.DECLINED,
}
