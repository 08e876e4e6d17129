"""What the paper door does later: read what was scanned, file what a supervisor approved, watch the drop folder."""

import re
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import structlog

from backoffice.core import clock, files
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.events import Recorded, on
from backoffice.core.settings import settings
from backoffice.intake import queries as intake_queries
from backoffice.intake import service as intake
from backoffice.mailroom import queries, scanning, service
from backoffice.mailroom.events import ApplicationKeyed, ScanReceived, ScanRetried
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.models import Scan
from backoffice.mailroom.states import ScanState
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope
from backoffice.staff.events import ApprovalDecided

log = structlog.get_logger()

STILL_SECONDS = 2.0
"""A file of the drop folder is whole once nothing of it changed for this long."""

_A_DAY = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")


@on(ScanReceived)
def read_scan(recorded: Recorded[ScanReceived]) -> None:
    """Read a file that came, unless somebody did already."""
    _read(recorded.event.scan_id)


@on(ScanRetried)
def read_scan_again(recorded: Recorded[ScanRetried]) -> None:
    """Read a parked file once more."""
    _read(recorded.event.scan_id)


def _read(scan_id: int) -> None:
    scan = db.session.get(Scan, scan_id)
    if scan is not None and scan.state is ScanState.WAITING:
        service.take_reading(scan_id, scanning.read(scan.sha256, scan.filename), by=SYSTEM, at=clock.now())


@on(ApprovalDecided)
def answer_paper_exception(recorded: Recorded[ApprovalDecided]) -> None:
    """The supervisor answered: the application is received, or is a draft again."""
    if recorded.event.kind == keying.APPROVAL:
        keying.answer_exception(recorded.event.approval_id, approved=recorded.event.approved, by=recorded.by, at=clock.now())


@on(ApplicationKeyed)
def index_application(recorded: Recorded[ApplicationKeyed]) -> None:
    """Settle the application if nobody did, and put its pages to its case."""
    number = recorded.event.envelope
    if window := keying.pending_window(number):
        intake.settle(window, intake_queries.wait_for_arrivals_under_way(), at=clock.now())
    keying.index(number, by=recorded.by, at=clock.now())


def import_file(path: Path, delivered_on: date, *, door: Door, by: Actor = SYSTEM) -> Scan:
    """A scanned file becomes an envelope of its own, or goes to the one its name speaks of; its bytes are kept first."""
    data = path.read_bytes()
    files.keep(data)
    named = queries.number_in(path.name)
    with transaction():
        at = clock.now()
        known = queries.find_envelope(named) if named else None
        if known is None or known.state not in service.LIVE:
            new = NewEnvelope(delivered_on, EnvelopeKind.UNKNOWN, contents=service.clean_name(path.name))
            number = service.register_envelope(new, by=by, at=at).number
        else:
            number = known.number
        return service.receive_scan(number, data, path.name, door, by=by, at=at)


def read_now(scan_id: int) -> None:
    """Read a file without waiting for a worker."""
    with transaction():
        _read(scan_id)


@dataclass
class Seen:
    """What a file of the drop folder looked like, and since when."""

    look: tuple[int, int]
    since: float


_seen: dict[Path, Seen] = {}


def collect_dropped(folder: Path | None = None) -> int:
    """Take the whole files of the drop folder; those that still change, hidden ones and `.part` wait. How many were taken."""
    folder = folder or settings().drop_folder
    folder.mkdir(parents=True, exist_ok=True)
    present = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink() and _is_candidate(path)]
    for gone in set(_seen) - set(present):
        del _seen[gone]
    return sum(_take(path) for path in present if _is_whole(path))


def _is_candidate(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() not in {".part", ".tmp", ".filepart", ".crdownload"}


def _is_whole(path: Path) -> bool:
    try:
        stat = path.stat()
    except OSError:
        return False
    look, now = (stat.st_size, stat.st_mtime_ns), time.monotonic()
    seen = _seen.get(path)
    if seen is None or seen.look != look:
        _seen[path] = Seen(look, now)
        return False
    return now - seen.since >= STILL_SECONDS


def _take(path: Path) -> bool:
    """Take one file; a fault of one never keeps the others from being taken."""
    try:
        sha256 = files.keep(path.read_bytes())
        if not queries.taken_from_drop(sha256, service.clean_name(path.name)):
            import_file(path, _stamp(path), door=Door.DROP)
        taken = path.parent / "taken"
        taken.mkdir(exist_ok=True)
        path.replace(taken / f"{sha256[:12]}-{path.name}"[-200:])
    except (OSError, DomainError) as fault:
        db.session.rollback()
        log.warning("dropped file not taken", file=path.name, fault=type(fault).__name__)
        return False
    _seen.pop(path, None)
    return True


def _stamp(path: Path) -> date:
    """The day in the file's name, if it has come; else the day the file was written, as the scanner's clock says."""
    today = clock.today()
    if found := _A_DAY.search(path.name):
        try:
            named = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            named = None
        if named and named <= today:
            return named
    return min(datetime.fromtimestamp(path.stat().st_mtime, clock.MONTREAL).date(), today)
