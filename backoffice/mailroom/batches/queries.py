"""Every SELECT on batches, on what their account reads, and on the sheets of days."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import selectinload

from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.events import EventRow
from backoffice.fees.models import Receipt
from backoffice.mailroom import codes, wording
from backoffice.mailroom import queries as room
from backoffice.mailroom.balancing import FileFact, Off
from backoffice.mailroom.batches import rules
from backoffice.mailroom.batches.models import DaySheet, DaySignature
from backoffice.mailroom.batches.values import BatchBalance, BatchFacts, DayFigures, EnvelopeFacts, Figures, OpenDifference
from backoffice.mailroom.models import Batch, Envelope, PostDelivery, Scan, ScanPage
from backoffice.mailroom.states import BatchState, EnvelopeState, PageState
from backoffice.mailroom.values import Excluded
from backoffice.staff import queries as staff_queries
from backoffice.staff.models import Account, Approval
from backoffice.staff.states import ApprovalState

NUMBERING = 7_281_012
"""The advisory lock under which the next batch of a year takes its number."""

DAYS = 7_300_000_000
"""Advisory locks from here on are of days."""

APPROVAL = "batch_difference"
APPROVAL_OF_ENVELOPE = "envelope_difference"

_NUMBER = re.compile(r"L-?(\d{4})-?(\d{5,7})", re.IGNORECASE)
_DIVIDERS = {codes.SheetKind.DOCUMENT, codes.SheetKind.PERSON, codes.SheetKind.SEPARATOR}


def normalise(text: str) -> str | None:
    """A batch's number as people type it; nothing when it is none."""
    found = _NUMBER.fullmatch(text.strip().replace(" ", ""))
    return f"L-{found[1]}-{found[2]}" if found else None


def next_number(year: int) -> str:
    """The next number of a year's series; the caller's transaction keeps it."""
    db.session.execute(select(func.pg_advisory_xact_lock(NUMBERING)))
    serial = cast(func.split_part(Batch.number, "-", 3), Integer)
    last = db.session.scalar(select(func.max(serial)).where(Batch.number.startswith(f"L-{year}-"))) or 0
    return f"L-{year}-{last + 1:05d}"


def find(number: str) -> Batch | None:
    """A batch by its number, if it exists."""
    return db.session.scalars(select(Batch).where(Batch.number == number)).first()


def batch(number: str) -> Batch:
    """A batch by its number."""
    found = find(number)
    if found is None:
        raise NotFound
    return found


def batch_by_id(batch_id: int) -> Batch:
    """A batch by its key."""
    return db.session.get_one(Batch, batch_id)


def lock_batch(number: str) -> Batch:
    """A batch held until the end of the operation; always before its envelopes."""
    query = select(Batch).where(Batch.number == number).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def batches(state: BatchState, limit: int = 100) -> list[Batch]:
    """Batches in one state; open ones oldest first, closed ones latest first."""
    order = Batch.id if state is BatchState.OPEN else Batch.id.desc()
    return list(db.session.scalars(select(Batch).where(Batch.state == state).order_by(order).limit(limit)))


def count(state: BatchState) -> int:
    """How many batches are in one state."""
    return db.session.scalar(select(func.count()).select_from(Batch).where(Batch.state == state)) or 0


def envelopes_of(batch_id: int) -> list[Envelope]:
    """The envelopes of a batch in the order of the pile, with their files and pages."""
    query = select(Envelope).where(Envelope.batch_id == batch_id).order_by(Envelope.batch_position, Envelope.id)
    loaded = query.options(selectinload(Envelope.scans), selectinload(Envelope.pages))
    return list(db.session.scalars(loaded.execution_options(populate_existing=True)))


def counts_of(ids: Iterable[int]) -> dict[int, int]:
    """How many envelopes each batch holds."""
    query = select(Envelope.batch_id, func.count()).where(Envelope.batch_id.in_(list(ids))).group_by(Envelope.batch_id)
    return {int(row[0] or 0): row[1] for row in db.session.execute(query)}


def without_batch(delivery_id: int, limit: int) -> list[Envelope]:
    """Envelopes of a delivery that lie in no batch and may still be worked on, in their order."""
    live = (EnvelopeState.OPEN, EnvelopeState.IN_DOUBT)
    query = select(Envelope).where(Envelope.delivery_id == delivery_id, Envelope.batch_id.is_(None), Envelope.state.in_(live))
    return list(db.session.scalars(query.order_by(Envelope.id).limit(limit)))


def deliveries_to_batch(limit: int = 30) -> list[tuple[PostDelivery, int]]:
    """Deliveries some of whose envelopes lie in no batch yet, oldest first, with how many."""
    live = (EnvelopeState.OPEN, EnvelopeState.IN_DOUBT)
    waiting = select(Envelope.delivery_id, func.count().label("many")).where(Envelope.batch_id.is_(None), Envelope.state.in_(live))
    each = waiting.group_by(Envelope.delivery_id).subquery()
    query = select(PostDelivery, each.c.many).join(each, each.c.delivery_id == PostDelivery.id)
    rows = db.session.execute(query.order_by(PostDelivery.delivered_on, PostDelivery.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


def instruments_of(numbers: Sequence[str]) -> dict[str, list[Receipt]]:
    """The money listed for each envelope."""
    found: dict[str, list[Receipt]] = {number: [] for number in numbers}
    for one in db.session.scalars(select(Receipt).where(Receipt.envelope.in_(numbers)).order_by(Receipt.id)):
        found[one.envelope or ""].append(one)
    return found


def opening_figures(envelopes: Sequence[Envelope]) -> Figures:
    """What opening counted of these envelopes: the figures that a header sheet starts from."""
    money = [one for several in instruments_of([e.number for e in envelopes]).values() for one in several]
    return Figures(len(envelopes), sum(e.declared_sheets or 0 for e in envelopes), 0, len(money), sum(one.amount_cents for one in money))


def facts(one: Batch) -> BatchFacts:
    """A batch as its account reads it."""
    envelopes = envelopes_of(one.id)
    files = _pile_files(one.id)
    found = _facts(one, envelopes, files, moved=False)
    placed = {difference.what for difference in rules.balance(found).differences}
    return _facts(one, envelopes, files, moved=True) if placed & {Off.DISORDER, Off.STRAY} else found


def _facts(one: Batch, envelopes: Sequence[Envelope], files: tuple[FileFact, ...], *, moved: bool) -> BatchFacts:
    money, of = instruments_of([e.number for e in envelopes]), room.files_of(envelopes)
    parts = tuple(
        EnvelopeFacts(
            e.number, e.declared_sheets, room.page_facts(e.pages, room.moved_pages(e.number) if moved else frozenset()), of[e.id],
            tuple(receipt.amount_cents for receipt in money[e.number]),
        )
        for e in envelopes
    )  # fmt: skip
    separators = sum(1 for e in envelopes for page in e.pages if _divides(page))
    return BatchFacts(one.number, expected(one), parts, separators, files)


def expected(one: Batch) -> Figures:
    """What the header sheet declares."""
    return Figures(one.expected_envelopes, one.expected_sheets, one.expected_separators, one.expected_cheques, one.expected_cents)


def _pile_files(batch_id: int) -> tuple[FileFact, ...]:
    return tuple(room.file_facts(scans_of(batch_id)).values())


def _divides(page: ScanPage) -> bool:
    """Whether a page is a separator that somebody put into the pile: ours of a document, a person or any, or a foreign one."""
    if page.excluded_reason == Excluded.SEPARATOR.value:
        return True
    if page.excluded_reason != Excluded.OUR_SHEET.value:
        return False
    return any(sheet is not None and sheet.kind in _DIVIDERS for sheet in map(codes.decode, page.codes))


def balance(number: str) -> BatchBalance:
    """The account of a batch, as it stands now."""
    return rules.balance(facts(batch(number)))


def scans_of(batch_id: int) -> list[Scan]:
    """Files scanned for the whole pile."""
    return list(db.session.scalars(select(Scan).where(Scan.batch_id == batch_id).order_by(Scan.id)))


def asked(kind: str, subject_kind: str, number: str) -> Approval | None:
    """The acceptance of a difference that waits for its second person."""
    latest = staff_queries.approval_for(kind, subject_kind, number)
    return latest if latest is not None and latest.state is ApprovalState.ASKED else None


def approval(approval_id: int) -> Approval:
    """An approval by its key."""
    return db.session.get_one(Approval, approval_id)


def timeline(kind: str, key: str, limit: int = 100) -> list[EventRow]:
    """What happened to a batch or to a day's sheet, latest first."""
    query = select(EventRow).where(EventRow.subject_kind == kind, EventRow.subject_id == key)
    return list(db.session.scalars(query.order_by(EventRow.position.desc()).limit(limit)))


# Days


def day_envelopes(day: date) -> list[Envelope]:
    """The envelopes of a day's mail: those whose stamp is of that day."""
    query = select(Envelope).where(Envelope.legal_received_on == day).order_by(Envelope.number)
    loaded = query.options(selectinload(Envelope.scans), selectinload(Envelope.pages))
    return list(db.session.scalars(loaded.execution_options(populate_existing=True)))


def deliveries_of(day: date) -> list[PostDelivery]:
    """What carriers brought that day."""
    return list(db.session.scalars(select(PostDelivery).where(PostDelivery.delivered_on == day).order_by(PostDelivery.id)))


def day_figures(day: date) -> DayFigures:
    """The day's mail, counted as it stands now."""
    envelopes, deliveries = day_envelopes(day), deliveries_of(day)
    pages = [page for one in envelopes for page in one.pages]
    states = Counter(page.state for page in pages)
    stands = Counter(one.state for one in envelopes)
    money = [one for several in instruments_of([e.number for e in envelopes]).values() for one in several]
    cents: Counter[str] = Counter()
    for one in money:
        cents[one.state.value] += one.amount_cents
    counts = [one.counted_envelopes for one in deliveries if one.counted_envelopes is not None]
    return DayFigures(
        deliveries=len(deliveries), counted=sum(counts) if counts else None, envelopes=len(envelopes), closed=stands[EnvelopeState.CLOSED],
        returned=stands[EnvelopeState.RETURNED], open=stands[EnvelopeState.OPEN] + stands[EnvelopeState.IN_DOUBT],
        sheets=sum(one.declared_sheets or 0 for one in envelopes), pages=len(pages), filed=states[PageState.FILED], to_file=states[PageState.TO_FILE],
        excluded=dict(sorted(Counter(p.excluded_reason or "" for p in pages if p.state is PageState.EXCLUDED).items())), cheques=len(money),
        cents=sum(one.amount_cents for one in money), cheques_out=dict(sorted(Counter(one.state.value for one in money).items())),
        cents_out=dict(sorted(cents.items())),
    )  # fmt: skip


def day_differences(day: date) -> list[OpenDifference]:
    """What is still open of a day's mail, each with who has to settle it."""
    names = {account.id: account.name for account in db.session.scalars(select(Account))}
    envelopes = [one for one in day_envelopes(day) if one.state in {EnvelopeState.OPEN, EnvelopeState.IN_DOUBT}]
    balances = room.balances(envelopes)
    return [
        OpenDifference(one.number, "; ".join(wording.sentences(balances[one.id].differences)), names.get(one.owner_id or 0, "")) for one in envelopes
    ]


def day_sheets(day: date) -> list[DaySheet]:
    """The sheets signed for a day, latest version first."""
    return list(db.session.scalars(select(DaySheet).where(DaySheet.day == day).order_by(DaySheet.version.desc())))


def lock_day(day: date) -> None:
    """Hold a day until the end of the operation: its versions follow one another."""
    db.session.execute(select(func.pg_advisory_xact_lock(DAYS + day.toordinal())))


def signatures(sheet_id: int) -> list[DaySignature]:
    """Who signed a sheet, in order."""
    return list(db.session.scalars(select(DaySignature).where(DaySignature.sheet_id == sheet_id).order_by(DaySignature.id)))


def signature(day: date, version: int, signed_as: str) -> DaySignature:
    """One signature, with its PDF."""
    query = select(DaySignature).join(DaySheet, DaySheet.id == DaySignature.sheet_id)
    found = db.session.scalars(query.where(DaySheet.day == day, DaySheet.version == version, DaySignature.signed_as == signed_as)).first()
    if found is None:
        raise NotFound
    return found


def days_with_mail(limit: int = 60) -> list[tuple[date, int]]:
    """Days that have mail, latest first, with how many envelopes."""
    query = select(Envelope.legal_received_on, func.count()).group_by(Envelope.legal_received_on)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Envelope.legal_received_on.desc()).limit(limit))]


def signed_days(days: Iterable[date]) -> dict[date, int]:
    """For each day, how many signatures its latest sheet has."""
    latest = select(DaySheet.day, func.max(DaySheet.id).label("id")).where(DaySheet.day.in_(list(days))).group_by(DaySheet.day).subquery()
    query = select(latest.c.day, func.count(DaySignature.id)).outerjoin(DaySignature, DaySignature.sheet_id == latest.c.id).group_by(latest.c.day)
    return {row[0]: row[1] for row in db.session.execute(query)}


# Faults


def faults() -> Iterator[str]:
    """What must never be: a closed batch that does not balance and that nobody accepted; a signed sheet that was changed."""
    for one in db.session.scalars(select(Batch).where(Batch.state == BatchState.CLOSED)):
        accepted = _accepted(one.number)
        if left := [each for each in balance(one.number).differences if each.key not in accepted]:
            yield f"{one.number}: {'; '.join(each.key for each in left[:3])}"
    for sheet in db.session.scalars(select(DaySheet)):
        if digest(content(sheet)) != sheet.digest:
            yield f"sheet of {sheet.day.isoformat()}, version {sheet.version}: its figures are not those signed"


def _accepted(number: str) -> set[str]:
    query = select(Approval.facts).where(Approval.kind == APPROVAL, Approval.subject_id == number, Approval.state == ApprovalState.APPROVED)
    return {key for known in db.session.scalars(query) for key in known.get("differences", [])}


def content(sheet: DaySheet) -> dict[str, object]:
    """What the digest of a sheet is over."""
    return {"day": sheet.day.isoformat(), "version": sheet.version, "figures": sheet.figures, "differences": sheet.differences}
