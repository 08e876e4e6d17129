"""Where paper can be, what is followed, and what a declaration of substitution scanning says."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PlaceKind(StrEnum):
    """What sort of place; the last three are ends: nothing comes back from them."""

    DESK = "desk"
    BOX = "box"
    SHELF = "shelf"
    PERSON = "person"
    SENT_BACK = "sent_back"
    DESTROYED = "destroyed"
    VOID = "void"


ENDS = frozenset({PlaceKind.SENT_BACK, PlaceKind.DESTROYED, PlaceKind.VOID})
"""Nothing is moved out of these, and the barcode gun moves nothing into them."""

OPENING_TABLE, SENT_BACK, DESTROYED, VOID = "OUVERTURE", "RENVOI", "DESTRUCTION", "ERREUR"
"""Places that every house has: where an envelope is from its registration, and the three ends."""


class PaperKind(StrEnum):
    """What is followed: a whole envelope, or one piece out of it."""

    ENVELOPE = "envelope"
    PIECE = "piece"


@dataclass(frozen=True)
class NewPlace:
    """A place as it is set up; a box may stand on a shelf."""

    kind: PlaceKind
    label: str
    within: str = ""


@dataclass(frozen=True)
class Item:
    """Something followed, as a code names it."""

    kind: PaperKind
    number: str


class Look(StrEnum):
    """What the controller finds of a page."""

    GOOD = "good"
    ILLEGIBLE = "illegible"
    TURNED = "turned"
    BLANK = "blank"
    DUPLICATE = "duplicate"


class Drawn(StrEnum):
    """Why a page is looked at."""

    FIRST = "first"
    SAMPLE = "sample"


@dataclass(frozen=True)
class Procedure:
    """A version of the written procedure, from a day: the process and what it guarantees."""

    version: str
    since: date
    process: str
    guarantees: str
    source: str


@dataclass(frozen=True)
class Delay:
    """How long the paper stays after its declaration, from a day, and where that comes from."""

    days: int
    since: date
    source: str


class Obstacle(StrEnum):
    """Why paper may not be destroyed."""

    NOT_SEALED = "not_sealed"
    TOO_EARLY = "too_early"
    HELD = "held"
    ORIGINALS = "originals"
    GONE = "gone"


@dataclass(frozen=True)
class PageToLook:
    """A page of what is declared; `group` is the document, or the envelope, that it belongs to."""

    id: int
    group: str
    position: int
    picture: str
