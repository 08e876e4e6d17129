"""Scanned files: kept before they are read, parked, read again, set aside. Nothing is dropped."""

from dataclasses import dataclass, field
from datetime import datetime

from backoffice.core import events, files
from backoffice.core.actors import Actor
from backoffice.core.db import Json, db
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.mailroom import queries
from backoffice.mailroom.errors import NothingToFile
from backoffice.mailroom.events import (
    ScanReceived,
    ScanRetried,
    ScanSetAside,
    envelope_subject,
)
from backoffice.mailroom.models import Batch, Envelope, Scan
from backoffice.mailroom.pipeline import work
from backoffice.mailroom.pipeline.values import WorkKind
from backoffice.mailroom.service.standing import live, review
from backoffice.mailroom.states import (
    SCANS,
    ScanAction,
    ScanState,
)
from backoffice.mailroom.values import Door


@dataclass(frozen=True)
class Incoming:
    """A file whose bytes are kept already, and how it came."""

    sha256: str
    size: int
    filename: str
    door: Door
    sides: int = 1
    made_with: Json = field(default_factory=dict)
    rescan_of: int | None = None


def receive_scan(number: str, data: bytes, filename: str, door: Door, *, by: Actor, at: datetime) -> Scan:
    """Keep a scanned file and let it wait to be read; the same bytes twice in one envelope are one file."""
    envelope = live(number)
    return add_scan(Incoming(files.keep(data), len(data), filename, door), envelope, None, by=by, at=at)


def add_scan(new: Incoming, envelope: Envelope | None, batch: Batch | None, *, by: Actor, at: datetime) -> Scan:
    """Let a kept file wait to be read, in a held envelope or batch; the same bytes twice in one home are one file."""
    home = (Scan.envelope_id == envelope.id) if envelope else (Scan.batch_id == (batch.id if batch else None))
    if known := queries.scan_with(new.sha256, home):
        return known
    same = queries.same_bytes(new.sha256, envelope.id if envelope else None)
    again = envelope and batch and queries.scan_with(new.sha256, Scan.batch_id == batch.id)  # these bytes are of the batch already, elsewhere
    scan = Scan(
        envelope_id=envelope.id if envelope else None, batch_id=batch.id if batch and not again else None, sha256=new.sha256, filename=clean_name(new.filename),
        size=new.size, door=new.door.value, state=ScanState.WAITING, warnings=[f"same_as:{same}"] if same else [], arrived_at=at,
        sides=new.sides, made_with=new.made_with, rescan_of_id=new.rescan_of,
    )  # fmt: skip
    db.session.add(scan)
    db.session.flush()
    work.owe(WorkKind.READ, scan.id, at=at)
    events.record(home_subject(envelope, batch), ScanReceived(scan.id, new.sha256, new.door.value, same), by=by, at=at)
    return scan


def home_subject(envelope: Envelope | None, batch: Batch | None) -> Subject:
    """On whose chain the facts of a file stand."""
    if envelope is not None:
        return envelope_subject(envelope.number)
    return Subject("batch", batch.number if batch else "")


def clean_name(filename: str) -> str:
    """A file's name as it can be shown and kept: no folder, no control character."""
    bare = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in bare if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)[:200] or "scan"


def retry_scan(number: str, scan_id: int, *, by: Actor, at: datetime) -> Scan:
    """Read a parked file once more."""
    scan = _scan(live(number), scan_id)
    scan.state, scan.refusal, scan.antivirus = move(SCANS, scan.state, ScanAction.RETRY), None, None
    work.owe(WorkKind.READ, scan.id, at=at)
    events.record(envelope_subject(number), ScanRetried(scan.id), by=by, at=at)
    return scan


def set_scan_aside(number: str, scan_id: int, reason: str, *, by: Actor, at: datetime) -> Scan:
    """Say what was done instead of a file that cannot be read (scanned again, asked for again); the original stays."""
    envelope = live(number)
    scan = _scan(envelope, scan_id)
    scan.state = move(SCANS, scan.state, ScanAction.SET_ASIDE)
    events.record(envelope_subject(number), ScanSetAside(scan.id, reason), by=by, at=at)
    review(envelope, by=by, at=at)
    return scan


def _scan(envelope: Envelope, scan_id: int) -> Scan:
    found = next((scan for scan in envelope.scans if scan.id == scan_id), None)
    if found is None:
        raise NothingToFile
    return found
