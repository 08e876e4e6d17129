"""Operations on envelopes, their files and their pages. The stamp is the legal day of receipt; nothing is dropped.

An envelope is held first, then the case it speaks of.
"""

from collections.abc import Sequence
from datetime import datetime

from backoffice.cases import queries as case_queries
from backoffice.core import events, files, formats
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.core.states import allows, move
from backoffice.deadlines import service as deadlines
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.states import ItemState
from backoffice.documents.values import NewDocument, NewPage
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.models import Receipt
from backoffice.fees.service import Money
from backoffice.fees.states import ReceiptState
from backoffice.intake import queries as intake_queries
from backoffice.mail import addresses
from backoffice.mail.codes import ReturnCode
from backoffice.mailroom import queries, routing
from backoffice.mailroom.errors import EnvelopeDone, MoneyWaits, NotBalanced, NothingToFile, StampInFuture
from backoffice.mailroom.events import (
    EnvelopeClosed,
    EnvelopeDoubted,
    EnvelopeReclassified,
    EnvelopeRegistered,
    EnvelopeReopened,
    EnvelopeResolved,
    EnvelopeReturned,
    PagesExcluded,
    PagesFiled,
    PagesRestored,
    ScanParked,
    ScanRead,
    ScanReceived,
    ScanRetried,
    ScanSetAside,
    envelope_subject,
)
from backoffice.mailroom.models import Envelope, PostDelivery, Scan, ScanPage
from backoffice.mailroom.states import (
    ENVELOPES,
    PAGES,
    SCANS,
    EnvelopeAction,
    EnvelopeState,
    KeyingState,
    PageAction,
    PageState,
    ScanAction,
    ScanState,
)
from backoffice.mailroom.values import Door, Doubt, EnvelopeKind, Excluded, NewEnvelope, Reading, ReadPage

LIVE = {EnvelopeState.OPEN, EnvelopeState.IN_DOUBT}


def register_envelope(new: NewEnvelope, *, by: Actor, at: datetime) -> Envelope:
    """Open and stamp an envelope: the day of physical delivery is the legal day, whatever day it is opened."""
    if new.delivered_on > montreal_day(at):
        raise StampInFuture
    delivery = queries.delivery(new.delivered_on, new.carrier)
    if delivery is None:
        delivery = PostDelivery(delivered_on=new.delivered_on, carrier=new.carrier, recorded_at=at, recorded_by_id=by.id)
        db.session.add(delivery)
        db.session.flush()
    stamp = intake_queries.stamp(at)  # an application has its number from here on, whenever it is keyed
    envelope = Envelope(
        arrival_sequence=stamp.sequence, arrived_at=stamp.received_at,
        number=queries.next_number(new.delivered_on.year), delivery_id=delivery.id, legal_received_on=new.delivered_on,
        postmarked_on=new.postmarked_on, sender=new.sender, kind=new.kind, contents=new.contents, declared_sheets=new.declared_sheets,
        state=EnvelopeState.OPEN, registered_at=at, registered_by_id=by.id,
    )  # fmt: skip
    envelope.scans, envelope.pages = [], []
    db.session.add(envelope)
    db.session.flush()
    fact = EnvelopeRegistered(envelope.number, new.delivered_on.isoformat(), new.kind.value, new.declared_sheets)
    events.record(envelope_subject(envelope.number), fact, by=by, at=at)
    _note_mail(envelope, at=at)
    return envelope


def list_instrument(number: str, money: Money, *, by: Actor, at: datetime) -> Receipt:
    """List money found in the envelope; its day of payment is the stamp. What is refused by rule is listed too, to be returned."""
    envelope = _live(number)
    found = Money(
        source="envelope", method=money.method, amount_cents=money.amount_cents, currency=money.currency, paid_on=envelope.legal_received_on,
        instrument_number=money.instrument_number, payer=money.payer, envelope=envelope.number,
    )  # fmt: skip
    return fees.record_instrument(found, by=by, at=at)


def return_instrument(number: str, receipt_id: int, reason: str, *, by: Actor, at: datetime) -> Receipt:
    """Send one instrument back uncashed, with its reason."""
    envelope = queries.lock_envelope(number)
    if all(receipt.id != receipt_id for receipt in fee_queries.receipts_of_envelope(envelope.number)):
        raise DomainError
    return fees.return_receipt(receipt_id, reason, by=by, at=at)


def receive_scan(number: str, data: bytes, filename: str, door: Door, *, by: Actor, at: datetime) -> Scan:
    """Keep a scanned file and let it wait to be read; the same bytes twice in one envelope are one file."""
    envelope = _live(number)
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
                _route(envelope, part.code, [pages[number] for number in part.numbers], by=by, at=at)
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


def _route(envelope: Envelope, code: ReturnCode, pages: Sequence[ScanPage], *, by: Actor, at: datetime) -> None:
    """Put the pages behind a return sheet where its code says: to its case, and to its request if it is one of documents."""
    try:
        case = case_queries.case(code.case_number)
    except DomainError:
        return
    envelope.case_id = envelope.case_id or case.id
    request = document_queries.find_request(code.request_id) if code.kind == "doc" and isinstance(code.request_id, int) else None
    if not pages:
        return
    items = (
        [item.id for item in request.items if item.state in {ItemState.ASKED, ItemState.REFUSED}] if request and request.case_id == case.id else []
    )
    title = "Documents demandés" if request else "Courrier reçu"
    _file(
        envelope,
        case.id,
        case.number,
        pages,
        title,
        request.id if request and request.case_id == case.id else None,
        items,
        by_code=True,
        by=by,
        at=at,
    )
    if code.kind == "fee":
        propose_money(envelope, case.id, by=by, at=at)


def file_pages(
    number: str, page_ids: Sequence[int], case_number: str, title: str, item_ids: Sequence[int] = (), *, by: Actor, at: datetime
) -> Envelope:
    """Put pages to a case by hand, as a plain document or as the answer to items of its open request."""
    envelope = _live(number)
    pages = [page for page in envelope.pages if page.id in set(page_ids) and page.state is PageState.TO_FILE]
    if not pages:
        raise NothingToFile
    case = case_queries.case(case_number)
    request = document_queries.open_request(case.id) if item_ids else None
    envelope.case_id = envelope.case_id or case.id
    _file(envelope, case.id, case.number, pages, title, request.id if request else None, item_ids, by_code=False, by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def _file(
    envelope: Envelope, case_id: int, case_number: str, pages: Sequence[ScanPage], title: str, request_id: int | None, item_ids: Sequence[int],
    *, by_code: bool, by: Actor, at: datetime,
) -> None:  # fmt: skip
    scans = {scan.id: scan for scan in envelope.scans}
    first = scans[pages[0].scan_id]
    new = NewDocument(
        title=title, source="envelope", source_ref=envelope.number, received_on=envelope.legal_received_on,
        media_type=first.media_type or "application/pdf", filename=first.filename, sha256=None,
        pages=tuple(NewPage(scans[p.scan_id].sha256, p.number, p.picture_sha256, p.thumbnail_sha256) for p in pages),
    )  # fmt: skip
    document = documents.file_document(case_id, new, request_id=request_id, by=by, at=at)
    if request_id and item_ids:
        documents.receive_items(request_id, item_ids, document.id, envelope.legal_received_on, by=by, at=at)
    for page in pages:
        page.state, page.document_id = move(PAGES, page.state, PageAction.FILE), document.id
    fact = PagesFiled(case_id, case_number, document.id, len(pages), by_code, list(item_ids))
    events.record(envelope_subject(envelope.number), fact, by=by, at=at)


def file_application(envelope: Envelope, case_id: int, case_number: str, *, by: Actor, at: datetime) -> None:
    """The pages of an application on paper become a document of the case it opened."""
    pages = [page for page in envelope.pages if page.state is PageState.TO_FILE]
    if pages:
        _file(envelope, case_id, case_number, pages, "Demande papier", None, (), by_code=False, by=by, at=at)
    envelope.case_id = case_id
    propose_money(envelope, case_id, by=by, at=at)


def propose_money(envelope: Envelope, case_id: int, *, by: Actor, at: datetime) -> None:
    """Tell finance whose the envelope's money seems to be; finance puts it there."""
    fees.propose_case(envelope.number, case_id, by=by, at=at)


def exclude_pages(number: str, page_ids: Sequence[int], reason: Excluded, *, by: Actor, at: datetime) -> Envelope:
    """Leave pages out, with a reason; their pictures are kept and it can be undone."""
    envelope = _live(number)
    pages = [page for page in envelope.pages if page.id in set(page_ids) and page.state is PageState.TO_FILE]
    if not pages:
        raise NothingToFile
    _exclude(envelope, pages, reason, by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def _exclude(envelope: Envelope, pages: Sequence[ScanPage], reason: Excluded, *, by: Actor, at: datetime) -> None:
    for page in pages:
        page.state, page.excluded_reason = move(PAGES, page.state, PageAction.EXCLUDE), reason.value
    events.record(envelope_subject(envelope.number), PagesExcluded([page.id for page in pages], reason.value), by=by, at=at)


def restore_pages(number: str, page_ids: Sequence[int], *, by: Actor, at: datetime) -> Envelope:
    """Take pages left out back among those to file."""
    envelope = _live(number)
    pages = [page for page in envelope.pages if page.id in set(page_ids) and page.state is PageState.EXCLUDED]
    if not pages:
        raise NothingToFile
    for page in pages:
        page.state, page.excluded_reason = move(PAGES, page.state, PageAction.RESTORE), None
    events.record(envelope_subject(number), PagesRestored([page.id for page in pages]), by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def retry_scan(number: str, scan_id: int, *, by: Actor, at: datetime) -> Scan:
    """Read a parked file once more."""
    scan = _scan(_live(number), scan_id)
    scan.state, scan.refusal = move(SCANS, scan.state, ScanAction.RETRY), None
    events.record(envelope_subject(number), ScanRetried(scan.id), by=by, at=at)
    return scan


def set_scan_aside(number: str, scan_id: int, reason: str, *, by: Actor, at: datetime) -> Scan:
    """Say what was done instead of a file that cannot be read (scanned again, asked for again); the original stays."""
    envelope = _live(number)
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


def reclassify(number: str, kind: EnvelopeKind, *, by: Actor, at: datetime) -> Envelope:
    """Say what the envelope really is; an application is then keyed."""
    envelope = _live(number)
    before, envelope.kind = envelope.kind, kind
    events.record(envelope_subject(number), EnvelopeReclassified(before.value, kind.value), by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def close_envelope(number: str, reason: str = "", *, by: Actor, at: datetime) -> Envelope:
    """Close an envelope whose pages balance; money still without a home needs a reason."""
    envelope = _live(number)
    balance = queries.balance(envelope)
    if not balance.balances:
        raise NotBalanced(balance.to_file, balance.waiting, balance.parked, balance.missing)
    money = _unmatched(envelope)
    if money and not reason:
        raise MoneyWaits(len(money), formats.money(sum(one.amount_cents for one in money)))
    if envelope.state is EnvelopeState.IN_DOUBT:  # registered without a scan: nothing is left to doubt
        envelope.state, envelope.parked_reason = move(ENVELOPES, envelope.state, EnvelopeAction.RESOLVE), None
    envelope.state, envelope.closed_at = move(ENVELOPES, envelope.state, EnvelopeAction.CLOSE), at
    fact = EnvelopeClosed(balance.scanned, balance.filed, balance.excluded, reason or None)
    events.record(envelope_subject(number), fact, by=by, at=at)
    _note_mail(envelope, at=at)
    return envelope


def return_envelope(number: str, reason: str, *, by: Actor, at: datetime) -> Envelope:
    """Send everything back to the sender with the reason: nothing is cashed, and the record of the return stays."""
    envelope = _live(number)
    money = _unmatched(envelope)
    for one in money:
        fees.return_receipt(one.id, reason, by=by, at=at)
    if left := [page for page in envelope.pages if page.state is PageState.TO_FILE]:
        _exclude(envelope, left, Excluded.RETURNED, by=by, at=at)
    envelope.state, envelope.closed_at = move(ENVELOPES, envelope.state, EnvelopeAction.RETURN), at
    events.record(envelope_subject(number), EnvelopeReturned(reason, len(money)), by=by, at=at)
    _note_mail(envelope, at=at)
    return envelope


def reopen_envelope(number: str, reason: str, *, by: Actor, at: datetime) -> Envelope:
    """Work again on a closed envelope."""
    envelope = queries.lock_envelope(number)
    envelope.state, envelope.closed_at = move(ENVELOPES, envelope.state, EnvelopeAction.REOPEN), None
    events.record(envelope_subject(number), EnvelopeReopened(reason), by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def review(envelope: Envelope, *, by: Actor, at: datetime) -> None:
    """Put the envelope among those in doubt, or take it out, from what stands on it now."""
    doubt = _doubt(envelope)
    if doubt and allows(ENVELOPES, envelope.state, EnvelopeAction.DOUBT):
        envelope.state = move(ENVELOPES, envelope.state, EnvelopeAction.DOUBT)
        events.record(envelope_subject(envelope.number), EnvelopeDoubted(doubt.value), by=by, at=at)
    elif doubt is None and envelope.state is EnvelopeState.IN_DOUBT:
        envelope.state = move(ENVELOPES, envelope.state, EnvelopeAction.RESOLVE)
        events.record(envelope_subject(envelope.number), EnvelopeResolved(envelope.number), by=by, at=at)
    envelope.parked_reason = doubt.value if doubt else None
    _note_mail(envelope, at=at)


def _doubt(envelope: Envelope) -> Doubt | None:
    if any(scan.state is ScanState.PARKED for scan in envelope.scans):
        return Doubt.PARKED
    if not any(page.state is PageState.TO_FILE for page in envelope.pages):
        return None
    if envelope.kind is not EnvelopeKind.APPLICATION:
        return Doubt.NO_CODE
    keying = queries.keying(envelope.id)
    return Doubt.DECLINED if keying and keying.state is KeyingState.FILED and envelope.case_id is None else None


def _note_mail(envelope: Envelope, *, at: datetime) -> None:
    """Tell the clocks whether this day's mail is indexed: no term that it may answer ends before (design, §8)."""
    balance = queries.balance(envelope)
    indexed = balance.balances and (balance.scanned or envelope.scans)
    if envelope.kind is EnvelopeKind.APPLICATION or envelope.state not in LIVE or indexed:
        deadlines.note_settled("mail", envelope.number, at=at)
    else:
        deadlines.note_unsettled("mail", envelope.number, envelope.legal_received_on)


def _unmatched(envelope: Envelope) -> list[Receipt]:
    return [one for one in fee_queries.receipts_of_envelope(envelope.number) if one.state is ReceiptState.RECEIVED]


def _live(number: str) -> Envelope:
    """An envelope that something may still be added to, held."""
    envelope = queries.lock_envelope(number)
    if envelope.state not in LIVE:
        raise EnvelopeDone(number)
    return envelope
