"""A file is whole: its parts go where their sheets say, and the pages account for it."""

from collections.abc import Sequence
from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.events import Subject
from backoffice.core.states import allows, move
from backoffice.documents.states import TEXTS, TextAction, TextState
from backoffice.mail import addresses
from backoffice.mailroom import codes, routing, scanning
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import ScanRead, envelope_subject
from backoffice.mailroom.models import Envelope, Scan, ScanPage
from backoffice.mailroom.pipeline import queries, work
from backoffice.mailroom.pipeline.titles import title_of
from backoffice.mailroom.pipeline.values import TOGETHER, WorkKind
from backoffice.mailroom.routing import Part, Plan
from backoffice.mailroom.service import LIVE, review, route
from backoffice.mailroom.states import PAGES, SCANS, PageAction, PageState, ScanAction, ScanState
from backoffice.mailroom.values import Excluded, ReadPage


def finish(scan_id: int, media_type: str, warnings: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Every page of a file was taken: put back what only seemed blank, route the parts, say so on each envelope."""
    envelopes = {key: room.lock_envelope(queries.number_of(key)) for key in queries.envelopes_of(scan_id)}
    scan = queries.lock_scan(scan_id)
    if scan.state is not ScanState.READING:
        return
    pages = [page for envelope in envelopes.values() for page in envelope.pages if page.scan_id == scan_id]
    _put_back(scan, pages, tuple(warnings))
    plan = routing.plan([as_read(page) for page in sorted(pages, key=lambda page: page.number)], addresses.read_return_code, codes.decode)
    scan.state, scan.refusal, scan.read_at, scan.media_type = move(SCANS, scan.state, ScanAction.READ), None, at, media_type
    scan.warnings = list(dict.fromkeys([*scan.warnings, *warnings, *plan.warnings, *_batches(scan, envelopes, plan)]))
    _say(scan, envelopes, pages, by=by, at=at)
    for part in plan.parts:
        _route(part, envelopes, pages, by=by, at=at)
    _owe_recognition(scan, at=at)
    for envelope in envelopes.values():
        review(envelope, by=by, at=at)


def _owe_recognition(scan: Scan, *, at: datetime) -> None:
    """The text of the pages is owed now, some pages at a time, so that several workers share a long file."""
    waiting = [] if queries.is_being_recognised(scan.sha256) else [t.number for t in queries.texts_of(scan) if t.state is TextState.WAITING]
    for start in range(0, len(waiting), TOGETHER):
        some = waiting[start : start + TOGETHER]
        work.owe(WorkKind.RECOGNISE, scan.id, first=some[0], last=some[-1], at=at)


def as_read(page: ScanPage) -> ReadPage:
    """A page as its codes route it; one that a person took back is no separator any more."""
    return ReadPage(
        number=page.number, picture_sha256=page.picture_sha256, thumbnail_sha256=page.thumbnail_sha256, width=page.width, height=page.height,
        blank=page.blank, codes=tuple(page.codes), separator=page.excluded_reason == Excluded.SEPARATOR.value, ink=page.ink, dpi=page.dpi,
    )  # fmt: skip


def _put_back(scan: Scan, pages: Sequence[ScanPage], warnings: tuple[str, ...]) -> None:
    """A white page of which reading said in the end that it may have lost what it showed is to be filed after all."""
    texts = {text.number: text for text in queries.texts_of(scan)}
    for page in pages:
        if page.excluded_reason == Excluded.BLANK.value and page.state is PageState.EXCLUDED and scanning.is_doubtful(page.number, warnings):
            page.state, page.excluded_reason, page.blank = move(PAGES, page.state, PageAction.RESTORE), None, False
            if (text := texts.get(page.number)) and text.state is TextState.SKIPPED:
                text.state = move(TEXTS, text.state, TextAction.AGAIN)


def _batches(scan: Scan, envelopes: dict[int, Envelope], plan: Plan) -> list[str]:
    """What is wrong with the batch sheets of a file; a file of no batch is of the one that its sheet names."""
    home = envelopes.get(scan.envelope_id or 0)
    known = scan.batch_id or (home.batch_id if home else None)
    wrong = []
    for number in dict.fromkeys(plan.batches):
        named = queries.batch_numbered(number)
        if named is None:
            wrong.append(f"unknown_batch:{number}")
        elif known is not None and known != named.id:
            wrong.append(f"wrong_batch:{number}")
        elif scan.batch_id is None and not queries.is_in_batch(named.id, scan.sha256):
            scan.batch_id = known = named.id
    return wrong


def _say(scan: Scan, envelopes: dict[int, Envelope], pages: Sequence[ScanPage], *, by: Actor, at: datetime) -> None:
    """The file's reading is a fact of each envelope that has pages of it; of the batch, if it has none."""
    if not envelopes and (batch := queries.batch(scan.batch_id)):
        events.record(Subject("batch", batch.number), ScanRead(scan.id, 0, 0), by=by, at=at)
    for envelope in envelopes.values():
        mine = [page for page in pages if page.envelope_id == envelope.id]
        fact = ScanRead(scan.id, len(mine), sum(page.state is PageState.EXCLUDED for page in mine))
        events.record(envelope_subject(envelope.number), fact, by=by, at=at)


def _route(part: Part, envelopes: dict[int, Envelope], pages: Sequence[ScanPage], *, by: Actor, at: datetime) -> None:
    """Pages behind a return sheet go to its case; those that a person has seen to meanwhile stay as they are."""
    if part.code is None:
        return
    known = {page.number: page for page in pages}
    mine = [known[number] for number in part.numbers if allows(PAGES, known[number].state, PageAction.FILE)]
    homes = {page.envelope_id for page in mine} or set(envelopes)
    for envelope in [envelopes[one] for one in sorted(homes) if envelopes[one].state in LIVE]:
        here = [page for page in mine if page.envelope_id == envelope.id]
        route(envelope, part.code, here, title_of(part.document, part.person), part.document, by=by, at=at)
        if not mine:
            return
