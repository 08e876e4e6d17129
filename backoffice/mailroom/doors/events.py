"""Facts about what comes in, on the chain of its envelope, its batch or its scanner."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event
from backoffice.mailroom.doors.values import Home
from backoffice.mailroom.events import envelope_subject


def home_subject(home: Home) -> Subject:
    """An envelope or a batch as the subject of facts."""
    return envelope_subject(home.envelope) if home.envelope else Subject("batch", home.number)


def scanner_subject(scanner_id: int) -> Subject:
    """A scanner as the subject of facts."""
    return Subject("scanner", str(scanner_id))


@event("mailroom.doors.UploadDiscarded")
@dataclass(frozen=True)
class UploadDiscarded:
    """A person gave up a file that came only in part."""

    upload_id: int
    size: int
    received: int


@event("mailroom.doors.ScannerAdded")
@dataclass(frozen=True)
class ScannerAdded:
    """A scanner may be used from now on."""

    scanner_id: int
    kind: str


@event("mailroom.doors.ScannerRetired")
@dataclass(frozen=True)
class ScannerRetired:
    """A scanner is no longer used."""

    scanner_id: int


@event("mailroom.doors.ScannerRestored")
@dataclass(frozen=True)
class ScannerRestored:
    """It is used again."""

    scanner_id: int


@event("mailroom.doors.ScanAsked")
@dataclass(frozen=True)
class ScanAsked:
    """A person asked a scanner for pages."""

    job_id: int
    scanner_id: int
    source: str
    sides: str


@event("mailroom.doors.ScanEnded")
@dataclass(frozen=True)
class ScanEnded:
    """The scanner's job ended: how, with how many pages, as which file."""

    job_id: int
    how: str
    pages: int
    fault: str | None
    scan_id: int | None


@event("mailroom.doors.PassesJoined")
@dataclass(frozen=True)
class PassesJoined:
    """Two one-sided passes were put together, sheet by sheet."""

    fronts: str
    backs: str
    sheets: int
    scan_id: int


@event("mailroom.doors.PassesDiffer")
@dataclass(frozen=True)
class PassesDiffer:
    """Two one-sided passes do not have the same number of pages: both are kept and a person decides."""

    job_id: int
    fronts: int
    backs: int


@event("mailroom.doors.DropSettled")
@dataclass(frozen=True)
class DropSettled:
    """A person said what was done with something that the drop folder had refused."""

    dropped_id: int
    reason: str


@event("mailroom.doors.ListedEnvelopeTaken")
@dataclass(frozen=True)
class ListedEnvelopeTaken:
    """An envelope came with the list of its pieces."""

    pieces: int
    payments: int
    unscanned: int
    metadata_sha256: str
