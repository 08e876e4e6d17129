"""How far a request for access is."""

from enum import StrEnum


class AccessState(StrEnum):
    """From its arrival to its answer."""

    OPEN = "open"
    REVIEWED = "reviewed"
    RELEASED = "released"
    REFUSED = "refused"


class AccessAction(StrEnum):
    """What is done to it."""

    CHANGE = "change"
    REVIEW = "review"
    RELEASE = "release"
    REFUSE = "refuse"


TRANSITIONS = {
    (AccessState.OPEN, AccessAction.CHANGE): AccessState.OPEN,
    (AccessState.REVIEWED, AccessAction.CHANGE): AccessState.OPEN,  # what was looked at is no longer what would be given
    (AccessState.OPEN, AccessAction.REVIEW): AccessState.REVIEWED,
    (AccessState.REVIEWED, AccessAction.RELEASE): AccessState.RELEASED,
    (AccessState.OPEN, AccessAction.REFUSE): AccessState.REFUSED,
    (AccessState.REVIEWED, AccessAction.REFUSE): AccessState.REFUSED,
}

ANSWERED = frozenset({AccessState.RELEASED, AccessState.REFUSED})
