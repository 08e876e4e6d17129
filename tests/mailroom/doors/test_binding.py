"""Pages bound into a PDF: every byte of a picture is the scanner's own."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backoffice.mailroom.doors import binding
from tests.mailroom.doors.simulator import picture


def png(mode: str, **options: object) -> bytes:
    out = BytesIO()
    Image.effect_noise((200, 300), 60).convert(mode).save(out, "PNG", **options)
    return out.getvalue()


def test_pictures_stand_in_the_file_as_they_came(tmp_path: Path):
    pages = [picture(1, "L"), picture(2, "RGB"), png("1"), png("L"), png("RGB")]
    assert binding.bind(iter(pages), 100, tmp_path / "whole.pdf") == 5
    with pikepdf.open(tmp_path / "whole.pdf") as pdf:
        assert pdf.check_pdf_syntax() == []
        assert [bytes(page.Resources.XObject.Im.read_raw_bytes()) for page in pdf.pages][:2] == pages[:2]
        assert [float(side) for side in pdf.pages[0].mediabox][2:] == [612, 792]
        for page, sent in zip(pdf.pages, pages, strict=True):
            shown, wanted = pikepdf.PdfImage(page.Resources.XObject.Im).as_pil_image(), Image.open(BytesIO(sent))
            assert shown.convert("RGB").tobytes() == wanted.convert("RGB").tobytes()
    document = pypdfium2.PdfDocument(tmp_path / "whole.pdf")
    assert len(document) == 5
    document.close()


def test_the_same_pages_are_the_same_file(tmp_path: Path):
    for name in ("a", "b"):
        binding.bind([picture(1), picture(2)], 300, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_cannot_be_bound_as_it_is_says_so():
    laced = BytesIO()
    Image.new("P", (10, 10)).save(laced, "PNG")
    inks = BytesIO()
    Image.new("CMYK", (10, 10)).save(inks, "JPEG")
    damaged = bytearray(png("L"))
    damaged[60] ^= 255
    for data in (b"", b"\xff\xd8", laced.getvalue(), inks.getvalue(), bytes(damaged), b"%PDF-1.7", picture(1)[:40]):
        assert not binding.is_bindable(data)
    assert binding.is_bindable(picture(1))


@settings(max_examples=200)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8", b"\xff\xd8\xff\xc0", b"\x89PNG\r\n\x1a\n"]))
def test_no_bytes_break_it(data: bytes, start: bytes):
    assert binding.is_bindable(start + data) in {True, False}


@pytest.mark.parametrize("cut", [100, 1000])
def test_a_cut_page_is_not_bound_as_png(cut: int):
    assert not binding.is_bindable(png("L")[:-cut])
