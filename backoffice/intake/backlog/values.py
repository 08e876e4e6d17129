"""What is handed around while a file of another system is taken over."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    SUSPECTED = "suspected"
    """Taken over, and somebody of it looks like somebody of another active case: a person looks first."""
    KNOWN = "known"
    DIFFERING = "differing"
    REFUSED = "refused"


TAKEN = frozenset({Outcome.NEW, Outcome.SUSPECTED})
"""Outcomes that open a case."""
WAITING = (Outcome.REFUSED, Outcome.DIFFERING)
"""Outcomes of which the line itself is kept, and waits for a person."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a line: where, what (a code that `words` says), and what stood there."""

    column: str
    code: str
    value: str = ""

    def to_json(self) -> dict[str, str]:
        """As it is kept with the line."""
        return {"column": self.column, "code": self.code, "value": self.value}


@dataclass(slots=True)
class RawLine:
    """A line as it stood in the file; `cells` is nothing when it could not be read at all."""

    line: int
    raw: str
    cells: dict[str, Any] | None
    fault: Fault | None = None

    @property
    def bytes(self) -> bytes:
        """Exactly what stood in the file."""
        return self.raw.encode("utf-8", "surrogateescape")


Person = tuple[str, str, str, str | None]
"""Who somebody is, as others may look like them: folded name, day of birth, sex, passport."""


@dataclass(slots=True)
class Checked:
    """A line that was understood, with the digest of its content; or all that is wrong with it."""

    raw: RawLine
    content: dict[str, Any]
    faults: list[Fault]
    sha256: str = ""
    people: list[Person] = field(default_factory=list)

    @property
    def number(self) -> str | None:
        """The number that the source gave."""
        return self.content.get("number")


@dataclass(slots=True)
class Result:
    """What became of a line, as the report says it."""

    checked: Checked
    outcome: Outcome
    faults: list[Fault]
    case_number: str | None = None
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody of an active case, or of an earlier line, who may be somebody of this one; `at` is the fault that names them."""

    person: Person
    programme: str
    at: Fault


@dataclass
class Tally:
    """How many lines had each outcome."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def lines(self) -> int:
        """All lines."""
        return sum(self.counts.values())

    @property
    def opened(self) -> int:
        """Cases opened."""
        return sum(self.counts[one] for one in TAKEN)

    def add(self, outcome: Outcome, many: int = 1) -> None:
        """Count some more."""
        self.counts[outcome] += many
