"""A whole pile: its sheets are printed by the product, scanned in one go with the paper between them, read, and balanced."""

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import delete, update

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.balancing import Off
from backoffice.mailroom.batches import printing, queries, service
from backoffice.mailroom.batches.errors import BatchDiffers
from backoffice.mailroom.batches.values import Figures, NewBatch
from backoffice.mailroom.models import ScanPage
from backoffice.mailroom.pipeline import jobs
from backoffice.mailroom.pipeline import service as pipeline_service
from backoffice.mailroom.states import BatchState, PageState
from backoffice.mailroom.values import Door, Excluded
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.core.scans.making import paper, scan_pdf
from tests.mailroom.test_service import register

DPI = 200


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def pictures(sheets: list[printing.Sheet]) -> list[Image.Image]:
    with pypdfium2.PdfDocument(printing.print_sheets(sheets)) as pdf:
        return [page.render(scale=DPI / 72).to_pil().convert("L") for page in pdf]


@pytest.fixture
def batch(clerk: Account, tmp_path: Path) -> str:
    """Two envelopes of two sheets and of one, a separator between them, read and worked on."""
    first, second = register(clerk, declared_sheets=2), register(clerk, declared_sheets=1)
    with transaction():
        made = service.open_batch(NewBatch((first, second), Figures(2, 3, 1)), by=clerk.actor, at=clock.now())
        number = made.number
    one, two = room.envelope(first), room.envelope(second)
    sheets = [printing.header(queries.batch(number)), printing.of_envelope(one), printing.of_document("passport"), printing.of_envelope(two)]
    header, sheet_one, passport, sheet_two = pictures(sheets)
    pile = [header, sheet_one, paper("Première"), passport, paper("Deuxième"), sheet_two, paper("Troisième")]
    path = scan_pdf(tmp_path / "pile.pdf", pile)
    with transaction():
        scan = pipeline_service.receive(path, path.name, Door.UPLOAD, batch=number, by=clerk.actor, at=clock.now()).id
    jobs.read_now(scan)
    for name in (first, second):
        left = [page.id for page in room.envelope(name).pages if page.state is PageState.TO_FILE]
        with transaction():
            envelopes.exclude_pages(name, left, Excluded.NOT_OURS, by=clerk.actor, at=clock.now())
    return number


def refused(batch: str, clerk: Account) -> set[Off]:
    with pytest.raises(BatchDiffers) as caught, transaction():
        service.close_batch(batch, by=clerk.actor, at=clock.now())
    return {one.what for one in caught.value.differences}


def content(batch: str) -> list[ScanPage]:
    return [page for one in queries.envelopes_of(queries.batch(batch).id) for page in one.pages if page.excluded_reason == "not_ours"]


def put(page_id: int, **values: int) -> None:
    with transaction():
        db.session.execute(update(ScanPage).where(ScanPage.id == page_id).values(**values))


def test_a_pile_balances_and_whatever_moves_or_vanishes_in_it_is_named(batch: str, clerk: Account):
    assert queries.balance(batch).differences == ()
    first, second, third = (page.id for page in content(batch))
    one, two = (page.position for page in content(batch)[:2])
    here, there = (one.id for one in queries.envelopes_of(queries.batch(batch).id))
    put(third, envelope_id=here)
    assert {Off.STRAY, Off.MISSING, Off.EXTRA} <= refused(batch, clerk)
    put(third, envelope_id=there)
    put(first, position=two)
    put(second, position=one)
    assert refused(batch, clerk) == {Off.DISORDER}
    put(first, position=one)
    put(second, position=two)
    with transaction():
        assert service.close_batch(batch, by=clerk.actor, at=clock.now()).state is BatchState.CLOSED
        service.reopen_batch(batch, "Une page a disparu", by=clerk.actor, at=clock.now())
        db.session.execute(delete(ScanPage).where(ScanPage.id == second))
    assert Off.LOST in refused(batch, clerk)
