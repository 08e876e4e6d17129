"""A series for paper is equal, to the last dot, to letters laid out one by one."""

import resource
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.mail import codes, press, stamping, texts
from backoffice.mail.texts import InvitationLetter, Language, ReceiptLetter, RequestLetter
from tests.mail.letter_samples import invitation, receipt, request_letter

DPI = 150
NAMES = ("Nadia Belkacem", "Nguyễn Thị Ánh Hồng", "Надежда Галаган", "نادية بلقاسم", "İlayda Şahin-Öztürk", "O", "AVAVA Tofi-Fflorin", "张伟")
LONG = "Maximilienne-Alexandrine de la Fontaine-Beauharnais du Plessis-Robinson et Courtenay"
ADDRESSES = (
    ("1420, rue des Tilleuls, app. 3", "31000 ORAN", "ALGÉRIE"),
    ("2", "CANADA"),
    (
        "Résidence universitaire Les Grands Chênes, bâtiment C, escalier 4, porte 1203",
        "1, rue A",
        "Quartier B",
        "31000 ORAN",
        "Wilaya d’Oran",
        "ALGÉRIE",
    ),
    ("شارع الزيتون 12", "31000 وهران", "ALGÉRIE"),
)
Any3 = RequestLetter | InvitationLetter | ReceiptLetter


def write(letter: Any3) -> str:
    if isinstance(letter, RequestLetter):
        return texts.request_letter_html(letter)
    return texts.invitation_letter_html(letter) if isinstance(letter, InvitationLetter) else texts.receipt_letter_html(letter)


def pages(pdf: bytes) -> list[np.ndarray]:
    return [page.render(scale=DPI / 72).to_numpy() for page in pypdfium2.PdfDocument(BytesIO(pdf))]


def equal(html: str, series: stamping.Series) -> bool:
    """Whether the letter, printed as the next one of a series, is what the press prints."""
    count = series.add(html)
    mine, whole = pages(series.write())[-count:], pages(press.render_pdf(html))
    return len(mine) == len(whole) and all(np.array_equal(a, b) for a, b in zip(mine, whole, strict=True))


def begun(html: str) -> stamping.Series:
    """A series whose first letter set the shape."""
    series = stamping.Series()
    series.add(html)
    return series


@pytest.mark.parametrize("make", [request_letter, invitation, receipt])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("place", range(4))
def test_a_stamped_letter_is_equal_to_one_laid_out(make: Callable[..., Any3], language: Language, place: int):
    plain = make(language=language)
    number = f"2600{place}999-{place}"
    other = replace(plain, applicant_name=NAMES[2 * place], address_lines=ADDRESSES[place], number=number)
    if not isinstance(other, ReceiptLetter):
        other = replace(other, return_code=codes.encode(codes.ReturnCode("fee", 77 + place, number), b"k" * 32))
    assert equal(write(other), begun(write(plain)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.one_of(
        st.sampled_from([*NAMES, LONG]), st.text("abcdefghijklmnopqrstuvwxyzAVTWÉèçœ -’.", min_size=1, max_size=70).filter(str.strip),
        st.text("العبيدمحنورش ", min_size=1, max_size=30).filter(str.strip), st.text("АБВГДежзийклмно-", min_size=1, max_size=40),
    ),
    street=st.text("abcdefg hijkl, 0123456789’", min_size=1, max_size=60).filter(str.strip),
    number=st.integers(0, 99_999_999),
)  # fmt: skip
def test_whatever_is_stamped_is_what_would_have_been_laid_out(name: str, street: str, number: int):
    letter = replace(receipt("en"), applicant_name=name, address_lines=(street, "31000 ORAN", "ALGÉRIE"), number=f"{number:08d}-1")
    assert equal(write(letter), begun(write(receipt("en"))))


def test_a_name_that_takes_one_line_more_is_laid_out_not_stamped():
    series = begun(write(invitation()))
    assert equal(write(replace(invitation(), applicant_name=LONG)), series)
    assert (series.counted["stamped"], series.counted["laid out"]) == (1, 1)


def test_another_amount_or_another_list_is_another_shape():
    other = replace(invitation(), lines=invitation().lines[:1])
    assert stamping.cut(write(other)).shape != stamping.cut(write(invitation())).shape
    same = replace(invitation(), applicant_name="Ève", number="26000001-1")
    assert stamping.cut(write(same)).shape == stamping.cut(write(invitation())).shape
    assert equal(write(other), begun(write(invitation())))


def test_a_stamp_whose_width_would_move_others_is_laid_out():
    page = "<html lang=fr><head><title>x</title></head><body><table><tr><td data-stamp>{}</td><td>à côté</td></tr></table></body></html>"
    series = begun(page.format("court"))
    assert equal(page.format("bien plus long que le premier"), series)
    assert series.counted["stamped"] == 0


def test_what_people_typed_cannot_leave_its_place():
    letter = replace(receipt(), applicant_name="<b data-stamp>Ève</b> & fils </p>")
    assert equal(write(letter), begun(write(receipt())))


def test_fonts_are_subset_once_for_the_whole_series():
    series = stamping.Series()
    for place in range(40):
        series.add(write(replace(receipt(), applicant_name=f"Nadia {place}", number=f"26{place:06d}-1")))
    assert series.counted["stamped"] == 40
    data = series.write()
    with pikepdf.open(BytesIO(data)) as pdf:
        files = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert len(pdf.pages) == 40
        assert len(files) == len({str(one.FontName) for one in files}) <= 4
    assert len(data) < 40 * 3_000
    assert series.missing == frozenset()


def test_the_same_series_has_the_same_bytes():
    letters = [write(replace(receipt(), applicant_name=name)) for name in NAMES[:3]]
    assert [_printed(letters), _printed(letters)] == [_printed(letters)] * 2


def _printed(letters: list[str]) -> bytes:
    series = stamping.Series()
    for html in letters:
        series.add(html)
    return series.write()


def test_memory_does_not_grow_with_the_series():
    """A page of a stamped letter is a kilobyte: 400 more cost less than 5 MB."""

    def some(first: int, many: int) -> None:
        series = stamping.Series()
        for place in range(first, first + many):
            series.add(write(replace(receipt(), applicant_name=f"Nadia {place}", number=f"26{place:06d}-1")))
        series.write()

    some(0, 200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    some(1000, 400)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 5_000  # in kilobytes
