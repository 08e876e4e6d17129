"""Every SELECT on envelopes, scans, pages and keying."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, or_, select
from sqlalchemy.orm import selectinload

from backoffice.cases.models import Case
from backoffice.core.clock import MONTREAL
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.events import EventRow
from backoffice.documents.models import Document, ItemAnswer
from backoffice.mailroom import codes
from backoffice.mailroom.balancing import Balance, FileFact, Off, PageFact, account
from backoffice.mailroom.models import Envelope, Keying, PostDelivery, Scan, ScanPage
from backoffice.mailroom.states import EnvelopeState, KeyingState, ScanState
from backoffice.mailroom.values import Door, EnvelopeKind

NUMBERING = 7_281_010
"""The advisory lock under which the next envelope of a year takes its number."""

_NUMBER = re.compile(r"E-?(\d{4})-?(\d{5,7})", re.IGNORECASE)
_IN_A_NAME = re.compile(r"E-(\d{4})-(\d{5,7})(?!\d)", re.IGNORECASE)


def normalise(text: str) -> str | None:
    """An envelope's number as people type it or a barcode gun reads it; nothing when it is none."""
    found = _NUMBER.fullmatch(text.strip().replace(" ", ""))
    return f"E-{found[1]}-{found[2]}" if found else None


def number_in(name: str) -> str | None:
    """The envelope that a file's name speaks of."""
    found = _IN_A_NAME.search(name)
    return f"E-{found[1]}-{found[2]}" if found else None


def next_number(year: int) -> str:
    """The next number of a year's series; the caller's transaction keeps it."""
    db.session.execute(select(func.pg_advisory_xact_lock(NUMBERING)))
    serial = cast(func.split_part(Envelope.number, "-", 3), Integer)
    last = db.session.scalar(select(func.max(serial)).where(Envelope.number.startswith(f"E-{year}-"))) or 0
    return f"E-{year}-{last + 1:05d}"


def delivery(delivered_on: date, carrier: str) -> PostDelivery | None:
    """What a carrier brought on one day, if it was noted."""
    query = select(PostDelivery).where(PostDelivery.delivered_on == delivered_on, PostDelivery.carrier == carrier)
    return db.session.scalars(query.order_by(PostDelivery.id).limit(1)).first()


def envelope(number: str) -> Envelope:
    """An envelope by its number, with its files and pages."""
    found = find_envelope(number)
    if found is None:
        raise NotFound
    return found


def find_envelope(number: str) -> Envelope | None:
    """The same, if it exists."""
    query = select(Envelope).where(Envelope.number == number).options(selectinload(Envelope.scans), selectinload(Envelope.pages))
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def lock_envelope(number: str) -> Envelope:
    """An envelope held until the end of the operation; always before the case it speaks of."""
    query = select(Envelope).where(Envelope.number == number).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query.options(selectinload(Envelope.scans), selectinload(Envelope.pages))).first()
    if found is None:
        raise NotFound
    return found


def envelope_of_scan(scan_id: int) -> str:
    """The number of the envelope a file belongs to."""
    found = db.session.scalar(select(Envelope.number).join(Scan, Scan.envelope_id == Envelope.id).where(Scan.id == scan_id))
    if found is None:
        raise NotFound
    return found


def scan(number: str, scan_id: int) -> Scan:
    """A scanned file of an envelope."""
    query = select(Scan).join(Envelope, Envelope.id == Scan.envelope_id).where(Scan.id == scan_id, Envelope.number == number)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def scans_of(pages: Iterable[ScanPage]) -> dict[int, Scan]:
    """The files that pages came from, by key: of their envelope, or of its batch."""
    return {one.id: one for one in db.session.scalars(select(Scan).where(Scan.id.in_({page.scan_id for page in pages})))}


def scan_with(sha256: str, home: ColumnElement[bool]) -> Scan | None:
    """The file of these bytes in one home, if it came before."""
    return db.session.scalars(select(Scan).where(Scan.sha256 == sha256, home).limit(1)).first()


def same_bytes(sha256: str, envelope_id: int | None) -> str | None:
    """Another envelope in which the very same file came before."""
    query = select(Envelope.number).join(Scan, Scan.envelope_id == Envelope.id).where(Scan.sha256 == sha256)
    query = query.where(Scan.envelope_id != envelope_id) if envelope_id is not None else query
    return db.session.scalar(query.order_by(Scan.id).limit(1))


def taken_from_drop(sha256: str, filename: str) -> bool:
    """Whether this very file of the drop folder was taken before (a crash may have left it there)."""
    query = select(Scan.id).where(Scan.sha256 == sha256, Scan.filename == filename, Scan.door == Door.DROP.value)
    return db.session.scalar(query.limit(1)) is not None


def page(page_id: int) -> tuple[ScanPage, Envelope]:
    """A page, with its envelope."""
    row = db.session.execute(select(ScanPage, Envelope).join(Envelope, Envelope.id == ScanPage.envelope_id).where(ScanPage.id == page_id)).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def keying(envelope_id: int) -> Keying | None:
    """The keying of an envelope, if it began."""
    return db.session.get(Keying, envelope_id)


def lock_keying(envelope_id: int) -> Keying | None:
    """The same, held (its envelope is held already)."""
    return db.session.get(Keying, envelope_id, with_for_update=True, populate_existing=True)


def keying_of_approval(approval_id: int) -> tuple[Keying, str] | None:
    """The keying that waits for an approval, with its envelope's number."""
    query = select(Keying, Envelope.number).join(Envelope, Envelope.id == Keying.envelope_id).where(Keying.approval_id == approval_id)
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row else None


def balance(one: Envelope) -> Balance:
    """The account of an envelope's sheets and pages, as it stands now."""
    return balances([one])[one.id]


def balances(many: Sequence[Envelope]) -> dict[int, Balance]:
    """The accounts of several envelopes, by their keys, for as many questions as of one."""
    files = files_of(many)
    return {one.id: _balance(one, files[one.id]) for one in many}


def _balance(one: Envelope, files: Sequence[FileFact]) -> Balance:
    found = account(one.declared_sheets, page_facts(one.pages), files)
    if any(difference.what is Off.DISORDER for difference in found.differences):
        return account(one.declared_sheets, page_facts(one.pages, moved_pages(one.number)), files)
    return found


def scans_by_id(ids: Iterable[int]) -> list[Scan]:
    """Files by their keys."""
    return list(db.session.scalars(select(Scan).where(Scan.id.in_(list(ids)))))


def moved_pages(number: str) -> frozenset[int]:
    """Pages of an envelope that a person put where they are: their order is no fault of the scanner."""
    query = select(EventRow.data["page_ids"]).where(
        EventRow.subject_kind == "envelope", EventRow.subject_id == number, EventRow.kind.startswith("mailroom.pagework.")
    )
    return frozenset(key for ids in db.session.scalars(query) if isinstance(ids, list) for key in ids)


def page_facts(pages: Iterable[ScanPage], moved: frozenset[int] = frozenset()) -> tuple[PageFact, ...]:
    """Pages as the account reads them; an envelope sheet of ours says whose pages follow it."""
    return tuple(
        PageFact(
            id=page.id, file=page.scan_id, number=page.number, position=page.position, picture=page.picture_sha256, state=page.state,
            reason=page.excluded_reason, rescan_of=page.rescan_of_id, says=_says(page), moved=page.id in moved,
        )
        for page in pages
    )  # fmt: skip


def _says(page: ScanPage) -> str | None:
    sheets = (codes.decode(text) for text in page.codes)
    return next((sheet.value for sheet in sheets if sheet and sheet.kind is codes.SheetKind.ENVELOPE), None)


def files_of(many: Sequence[Envelope]) -> dict[int, tuple[FileFact, ...]]:
    """For each envelope, its files and those that its pages come from."""
    keys = {one.id: dict.fromkeys([*(scan.id for scan in one.scans), *(page.scan_id for page in one.pages)]) for one in many}
    known = {scan.id: scan for one in many for scan in one.scans}
    if others := {key for several in keys.values() for key in several} - set(known):
        known |= {scan.id: scan for scan in scans_by_id(others)}
    facts = file_facts(list(known.values()))
    return {key: tuple(facts[scan] for scan in several) for key, several in keys.items()}


def file_facts(scans: Sequence[Scan]) -> dict[int, FileFact]:
    """Files, with the numbers of their pages that are anywhere in the house."""
    present: dict[int, set[int]] = {scan.id: set() for scan in scans}
    if present:
        for key, number in db.session.execute(select(ScanPage.scan_id, ScanPage.number).where(ScanPage.scan_id.in_(present))):
            present[key].add(number)
    return {s.id: FileFact(s.id, s.filename, s.state, s.sides, s.pages_expected, frozenset(present[s.id])) for s in scans}


def cases_of_pages(one: Envelope) -> dict[int, str]:
    """The case number of each document that pages of an envelope became."""
    wanted = {page.document_id for page in one.pages if page.document_id}
    query = select(Document.id, Case.number).join(Case, Case.id == Document.case_id).where(Document.id.in_(wanted))
    return {row[0]: row[1] for row in db.session.execute(query)} if wanted else {}


def items_of_document(document_id: int) -> list[int]:
    """The items of a request that a document answers."""
    return list(db.session.scalars(select(ItemAnswer.item_id).where(ItemAnswer.document_id == document_id).order_by(ItemAnswer.item_id)))


def timeline(number: str, limit: int = 100) -> list[EventRow]:
    """What happened to an envelope, latest first."""
    query = select(EventRow).where(EventRow.subject_kind == "envelope", EventRow.subject_id == number)
    return list(db.session.scalars(query.order_by(EventRow.position.desc()).limit(limit)))


@dataclass(frozen=True)
class View:
    """A named list of envelopes; its count and its rows are the same question."""

    name: str
    where: tuple[ColumnElement[bool], ...]


def view(name: str, today: date) -> View:
    """The lists of the mailroom's first page."""
    waiting = select(Scan.envelope_id).where(Scan.state == ScanState.WAITING)
    asked = select(Keying.envelope_id).where(Keying.state == KeyingState.WAITING_APPROVAL)
    live = (EnvelopeState.OPEN, EnvelopeState.IN_DOUBT)
    keyed = select(Keying.envelope_id).where(Keying.state != KeyingState.DRAFT)
    wheres: dict[str, tuple[ColumnElement[bool], ...]] = {
        "open": (Envelope.state == EnvelopeState.OPEN,),
        "in_doubt": (Envelope.state == EnvelopeState.IN_DOUBT,),
        "waiting": (Envelope.state.in_(live), Envelope.id.in_(waiting) | Envelope.id.in_(asked)),
        "to_key": (Envelope.state.in_(live), Envelope.kind == EnvelopeKind.APPLICATION, Envelope.id.not_in(keyed)),
        "today": (Envelope.registered_at >= datetime.combine(today, time(), tzinfo=MONTREAL),),
        "done": (Envelope.state.in_((EnvelopeState.CLOSED, EnvelopeState.RETURNED)),),
    }
    if name not in wheres:
        raise NotFound
    return View(name, wheres[name])


def count(wanted: View) -> int:
    """How many envelopes a list has."""
    return db.session.scalar(select(func.count()).select_from(Envelope).where(*wanted.where)) or 0


def envelopes(wanted: View, limit: int = 200) -> list[Envelope]:
    """A list of envelopes, the oldest stamp first (what is done: the latest first)."""
    order: tuple[Any, ...] = (Envelope.legal_received_on, Envelope.id)
    if wanted.name == "done":
        order = (Envelope.closed_at.desc().nulls_last(), Envelope.id.desc())
    query = select(Envelope).where(*wanted.where).order_by(*order).limit(limit)
    return list(db.session.scalars(query.options(selectinload(Envelope.scans), selectinload(Envelope.pages))))


def envelopes_of_case(case_id: int) -> list[Envelope]:
    """The envelopes put to a case, latest first."""
    query = select(Envelope).where(Envelope.case_id == case_id).order_by(Envelope.id.desc())
    return list(db.session.scalars(query.options(selectinload(Envelope.scans), selectinload(Envelope.pages))))


def case_numbers(ids: Iterable[int]) -> dict[int, str]:
    """The numbers of cases, by key."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(Case.id, Case.number).where(Case.id.in_(wanted)))}


def count_live() -> int:
    """Envelopes that somebody still has to finish."""
    live = (EnvelopeState.OPEN, EnvelopeState.IN_DOUBT)
    return db.session.scalar(select(func.count()).select_from(Envelope).where(Envelope.state.in_(live))) or 0


def applications_to_key(through: date) -> list[str]:
    """Envelopes stamped up to a day that hold an application not received yet, or that nobody has understood."""
    filed = select(Keying.envelope_id).where(Keying.state == KeyingState.FILED)
    unclear = or_(Envelope.kind == EnvelopeKind.APPLICATION, Envelope.kind == EnvelopeKind.UNKNOWN)
    query = select(Envelope.number).where(
        unclear, Envelope.legal_received_on <= through, Envelope.state.in_((EnvelopeState.OPEN, EnvelopeState.IN_DOUBT)), Envelope.id.not_in(filed)
    )
    return list(db.session.scalars(query.order_by(Envelope.legal_received_on, Envelope.number)))
