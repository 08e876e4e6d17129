"""Plain values of keying."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Critical(StrEnum):
    """Groups of fields in which a slip costs the applicant most: keyed twice, at a rate of their own."""

    NAMES = "names"
    BIRTH_DATES = "birth_dates"
    PASSPORTS = "passports"
    AMOUNTS = "amounts"


ILLEGIBLE = "\N{REPLACEMENT CHARACTER}"
"""How a pass says « nobody can read this » where a value would stand."""

LISTED = "listed"
"""The amount that two people listed with the envelope, beside the one that the form says."""


@dataclass(frozen=True)
class Typed:
    """What a clerk typed since the last save: values, marks, the field in hand, and the readings of the machine that were taken."""

    values: Mapping[str, str]
    marks: Mapping[str, str]
    focus: str | None = None
    taken: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Box:
    """A zone of a page, in thousandths of its width and height."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Zone:
    """Where a field stands on the paper form: the page of the form, counted from 1, and its box."""

    page: int
    box: Box


@dataclass(frozen=True)
class Read:
    """A word that the machine read, with its box in thousandths and how sure it is."""

    text: str
    confidence: int
    box: Box


@dataclass(frozen=True)
class Suggestion:
    """What the machine read in a field's zone: shown, never filed unless a person takes it."""

    text: str
    confidence: int


@dataclass(frozen=True)
class Compared:
    """A field and what each pass said of it."""

    name: str
    critical: Critical
    first: str
    second: str
    agreed: bool


@dataclass(frozen=True)
class Resolved:
    """A field keyed twice of which the truth is known: what the first said, the second, and what was right."""

    critical: Critical
    first: str
    second: str
    truth: str
    first_by: int = 0
    second_by: int = 0


@dataclass(frozen=True)
class Measured:
    """How often a keying is wrong, with the interval that holds the true rate 95 times in 100."""

    pairs: int
    keyings: int
    errors: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Errors of a single keying, from 0 to 1."""
        return self.errors / self.keyings if self.keyings else 0.0


@dataclass(frozen=True)
class Advice:
    """The rate that the figures call for, beside the one in force; a person applies it."""

    critical: Critical
    percent: int
    wanted: int
    measured: Measured
