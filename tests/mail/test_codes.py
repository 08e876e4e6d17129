"""Return codes: read back exactly, refused at the first changed letter, legible once printed."""

import io

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from backoffice.mail import codes
from backoffice.mail.codes import ReturnCode
from backoffice.mail.press import render_pdf

KEY, OLD_KEY, OTHER_KEY = b"k" * 32, b"o" * 32, b"x" * 32
CODE = ReturnCode("doc", 5123, "26000412-7")

requests = st.one_of(st.integers(0, 2**63 - 1), st.uuids().map(str))
return_codes = st.builds(
    ReturnCode,
    st.from_regex(r"[a-z]{1,12}", fullmatch=True),
    requests,
    st.from_regex(r"[0-9]{8}-[0-9]", fullmatch=True),
)


@given(return_codes)
def test_a_code_reads_back_as_it_was_written(code: ReturnCode) -> None:
    assert codes.decode(codes.encode(code, KEY), [KEY]) == code


@given(return_codes)
def test_a_code_keeps_to_characters_every_symbology_has(code: ReturnCode) -> None:
    text = codes.encode(code, KEY)
    assert text == text.upper()
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


@given(return_codes, st.data())
def test_any_one_character_changed_is_refused(code: ReturnCode, data: st.DataObject) -> None:
    text = codes.encode(code, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda c: c != text[place]))
    assert codes.decode(text[:place] + other + text[place + 1 :], [KEY]) is None


@given(return_codes, st.data())
def test_a_character_lost_or_added_is_refused(code: ReturnCode, data: st.DataObject) -> None:
    text = codes.encode(code, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    assert codes.decode(text[:place] + text[place + 1 :], [KEY]) is None
    assert codes.decode(text[:place] + data.draw(st.characters()) + text[place:], [KEY]) is None


@given(st.text())
def test_foreign_text_is_refused_without_a_fault(text: str) -> None:
    assert codes.decode(text, [KEY]) is None


def test_an_earlier_key_still_reads_and_a_stranger_s_never_does() -> None:
    text = codes.encode(CODE, OLD_KEY)
    assert codes.decode(text, [KEY, OLD_KEY]) == CODE
    assert codes.decode(text, [KEY, OTHER_KEY]) is None
    assert codes.decode(text, []) is None


@pytest.mark.parametrize(
    ("kind", "request_id", "case_number"),
    [
        ("", 1, "26000412-7"),
        ("DOC", 1, "26000412-7"),
        ("doc", -1, "26000412-7"),
        ("doc", "12", "26000412-7"),
        ("doc", 1, ""),
        ("doc", 1, "26000412-7\n"),
    ],
)
def test_what_could_not_be_read_back_is_never_written(kind: str, request_id: int | str, case_number: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ReturnCode(kind, request_id, case_number)


@pytest.mark.parametrize("code", [CODE, ReturnCode("doc", "0191f9a4-7d2c-7c3e-9a51-3f0e6b7c8d90", "26000412-7")])
def test_both_drawings_read_back_from_the_printed_page(code: ReturnCode) -> None:
    text = codes.encode(code, KEY)
    matrix, linear = codes.data_matrix_svg(text), codes.code128_svg(text)
    assert matrix.count("<path") == linear.count("<path") == 1
    page = (
        "<html lang=fr><head><title>Essai</title></head><body>"
        f'<p><img alt="Code à deux dimensions" style="width:30mm" src="{codes.data_uri(matrix)}"></p>'
        f'<p><img alt="Code à barres" style="width:160mm;height:14mm" src="{codes.data_uri(linear)}"></p></body></html>'
    )
    bitmap = pypdfium2.PdfDocument(io.BytesIO(render_pdf(page)))[0].render(scale=300 / 72)
    found = {(b.format, b.text) for b in zxingcpp.read_barcodes(bitmap.to_pil())}
    assert found == {(zxingcpp.BarcodeFormat.DataMatrix, text), (zxingcpp.BarcodeFormat.Code128, text)}
