"""Work on pages: on copies only, each piece one row of before and after, undone exactly. Envelopes are held in order of their numbers."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import move as to_state
from backoffice.documents import texts
from backoffice.mailroom import queries as room
from backoffice.mailroom.errors import NothingToFile
from backoffice.mailroom.events import PagesExcluded, PagesRestored, envelope_subject
from backoffice.mailroom.models import Envelope, ScanPage
from backoffice.mailroom.pagework import pictures, queries, rules
from backoffice.mailroom.pagework.errors import FirstPage, LaterWork, NoCaseSaid, NoPageChosen, NothingToUndo, PartsChanged, SameEnvelope
from backoffice.mailroom.pagework.events import PagesPlaced, PagesWorked, WorkUndone
from backoffice.mailroom.pagework.models import PageCut, PageEdit
from backoffice.mailroom.pagework.rules import Leaves
from backoffice.mailroom.pagework.values import ORDERING, EditKind, Leaf, PartFiled
from backoffice.mailroom.pipeline.service.recognising import recognise_again
from backoffice.mailroom.service.filing import file_pages
from backoffice.mailroom.service.standing import live, review
from backoffice.mailroom.states import PAGES, PageAction, PageState
from backoffice.mailroom.values import Excluded


def leaves_of(pages: Sequence[ScanPage]) -> Leaves:
    """Pages as they stand, in order."""
    ids = [page.id for page in pages]
    begun, turned = queries.cuts(ids), queries.turns([page.id for page in pages if page.shown_sha256])
    return rules.in_order([_leaf(page, *turned.get(page.id, (None, None)), cut=page.id in begun) for page in pages])


def _leaf(page: ScanPage, turned: int | None, read: int | None, *, cut: bool) -> Leaf:
    return Leaf(page.id, page.envelope_id, page.position, page.state.value, page.excluded_reason, cut, turned, read, page.rescan_of_id)


def turn(number: str, page_ids: Sequence[int], degrees: int, *, by: Actor, at: datetime) -> PageEdit:
    """Turn pages clockwise; their text is recognised again, that way up."""
    envelope = live(number)
    pages = _chosen(envelope, page_ids)
    before = leaves_of(envelope.pages)
    ids = {page.id for page in pages}
    return _done(envelope, EditKind.TURN, before, rules.turned(before, ids, degrees, _upright(pages, before)), by=by, at=at)


def _upright(pages: Sequence[ScanPage], leaves: Leaves) -> dict[int, int]:
    """How far each page is turned as it is shown now: by a person, else as it was recognised."""
    scans = room.scans_of(pages)
    found = texts.find_texts([(scans[page.scan_id].sha256, page.number) for page in pages])
    by_hand = {leaf.id: leaf.turned for leaf in leaves if leaf.turned is not None}
    read = {page.id: found.get((scans[page.scan_id].sha256, page.number)) for page in pages}
    return {key: by_hand.get(key, text.turned if text and text.picture_sha256 else 0) for key, text in read.items()}


def split(number: str, page_id: int, *, by: Actor, at: datetime) -> PageEdit:
    """Begin a document with this page."""
    envelope = live(number)
    before = leaves_of(envelope.pages)
    if next((leaf.id for leaf in before if leaf.state == rules.TO_FILE), None) == page_id:
        raise FirstPage
    return _cut(envelope, page_id, EditKind.SPLIT, here=True, by=by, at=at)


def merge(number: str, page_id: int, *, by: Actor, at: datetime) -> PageEdit:
    """Put the document that begins with this page to the one before it."""
    return _cut(live(number), page_id, EditKind.MERGE, here=False, by=by, at=at)


def _cut(envelope: Envelope, page_id: int, kind: EditKind, *, here: bool, by: Actor, at: datetime) -> PageEdit:
    _chosen(envelope, [page_id])
    before = leaves_of(envelope.pages)
    return _done(envelope, kind, before, rules.cut(before, page_id, here=here), by=by, at=at)


def place(number: str, page_id: int, position: int, *, by: Actor, at: datetime) -> PageEdit:
    """Put a page at another place of its envelope."""
    envelope = live(number)
    _chosen(envelope, [page_id])
    before = leaves_of(envelope.pages)
    return _done(envelope, EditKind.PLACE, before, rules.placed(before, page_id, position), by=by, at=at)


def move(number: str, page_ids: Sequence[int], target: str, *, by: Actor, at: datetime) -> PageEdit:
    """Put pages into another envelope, behind its own."""
    wanted = room.normalise(target) or target
    if wanted == number:
        raise SameEnvelope
    held = {each: live(each) for each in sorted((number, wanted))}
    envelope, other = held[number], held[wanted]
    ids = {page.id for page in _chosen(envelope, page_ids)}
    source, there = leaves_of(envelope.pages), leaves_of(other.pages)
    after = rules.moved(source, there, ids, other.id)
    return _done(envelope, EditKind.MOVE, source + there, after, other, by=by, at=at)


def exclude(number: str, page_ids: Sequence[int], reason: Excluded, *, by: Actor, at: datetime) -> PageEdit:
    """Leave pages out, with a reason; their pictures are kept."""
    envelope = live(number)
    pages = [page for page in _chosen(envelope, page_ids) if page.state is PageState.TO_FILE]
    before = leaves_of(envelope.pages)
    after = rules.judged(before, {page.id for page in pages}, rules.EXCLUDED, reason.value)
    return _done(envelope, EditKind.EXCLUDE, before, after, by=by, at=at)


def restore(number: str, page_ids: Sequence[int], *, by: Actor, at: datetime) -> PageEdit:
    """Take pages left out back among those to file."""
    envelope = live(number)
    pages = [page for page in _chosen(envelope, page_ids) if page.state is PageState.EXCLUDED]
    before = leaves_of(envelope.pages)
    after = rules.judged(before, {page.id for page in pages}, rules.TO_FILE, None)
    return _done(envelope, EditKind.RESTORE, before, after, by=by, at=at)


def rescan(number: str, old_id: int, new_id: int, *, by: Actor, at: datetime) -> PageEdit:
    """Say that a page is a better scan of another: it takes its place, both are kept."""
    envelope = live(number)
    if len(_chosen(envelope, [old_id, new_id])) != 2:
        raise NoPageChosen
    before = leaves_of(envelope.pages)
    after = rules.rescanned(before, old_id, new_id, Excluded.ILLEGIBLE_RESCANNED.value)
    return _done(envelope, EditKind.RESCAN, before, after, by=by, at=at)


def file_parts(number: str, parts: Sequence[PartFiled], *, by: Actor, at: datetime) -> None:
    """File every part at once: a part without a case takes over the one before's; all have the envelope's legal day."""
    envelope = live(number)
    there = rules.parts(leaves_of(envelope.pages))
    if not there:
        raise NothingToFile
    if there != tuple(part.page_ids for part in parts):
        raise PartsChanged
    case = ""
    for part in parts:
        case = part.case.strip() or case
        if not case:
            raise NoCaseSaid
        file_pages(number, part.page_ids, case, part.title.strip(), by=by, at=at)


def undo(number: str, edit_id: int | None = None, *, by: Actor, at: datetime) -> PageEdit:
    """Undo the latest work on an envelope's pages that stands, or one named: they stand exactly as before it."""
    standing = queries.standing(room.envelope(number).id)
    edit = next((one for one in standing if edit_id in {None, one.id}), None)
    if edit is None:
        raise NothingToUndo
    homes = queries.numbers([key for key in (edit.envelope_id, edit.other_id) if key])
    held = {each: live(each) for each in sorted(homes.values())}
    envelope, other = held[homes[edit.envelope_id]], held[homes[edit.other_id]] if edit.other_id else None
    return _undone(edit, envelope, other, by=by, at=at)


def _undone(edit: PageEdit, envelope: Envelope, other: Envelope | None, *, by: Actor, at: datetime) -> PageEdit:
    before, after = (tuple(Leaf(**leaf) for leaf in side) for side in (edit.before, edit.after))
    current = leaves_of([*envelope.pages, *(other.pages if other else [])])
    touched = {leaf.id for leaf in after}
    if edit.kind in ORDERING and {leaf.id for leaf in current} != touched:
        raise LaterWork
    now = tuple(leaf for leaf in current if leaf.id in touched)
    if set(now) != set(after):
        raise LaterWork
    was, then = rules.changed(now, before)
    _write(was, then, at=at)
    undoing = _row(envelope, other, EditKind.UNDO, after, before, by=by, at=at)
    undoing.undoes_id = edit.id
    db.session.add(undoing)
    db.session.flush()
    _restand(envelope, other, by=by, at=at)
    fact = WorkUndone(edit.id, edit.kind.value, [leaf.id for leaf in then])
    for one in (envelope, other):
        if one:
            events.record(envelope_subject(one.number), fact, by=by, at=at)
    return undoing


def _chosen(envelope: Envelope, page_ids: Sequence[int]) -> list[ScanPage]:
    """The pages of an envelope that were chosen and are not filed."""
    pages = [page for page in envelope.pages if page.id in set(page_ids) and page.state is not PageState.FILED]
    if not pages:
        raise NoPageChosen
    return pages


def _done(
    envelope: Envelope, kind: EditKind, before: Leaves, after: Leaves, other: Envelope | None = None, *, by: Actor, at: datetime
) -> PageEdit:  # fmt: skip
    """Write what changed, keep before and after, record the fact."""
    was, now = rules.changed(before, after)
    if not now:
        raise NoPageChosen
    _write(was, now, at=at)
    kept = (before, after) if kind in ORDERING else (was, now)
    edit = _row(envelope, other, kind, *kept, by=by, at=at)
    db.session.add(edit)
    db.session.flush()
    _restand(envelope, other, by=by, at=at)
    _say(edit, envelope, other, [leaf.id for leaf in _meant(was, now, kind)], by=by, at=at)
    return edit


def _meant(was: Leaves, now: Leaves, kind: EditKind) -> Leaves:
    """The pages that the work was about, without those that only shifted by it."""
    if kind is EditKind.MOVE:
        return tuple(after for before, after in zip(was, now, strict=True) if before.envelope_id != after.envelope_id)
    return now


def _say(edit: PageEdit, envelope: Envelope, other: Envelope | None, ids: list[int], *, by: Actor, at: datetime) -> None:
    fact: object
    match edit.kind:
        case EditKind.EXCLUDE:
            fact = PagesExcluded(ids, str(edit.after[0]["reason"]))
        case EditKind.RESTORE:
            fact = PagesRestored(ids)
        case kind if kind in ORDERING:
            fact = PagesPlaced(edit.id, kind.value, ids, envelope.number, other.number if other else envelope.number)
        case kind:
            fact = PagesWorked(edit.id, kind.value, ids)
    for one in (envelope, other):
        if one:
            events.record(envelope_subject(one.number), fact, by=by, at=at)


def _row(envelope: Envelope, other: Envelope | None, kind: EditKind, before: Leaves, after: Leaves, *, by: Actor, at: datetime) -> PageEdit:
    return PageEdit(
        envelope_id=envelope.id, other_id=other.id if other else None, kind=kind, before=[asdict(leaf) for leaf in before],
        after=[asdict(leaf) for leaf in after], by_id=by.id, at=at,
    )  # fmt: skip


def _write(was: Leaves, now: Leaves, *, at: datetime) -> None:
    """Make pages stand as these leaves say."""
    for before, leaf in zip(was, now, strict=True):
        page = db.session.get(ScanPage, leaf.id)
        assert page is not None
        page.envelope_id, page.position, page.rescan_of_id = leaf.envelope_id, leaf.position, leaf.rescan_of
        _judge(page, leaf)
        _begin(leaf)
        if before.turned != leaf.turned:
            _turn(page, leaf.turned, before.read, at=at)
    db.session.flush()


def _judge(page: ScanPage, leaf: Leaf) -> None:
    if page.state.value != leaf.state:
        page.state = to_state(PAGES, page.state, PageAction.EXCLUDE if leaf.state == rules.EXCLUDED else PageAction.RESTORE)
    page.excluded_reason = leaf.reason


def _begin(leaf: Leaf) -> None:
    known = db.session.get(PageCut, leaf.id)
    if leaf.cut and known is None:
        db.session.add(PageCut(page_id=leaf.id))
    elif known is not None and not leaf.cut:
        db.session.delete(known)


def _turn(page: ScanPage, degrees: int | None, read: int | None, *, at: datetime) -> None:
    """Show a turned copy; the scan itself stays. None: as nobody turned it."""
    page.shown_sha256, page.shown_thumbnail_sha256 = (None, None) if degrees is None else pictures.turned(page, degrees)
    recognise_again(page.scan_id, page.number, (read or 0) if degrees is None else degrees, at=at)


def _restand(envelope: Envelope, other: Envelope | None, *, by: Actor, at: datetime) -> None:
    for one in (envelope, other):
        if one:
            review(room.lock_envelope(one.number), by=by, at=at)
