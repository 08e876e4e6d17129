"""Every file of the sample set is opened, and ends as its manifest honestly expects.

The set is not part of the repository: `BACKOFFICE_SAMPLES` names its folder. `BACKOFFICE_SOAK=1` adds the long ones.
"""

import os
import resource
import time
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from backoffice.core.scans import Opened, Refused, open_file, split_at_separators
from tests.core.scans import making
from tests.corpus.outcomes import BARCODES, ENVELOPES, HOSTILE, PICTURES, SCANS, Accepted, Turned

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = (ROOT / os.environ.get("BACKOFFICE_SAMPLES", "../shared/samples")).resolve()
SOAK = os.environ.get("BACKOFFICE_SOAK") == "1"
SECONDS = 45  # wall time a file may take, on a busy machine; all take less than three on a quiet one
GROWTH = 40 * 1024  # KiB the process that asks may grow by over the whole set: it decodes nothing

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="The sample files are not here: set BACKOFFICE_SAMPLES to their folder to test them.")

EXPECTED = {
    **{f"1-scans/{name}": outcome for name, outcome in SCANS.items()},
    **{f"1-scans/barcodes/{name}": outcome for name, outcome in BARCODES.items()},
    **{f"1-scans/envelopes/{name}": Accepted(pages) for name, pages in ENVELOPES.items()},
    **{f"2-hostile/{name}": outcome for name, outcome in HOSTILE.items()},
}
TRIED = [name for name, outcome in EXPECTED.items() if SOAK or not (isinstance(outcome, Accepted) and outcome.soak)]


@pytest.fixture(autouse=True)
def _caller_unharmed() -> object:
    """Whatever the file, whoever opens it stays small, alive and without children."""
    started, before, family = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, making.children()
    yield
    assert time.monotonic() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH
    assert making.children() <= family


@pytest.mark.parametrize("name", TRIED)
def test_a_sample_ends_as_its_manifest_expects(name: str, tmp_path: Path) -> None:
    original = (SAMPLES / name).read_bytes()
    result, expected = open_file(SAMPLES / name, tmp_path), EXPECTED[name]
    if isinstance(expected, Turned):
        _is_turned(result, expected)
    else:
        _is_accepted(result, expected)
    assert (SAMPLES / name).read_bytes() == original
    left = {path.name for path in tmp_path.iterdir()}
    made = {path.name for page in result.pages for path in (page.picture, page.thumbnail)} if isinstance(
        result, Opened) else set()  # fmt: skip
    assert left == made


def _is_turned(result: Opened | Refused, expected: Turned) -> None:
    if isinstance(result, Opened):
        assert len(result.pages) == expected.pages
    else:
        assert result.reason in expected.reasons


def _is_accepted(result: Opened | Refused, expected: Accepted) -> None:
    assert isinstance(result, Opened), result
    assert len(result.pages) == expected.pages
    assert expected.warnings <= set(result.warnings)
    if expected.blank is not None:
        assert tuple(page.number for page in result.pages if page.blank) == expected.blank
    if expected.parts is not None:
        assert split_at_separators(result.pages) == expected.parts
    for page in result.pages:
        seen = tuple(code.text for code in page.codes)
        assert expected.codes.get(page.number, seen) == seen


@pytest.mark.parametrize("name", PICTURES)
def test_a_code_is_read_for_what_it_says_or_not_at_all(name: str, tmp_path: Path) -> None:
    result, expected = open_file(SAMPLES / "1-scans/barcodes/pictures" / name, tmp_path), PICTURES[name]
    assert isinstance(result, Opened)
    seen = sorted(code.text for code in result.pages[0].codes)
    if isinstance(expected, int):
        assert len(seen) == expected
    else:
        assert tuple(seen) == expected


def test_every_page_file_of_the_set_has_an_expected_outcome() -> None:
    folders = ("1-scans", "1-scans/barcodes", "1-scans/barcodes/pictures", "1-scans/envelopes", "2-hostile")
    there = {str(path.relative_to(SAMPLES)) for folder in folders for path in (SAMPLES / folder).iterdir()
             if path.is_file() and path.suffix != ".json"}  # fmt: skip
    assert there == set(EXPECTED) | {f"1-scans/barcodes/pictures/{name}" for name in PICTURES}


def test_a_nearly_empty_page_is_kept_as_written(tmp_path: Path) -> None:
    result = open_file(SAMPLES / "1-scans/multi-page-images-alpha.tiff", tmp_path)
    assert isinstance(result, Opened)
    assert [page.blank for page in result.pages] == [False] * 3
    with Image.open(result.pages[0].picture) as picture:
        assert picture.convert("L").resize((1, 1)).getpixel((0, 0)) > 200, "white paper, not black"  # type: ignore[operator]


def test_an_orientation_tag_turns_a_photo_exactly_once(tmp_path: Path) -> None:
    # the two hold the same upright pixels; one has a tag that says: turn me a quarter to the left
    looks = []
    for name, turn in (("image-rotated.jpg", -90), ("image-no-rotation.jpg", 0)):
        result = open_file(SAMPLES / "1-scans" / name, tmp_path / name)
        assert isinstance(result, Opened)
        with Image.open(result.pages[0].picture) as picture:
            looks.append(picture.convert("L").rotate(turn).resize((16, 16)))
    _, most = ImageChops.difference(*looks).getextrema()
    assert isinstance(most, int)
    assert most < 40
