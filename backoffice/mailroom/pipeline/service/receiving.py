"""A file comes in by any door: its bytes are kept first, then it waits to be read."""

from datetime import datetime
from pathlib import Path

from backoffice.core import events, files
from backoffice.core.actors import Actor
from backoffice.core.db import Json
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.mailroom.events import ScanRetried, ScanSetAside
from backoffice.mailroom.models import Scan
from backoffice.mailroom.pipeline import queries, work
from backoffice.mailroom.pipeline.errors import BatchDone, NoHome
from backoffice.mailroom.pipeline.values import WorkKind
from backoffice.mailroom.service import live
from backoffice.mailroom.service.received import Incoming, add_scan
from backoffice.mailroom.states import SCANS, BatchState, ScanAction
from backoffice.mailroom.values import Door


def keep(data: bytes | Path) -> tuple[str, int]:
    """Keep the bytes of a file, unaltered for as long as the retention schedule says; their digest and how many they are."""
    if isinstance(data, Path):
        return files.keep_file(data), data.stat().st_size
    return files.keep(data), len(data)


def receive(
    data: bytes | Path, filename: str, door: Door, *, envelope: str | None = None, batch: str | None = None, sides: int = 1,
    made_with: Json | None = None, rescan_of: int | None = None, by: Actor, at: datetime,
) -> Scan:  # fmt: skip
    """Take a scanned file in for an envelope, or for a batch whose envelope sheets say where each page belongs.

    The bytes are kept before anything else; the same bytes twice in the same home are the same file. Both may be given:
    the file then belongs to the envelope, and is known to be of the batch.
    """
    if envelope is None and batch is None:
        raise NoHome
    sha256, size = keep(data)
    home = live(envelope) if envelope else None
    stack = queries.lock_batch(batch) if batch else None
    if stack is not None and stack.state is not BatchState.OPEN:
        raise BatchDone(stack.number)
    return add_scan(Incoming(sha256, size, filename, door, sides, made_with or {}, rescan_of), home, stack, by=by, at=at)


def retry(scan_id: int, *, by: Actor, at: datetime) -> Scan:
    """Read a parked file of a batch once more (a file of an envelope: `mailroom.service.retry_scan`)."""
    scan = queries.lock_scan(scan_id)
    scan.state, scan.refusal, scan.antivirus = move(SCANS, scan.state, ScanAction.RETRY), None, None
    work.owe(WorkKind.READ, scan.id, at=at)
    events.record(_batch_subject(scan), ScanRetried(scan.id), by=by, at=at)
    return scan


def set_aside(scan_id: int, reason: str, *, by: Actor, at: datetime) -> Scan:
    """Say what was done instead of a parked file of a batch; the original stays."""
    scan = queries.lock_scan(scan_id)
    scan.state = move(SCANS, scan.state, ScanAction.SET_ASIDE)
    events.record(_batch_subject(scan), ScanSetAside(scan.id, reason), by=by, at=at)
    return scan


def _batch_subject(scan: Scan) -> Subject:
    batch = queries.batch(scan.batch_id)
    return Subject("batch", batch.number if batch else "")
