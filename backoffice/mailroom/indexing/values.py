"""Plain values of indexing: clues, what they weigh, candidates."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Source(StrEnum):
    """Where a clue was found."""

    TYPED = "typed"
    SENDER = "sender"
    PAYER = "payer"
    PAGE = "page"


class Why(StrEnum):
    """Why a case is suggested."""

    NUMBER = "number"
    HERE = "here"
    PASSPORT = "passport"
    BIRTH = "birth"
    NAME_SAME = "name_same"
    NAME_ORDER = "name_order"
    NAME_LETTER = "name_letter"
    NAME_PART = "name_part"
    NAME_SOUND = "name_sound"
    NAME_NEAR = "name_near"
    REQUEST = "request"
    AMOUNT = "amount"
    FEE = "fee"
    DONE = "done"


@dataclass(frozen=True)
class PageRead:
    """The text recognised on a page, with the confidence of the recognition in hundredths."""

    position: int
    text: str
    confidence: int | None


@dataclass(frozen=True)
class Clue:
    """Something that may name a person or a case, and where it was found."""

    value: str
    source: Source
    page: int | None = None
    confidence: int | None = None


@dataclass(frozen=True)
class DayClue:
    """A day that may be somebody's birth."""

    day: date
    source: Source
    page: int | None = None
    confidence: int | None = None


@dataclass(frozen=True)
class Clues:
    """All that an envelope and a clerk say of whose mail it is."""

    numbers: tuple[Clue, ...] = ()
    names: tuple[Clue, ...] = ()
    births: tuple[DayClue, ...] = ()
    passports: tuple[Clue, ...] = ()
    words: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.numbers or self.names or self.births or self.passports)


@dataclass(frozen=True)
class Reason:
    """One reason for a suggestion: what it weighs, and the clue it rests on."""

    why: Why
    weight: int
    clue: Clue | DayClue | None = None


@dataclass(frozen=True)
class Somebody:
    """A person of a case, as clues are held against them."""

    case_id: int
    search_name: str
    name: str
    birth_date: date
    passport: str | None
    principal: bool


@dataclass(frozen=True)
class Standing:
    """What is known of a case beside its people."""

    here: bool = False
    request: bool = False
    owing_cents: int = 0
    done: bool = False


@dataclass(frozen=True)
class Candidate:
    """A case that this mail may belong to, how surely (0–100), and why."""

    case_id: int
    number: str
    name: str
    birth_date: date
    score: int
    why: tuple[str, ...]
