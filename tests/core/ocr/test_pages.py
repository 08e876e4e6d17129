"""Pages are read upright, word by word, each on its own: one that breaks the engine costs that page."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from backoffice.core import ocr
from backoffice.core.ocr import recognising
from tests.core.ocr import corpus
from tests.core.ocr.reading import missing, page, read, text_in
from tests.core.scans import making

soak = pytest.mark.skipif(not os.environ.get("BACKOFFICE_SOAK"), reason="minutes of recognition: make soak")
LINES = ("Demande de certificat", "The quick brown fox jumps over the lazy dog", "Number of pages enclosed 42")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    return making.scan_pdf(tmp_path / "letter.pdf", [making.paper(*LINES)])


def check(expected: corpus.Expected, scans: Path, into: Path) -> None:
    seen = page(scans / expected.file, expected.number, into=into)
    assert seen.turned == expected.turned
    assert missing(expected.words, seen.text) == []
    assert missing(expected.words, text_in(seen.searchable)) == [], "the searchable page finds what the reading found"


@pytest.mark.parametrize("expected", corpus.QUICK, ids=lambda each: f"{each.file}:{each.number}")
def test_words_of_the_samples(expected: corpus.Expected, samples: Path, tmp_path: Path) -> None:
    check(expected, samples / "1-scans", tmp_path)


@soak
@pytest.mark.parametrize("expected", corpus.SLOW, ids=lambda each: f"{each.file}:{each.number}")
def test_words_of_the_longer_samples(expected: corpus.Expected, samples: Path, tmp_path: Path) -> None:
    check(expected, samples / "1-scans", tmp_path)


@pytest.mark.parametrize("name", corpus.WORDLESS)
def test_a_picture_without_words_is_read_as_none_and_left_as_it_lies(name: str, samples: Path, tmp_path: Path) -> None:
    seen = page(samples / "1-scans" / name, into=tmp_path)
    assert (seen.text, seen.words, seen.confidence, seen.turned, seen.skew) == ("", (), None, 0, 0)
    assert seen.picture.exists()
    assert text_in(seen.searchable).strip() == ""


@pytest.mark.parametrize("name", corpus.OTHER_SCRIPTS)
def test_a_script_that_cannot_be_read_is_named_and_gives_no_text(name: str, samples: Path, tmp_path: Path) -> None:
    script, turned = corpus.OTHER_SCRIPTS[name]
    seen = page(samples / "1-scans" / name, into=tmp_path)
    assert (seen.script, seen.text, seen.confidence, seen.turned) == (script, "", None, turned)


def test_a_page_says_all_that_is_known_of_it(letter: Path) -> None:
    seen = page(letter)
    assert missing(" ".join(LINES), seen.text) == []
    assert (seen.number, seen.script, seen.turned, seen.skew) == (1, "Latin", 0, 0)
    assert seen.confidence is not None
    assert seen.confidence > 80
    demande = next(word for word in seen.words if word.text == "Demande")
    assert demande.confidence > 80
    assert abs(demande.left - 125) < 5, "the line begins an eighth of the way across"
    assert 120 < demande.top < demande.bottom < 160
    with Image.open(seen.picture) as picture, Image.open(seen.thumbnail) as thumbnail:
        assert max(picture.size) <= 2000
        assert max(thumbnail.size) <= 200


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_is_turned_upright_with_all_that_belongs_to_it(turn: int, tmp_path: Path) -> None:
    upright = making.paper(*LINES, *LINES)
    scan = making.scan_pdf(tmp_path / "turned.pdf", [upright.rotate(turn, expand=True)])  # against the clock
    seen = page(scan)
    assert seen.turned == turn
    with Image.open(seen.picture) as picture:
        assert picture.height > picture.width
    first = min(seen.words, key=lambda word: word.top)
    assert abs(first.left - 125) < 5


def test_a_person_knows_better_how_a_page_lies(letter: Path) -> None:
    assert page(letter, turned=180).turned == 180


def test_a_tilted_page_is_set_straight(tmp_path: Path) -> None:
    tilted = making.paper(*LINES, *LINES).rotate(3, fillcolor=255)
    seen = page(making.scan_pdf(tmp_path / "tilted.pdf", [tilted]))
    assert 28 <= seen.skew <= 32
    assert missing(" ".join(LINES), text_in(seen.searchable)) == []


def test_pages_are_said_in_the_order_asked_as_they_come(tmp_path: Path) -> None:
    scan = making.scan_pdf(tmp_path / "scan.pdf", [making.paper(f"Page number {word}") for word in ("one", "two", "three")])
    said = read(scan, [3, 1, 7])
    assert [each.number for each in said] == [3, 1, 7]
    assert [isinstance(each, ocr.Recognised) and each.text.split()[-1] for each in said] == ["three", "one", False]
    assert said[2] == ocr.Unrecognised(7, "no_such_page")
    names = {path.name for path in (tmp_path / "read").iterdir()}
    assert names == {f"{name}.{kind}" for number in ("0001", "0003") for name, kind in
                     ((f"searchable-{number}", "pdf"), (f"upright-{number}", "jpg"), (f"upright-{number}-small", "jpg"))}  # fmt: skip


def test_a_page_that_breaks_the_engine_costs_that_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "CHILD", "tests.core.ocr.breaking")
    monkeypatch.setattr(recognising, "_START", 30.0)
    scan = making.scan_pdf(tmp_path / "scan.pdf", [making.paper(f"Page {number} of six") for number in range(1, 7)])
    before = making.children()
    said = read(scan, range(1, 7), limits=ocr.OcrLimits(seconds_one_page=2, wall_seconds_one_page=8))
    assert [each.reason if isinstance(each, ocr.Unrecognised) else each.text for each in said] == [
        "Page 1 of six", "damaged", "too_costly", "too_costly", "too_costly", "Page 6 of six",
    ]  # fmt: skip
    assert making.children() <= before, "no process is left behind"


def test_a_file_of_nothing_but_broken_pages_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "CHILD", "tests.core.ocr.breaking")
    scan = making.scan_pdf(tmp_path / "scan.pdf", [making.paper("Page")] * 2)
    said = read(scan, [2] * 9, limits=ocr.OcrLimits(max_lost=2))
    assert [each.reason for each in said if isinstance(each, ocr.Unrecognised)] == ["damaged"] * 3 + ["given_up"] * 6


def test_without_language_data_it_says_so(letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"ara", "eng", "fra", "spa"} <= set(ocr.languages())
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path / "nothing"))
    assert ocr.languages() == ()
    assert read(letter) == [ocr.Unrecognised(1, "no_languages")]


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"%PDF-1.4 and nothing else", "damaged"), (b"<html>", "wrong_type")])
def test_a_file_that_cannot_be_opened_gives_its_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "file.pdf").write_bytes(content)
    assert read(tmp_path / "file.pdf", [1, 2]) == [ocr.Unrecognised(1, reason), ocr.Unrecognised(2, reason)]


def test_many_pages_need_no_more_memory_than_few(tmp_path: Path) -> None:
    many = 60 if os.environ.get("BACKOFFICE_SOAK") else 10
    sheet = making.paper(*LINES, size=(2480, 3508))
    few, all_of_them = (_grown(making.scan_pdf(tmp_path / f"{count}.pdf", [sheet] * count), count) for count in (3, many))
    assert all_of_them < 300 * 1024
    assert all_of_them < 1.15 * few


def _grown(scan: Path, count: int) -> int:
    """The largest the child became, in kilobytes: asked of a parent of its own, as a parent only remembers the largest of all."""
    program = (f"import resource; from pathlib import Path; from tests.core.ocr.reading import read; "
               f"assert len(read(Path({str(scan)!r}), range(1, {count + 1}))) == {count}; "
               f"print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")  # fmt: skip
    return int(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)


def test_a_poster_is_read_within_bounds(tmp_path: Path) -> None:
    sheet = making.paper(*LINES, size=(9933, 14043))  # A0 at 300 dots per inch
    sheet.paste(making.paper(*LINES).resize((5100, 6600)), (1000, 1000))
    sheet.save(tmp_path / "poster.jpg", quality=40, dpi=(300, 300))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert missing(LINES[1], page(tmp_path / "poster.jpg").text) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss == before, "nothing of it was opened here"
