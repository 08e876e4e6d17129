"""Plain values of the mailroom."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EnvelopeKind(StrEnum):
    """What an envelope seems to be on arrival."""

    APPLICATION = "application"
    DOCUMENTS = "documents"
    PAYMENT = "payment"
    CHANGE = "change"
    REVIEW = "review"
    OTHER = "other"
    UNKNOWN = "unknown"


class Ground(StrEnum):
    """Why an application on paper is accepted (the portal is the rule since 2016-01-05)."""

    RECEIVED_BEFORE_2016 = "received_before_2016"
    WINDOW_TAKES_PAPER = "window_takes_paper"
    INTERNET_IMPOSSIBLE = "internet_impossible"
    PORTAL_FAULT = "portal_fault"
    MANUAL_CORRECTION = "manual_correction"


BY_RULE = frozenset({Ground.RECEIVED_BEFORE_2016, Ground.WINDOW_TAKES_PAPER})
"""Grounds that the stamp decides; the others are exceptions, which a supervisor approves."""

LAST_PAPER_DAY = date(2015, 12, 31)
"""The last day on which anybody could file on paper (regulation in force on 2016-01-05)."""


class Door(StrEnum):
    """How a scanned file came in."""

    UPLOAD = "upload"
    DROP = "drop"
    COMMAND = "command"
    SCANNER = "scanner"


class Excluded(StrEnum):
    """Why a page is not filed; its picture is kept and it can be restored."""

    RETURN_SHEET = "return_sheet"
    SEPARATOR = "separator"
    OUR_SHEET = "our_sheet"
    BLANK = "blank"
    DUPLICATE = "duplicate"
    NOT_OURS = "not_ours"
    ILLEGIBLE_RESCANNED = "illegible_rescanned"
    ENVELOPE_COVER = "envelope_cover"
    RETURNED = "returned"


BY_HAND = (Excluded.BLANK, Excluded.DUPLICATE, Excluded.NOT_OURS, Excluded.ILLEGIBLE_RESCANNED, Excluded.ENVELOPE_COVER, Excluded.SEPARATOR)
"""Reasons that a clerk may give."""


class Doubt(StrEnum):
    """Why an envelope waits for a person."""

    PARKED = "parked"
    NO_CODE = "no_code"
    DECLINED = "declined"
    NO_SCAN = "no_scan"


class Mark(StrEnum):
    """What a clerk says of a field of the form instead of a value."""

    ILLEGIBLE = "illegible"
    BLANK = "blank"


@dataclass(frozen=True)
class NewEnvelope:
    """An envelope as it is opened: its stamp, and what is seen of it."""

    delivered_on: date
    kind: EnvelopeKind = EnvelopeKind.UNKNOWN
    carrier: str = ""
    sender: str = ""
    contents: str = ""
    postmarked_on: date | None = None
    declared_sheets: int | None = None


@dataclass(frozen=True)
class ReadPage:
    """A page taken from a scanned file: its pictures are in the file store already."""

    number: int
    picture_sha256: str
    thumbnail_sha256: str
    width: int
    height: int
    blank: bool
    codes: tuple[str, ...]
    separator: bool
    ink: float | None = None
    dpi: int | None = None
