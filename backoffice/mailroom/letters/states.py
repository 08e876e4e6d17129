"""The life of a print run, and of a letter in it."""

from enum import StrEnum


class RunState(StrEnum):
    """Where a print run stands."""

    MAKING = "making"
    MADE = "made"
    HANDED = "handed"
    DROPPED = "dropped"


class RunAction(StrEnum):
    """What is done with a print run."""

    FINISH = "finish"
    HAND_OVER = "hand_over"
    DROP = "drop"


RUNS = {
    (RunState.MAKING, RunAction.FINISH): RunState.MADE,
    (RunState.MADE, RunAction.HAND_OVER): RunState.HANDED,
    (RunState.MADE, RunAction.DROP): RunState.DROPPED,
}
FINAL = frozenset({RunState.HANDED, RunState.DROPPED})


class InRun(StrEnum):
    """A letter in its run, or taken out of it."""

    IN = "in"
    OUT = "out"
