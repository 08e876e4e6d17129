"""Pages come out of a file, a few at a time: each bound to its envelope at once, each committed with those beside it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.documents.models import PageText
from backoffice.documents.states import TextState
from backoffice.mail import addresses
from backoffice.mailroom import codes, routing
from backoffice.mailroom import queries as room
from backoffice.mailroom.codes import SheetKind
from backoffice.mailroom.events import ScanParked, envelope_subject
from backoffice.mailroom.models import Envelope, Scan, ScanPage
from backoffice.mailroom.pipeline import queries, work
from backoffice.mailroom.routing import Said
from backoffice.mailroom.service import LIVE, register_envelope, review
from backoffice.mailroom.states import SCANS, EnvelopeState, PageState, ScanAction, ScanState
from backoffice.mailroom.values import Excluded, NewEnvelope, ReadPage


def begin(scan_id: int) -> Scan | None:
    """Begin to read a file, or go on with one whose reader was killed; nothing if it is read, parked or set aside."""
    scan = queries.lock_scan(scan_id)
    if scan.state is ScanState.WAITING:
        scan.state = move(SCANS, scan.state, ScanAction.BEGIN)
    return scan if scan.state is ScanState.READING else None


def note_antivirus(scan_id: int, verdict: str) -> None:
    """Keep what the antivirus said of a file."""
    queries.scan(scan_id).antivirus = verdict


def expect(scan_id: int, count: int) -> None:
    """Note how many pages a file has, to show how far its reading is."""
    queries.scan(scan_id).pages_expected = count


def take_pages(scan_id: int, read: Sequence[ReadPage], *, homeless: bool = False, by: Actor, at: datetime) -> int:
    """Keep some pages that were read, in their order; how many of them have an envelope now.

    Sheets of ours that come before the first envelope sheet wait for it: what was not taken is given again with what follows.
    At the end of the file those that found none (`homeless`) get an envelope of their own.
    """
    scan = queries.scan(scan_id)
    bound = _bind(scan, read, homeless=homeless, by=by, at=at)
    if bound:
        _insert(scan, bound)
        _note_texts(scan, bound)
    return len(bound)


_Bound = tuple[ReadPage, Said, Envelope]


def _bind(scan: Scan, read: Sequence[ReadPage], *, homeless: bool, by: Actor, at: datetime) -> list[_Bound]:
    """The envelope of each page: the one before it, unless an envelope sheet says another."""
    last = queries.last_page(scan.id)
    known = last.envelope_id if last else scan.envelope_id
    current = queries.lock_row(known) if known is not None else None
    bound: list[_Bound] = []
    held: list[tuple[ReadPage, Said]] = []
    for page in read:
        what = routing.said(page, addresses.read_return_code, codes.decode)
        if SheetKind.ENVELOPE in what.sheets and not what.contradicts:
            current = _named(scan, what.sheets[SheetKind.ENVELOPE], current, by=by, at=at)
        elif current.state is EnvelopeState.CLOSED if current else homeless or what.reason is not Excluded.OUR_SHEET:
            current = _new(scan, by=by, at=at)
        held.append((page, what))
        if current is not None:
            bound += [(one, said, current) for one, said in held]
            held = []
    return bound


def _named(scan: Scan, number: str, current: Envelope | None, *, by: Actor, at: datetime) -> Envelope:
    """The envelope that a sheet names; one that is unknown or closed becomes a new one in doubt: nothing is dropped."""
    if current is not None and current.number == number:
        return current
    known = room.find_envelope(number)
    if known is not None and known.state in LIVE:
        return queries.lock_row(known.id)
    return _new(scan, contents=number, by=by, at=at)


def _new(scan: Scan, *, contents: str = "", by: Actor, at: datetime) -> Envelope:
    """An envelope of a kind not known, in the delivery of the others of its batch."""
    batch = queries.batch(scan.batch_id)
    beside = queries.lock_row(scan.envelope_id) if scan.envelope_id is not None else queries.envelope_in_batch(batch.id) if batch else None
    delivery = queries.delivery(beside.delivery_id if beside else batch.delivery_id if batch else None)
    day = beside.legal_received_on if beside else delivery.delivered_on if delivery else montreal_day(scan.arrived_at)
    made = register_envelope(NewEnvelope(day, carrier=delivery.carrier if delivery else "", contents=contents or scan.filename), by=by, at=at)
    if delivery is not None:
        made.delivery_id = delivery.id
    made.batch_id = batch.id if batch else None
    return made


def _insert(scan: Scan, bound: Sequence[_Bound]) -> None:
    places = {envelope.id: queries.last_position(envelope.id) for _page, _what, envelope in bound}
    rows = []
    for page, what, envelope in bound:
        place = places[envelope.id] = places[envelope.id] + 1
        reason = Excluded.RETURNED if envelope.state is EnvelopeState.RETURNED else routing.left_out(page, what)
        rows.append(_row(scan, page, envelope, place, reason))
    db.session.execute(insert(ScanPage).values(rows).on_conflict_do_nothing(index_elements=["scan_id", "number"]))


def _row(scan: Scan, page: ReadPage, envelope: Envelope, place: int, reason: Excluded | None) -> dict[str, object]:
    return {
        "envelope_id": envelope.id, "scan_id": scan.id, "position": place, "number": page.number, "picture_sha256": page.picture_sha256,
        "thumbnail_sha256": page.thumbnail_sha256, "width": page.width, "height": page.height, "blank": page.blank, "ink": page.ink,
        "dpi": page.dpi, "codes": list(page.codes), "state": PageState.EXCLUDED if reason else PageState.TO_FILE,
        "excluded_reason": reason.value if reason else None,
    }  # fmt: skip


def _note_texts(scan: Scan, bound: Sequence[_Bound]) -> None:
    """The text of these pages is to come; sheets and blank sides have none. What is known of the same bytes stays."""
    rows = [
        {
            "original_sha256": scan.sha256, "number": page.number, "turned": 0, "skew": 0, "text": "", "search": "",
            "state": TextState.SKIPPED if routing.left_out(page, what) else TextState.WAITING,
        }
        for page, what, _envelope in bound
    ]  # fmt: skip
    db.session.execute(insert(PageText).values(rows).on_conflict_do_nothing())


def park(scan_id: int, refusal: str, *, by: Actor, at: datetime) -> None:
    """A file that cannot be taken waits for a person: the original is kept, and nothing half read stands among the pages."""
    envelopes = [room.lock_envelope(queries.number_of(key)) for key in queries.envelopes_of(scan_id)]
    scan = queries.lock_scan(scan_id)
    untouched = (ScanPage.state != PageState.FILED, ScanPage.shown_sha256.is_(None), ScanPage.rescan_of_id.is_(None))
    db.session.execute(delete(ScanPage).where(ScanPage.scan_id == scan_id, *untouched))
    scan.state, scan.refusal, scan.read_at = move(SCANS, scan.state, ScanAction.PARK), refusal, at
    work.close(scan_id, at=at)
    batch = queries.batch(scan.batch_id)
    for subject in [envelope_subject(one.number) for one in envelopes] or [Subject("batch", batch.number if batch else "")]:
        events.record(subject, ScanParked(scan.id, refusal), by=by, at=at)
    for one in envelopes:
        review(room.lock_envelope(one.number), by=by, at=at)
