"""States of a submission on its way to a case."""

from enum import StrEnum


class SubmissionState(StrEnum):
    """Pending while its place is decided; then a case, or none; standing while it waits for a draw or a place."""

    PENDING = "pending"
    STANDING = "standing"
    OPENED = "opened"
    DECLINED = "declined"


class SubmissionAction(StrEnum):
    """What settling does."""

    STAND = "stand"
    OPEN = "open"
    DECLINE = "decline"


TRANSITIONS = {
    (SubmissionState.PENDING, SubmissionAction.OPEN): SubmissionState.OPENED,
    (SubmissionState.PENDING, SubmissionAction.STAND): SubmissionState.STANDING,  # in a draw, a pool, on a waiting list
    (SubmissionState.STANDING, SubmissionAction.OPEN): SubmissionState.OPENED,
    (SubmissionState.STANDING, SubmissionAction.DECLINE): SubmissionState.DECLINED,
    (SubmissionState.DECLINED, SubmissionAction.OPEN): SubmissionState.OPENED,  # called back: a share returned, a person's review
    (SubmissionState.PENDING, SubmissionAction.DECLINE): SubmissionState.DECLINED,
}


class KeptState(StrEnum):
    """Where a body refused for its form stands."""

    KEPT = "kept"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class KeptAction(StrEnum):
    """What a person does with it."""

    ACCEPT = "accept"
    DISMISS = "dismiss"


KEPT_FINAL = {KeptState.ACCEPTED}

KEPT_TRANSITIONS = {
    (KeptState.KEPT, KeptAction.ACCEPT): KeptState.ACCEPTED,
    (KeptState.KEPT, KeptAction.DISMISS): KeptState.DISMISSED,
    (KeptState.DISMISSED, KeptAction.ACCEPT): KeptState.ACCEPTED,  # whoever was set aside by mistake is not lost
}
