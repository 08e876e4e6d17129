"""States of what is coming in: uploads, scanning jobs, files of the drop folder."""

from enum import StrEnum


class UploadState(StrEnum):
    """Where an upload stands."""

    OPEN = "open"
    DONE = "done"
    DISCARDED = "discarded"


class UploadAction(StrEnum):
    """What is done with an upload."""

    FINISH = "finish"
    DISCARD = "discard"


UPLOADS = {
    (UploadState.OPEN, UploadAction.FINISH): UploadState.DONE,
    (UploadState.OPEN, UploadAction.DISCARD): UploadState.DISCARDED,
}


class JobState(StrEnum):
    """Where a scanning job stands; pages that came are kept in every one of them."""

    WAITING = "waiting"
    RUNNING = "running"
    HELD = "held"  # fronts that wait for their backs, or two passes that differ: a person decides
    DONE = "done"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class JobAction(StrEnum):
    """What happens to a scanning job."""

    BEGIN = "begin"
    HOLD = "hold"
    FINISH = "finish"
    STOP = "stop"
    CANCEL = "cancel"


JOBS = {
    (JobState.WAITING, JobAction.BEGIN): JobState.RUNNING,
    (JobState.WAITING, JobAction.STOP): JobState.STOPPED,
    (JobState.WAITING, JobAction.CANCEL): JobState.CANCELLED,
    (JobState.RUNNING, JobAction.HOLD): JobState.HELD,
    (JobState.RUNNING, JobAction.FINISH): JobState.DONE,
    (JobState.RUNNING, JobAction.STOP): JobState.STOPPED,
    (JobState.RUNNING, JobAction.CANCEL): JobState.CANCELLED,
    (JobState.HELD, JobAction.FINISH): JobState.DONE,
}

UNDER_WAY = frozenset({JobState.WAITING, JobState.RUNNING})
"""Jobs that a scanner still works for."""


class DropState(StrEnum):
    """What became of a file, or of a folder, that was dropped."""

    TAKEN = "taken"
    REFUSED = "refused"
    SETTLED = "settled"


class DropAction(StrEnum):
    """What is done with it."""

    SETTLE = "settle"


DROPS = {(DropState.REFUSED, DropAction.SETTLE): DropState.SETTLED}
