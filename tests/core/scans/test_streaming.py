"""Pages come one by one, begin again where they stopped, and cost the same memory whatever their number."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from backoffice.core.scans import Limits, Opened, PageImage, Refusal, Refused, open_file
from tests.core.scans import making

A4 = (2480, 3508)  # at 300 dots per inch
WORDS = b"BT ET 0 g 100 500 300 40 re f"
ASKED = """
import json, resource, sys
from pathlib import Path
from backoffice.core.scans import Opened, open_file
heard = 0
def hear(page):
    global heard
    heard += 1
    page.picture.unlink(), page.thumbnail.unlink()
result = open_file(Path(sys.argv[1]), Path(sys.argv[2]), page=hear)
own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # ru_maxrss remembers who started it
most = [int(own.split()[1]) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]
print(json.dumps([heard if isinstance(result, Opened) else result.reason, *most]))
"""


def costs(path: Path) -> tuple[int, int, int]:
    """How many pages a fresh process was given of a file, and the most MiB that it and its child took."""
    asked = subprocess.run(
        [sys.executable, "-c", ASKED, str(path), str(path.parent / "pages")], capture_output=True, check=True, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
    )  # fmt: skip
    pages, asker, child = json.loads(asked.stdout)
    return pages, asker, child


def test_the_first_of_two_hundred_pages_comes_within_a_second_or_so(tmp_path: Path) -> None:
    sheet = making.jpeg(making.paper(*["Words on a page, and more of them"] * 40, size=A4))
    path = making.long_scan(tmp_path / "long.pdf", 200, sheet, A4)
    waited: list[float] = []

    class Enough(Exception):
        pass

    def first(page: PageImage) -> None:
        waited.append(time.process_time() - began[0])
        assert page.number == 1
        assert page.picture.exists()
        raise Enough

    began, wall, family = [time.process_time()], time.monotonic(), making.children()
    with pytest.raises(Enough):
        open_file(path, tmp_path / "pages", page=first)
    assert time.monotonic() - wall < 4, "on a busy machine; half a second on a quiet one"
    assert waited[0] < 0.5, "whoever waits does nothing meanwhile"
    assert making.children() <= family, "no child outlives the question"


def test_the_count_is_known_first_then_each_page_in_order_with_its_files(tmp_path: Path) -> None:
    path = making.scan_pdf(tmp_path / "scan.pdf", [making.paper(f"Page {number}") for number in (1, 2, 3)])
    heard: list[object] = []
    result = open_file(path, tmp_path / "pages", name="scan.png", opened=lambda count, warnings: heard.append((count, warnings)),
                       page=lambda page: heard.append((page.number, page.picture.exists(), page.thumbnail.exists())))  # fmt: skip
    assert heard == [(3, ("name_differs",)), (1, True, True), (2, True, True), (3, True, True)]
    assert isinstance(result, Opened)
    assert [page.number for page in result.pages] == [1, 2, 3]


@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_reading_begins_again_where_it_stopped(tmp_path: Path, kind: str) -> None:
    pages = [making.paper(f"Page {number}", size=(850, 1100)) for number in range(1, 6)]
    make = making.tiff if kind == "tif" else making.scan_pdf
    path = make(tmp_path / f"scan.{kind}", pages)
    whole, rest, heard = open_file(path, tmp_path / "whole"), open_file(path, tmp_path / "rest", start=4), []
    assert isinstance(whole, Opened)
    assert isinstance(rest, Opened)
    assert [page.number for page in rest.pages] == [4, 5]
    assert [page.picture.read_bytes() for page in rest.pages] == [page.picture.read_bytes() for page in whole.pages[3:]]
    after = open_file(path, tmp_path / "after", start=6, opened=lambda count, _: heard.append(count))
    assert after == Opened(whole.media_type, (), ())
    assert heard == [5]


def test_a_costly_page_is_an_empty_frame_in_its_place_also_when_begun_again(tmp_path: Path) -> None:
    path = making.with_endless_page(making.drawn_pdf(tmp_path / "bomb.pdf", [WORDS, WORDS, WORDS]), 2)
    for start in (1, 2):
        heard: list[int] = []
        result = open_file(
            path, tmp_path / str(start), limits=Limits(seconds_one_page=1), start=start, page=lambda page, hear=heard.append: hear(page.number)
        )
        assert isinstance(result, Opened)
        assert (heard, result.warnings) == (list(range(start, 4)), ("page_unreadable:2",))


def test_nothing_is_given_of_a_file_that_shows_nothing(tmp_path: Path) -> None:
    path = making.drawn_pdf(tmp_path / "bomb.pdf", [WORDS, WORDS])
    for number in (1, 2):
        making.with_endless_page(path, number)
    heard: list[int] = []
    result = open_file(path, tmp_path / "pages", limits=Limits(seconds_one_page=0.5), page=lambda page, hear=heard.append: hear(page.number))
    assert isinstance(result, Refused)
    assert (result.reason, heard) == (Refusal.TOO_COSTLY, [])
    assert list((tmp_path / "pages").iterdir()) == []


def test_time_taken_by_whoever_is_told_is_not_the_file_s(tmp_path: Path) -> None:
    path = making.scan_pdf(tmp_path / "scan.pdf", [making.paper("Words", size=(400, 500))] * 4)
    limits = Limits(seconds=2.5, seconds_per_page=0)
    result = open_file(path, tmp_path / "pages", limits=limits, page=lambda _: time.sleep(0.8))
    assert isinstance(result, Opened), result


def test_five_hundred_pages_take_the_memory_of_twenty(tmp_path: Path) -> None:
    sheet = making.jpeg(making.paper(*["Words on a page, and more of them"] * 40, size=A4))
    few = costs(making.long_scan(tmp_path / "few.pdf", 20, sheet, A4))
    many = costs(making.long_scan(tmp_path / "many.pdf", 500, sheet, A4))
    assert (few[0], many[0]) == (20, 500)
    assert many[1] <= 1.1 * few[1], (few, many)
    assert many[2] <= 1.1 * few[2], (few, many)
    assert max(many[1:]) <= 300, many


def test_a_poster_takes_bounded_memory(tmp_path: Path) -> None:
    poster = (9933, 14043)  # A0 at 300 dots per inch
    sheet = Image.new("L", poster, 255)
    sheet.paste(0, (1000, 1000, 8000, 3000))
    picture = making.jpeg(sheet)
    for name, costing in (
        ("poster.pdf", costs(making.long_scan(tmp_path / "poster.pdf", 1, picture, poster))),
        ("poster.jpg", costs(_kept(tmp_path / "poster.jpg", picture))),
        ("poster.tif", costs(making.tiff(tmp_path / "poster.tif", [sheet.convert("1")]))),
        ("poster.png", costs(_saved(tmp_path / "poster.png", sheet))),
    ):
        assert costing[0] == 1, (name, costing)
        assert max(costing[1:]) <= 300, (name, costing)


def _kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _saved(path: Path, image: Image.Image) -> Path:
    image.save(path)
    return path


@pytest.mark.parametrize(("dpi", "said"), [(150, 150), (300, 300), (72, None), (9, None)])
def test_a_picture_says_what_it_was_scanned_at(tmp_path: Path, dpi: int, said: int | None) -> None:
    for suffix in ("jpg", "png", "tif"):
        path = tmp_path / f"page.{suffix}"
        making.paper("Words", size=(600, 800)).save(path, dpi=(dpi, dpi))
        result = open_file(path, tmp_path / "pages")
        assert isinstance(result, Opened)
        assert result.pages[0].dpi == said


def test_a_scanned_page_of_a_pdf_has_its_resolution_and_a_written_one_none(tmp_path: Path) -> None:
    sheet = making.paper("Words", size=(850, 1100))
    for path, said in (
        (making.scan_pdf(tmp_path / "decoded.pdf", [sheet]), 200),
        (making.scan_pdf(tmp_path / "drawn.pdf", [sheet], extra=b"0 0 1 1 re f"), 200),
        (making.drawn_pdf(tmp_path / "written.pdf", [WORDS]), None),
    ):
        result = open_file(path, tmp_path / "pages")
        assert isinstance(result, Opened)
        assert result.pages[0].dpi == said
