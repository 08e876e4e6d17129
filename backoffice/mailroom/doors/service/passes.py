"""Two files of one-sided passes put together as one: the originals are kept as they came, and their pages left out as the same twice."""

from datetime import datetime
from pathlib import Path

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.doors.errors import ChooseTwoFiles
from backoffice.mailroom.doors.events import PassesJoined
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope, Scan
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.states import PageState, ScanState
from backoffice.mailroom.values import Door, Excluded


def joinable(envelope: Envelope) -> list[Scan]:
    """The files that may be put together: read, and no page of theirs filed or put together before."""
    standing = {page.scan_id for page in envelope.pages if page.state is PageState.TO_FILE}
    filed = {page.scan_id for page in envelope.pages if page.state is PageState.FILED}
    return [scan for scan in envelope.scans if scan.state is ScanState.READ and scan.id in standing - filed]


def to_join(envelope: Envelope, fronts_id: int, backs_id: int) -> tuple[Scan, Scan]:
    """The two files, if they may be put together."""
    found = {scan.id: scan for scan in joinable(envelope)}
    if fronts_id == backs_id or not {fronts_id, backs_id} <= set(found):
        raise ChooseTwoFiles
    return found[fronts_id], found[backs_id]


def join_files(number: str, fronts_id: int, backs_id: int, whole: Path, sheets: int, *, by: Actor, at: datetime) -> Scan:
    """Take the file made of two passes in; the pages of the passes themselves are left out, with their pictures kept."""
    fronts, backs = to_join(room.lock_envelope(number), fronts_id, backs_id)
    made = {**fronts.made_with, "passes": [fronts.sha256, backs.sha256], "joined_by": by.id}
    name = f"{Path(fronts.filename).stem}-2.pdf"
    scan = pipeline.receive(whole, name, Door(fronts.door), envelope=number, sides=2, made_with=made, by=by, at=at)
    envelope = envelopes.live(number)
    left = [page for page in envelope.pages if page.scan_id in {fronts_id, backs_id} and page.state is PageState.TO_FILE]
    if left:
        envelopes.leave_out(envelope, left, Excluded.DUPLICATE, by=by, at=at)
    events.record(envelope_subject(number), PassesJoined(fronts.sha256, backs.sha256, sheets, scan.id), by=by, at=at)
    return scan
