"""Scanned files of an envelope: kept before they are read, read, parked, set aside. Nothing is dropped."""

from collections.abc import Sequence
from datetime import datetime

from backoffice.core import events, files
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.mail import addresses
from backoffice.mailroom import queries, routing
from backoffice.mailroom.errors import NothingToFile
from backoffice.mailroom.events import (
    ScanParked,
    ScanRead,
    ScanReceived,
    ScanRetried,
    ScanSetAside,
    envelope_subject,
)
from backoffice.mailroom.models import Envelope, Scan, ScanPage
from backoffice.mailroom.service.filing import route
from backoffice.mailroom.service.standing import live, review
from backoffice.mailroom.states import (
    SCANS,
    PageState,
    ScanAction,
    ScanState,
)
from backoffice.mailroom.values import Door, Excluded, Reading, ReadPage


def receive_scan(number: str, data: bytes, filename: str, door: Door, *, by: Actor, at: datetime) -> Scan:
    """Keep a scanned file and let it wait to be read; the same bytes twice in one envelope are one file."""
    envelope = live(number)
    sha256 = files.keep(data)
    for known in envelope.scans:
        if known.sha256 == sha256:
            return known
    same = queries.same_bytes(sha256, envelope.id)
    scan = Scan(
        envelope_id=envelope.id, sha256=sha256, filename=clean_name(filename), size=len(data), door=door.value, state=ScanState.WAITING,
        warnings=[f"same_as:{same}"] if same else [], arrived_at=at,
    )  # fmt: skip
    db.session.add(scan)
    db.session.flush()
    events.record(envelope_subject(number), ScanReceived(scan.id, sha256, door.value, same), by=by, at=at)
    return scan


def clean_name(filename: str) -> str:
    """A file's name as it can be shown and kept: no folder, no control character."""
    bare = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in bare if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)[:200] or "scan"


def take_reading(scan_id: int, reading: Reading, *, by: Actor, at: datetime) -> None:
    """What the bounded process made of a file: its pages, routed by their codes, or the reason why it waits for a person."""
    envelope = queries.lock_envelope(queries.envelope_of_scan(scan_id))
    scan = next(one for one in envelope.scans if one.id == scan_id)
    if scan.state is not ScanState.WAITING:
        return
    scan.read_at, scan.media_type = at, reading.media_type
    if reading.refusal:
        scan.state, scan.refusal = move(SCANS, scan.state, ScanAction.PARK), reading.refusal
        events.record(envelope_subject(envelope.number), ScanParked(scan.id, reading.refusal), by=by, at=at)
    else:
        scan.state, scan.refusal = move(SCANS, scan.state, ScanAction.READ), None
        scan.warnings = [*scan.warnings, *reading.warnings]
        plan = routing.plan(reading.pages, addresses.read_return_code)
        pages = _add_pages(envelope, scan, reading.pages, plan.excluded)
        events.record(envelope_subject(envelope.number), ScanRead(scan.id, len(pages), len(plan.excluded)), by=by, at=at)
        for part in plan.parts:
            if part.code:
                route(envelope, part.code, [pages[number] for number in part.numbers], by=by, at=at)
    review(envelope, by=by, at=at)


def _add_pages(envelope: Envelope, scan: Scan, read: Sequence[ReadPage], excluded: dict[int, Excluded]) -> dict[int, ScanPage]:
    last = max((page.position for page in envelope.pages), default=0)
    pages = {}
    for page in read:
        reason = excluded.get(page.number)
        pages[page.number] = ScanPage(
            envelope_id=envelope.id, scan_id=scan.id, position=last + page.number, number=page.number, picture_sha256=page.picture_sha256,
            thumbnail_sha256=page.thumbnail_sha256, width=page.width, height=page.height, blank=page.blank,
            codes=[text.replace("\x00", "") for text in page.codes], state=PageState.EXCLUDED if reason else PageState.TO_FILE,
            excluded_reason=reason.value if reason else None,
        )  # fmt: skip
    envelope.pages.extend(pages.values())
    db.session.flush()
    return pages


def retry_scan(number: str, scan_id: int, *, by: Actor, at: datetime) -> Scan:
    """Read a parked file once more."""
    scan = _scan(live(number), scan_id)
    scan.state, scan.refusal = move(SCANS, scan.state, ScanAction.RETRY), None
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
