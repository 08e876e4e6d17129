"""States of a submission on its way to a case."""

from enum import StrEnum


class SubmissionState(StrEnum):
    """Pending while its place is decided; then a case, or none."""

    PENDING = "pending"
    OPENED = "opened"
    DECLINED = "declined"


class SubmissionAction(StrEnum):
    """What settling does."""

    OPEN = "open"
    DECLINE = "decline"


TRANSITIONS = {
    (SubmissionState.PENDING, SubmissionAction.OPEN): SubmissionState.OPENED,
    (SubmissionState.PENDING, SubmissionAction.DECLINE): SubmissionState.DECLINED,
}
