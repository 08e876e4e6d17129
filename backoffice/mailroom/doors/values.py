"""Plain values of the doors."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NewType

Sha256 = NewType("Sha256", str)

CHUNK_BYTES = 4 * 1024 * 1024
"""What an upload sends at a time: what a cut costs to send again."""

MOST_BYTES = 500 * 1024 * 1024
"""The largest file that any door takes; the plain form of a browser without scripts takes 100 MB a request."""

MOST_PAGE_BYTES = 64 * 1024 * 1024
"""The largest page that a scanner may send."""

MOST_PAGES = 1_000
"""The most pages that one job of a scanner may bring."""


@dataclass(frozen=True)
class Home:
    """Where what comes in belongs: an envelope, or a batch whose envelope sheets say where each page belongs."""

    envelope: str | None = None
    batch: str | None = None

    @property
    def number(self) -> str:
        """The number that people read."""
        return self.envelope or self.batch or ""


@dataclass(frozen=True)
class Announced:
    """A file that a browser is about to send."""

    home: Home
    filename: str
    size: int
    sha256: str | None = None
    stamp: str = ""


class ScannerKind(StrEnum):
    """How a scanner is spoken to."""

    ESCL = "escl"
    SANE = "sane"


class Source(StrEnum):
    """Where the scanner takes its paper from."""

    FEEDER = "feeder"
    DUPLEX = "duplex"
    FLATBED = "flatbed"


class Colour(StrEnum):
    """What the scanner keeps of the colours."""

    COLOUR = "colour"
    GREY = "grey"
    LINEART = "lineart"


class Pass(StrEnum):
    """Which sides a job brings: all that the scanner sees, or one of two one-sided passes."""

    WHOLE = "whole"
    FRONTS = "fronts"
    BACKS = "backs"


class Fault(StrEnum):
    """Why a scanner stopped or refuses."""

    BUSY = "busy"
    JAM = "jam"
    EMPTY = "empty"
    COVER = "cover"
    OFFLINE = "offline"
    REFUSED = "refused"
    SLOW = "slow"
    STRANGE = "strange"
    TOO_LARGE = "too_large"
    MISSING = "missing"
    INTERRUPTED = "interrupted"
    HOME_CLOSED = "home_closed"
    COUNTS_DIFFER = "counts_differ"


@dataclass(frozen=True)
class Wanted:
    """What a job asks of its scanner."""

    source: Source = Source.FEEDER
    resolution: int = 300
    colour: Colour = Colour.GREY
    sides: Pass = Pass.WHOLE


@dataclass(frozen=True)
class Abilities:
    """What a scanner says it can do."""

    model: str = ""
    serial: str = ""
    sources: tuple[Source, ...] = ()
    resolutions: tuple[int, ...] = ()
    colours: tuple[Colour, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "model": self.model, "serial": self.serial, "sources": [s.value for s in self.sources], "resolutions": list(self.resolutions),
            "colours": [c.value for c in self.colours], "names": self.names,
        }  # fmt: skip

    @classmethod
    def kept(cls, plain: dict[str, Any]) -> "Abilities":
        """As it was kept."""
        return cls(
            str(plain.get("model", "")), str(plain.get("serial", "")), tuple(Source(s) for s in plain.get("sources", ())),
            tuple(int(r) for r in plain.get("resolutions", ())), tuple(Colour(c) for c in plain.get("colours", ())), dict(plain.get("names", {})),
        )  # fmt: skip


class Refusal(StrEnum):
    """Why the drop folder could not take a file or a folder."""

    LINK = "link"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NO_HOME = "no_home"
    HOME_CLOSED = "home_closed"
    SUBFOLDER = "subfolder"
    GREW = "grew"
    META_MISSING = "meta_missing"
    META_JSON = "meta_json"
    META_FIELD = "meta_field"
    META_TOO_LONG = "meta_too_long"
    META_TYPE = "meta_type"
    META_DUPLICATE = "meta_duplicate"
    META_FILES = "meta_files"
    META_AGAIN = "meta_again"
    REFUSED = "refused"


@dataclass(frozen=True)
class Piece:
    """A piece that the scanning house lists."""

    control_number: str
    file_name: str
    document_type: str
    notes: str


@dataclass(frozen=True)
class Unscanned:
    """A thing that the scanning house kept: it cannot be scanned."""

    control_number: str
    item_type: str
    notes: str


@dataclass(frozen=True)
class ListedEnvelope:
    """An envelope as the scanning house describes it in its metadata."""

    name: str
    delivered_on: date
    classification: str
    case_number: str
    rescan_for: str
    pieces: tuple[Piece, ...]
    payments: tuple[str, ...]
    unscanned: tuple[Unscanned, ...]


@dataclass(frozen=True)
class MetaRefused(Exception):
    """Why an envelope described by its metadata is refused; the lists name what is meant."""

    reason: Refusal
    listed: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
