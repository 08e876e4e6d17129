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
