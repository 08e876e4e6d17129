"""Letters on paper: same bytes, tagged, read by a scanner, and nothing fetched from anywhere."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pdfua import Severity, validate

from backoffice.mail import codes, texts
from backoffice.mail.press import STATIC, ForbiddenAddress, OwnFilesOnly, print_letter, render_pdf
from tests.mail.letter_samples import CODE, invitation, receipt, request_letter

PAGE = "<html lang=fr><head><title>Essai</title></head><body><p>Bonjour</p>{}</body></html>"


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_same_letter_gives_the_same_bytes() -> None:
    html = texts.request_letter_html(request_letter())
    assert render_pdf(html) == render_pdf(html)


def test_threads_print_the_same_bytes_as_one() -> None:
    pages = [PAGE.format(f"<p>{number}</p>") for number in range(6)]
    alone = [render_pdf(page) for page in pages]
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(render_pdf, pages)) == alone


def test_identifier_and_date_are_the_ones_given() -> None:
    at = datetime(2026, 10, 26, 14, 5, tzinfo=UTC)
    document = pikepdf.open(io.BytesIO(render_pdf(PAGE.format(""), identifier=b"D-5123", created=at)))
    assert bytes(document.trailer.ID[0]) == b"D-5123"
    assert str(document.docinfo["/CreationDate"]).startswith("D:20261026140500")


@pytest.mark.parametrize("variant", ["pdf/ua-1", "pdf/a-3a"])
def test_a_letter_is_printed_in_the_variant_asked_for(variant: str) -> None:
    document = pikepdf.open(io.BytesIO(render_pdf(texts.receipt_letter_html(receipt()), variant=variant)))
    with document.open_metadata() as metadata:
        assert ("pdfuaid:part" in metadata) is (variant == "pdf/ua-1")


@pytest.mark.parametrize(
    "html",
    [
        texts.request_letter_html(request_letter(language="fr")),
        texts.request_letter_html(request_letter(language="en")),
        texts.invitation_letter_html(invitation("en")),
        texts.receipt_letter_html(receipt("en")),
    ],
    ids=["request", "request translated", "invitation", "receipt"],
)
def test_a_screen_reader_can_follow_a_letter(html: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(render_pdf(html))
    assert [f.message for f in validate(str(file)).findings if f.severity is not Severity.INFO] == []


def test_a_translation_is_declared_in_its_language() -> None:
    document = pikepdf.open(io.BytesIO(render_pdf(texts.receipt_letter_html(receipt("en")))))
    articles = [o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Art"]
    assert [str(article.Lang) for article in articles] == ["en-CA"]
    assert str(document.Root.Lang) == "fr-CA"


@pytest.mark.parametrize("dpi", [200, 300])
def test_both_codes_of_the_return_sheet_read_back(dpi: int) -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(render_pdf(texts.request_letter_html(request_letter()))))
    sheet = document[len(document) - 1].render(scale=dpi / 72).to_pil().convert("L")
    found = {(b.format, b.text) for b in zxingcpp.read_barcodes(sheet)}
    assert found == {(zxingcpp.BarcodeFormat.DataMatrix, CODE), (zxingcpp.BarcodeFormat.Code128, CODE)}
    assert codes.decode(CODE, [b"k" * 32]) == codes.ReturnCode("doc", 5123, "26000412-7")


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh Hồng", "Надежда Галаган", "İlayda Şahin-Öztürk", "Ștefan Țuțea", "نادية بلقاسم"])
def test_names_are_printed_to_the_letter(name: str) -> None:
    printed = text_of(render_pdf(texts.request_letter_html(request_letter(applicant_name=name))))
    if name.isascii() or name[0] < "\u0590":
        assert name in printed
    assert "\ufffd" not in printed


def test_what_no_font_can_draw_is_told_and_still_printed() -> None:
    printed = print_letter(texts.request_letter_html(request_letter(applicant_name="Nadia \U0010fffd")))
    assert printed.missing == {"\U0010fffd"}
    assert printed.pdf.startswith(b"%PDF")
    assert print_letter(texts.request_letter_html(request_letter())).missing == frozenset()


def test_a_page_of_thirty_items_flows_on_with_its_headings() -> None:
    letter = request_letter(items=request_letter().items * 6)
    printed = text_of(render_pdf(texts.request_letter_html(letter)))
    assert printed.count("Format exigé") >= 2


@pytest.mark.parametrize(
    "address",
    [
        "https://example.invalid/a.png",
        "http://127.0.0.1:9/a.png",
        "file:///etc/passwd",
        "file://host/etc/passwd",
        (STATIC / ".." / "core" / "db.py").as_uri(),
        STATIC.as_uri() + "/%2e%2e/core/db.py",
        "ftp://example.invalid/a",
        "a.png",
    ],
)
def test_nothing_is_fetched_from_elsewhere(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        OwnFilesOnly().fetch(address)


def test_a_letter_that_asks_for_a_stranger_s_image_is_not_printed() -> None:
    with pytest.raises(ForbiddenAddress):
        render_pdf(PAGE.format('<img alt="x" src="https://example.invalid/a.png">'))


def test_only_our_fonts_are_in_a_letter_of_latin_names() -> None:
    document = pikepdf.open(io.BytesIO(render_pdf(texts.request_letter_html(request_letter()))))
    fonts = {str(o.BaseFont) for o in document.objects if isinstance(o, pikepdf.Dictionary) and "/BaseFont" in o}
    assert {name.partition("+")[2].partition("-")[0] for name in fonts} == {"Letter"}


def test_the_window_of_the_envelope_shows_the_address_and_nothing_else() -> None:
    page = pypdfium2.PdfDocument(io.BytesIO(render_pdf(texts.request_letter_html(request_letter()))))[0]
    millimetre, height = 72 / 25.4, page.get_height()
    window = page.get_textpage().get_text_bounded(left=0, right=136 * millimetre, top=height - 52 * millimetre, bottom=height - 92 * millimetre)
    assert window.split("\r\n") == ["Nadia Belkacem", "1420, rue des Tilleuls, app. 3", "31000 ORAN", "ALGÉRIE"]


def test_dates_in_the_letter_agree() -> None:
    letter = request_letter()
    printed = " ".join(text_of(render_pdf(texts.request_letter_html(letter))).split())
    assert letter.last_day == date(2027, 1, 25)
    assert "au plus tard le lundi 25 janvier 2027" in printed
