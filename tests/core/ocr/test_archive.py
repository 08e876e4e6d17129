"""The searchable page and the archive: the picture as it came, words that are found and copied, PDF/A-2b declared."""

import io
import resource
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops

from backoffice.core import ocr
from backoffice.core.ocr.child import originals, searchable
from backoffice.core.ocr.child.embedded import sole_image
from backoffice.core.ocr.child.layout import Reading, Row, Seen
from backoffice.core.ocr.child.pictures import upright
from backoffice.core.ocr.child.sheets import Original
from tests.core.ocr.reading import page, text_in
from tests.core.scans import making

NOON = datetime(2016, 6, 13, 16, 0, tzinfo=UTC)
WORDS = ("œuvre", "à", "alcôve", "Zoë’s", "№", "𝔘", "وزارة", "الداخلية", "Łódź")


def marked(size: tuple[int, int] = (400, 600)) -> Image.Image:
    """A sheet with black only in its upper left corner."""
    sheet = Image.new("L", size, 255)
    sheet.paste(0, (0, 0, size[0] // 4, size[1] // 8))
    return sheet


def written(path: Path, image: Image.Image, words: Sequence[str] = (), *, orientation: int = 1, turn: int = 0, tilt: float = 0.0) -> Path:
    """A searchable page of this picture with one word a line."""
    rows = [Row([Seen(word, 90, (40, 40 + 40 * row, 40 + 12 * len(word), 60 + 40 * row))]) for row, word in enumerate(words)]
    shown = image.size if orientation < 5 else image.size[::-1]
    laid = shown if turn % 180 == 0 else shown[::-1]
    original = Original(originals.recoded(image), orientation)
    searchable.write(path, original, (shown[0], shown[1]), turn, tilt, Reading(laid, rows))
    return path


def rendered(path: Path) -> Image.Image:
    return pdfium.PdfDocument(path)[0].render(scale=1).to_pil().convert("L")


def test_every_letter_is_found_and_copied(tmp_path: Path) -> None:
    found = text_in(written(tmp_path / "page.pdf", marked(), WORDS)).split()
    assert found == list(WORDS)


def test_words_stand_where_they_were_read(tmp_path: Path) -> None:
    document = pdfium.PdfDocument(written(tmp_path / "page.pdf", marked(), ("first", "second")))
    found = document[0].get_textpage().search("second")
    hit = found.get_next()
    assert hit is not None
    left, bottom, right, top = document[0].get_textpage().get_charbox(hit[0], loose=True)
    assert (round(left), round(600 - bottom), round(600 - top)) == (40, 100, 80)
    assert 40 < right < 54


def test_unseen_text_shows_nothing(tmp_path: Path) -> None:
    bare, worded = written(tmp_path / "bare.pdf", marked()), written(tmp_path / "worded.pdf", marked(), WORDS)
    assert ImageChops.difference(rendered(bare), rendered(worded)).getbbox() is None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_picture_lies_as_it_is_shown(orientation: int, turn: int, tmp_path: Path) -> None:
    image = marked()
    path = written(tmp_path / "page.pdf", image, orientation=orientation, turn=turn)
    expected = upright(image, orientation).rotate(-turn, expand=True)
    drawn = rendered(path)
    assert drawn.size == expected.size
    assert ImageChops.difference(drawn, expected).resize((40, 40), Image.Resampling.BOX).getextrema()[1] < 40
    with pikepdf.open(path) as pdf:
        sole = sole_image(pdf.pages[0])
    assert sole is not None
    assert upright(image, sole.orientation).tobytes() == expected.tobytes(), "and is taken out of it the same way"


def test_a_jpeg_goes_in_as_it_came(tmp_path: Path) -> None:
    scan = making.scan_pdf(tmp_path / "scan.pdf", [making.paper("Some words beside each other on a page")])
    sheet = making.paper("Some words beside each other on a page").convert("RGB")
    sheet.save(tmp_path / "photo.jpg", quality=70)
    with pikepdf.open(scan) as pdf:
        inside = pdf.pages[0].get_images()["/Im0"].read_raw_bytes()
    assert _picture(page(scan).searchable) == inside
    assert _picture(page(tmp_path / "photo.jpg").searchable) in (tmp_path / "photo.jpg").read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_a_png_loses_nothing(mode: str, tmp_path: Path) -> None:
    sheet = making.paper("Some words beside each other on a page").convert(mode)
    sheet.save(tmp_path / "page.png")
    with pikepdf.open(page(tmp_path / "page.png").searchable) as pdf:
        inside = pikepdf.PdfImage(pdf.pages[0].get_images()["/Picture"]).as_pil_image()
    assert ImageChops.difference(inside.convert("RGB"), sheet.convert("RGB")).getbbox() is None


def _picture(path: Path) -> bytes:
    with pikepdf.open(path) as pdf:
        return pdf.pages[0].get_images()["/Picture"].read_raw_bytes()


def archived(pages: Sequence[bytes], into: Path) -> Path:
    return ocr.archive(pages, title="Enveloppe E-2016-00012", created=NOON, into=into)


def test_an_archive_holds_its_pages_in_order_and_says_what_it_is(tmp_path: Path) -> None:
    pages = [written(tmp_path / f"{word}.pdf", marked(), [word]).read_bytes() for word in WORDS]
    path = archived(pages, tmp_path / "archive")
    assert text_in(path).split() == list(WORDS)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with pikepdf.open(path) as pdf:
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "B")
            assert about["dc:title"] == "Enveloppe E-2016-00012"
            assert about["xmp:CreateDate"] == "2016-06-13T16:00:00Z"
        (intent,) = pdf.Root.OutputIntents
        assert (intent.S, intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
        assert len(pdf.trailer.ID) == 2
        assert not pdf.is_encrypted


def test_an_archive_holds_nothing_that_acts_or_is_elsewhere(tmp_path: Path) -> None:
    """The rules of ISO 19005-2 that these files could break; a full checker has passed on such files, none is part of the tests."""
    path = archived([written(tmp_path / "page.pdf", marked(), WORDS).read_bytes()], tmp_path / "archive")
    with pikepdf.open(path) as pdf:
        assert not {"/OpenAction", "/AA", "/Names", "/AcroForm"} & set(pdf.Root.keys())
        objects = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary | pikepdf.Stream)]
        for each in objects:
            assert not {"/JS", "/Launch", "/EF", "/F"} & set(each.keys())
            assert each.get("/Filter") not in {"/LZWDecode", "/Crypt"}
            if each.get("/Type") == "/FontDescriptor":
                assert each.FontFile2.read_bytes()
            if each.get("/Subtype") == "/Image":
                assert each.ColorSpace in {"/DeviceGray", "/DeviceRGB"}
                assert "/Interpolate" not in each
        assert any(each.get("/Type") == "/FontDescriptor" for each in objects)
    start = path.read_bytes()[:1200]
    assert start.startswith(b"%PDF-1.7\n%")
    assert sum(byte > 127 for byte in start[9:15]) >= 4, "said to be binary in its second line"


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    pages = [written(tmp_path / "page.pdf", marked(), WORDS).read_bytes()] * 2
    first, second = (archived(pages, tmp_path / name).read_bytes() for name in ("one", "two"))
    assert first == second


def test_active_content_of_a_received_file_is_not_in_its_searchable_page(tmp_path: Path) -> None:
    with pikepdf.open(making.drawn_pdf(tmp_path / "plain.pdf", [b"0 0 100 100 re f"])) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("x")))
        pdf.save(tmp_path / "active.pdf")
    made = page(tmp_path / "active.pdf").searchable.read_bytes()
    assert b"JavaScript" not in made
    assert b"Launch" not in made


class Fetched(Sequence[bytes]):
    """Pages that are there only while they are asked for."""

    def __init__(self, count: int, megabytes: int) -> None:
        self.count, self.size = count, megabytes * 1024 * 1024

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        with pikepdf.new() as pdf:
            pdf.add_blank_page().Contents = pikepdf.Stream(pdf, index.to_bytes(4, "big") + bytes(self.size))
            out = io.BytesIO()
            pdf.save(out, compress_streams=False)
            return out.getvalue()


def test_a_large_archive_is_made_in_little_memory(tmp_path: Path) -> None:
    archived(Fetched(2, 4), tmp_path / "small")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = archived(Fetched(40, 4), tmp_path / "large")
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 40
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024, "160 MB of pages went through"
