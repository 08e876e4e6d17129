"""Plain values of the team's page."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Load:
    """What one caseworker holds: open cases, those on hold apart."""

    officer_id: int | None
    name: str
    ready: int
    held: int

    @property
    def total(self) -> int:
        """Every open case of this person."""
        return self.ready + self.held


@dataclass(frozen=True)
class Oldest:
    """The oldest case of a class that waits for a caseworker, and how many wait with it."""

    class_no: int
    number: str
    legal_received_on: date
    waiting: int


@dataclass(frozen=True)
class Outcome:
    """What became of one case of a bulk act."""

    number: str
    done: bool
    sentence: str
