"""Sheets printed by the product are read by the product: at 150 dots per inch, askew, upside down."""

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.scans import Opened, open_file
from backoffice.mailroom import codes
from backoffice.mailroom import queries as room
from backoffice.mailroom.batches import printing, queries, service
from backoffice.mailroom.batches.values import NewBatch
from backoffice.mailroom.codes import SheetCode, SheetKind
from tests.builders import Builder
from tests.core.scans.making import scan_pdf
from tests.mailroom.test_service import register

DPI = 150


@pytest.fixture
def printed(build: Builder, tmp_path: Path) -> tuple[list[Image.Image], list[SheetCode]]:
    """Every kind of sheet, as pictures of what the printer would give."""
    clerk = build.clerk()
    number = register(clerk, declared_sheets=7)
    with transaction():
        batch = service.open_batch(NewBatch((number,)), by=clerk.actor, at=clock.now()).number
    sheets = [
        printing.header(queries.batch(batch)), printing.of_envelope(room.envelope(number)), printing.of_document("union_proof"),
        printing.of_person("child2"), printing.plain(),
    ]  # fmt: skip
    with pypdfium2.PdfDocument(printing.print_sheets(sheets)) as pdf:
        pictures = [page.render(scale=DPI / 72).to_pil().convert("L") for page in pdf]
    said = [(SheetKind.BATCH, batch), (SheetKind.ENVELOPE, number), (SheetKind.DOCUMENT, "union_proof"), (SheetKind.PERSON, "child2")]
    return pictures, [*(SheetCode(kind, value) for kind, value in said), SheetCode(SheetKind.SEPARATOR, "1")]


@pytest.mark.parametrize("turn", [0, 5, -5, 180, 175, 90])
def test_a_printed_sheet_is_read_however_it_lies_on_the_glass(printed: tuple[list[Image.Image], list[SheetCode]], tmp_path: Path, turn: int):
    pictures, wanted = printed
    turned = [one.rotate(turn, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC) for one in pictures]
    path = scan_pdf(tmp_path / "scan.pdf", turned)
    opened = open_file(path, tmp_path / "out", name="scan.pdf")
    assert isinstance(opened, Opened)
    found = [{codes.decode(code.text) for code in page.codes} - {None} for page in opened.pages]
    assert found == [{one} for one in wanted]


def test_a_sheet_with_a_corner_torn_off_is_still_read(printed: tuple[list[Image.Image], list[SheetCode]], tmp_path: Path):
    pictures, wanted = printed
    for one in pictures:
        one.paste(255, (0, 0, one.width // 2, one.height // 3))
    opened = open_file(scan_pdf(tmp_path / "torn.pdf", pictures), tmp_path / "out", name="torn.pdf")
    assert isinstance(opened, Opened)
    assert [{codes.decode(code.text) for code in page.codes} - {None} for page in opened.pages] == [{one} for one in wanted]
