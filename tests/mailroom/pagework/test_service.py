"""Work on the pages of real envelopes: done, in the trail, undone exactly; scans are never altered."""

import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from sqlalchemy import select

from backoffice.core import clock, files
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.events import EventRow
from backoffice.documents import queries as documents
from backoffice.mailroom import queries, service
from backoffice.mailroom.models import Envelope, ScanPage
from backoffice.mailroom.pagework import pictures
from backoffice.mailroom.pagework import service as pagework
from backoffice.mailroom.pagework.errors import FirstPage, LaterWork, NoCaseSaid, NoPageChosen, NothingToUndo, PartsChanged, SameEnvelope
from backoffice.mailroom.pagework.values import PartFiled
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.mailroom.pipeline import service as doors
from backoffice.mailroom.states import PageState
from backoffice.mailroom.values import Door, EnvelopeKind, Excluded, NewEnvelope
from tests.builders import Builder
from tests.mailroom.sheets import plain


def now() -> dict[str, object]:
    return {"by": SYSTEM, "at": clock.now()}


@pytest.fixture
def envelope(build: Builder, tmp_path: Path) -> str:
    return scanned(tmp_path, "Une", "Deux", "Trois", "Quatre")


def scanned(folder: Path, *pages: str) -> str:
    with transaction():
        number = service.register_envelope(NewEnvelope(clock.today(), EnvelopeKind.DOCUMENTS), by=SYSTEM, at=clock.now()).number
        scan = doors.receive(
            plain(folder, *pages, name=f"{number}.pdf").read_bytes(),
            f"{number}.pdf",
            Door.UPLOAD,
            envelope=number,
            batch=None,
            by=SYSTEM,
            at=clock.now(),
        )
        scan_id = scan.id
    pipeline.read_now(scan_id)
    assert [page.state for page in queries.envelope(number).pages] == [PageState.TO_FILE] * len(pages)
    return number


def ids(number: str) -> list[int]:
    return [page.id for page in queries.envelope(number).pages]


def stands() -> list[tuple[object, ...]]:
    """How every page stands."""
    db.session.expire_all()
    rows = db.session.scalars(select(ScanPage).order_by(ScanPage.id))
    return [(p.id, p.envelope_id, p.position, p.state, p.excluded_reason, p.shown_sha256, p.rescan_of_id, p.document_id) for p in rows]


def scans() -> list[tuple[object, ...]]:
    """What must never change: originals and the pictures first taken of them."""
    return [(p.id, p.scan_id, p.number, p.picture_sha256, p.thumbnail_sha256) for p in db.session.scalars(select(ScanPage).order_by(ScanPage.id))]


def facts(number: str) -> list[str]:
    query = select(EventRow.kind).where(EventRow.subject_kind == "envelope", EventRow.subject_id == number).order_by(EventRow.position)
    return [kind.rsplit(".", 1)[-1] for kind in db.session.scalars(query)]


def test_a_page_is_turned_on_a_copy_and_back(envelope: str):
    before, first = stands(), ids(envelope)[0]
    with transaction():
        pagework.turn(envelope, [first], 90, **now())
    page = db.session.get_one(ScanPage, first)
    shown, thumbnail = pictures.shown(page)
    with Image.open(BytesIO(files.read(shown))) as turned, Image.open(BytesIO(files.read(page.picture_sha256))) as scan:
        assert turned.size == scan.size[::-1]
        back = turned.convert("L").rotate(90, expand=True)
        _, most = ImageChops.difference(back.reduce(8), scan.convert("L").reduce(8)).getextrema()
        assert most < 25, "the same page, a quarter to the right"
    assert thumbnail != page.thumbnail_sha256
    with transaction():
        pagework.turn(envelope, [first], 90, **now())
        pagework.undo(envelope, **now())
    assert pictures.shown(db.session.get_one(ScanPage, first))[0] == shown
    with transaction():
        pagework.undo(envelope, **now())
    assert stands() == before
    assert facts(envelope)[-4:] == ["PagesWorked", "PagesWorked", "WorkUndone", "WorkUndone"]


def test_four_pages_split_and_both_parts_filed_with_the_case_and_the_day_taken_over(envelope: str, build: Builder):
    case, keys = build.case(), ids(envelope)
    number, case_id = case.number, case.id
    with transaction():
        pagework.split(envelope, keys[2], **now())
    with transaction():
        pagework.file_parts(envelope, [PartFiled(tuple(keys[:2]), number, "Diplôme"), PartFiled(tuple(keys[2:]))], **now())
    filed = documents.documents_of(case_id)
    assert sorted((one.title, len(one.pages), one.received_on) for one in filed) == [
        ("Courrier reçu", 2, clock.today()),
        ("Diplôme", 2, clock.today()),
    ]
    assert [page.state for page in queries.envelope(envelope).pages] == [PageState.FILED] * 4
    with pytest.raises(LaterWork):
        pagework.undo(envelope, **now())


def test_what_cannot_be_done_is_refused_in_words(envelope: str, build: Builder):
    keys, case = ids(envelope), build.case().number
    for wrong, act in (
        (FirstPage, lambda: pagework.split(envelope, keys[0], **now())),
        (NoPageChosen, lambda: pagework.turn(envelope, [0], 90, **now())),
        (NothingToUndo, lambda: pagework.undo(envelope, **now())),
        (SameEnvelope, lambda: pagework.move(envelope, keys, envelope.lower(), **now())),
        (PartsChanged, lambda: pagework.file_parts(envelope, [PartFiled(tuple(keys[:1]), case)], **now())),
        (NoCaseSaid, lambda: pagework.file_parts(envelope, [PartFiled(tuple(keys))], **now())),
    ):
        with pytest.raises(wrong):
            act()
        db.session.rollback()


def test_pages_go_to_another_envelope_and_come_back(envelope: str, tmp_path: Path):
    other = scanned(tmp_path, "Cinq")
    before, keys = stands(), ids(envelope)
    with transaction():
        pagework.move(envelope, keys[1:3], other, **now())
    assert (ids(envelope), len(ids(other)), ids(other)[1:]) == ([keys[0], keys[3]], 3, keys[1:3])
    assert facts(envelope)[-1] == "PagesPlaced"
    assert "PagesPlaced" in facts(other)
    with transaction():
        pagework.undo(other, **now())
    assert stands() == before


def test_a_page_scanned_again_takes_its_place_both_are_kept_and_it_can_be_undone(envelope: str):
    before, keys = stands(), ids(envelope)
    with transaction():
        pagework.rescan(envelope, keys[1], keys[3], **now())
    assert ids(envelope) == [keys[0], keys[3], keys[1], keys[2]]
    old, new = db.session.get_one(ScanPage, keys[1]), db.session.get_one(ScanPage, keys[3])
    assert (old.state, old.excluded_reason, new.rescan_of_id) == (PageState.EXCLUDED, "illegible_rescanned", old.id)
    with transaction():
        pagework.undo(envelope, **now())
    assert stands() == before


def test_work_is_not_undone_under_later_work(envelope: str):
    keys = ids(envelope)
    with transaction():
        first = pagework.exclude(envelope, [keys[0]], Excluded.DUPLICATE, **now()).id
        pagework.place(envelope, keys[0], 4, **now())
    with pytest.raises(LaterWork):
        pagework.undo(envelope, first, **now())
    db.session.rollback()


@pytest.mark.parametrize("seed", range(4))
def test_any_work_and_its_undoing_keeps_every_page_once_and_every_scan_as_it_was(envelope: str, tmp_path: Path, seed: int):
    other, draw = scanned(tmp_path, "Cinq", "Six"), random.Random(seed)
    first, originals, done = stands(), scans(), 0
    for _ in range(15):
        number = draw.choice((envelope, other))
        done += _work(number, other if number == envelope else envelope, draw)
        assert scans() == originals
        homes = {row[0]: row[1] for row in stands()}
        assert len(homes) == len(first)
    for number in (envelope, other) * 20:
        try:
            with transaction():
                pagework.undo(number, **now())
        except DomainError:
            db.session.rollback()
    assert done > 3
    assert stands() == first


def _work(number: str, other: str, draw: random.Random) -> bool:
    keys = ids(number)
    if not keys:
        return False
    one, two = draw.choice(keys), draw.choice(keys)
    acts = [
        lambda: pagework.turn(number, [one, two], draw.choice((90, 180, 270)), **now()), lambda: pagework.split(number, one, **now()),
        lambda: pagework.merge(number, one, **now()), lambda: pagework.place(number, one, draw.randrange(1, 7), **now()),
        lambda: pagework.move(number, [one, two], other, **now()), lambda: pagework.exclude(number, [one], Excluded.NOT_OURS, **now()),
        lambda: pagework.restore(number, [one, two], **now()), lambda: pagework.rescan(number, one, two, **now()),
        lambda: pagework.undo(number, **now()),
    ]  # fmt: skip
    try:
        with transaction():
            draw.choice(acts)()
    except DomainError:
        db.session.rollback()
        return False
    return True


def test_the_balance_is_none_the_worse(envelope: str, tmp_path: Path):
    other, keys = scanned(tmp_path, "Cinq"), ids(envelope)
    with transaction():
        pagework.place(envelope, keys[3], 1, **now())
        pagework.move(envelope, [keys[2]], other, **now())
    for number in (envelope, other):
        one: Envelope = queries.envelope(number)
        assert {difference.what for difference in queries.balance(one).differences} <= {"to_file", "extra", "missing"}
