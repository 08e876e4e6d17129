"""Every SELECT on scanned files in work."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.documents.models import DocumentPage, PageText
from backoffice.documents.states import TextState
from backoffice.mailroom.models import Batch, Envelope, PostDelivery, Scan, ScanPage
from backoffice.mailroom.pipeline.models import PageWork
from backoffice.mailroom.pipeline.values import LOW_CONFIDENCE, Progress, WorkKind
from backoffice.mailroom.states import ScanState

STUCK_AFTER = timedelta(minutes=10)
"""Work that nobody began for this long is said by `backoffice doctor`."""


def scan(scan_id: int) -> Scan:
    """A scanned file."""
    found = db.session.get(Scan, scan_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def work(work_id: int) -> PageWork | None:
    """Something owed, if it still is."""
    found = db.session.get(PageWork, work_id, populate_existing=True)
    return found if found is not None and found.done_at is None else None


def owed(scan_id: int) -> list[PageWork]:
    """Everything still owed to a file."""
    query = select(PageWork).where(PageWork.scan_id == scan_id, PageWork.done_at.is_(None)).order_by(PageWork.id)
    return list(db.session.scalars(query))


def lock_scan(scan_id: int) -> Scan:
    """The same, held; its envelopes are held before."""
    query = select(Scan).where(Scan.id == scan_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def home(one: Scan) -> int:
    """A number for where a file belongs: files of one envelope are read one after the other, and those of one batch."""
    return one.envelope_id if one.envelope_id is not None else -(one.batch_id or 0)


def lock_batch(number: str) -> Batch:
    """A batch, held."""
    query = select(Batch).where(Batch.number == number).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def batch(batch_id: int | None) -> Batch | None:
    """A batch by its key."""
    return db.session.get(Batch, batch_id) if batch_id is not None else None


def batch_numbered(number: str) -> Batch | None:
    """A batch by its number."""
    return db.session.scalars(select(Batch).where(Batch.number == number)).first()


def is_in_batch(batch_id: int, sha256: str) -> bool:
    """Whether these very bytes came in a batch."""
    return db.session.scalar(select(Scan.id).where(Scan.batch_id == batch_id, Scan.sha256 == sha256).limit(1)) is not None


def delivery(delivery_id: int | None) -> PostDelivery | None:
    """What the carrier brought."""
    return db.session.get(PostDelivery, delivery_id) if delivery_id is not None else None


def number_of(envelope_id: int) -> str:
    """The number of an envelope."""
    return db.session.scalars(select(Envelope.number).where(Envelope.id == envelope_id)).one()


def lock_row(envelope_id: int) -> Envelope:
    """An envelope held without its pages, of which there may be hundreds."""
    query = select(Envelope).where(Envelope.id == envelope_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def envelope_in_batch(batch_id: int) -> Envelope | None:
    """Some envelope of a batch: it tells which day's mail the batch is."""
    return db.session.scalars(select(Envelope).where(Envelope.batch_id == batch_id).order_by(Envelope.id).limit(1)).first()


def last_page(scan_id: int) -> ScanPage | None:
    """The last page taken of a file."""
    return db.session.scalars(select(ScanPage).where(ScanPage.scan_id == scan_id).order_by(ScanPage.number.desc()).limit(1)).first()


def last_position(envelope_id: int) -> int:
    """Where the last page of an envelope stands."""
    return db.session.scalar(select(func.max(ScanPage.position)).where(ScanPage.envelope_id == envelope_id)) or 0


def pages_of(scan_id: int) -> list[ScanPage]:
    """The pages of a file, in its order."""
    return list(db.session.scalars(select(ScanPage).where(ScanPage.scan_id == scan_id).order_by(ScanPage.number)))


def envelopes_of(scan_id: int) -> list[int]:
    """The envelopes that a file or pages of it belong to, in the order in which they are held."""
    through = set(db.session.scalars(select(ScanPage.envelope_id).where(ScanPage.scan_id == scan_id).distinct()))
    own = scan(scan_id).envelope_id
    return sorted(through | ({own} if own is not None else set()))


def is_being_recognised(sha256: str) -> bool:
    """Whether the text of these bytes is owed already, by this file or by the same one elsewhere."""
    query = select(PageWork.id).join(Scan, Scan.id == PageWork.scan_id).where(Scan.sha256 == sha256, PageWork.done_at.is_(None))
    return db.session.scalar(query.where(PageWork.kind == WorkKind.RECOGNISE).limit(1)) is not None


def page_of_document(page: DocumentPage) -> ScanPage | None:
    """The scanned page that a page of a document was filed from."""
    query = select(ScanPage).join(Scan, Scan.id == ScanPage.scan_id).where(ScanPage.document_id == page.document_id)
    return db.session.scalars(query.where(Scan.sha256 == page.original_sha256, ScanPage.number == page.original_page).limit(1)).first()


def scans_of(envelope: Envelope) -> list[Scan]:
    """The files of an envelope: its own, and those of its batch that hold pages of it."""
    through = select(ScanPage.scan_id).where(ScanPage.envelope_id == envelope.id)
    return list(db.session.scalars(select(Scan).where((Scan.envelope_id == envelope.id) | Scan.id.in_(through)).order_by(Scan.id)))


def texts_of(one: Scan, first: int = 1, last: int | None = None) -> list[PageText]:
    """What is known of the text of a file's pages."""
    query = select(PageText).where(PageText.original_sha256 == one.sha256, PageText.number >= first)
    query = query.where(PageText.number <= last) if last is not None else query
    return list(db.session.scalars(query.order_by(PageText.number).execution_options(populate_existing=True)))


def progress(scans: Sequence[Scan]) -> dict[int, Progress]:
    """How far files are, by key; four statements however many."""
    ids, digests = [one.id for one in scans], {one.sha256 for one in scans}
    if not ids:
        return {}
    read = {
        row[0]: row[1]
        for row in db.session.execute(select(ScanPage.scan_id, func.count()).where(ScanPage.scan_id.in_(ids)).group_by(ScanPage.scan_id))
    }
    doubtful = (PageText.state == TextState.DONE) & (PageText.confidence < LOW_CONFIDENCE)
    counts = select(PageText.original_sha256, PageText.state, func.count(), func.count().filter(doubtful))
    texts: dict[str, dict[TextState, tuple[int, int]]] = {}
    for sha256, state, many, unsure in db.session.execute(
        counts.where(PageText.original_sha256.in_(digests)).group_by(PageText.original_sha256, PageText.state)
    ):
        texts.setdefault(sha256, {})[state] = (many, unsure)
    why = {
        row[0]: row[1]
        for row in db.session.execute(
            select(PageWork.scan_id, PageWork.error).where(PageWork.scan_id.in_(ids), PageWork.done_at.is_(None), PageWork.error.is_not(None))
        )
    }
    return {one.id: _progress(one, read.get(one.id, 0), texts.get(one.sha256, {}), why.get(one.id)) for one in scans}


def _progress(one: Scan, read: int, texts: dict[TextState, tuple[int, int]], why: str | None) -> Progress:
    done, unsure = texts.get(TextState.DONE, (0, 0))
    return Progress(
        read=read, expected=one.pages_expected, recognised=done, to_recognise=texts.get(TextState.WAITING, (0, 0))[0],
        failed=texts.get(TextState.FAILED, (0, 0))[0], doubtful=unsure, why=why,
    )  # fmt: skip


def under_way(limit: int = 100) -> list[Scan]:
    """Files that wait or are being read, the oldest first."""
    query = select(Scan).where(Scan.state.in_((ScanState.WAITING, ScanState.READING))).order_by(Scan.id).limit(limit)
    return list(db.session.scalars(query))


def parked(limit: int = 100) -> list[Scan]:
    """Files that wait for a person, the oldest first."""
    return list(db.session.scalars(select(Scan).where(Scan.state == ScanState.PARKED).order_by(Scan.id).limit(limit)))


def being_recognised(limit: int = 100) -> list[Scan]:
    """Files that are read and whose text is still to come."""
    owed = select(PageWork.scan_id).where(PageWork.kind == WorkKind.RECOGNISE, PageWork.done_at.is_(None))
    query = select(Scan).where(Scan.state == ScanState.READ, Scan.id.in_(owed)).order_by(Scan.id).limit(limit)
    return list(db.session.scalars(query))


def read_lately(limit: int = 20) -> list[Scan]:
    """Files that were read, the latest first."""
    return list(db.session.scalars(select(Scan).where(Scan.state == ScanState.READ).order_by(Scan.read_at.desc().nulls_last()).limit(limit)))


def homes(scans: Sequence[Scan]) -> dict[int, str]:
    """The number of the envelope or of the batch that each file belongs to."""
    envelopes = {
        row[0]: row[1] for row in db.session.execute(select(Envelope.id, Envelope.number).where(Envelope.id.in_({s.envelope_id for s in scans})))
    }
    batches = {row[0]: row[1] for row in db.session.execute(select(Batch.id, Batch.number).where(Batch.id.in_({s.batch_id for s in scans})))}
    return {s.id: envelopes.get(s.envelope_id or 0) or batches.get(s.batch_id or 0, "") for s in scans}


def stuck(now: datetime) -> list[str]:
    """What is owed to files and was not begun in time, or fails again and again, in words for an operator."""
    late = PageWork.available_at < now - STUCK_AFTER
    query = select(PageWork).where(PageWork.done_at.is_(None), late | (PageWork.attempts > 1)).order_by(PageWork.id).limit(50)
    return [f"file {one.scan_id}, to {one.kind.value}: {one.error or 'not begun'}" for one in db.session.scalars(query)]
