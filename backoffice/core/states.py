"""States change only through a table: what is not listed cannot happen."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from backoffice.core.errors import IllegalMove

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


def move(table: Mapping[tuple[State, Action], State], state: State, action: Action) -> State:
    """The state after an act, or a refusal saying that the act no longer applies."""
    try:
        return table[state, action]
    except KeyError:
        raise IllegalMove(state, action) from None


def allows(table: Mapping[tuple[State, Action], State], state: State, action: Action) -> bool:
    """Whether the act exists in this state (to show its button)."""
    return (state, action) in table


def undo(table: Mapping[tuple[State, Action], State], state: State, action: Action, before: State) -> State:
    """The state that an act found, when the act itself is undone (a court stays it): only one that the act can have found."""
    if table.get((before, action)) is not state:
        raise IllegalMove(state, action)
    return before
