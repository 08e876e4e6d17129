"""Blank sides: faint words are words; borders, holes, streaks, dust and shadows are not, whatever the sheet and the noise."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from backoffice.core.scans import Opened, open_file
from backoffice.core.scans.child.ink import Ink, measure
from tests.core.scans import making

SHEET = (1700, 2200)


def seen(sheet: Image.Image) -> Ink:
    """What is measured on a sheet, as the reading of a page does it."""
    return measure(np.asarray(sheet.reduce(2)))


def scanned(sheet: Image.Image, noise: float, seed: int, *, quality: int = 75) -> Image.Image:
    """The sheet as a scanner gives it: paper that is not quite white, with noise."""
    levels = np.asarray(sheet).astype(np.float32) * 0.92 + 10
    levels += noise * np.random.default_rng(seed).standard_normal(levels.shape, dtype=np.float32)
    return making.again(Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)), quality)


def bordered(sheet: Image.Image, thick: tuple[int, int, int, int], level: int = 15) -> Image.Image:
    """The sheet with black where the lid was open: left, top, right, bottom."""
    left, top, right, bottom = thick
    sheet = sheet.copy()
    for box in ((0, 0, left, 2200), (0, 0, 1700, top), (1700 - right, 0, 1700, 2200), (0, 2200 - bottom, 1700, 2200)):
        if box[2] > box[0] and box[3] > box[1]:
            sheet.paste(level, box)
    return sheet


def punched(sheet: Image.Image, across: int, places: tuple[tuple[int, int], ...]) -> Image.Image:
    """The sheet with round black holes."""
    sheet = sheet.copy()
    for x, y in places:
        ImageDraw.Draw(sheet).ellipse((x, y, x + across, y + across), fill=25)
    return sheet


def dusty(sheet: Image.Image, specks: int, seed: int) -> Image.Image:
    """The sheet with specks of dust."""
    sheet, draw = sheet.copy(), np.random.default_rng(seed)
    for _ in range(specks):
        x, y, size = int(draw.integers(20, 1670)), int(draw.integers(20, 2170)), int(draw.integers(1, 4))
        sheet.paste(60, (x, y, x + size, y + size))
    return sheet


@dataclass(frozen=True)
class Soil:
    """What the machine adds to a side."""

    thick: tuple[int, int, int, int] = (0, 0, 0, 0)
    holes: tuple[tuple[int, int], ...] = ()
    across: int = 50
    specks: int = 0
    noise: float = 0.0
    seed: int = 0
    shadow: int = 0
    streak: int = 0


thickness = st.integers(0, 190)
holes = st.lists(st.tuples(st.integers(60, 110), st.integers(1, 10).map(lambda place: 200 * place)), max_size=4, unique_by=lambda hole: hole[1]).map(
    tuple
)
soils = st.builds(
    Soil, thick=st.tuples(st.integers(0, 30), thickness, thickness, thickness), holes=holes, across=st.integers(44, 66), specks=st.integers(0, 8),
    noise=st.floats(0, 6), seed=st.integers(0, 9999), shadow=st.integers(0, 40), streak=st.integers(0, 3),
)  # fmt: skip


def soiled(sheet: Image.Image, soil: Soil) -> Image.Image:
    """The side as the machine gives it."""
    # a hole that runs into the border is of no hole's shape any more: a person looks at such a side
    clear = tuple((x, y) for x, y in soil.holes if soil.thick[1] + 20 < y < 2200 - soil.thick[3] - soil.across - 20)
    sheet = dusty(punched(sheet, soil.across, clear), soil.specks, soil.seed)
    if soil.shadow:
        fall = Image.linear_gradient("L").resize(SHEET).point(lambda level: level * soil.shadow // 255)
        sheet = ImageChops.subtract(sheet, fall)
    if soil.streak:
        sheet.paste(120, (800, 0, 800 + soil.streak, 2200))
    return scanned(bordered(sheet, soil.thick), soil.noise, soil.seed)


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(soils)
@example(Soil(thick=(1, 0, 0, 2), shadow=12))
@example(Soil(thick=(0, 138, 0, 98), streak=1))
@example(Soil(thick=(14, 75, 95, 145), holes=((73, 2000), (64, 1000), (76, 1800), (105, 800)), across=56, specks=5, seed=556))
def test_an_empty_side_is_blank_whatever_the_machine_adds(soil: Soil) -> None:
    assert seen(soiled(making.paper(), soil)).blank


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(soils, st.integers(0, 160), st.integers(300, 1200), st.integers(300, 1800))
@example(Soil(), 160, 300, 300)
def test_a_line_of_words_is_never_blank_whatever_the_machine_adds(soil: Soil, ink: int, x: int, y: int) -> None:
    sheet = making.paper()
    ImageDraw.Draw(sheet).text((x, y), "Page 2 de 2", fill=ink, font_size=30)
    assert not seen(soiled(sheet, soil)).blank


@pytest.mark.parametrize("ink", [0, 120, 200])
def test_one_digit_is_not_blank(ink: int) -> None:
    sheet = making.paper()
    ImageDraw.Draw(sheet).text((830, 2080), "3", fill=ink, font_size=32)
    assert not seen(scanned(sheet, 3, 1)).blank


@pytest.mark.parametrize("degrees", [-5, -2, 1, 4])
def test_a_sheet_tilted_on_a_black_bed(degrees: float) -> None:
    for sheet, blank in ((making.paper(), True), (making.paper("Some text here"), False)):
        tilted = sheet.rotate(degrees, fillcolor=12, resample=Image.Resampling.BILINEAR)
        assert seen(scanned(tilted, 4, 2)).blank is blank


def test_a_page_half_black_is_not_blank() -> None:
    for box in ((0, 1100, 1700, 2200), (0, 0, 1700, 2200), (0, 0, 850, 2200)):
        sheet = making.paper()
        sheet.paste(10, box)
        assert not seen(sheet).blank


@pytest.mark.parametrize("box", [(700, 900, 760, 960), (700, 2100, 1000, 2160), (60, 900, 260, 960)])
def test_a_filled_box_is_ink_where_no_hole_is_punched_or_of_no_hole_s_shape(box: tuple[int, int, int, int]) -> None:
    sheet = making.paper()
    sheet.paste(10, box)
    assert not seen(sheet).blank


def test_a_ruled_line_is_ink_although_a_streak_is_not() -> None:
    sheet = making.paper()
    sheet.paste(10, (150, 1000, 1550, 1004))
    assert not seen(sheet).blank


def test_a_stamp_in_the_margin_and_a_signature_are_not_blank() -> None:
    stamp, signature = making.paper(), making.paper()
    ImageDraw.Draw(stamp).ellipse((40, 40, 300, 300), outline=90, width=5)
    ImageDraw.Draw(signature).line([(600 + 9 * step, 1500 + (step * 37) % 90) for step in range(40)], fill=60, width=3)
    assert not seen(stamp).blank
    assert not seen(signature).blank


def test_a_white_word_on_a_black_band_at_the_edge_is_written() -> None:
    sheet = making.paper()
    sheet.paste(10, (0, 0, 1700, 160))
    ImageDraw.Draw(sheet).text((500, 50), "AVIS IMPORTANT", fill=255, font_size=70)
    assert not seen(sheet).blank


def test_whole_files_say_the_same(tmp_path: Path) -> None:
    blank = bordered(making.paper(), (40, 0, 0, 120))
    written = bordered(making.paper("Voir au verso", ink=150), (40, 0, 0, 120))
    back = ImageOps.mirror(making.paper(*["Words of the other side"] * 9, ink=245)).filter(ImageFilter.GaussianBlur(2))
    file = open_file(making.scan_pdf(tmp_path / "a.pdf", [scanned(page, 4, 3) for page in (blank, written, back)]), tmp_path / "pages")
    assert isinstance(file, Opened)
    assert [page.blank for page in file.pages] == [True, False, True]
