"""Every generated separator is found, tilted, noisy and coarse; none is invented on a page of text."""

import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat as Format

from backoffice.core.scans import Opened, open_file, split_at_separators
from backoffice.core.scans.child.codes import read_codes
from backoffice.core.scans.child.pages import bounded
from tests.core.scans import making, sheets

SOAK = os.environ.get("BACKOFFICE_SOAK") == "1"
PAGES = 10_000 if SOAK else 60
KINDS = (Format.Code39, Format.Code128, Format.QRCode)
EVERY = list(product(KINDS, (150, 200, 300), (0.3, 0.4), (-5, -4, -3, -1.5, 0, 0.7, 2, 3.5, 5), (0, 6, 12)))
# of every kind and resolution: the finest lines, the steepest tilts and the most noise; and those that took most work
TELLING = [*product(KINDS, (150,), (0.3,), (-5, 5), (12,)), *product(KINDS[:2], (200,), (0.3,), (0,), (0, 12)), *product(KINDS, (300,), (0.4,), (-5, 5), (6,)),
           (Format.Code39, 300, 0.3, -1.5, 0), (Format.Code39, 200, 0.4, 0, 6)]  # fmt: skip


def codes_on(sheet: Image.Image) -> list[tuple[object, object]]:
    """The codes that the reading of a page finds on a scanned sheet."""
    if max(sheet.size) > 3000:
        sheet.draft("L", (1001, 1001))  # as a large picture is decoded
    page = bounded(sheet, 2000).convert("L")
    return [(code["format"], code["text"]) for code in read_codes(page, np.asarray(page.reduce(2)))]


@pytest.mark.parametrize(("kind", "dpi", "line_mm", "tilt", "noise"), EVERY if SOAK else TELLING)
def test_a_separator_is_found(kind: Format, dpi: int, line_mm: float, tilt: float, noise: float) -> None:
    sheet = sheets.separator(kind, dpi=dpi, tilt=tilt, noise=noise, line_mm=line_mm, seed=dpi)
    found = codes_on(sheet)
    assert found == [(str(kind).replace(" ", ""), "PATCHT")]


def test_no_code_is_invented_on_pages_of_text() -> None:
    invented = {seed: found for seed in range(PAGES) if (found := codes_on(sheets.text_page(seed)))}
    assert invented == {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_separator_fed_upside_down_separates_and_lies_where_it_is(tmp_path: Path, kind: Format) -> None:
    upright = sheets.separator(kind, tilt=2, noise=6)
    pages = [making.paper("One"), upright.rotate(180), making.paper("Two")]
    file = open_file(making.scan_pdf(tmp_path / "stack.pdf", pages), tmp_path / "pages")
    assert isinstance(file, Opened)
    assert split_at_separators(file.pages) == ((1,), (3,))
    corners = file.pages[1].codes[0].corners
    assert all(550 < corner.y < 850 and 200 < corner.x < 800 for corner in corners), corners


def test_control_characters_in_a_code_separate_nothing(tmp_path: Path) -> None:
    strange = ["PATCHT\x00", "PATCHT\r\n", "\x1bPATCHT", "PATCHT\u202e"]
    for number, text in enumerate(strange):
        sheet = making.paper("Words")
        code = Image.fromarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, Format.QRCode), scale=8))
        sheet.paste(code.convert("L"), (500, 900))
        sheet.save(tmp_path / f"{number}.png")
        file = open_file(tmp_path / f"{number}.png", tmp_path / str(number))
        assert isinstance(file, Opened)
        assert len(file.pages[0].codes) == 1
        assert "\x00" not in file.pages[0].codes[0].text
        assert split_at_separators(file.pages) == ((1,),)


def test_a_separator_beside_a_foreign_code_still_separates(tmp_path: Path) -> None:
    sheet = making.coded("PATCHT", Format.Code39)
    sheet.paste(making.coded("https://exemple.test/", Format.QRCode).crop((250, 850, 900, 1400)), (800, 1500))
    file = open_file(making.scan_pdf(tmp_path / "two.pdf", [making.paper("One"), sheet, making.paper("Two")]), tmp_path / "pages")
    assert isinstance(file, Opened)
    assert [code.text for code in file.pages[1].codes] == ["PATCHT", "https://exemple.test/"]
    assert split_at_separators(file.pages) == ((1,), (3,))
