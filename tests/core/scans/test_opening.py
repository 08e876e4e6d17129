"""A received file becomes pages, or is refused with a reason, and never hurts who opens it."""

import resource
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from zxingcpp import BarcodeFormat as Format

from backoffice.core.scans import Inspected, Limits, Opened, Refusal, Refused, inspect, open_file, split_at_separators
from tests.core.scans import making

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
WORDS = b"BT ET 0 g 100 500 300 40 re f"


def opened(path: Path, **options: object) -> Opened:
    result = open_file(path, path.parent / "pages", **options)  # type: ignore[arg-type]
    assert isinstance(result, Opened), result
    return result


def refused(path: Path, **options: object) -> Refusal:
    result = open_file(path, path.parent / "pages", **options)  # type: ignore[arg-type]
    assert isinstance(result, Refused), result
    assert list((path.parent / "pages").glob("*")) == [], "a refused file leaves nothing behind"
    return result.reason


def levels(path: Path, box: tuple[float, float, float, float]) -> float:
    """The mean level of a part of a picture, in shares of its sides."""
    with Image.open(path) as image:
        left, top, right, bottom = box
        part = image.convert("L").crop((int(left * image.width), int(top * image.height),
                                        int(right * image.width), int(bottom * image.height)))  # fmt: skip
        return sum(level * count for level, count in enumerate(part.histogram())) / (part.width * part.height)


def test_a_scanned_pdf_is_shown_page_by_page(tmp_path: Path) -> None:
    pages = [making.paper(f"Page {number}", "with a few words on it") for number in (1, 2, 3)]
    file = opened(making.scan_pdf(tmp_path / "scan.pdf", pages))
    assert (file.media_type, file.warnings, file.antivirus) == ("application/pdf", (), "not_configured")
    assert [page.number for page in file.pages] == [1, 2, 3]
    for page in file.pages:
        assert not page.blank
        with Image.open(page.picture) as picture, Image.open(page.thumbnail) as thumbnail:
            assert picture.size == (page.width, page.height)
            assert max(picture.size) <= 2000
            assert max(thumbnail.size) <= 200
    assert len(list((tmp_path / "pages").iterdir())) == 6


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_is_turned_once_whether_decoded_or_drawn(tmp_path: Path, rotate: int) -> None:
    sheet = making.paper(size=(800, 1000))
    sheet.paste(0, (0, 0, 800, 200))  # a black top
    quick = opened(making.scan_pdf(tmp_path / "a.pdf", [sheet], rotate=rotate)).pages[0]
    drawn_long = making.scan_pdf(tmp_path / "b.pdf", [sheet], rotate=rotate, extra=b"0 0 1 1 re f")
    result = open_file(drawn_long, tmp_path / "drawn")
    assert isinstance(result, Opened)
    drawn = result.pages[0]
    top = {0: (0.1, 0, 0.9, 0.18), 90: (0.82, 0.1, 1, 0.9), 180: (0.1, 0.82, 0.9, 1), 270: (0, 0.1, 0.18, 0.9)}[rotate]
    for page in (quick, drawn):
        assert levels(page.picture, top) < 10
        assert (page.width > page.height) is (rotate in {90, 270})


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photo_is_turned_once_as_its_camera_said(tmp_path: Path, orientation: int) -> None:
    photo = Image.new("RGB", (600, 400), "white")
    photo.paste("black", (0, 0, 600, 80))
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo.save(tmp_path / "photo.jpg", exif=exif)
    page = opened(tmp_path / "photo.jpg").pages[0]
    black = {1: (0, 0, 1, 0.15), 3: (0, 0.85, 1, 1), 6: (0.85, 0, 1, 1), 8: (0, 0, 0.15, 1)}[orientation]
    assert levels(page.picture, black) < 10
    assert (page.width, page.height) == ((400, 600) if orientation in {6, 8} else (600, 400))


@pytest.mark.parametrize("suffix", ["png", "webp", "jp2", "tiff", "jpg"])
def test_every_accepted_picture_is_one_page(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"page.{suffix}"
    making.paper("Words on a page", size=(900, 1200)).save(path)
    file = opened(path)
    assert file.media_type.startswith("image/")
    assert len(file.pages) == 1
    assert not file.pages[0].blank


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_paper_is_white_whatever_the_mode(tmp_path: Path, mode: str) -> None:
    sheet = making.paper("Black words", size=(900, 1200))
    deep = sheet.convert("I").point(lambda level: level * 257)
    picture = deep.convert(mode) if mode == "I;16" else sheet.convert(mode)
    if mode in {"LA", "RGBA"}:
        picture.putalpha(sheet.point(lambda level: 255 - level))  # black throughout, seen only where it is ink
    picture.save(tmp_path / "page.png")
    page = opened(tmp_path / "page.png").pages[0]
    assert levels(page.picture, (0, 0.5, 1, 1)) > 245
    assert 0 < page.ink < 0.05


def test_cmyk_is_shown_in_its_own_colours(tmp_path: Path) -> None:
    Image.new("CMYK", (300, 300), (0, 255, 255, 0)).save(tmp_path / "red.jpg")
    with Image.open(opened(tmp_path / "red.jpg").pages[0].picture) as picture:
        red, green, blue = picture.convert("RGB").getpixel((150, 150))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


def test_faint_words_are_not_blank_but_dust_and_shadow_are(tmp_path: Path) -> None:
    dust = making.paper()
    for spot in range(6):
        dust.paste(60, (200 * spot + 50, 333 * spot + 50, 200 * spot + 53, 333 * spot + 53))
    shadow = Image.linear_gradient("L").resize(making.LETTER).point(lambda level: 225 + level // 9)
    faint = making.paper("Page 2 of 2", ink=205)
    noise = Image.effect_noise(making.LETTER, 12).point(lambda level: min(255, level + 110))
    file = opened(making.tiff(tmp_path / "pages.tif", [making.paper(), dust, shadow, noise, faint, making.paper("1")]))
    assert [page.blank for page in file.pages] == [True, True, True, True, False, False]
    assert file.pages[4].ink > 0


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("kind", "name"),
    [(Format.DataMatrix, "DataMatrix"), (Format.QRCode, "QRCode"), (Format.Code128, "Code128"),
     (Format.Code39, "Code39"), (Format.PDF417, "PDF417")],
)  # fmt: skip
def test_a_code_is_read_whichever_way_the_sheet_was_fed(tmp_path: Path, kind: Format, name: str, turn: int) -> None:
    sheet = making.coded("QC-2026-000042", kind, turn=turn, scale=4)
    codes = opened(making.scan_pdf(tmp_path / "sheet.pdf", [sheet])).pages[0].codes
    assert [(code.format, code.text, code.page, code.binary) for code in codes] == [(name, "QC-2026-000042", 1, False)]
    assert len(codes[0].corners) == 4
    assert all(0 <= corner.x <= 1000 and 0 <= corner.y <= 1000 for corner in codes[0].corners)


def test_two_codes_on_a_sheet_are_both_read_from_the_top(tmp_path: Path) -> None:
    sheet = making.coded("ENVELOPE-7", Format.Code128)
    low = making.coded("BATCH-9", Format.DataMatrix).crop((250, 850, 900, 1400))
    sheet.paste(low, (800, 1500))
    sheet.save(tmp_path / "sheet.png")
    assert [code.text for code in opened(tmp_path / "sheet.png").pages[0].codes] == ["ENVELOPE-7", "BATCH-9"]


def test_a_stack_is_split_at_its_separator_sheets(tmp_path: Path) -> None:
    separator = making.coded("PATCHT", Format.Code39, turn=180)
    pages = [separator, making.paper("One"), making.paper("Two"), separator, separator, making.paper("Three")]
    file = opened(making.scan_pdf(tmp_path / "stack.pdf", pages))
    assert split_at_separators(file.pages) == ((2, 3), (6,))


def test_a_page_too_costly_to_draw_does_not_lose_the_others(tmp_path: Path) -> None:
    path = making.with_endless_page(making.drawn_pdf(tmp_path / "bomb.pdf", [WORDS, WORDS, WORDS]), 2)
    file = opened(path, limits=Limits(seconds_one_page=1))
    assert file.warnings == ("page_unreadable:2",)
    assert [page.number for page in file.pages] == [1, 2, 3]
    assert not any(page.blank for page in file.pages)
    assert file.pages[1].picture.exists()


def test_a_file_of_nothing_but_a_costly_page_is_refused(tmp_path: Path) -> None:
    path = making.with_endless_page(making.drawn_pdf(tmp_path / "bomb.pdf", [WORDS]), 1)
    assert refused(path, limits=Limits(seconds_one_page=1)) is Refusal.TOO_COSTLY


def test_the_wall_clock_ends_what_the_processor_clock_does_not(tmp_path: Path) -> None:
    path = making.scan_pdf(tmp_path / "slow.pdf", [making.paper("Words")])
    started = time.monotonic()
    assert refused(path, limits=Limits(seconds=0.01, seconds_per_page=0)) is Refusal.TOO_COSTLY
    assert time.monotonic() - started < 5


def test_a_picture_larger_than_its_memory_is_refused_and_costs_the_caller_nothing(tmp_path: Path) -> None:
    Image.new("RGB", (9000, 9000)).save(tmp_path / "huge.png")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(tmp_path / "huge.png", limits=Limits(memory=450 * 1024 * 1024)) is Refusal.TOO_COSTLY
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    assert refused(tmp_path / "huge.png", limits=Limits(max_pixels=1_000_000)) is Refusal.TOO_COSTLY


def test_what_should_not_arrive_is_refused_by_its_reason(tmp_path: Path) -> None:
    def file(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    assert refused(file("empty.pdf", b"")) is Refusal.EMPTY
    assert refused(file("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>")) is Refusal.WRONG_TYPE
    assert refused(file("drawing.pdf", b"<?xml version='1.0'?><svg onload='x()'/>")) is Refusal.WRONG_TYPE
    assert refused(file("page.html", b"%PDF-1.7 but named a page")) is Refusal.WRONG_TYPE
    assert refused(file("page.html", b"<html></html>")) is Refusal.UNSUPPORTED
    assert refused(file("noise.pdf", bytes(range(1, 200)))) is Refusal.NOT_READABLE
    assert refused(file("cut.pdf", b"%PDF-1.7\n%%EOF\n")) is Refusal.DAMAGED
    assert refused(file("virus.pdf", EICAR)) is Refusal.MALWARE_PATTERN
    assert refused(file("inside.pdf", b"%PDF-1.7\n" + bytes(9000) + EICAR)) is Refusal.MALWARE_PATTERN
    assert refused(file("large.pdf", b"%PDF-1.7" + bytes(100)), limits=Limits(max_bytes=50)) is Refusal.TOO_LARGE
    assert refused(file("cut.jpg", making.jpeg(making.paper("Words"))[:4000])) is Refusal.DAMAGED


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    limits = Limits(max_pages=2)
    assert refused(making.drawn_pdf(tmp_path / "a.pdf", [WORDS] * 3), limits=limits) is Refusal.TOO_MANY_PAGES
    pages = [making.paper(size=(90, 90))] * 3
    assert refused(making.tiff(tmp_path / "a.tif", pages), limits=limits) is Refusal.TOO_MANY_PAGES


def test_a_password_is_refused_and_a_restriction_is_said(tmp_path: Path) -> None:
    making.drawn_pdf(tmp_path / "plain.pdf", [WORDS])
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="é!", owner="o"))
        pdf.save(tmp_path / "limited.pdf", encryption=pikepdf.Encryption(user="", owner="o"))
    assert refused(tmp_path / "locked.pdf") is Refusal.ENCRYPTED
    assert opened(tmp_path / "limited.pdf").warnings == ("owner_restrictions",)


def test_what_a_pdf_carries_besides_its_pages_is_named(tmp_path: Path) -> None:
    making.drawn_pdf(tmp_path / "plain.pdf", [WORDS])
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.attachments["note.txt"] = b"hidden"
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="s", V=pikepdf.Dictionary(Type=pikepdf.Name.Sig))])
        pdf.save(tmp_path / "busy.pdf")
    assert set(opened(tmp_path / "busy.pdf").warnings) == {"active_content", "attachments", "signed", "form"}


def test_inspecting_gives_the_count_without_pictures(tmp_path: Path) -> None:
    path = making.scan_pdf(tmp_path / "scan.pdf", [making.paper("Words")] * 3)
    assert inspect(path) == Inspected("application/pdf", 3, ())
    assert inspect(path, name="scan.png") == Inspected("application/pdf", 3, ("name_differs",))
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["scan.pdf"]


def test_the_original_is_left_as_it_came(tmp_path: Path) -> None:
    path = making.scan_pdf(tmp_path / "scan.pdf", [making.paper("Words")])
    before = path.read_bytes()
    opened(path)
    assert path.read_bytes() == before


def test_no_child_and_no_open_file_is_left_behind(tmp_path: Path) -> None:
    path = making.drawn_pdf(tmp_path / "a.pdf", [WORDS])
    opened(path)
    before, family = _open_files(), making.children()
    opened(path)
    assert _open_files() == before
    assert making.children() <= family


def _open_files() -> int:
    descriptors = Path("/proc/self/fd")
    return len(list(descriptors.iterdir())) if descriptors.exists() else 0
