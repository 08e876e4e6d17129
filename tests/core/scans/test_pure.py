"""Separators and first bytes: pure rules, stated as properties."""

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.scans import Code, PageImage, sniff, split_at_separators

SHEET = Path("sheet.jpg")


def page(number: int, *texts: str, kind: str = "Code39") -> PageImage:
    codes = tuple(Code(kind, text, number) for text in texts)
    return PageImage(number, 1, 1, SHEET, SHEET, blank=False, ink=0.1, codes=codes)


@given(st.lists(st.booleans(), max_size=40))
def test_every_page_that_is_no_separator_is_in_exactly_one_part_in_order(separators: list[bool]) -> None:
    pages = [page(number, *(["PATCHT"] if there else [])) for number, there in enumerate(separators, 1)]
    parts = split_at_separators(pages)
    assert all(parts)
    filed = [number for part in parts for number in part]
    assert filed == [number for number, there in enumerate(separators, 1) if not there]
    for before, after in pairwise(parts):
        assert any(separators[number - 1] for number in range(before[-1] + 1, after[0]))
    for part in parts:
        assert part == tuple(range(part[0], part[-1] + 1))


@given(st.text(max_size=12).filter(lambda text: text != "PATCHT"))
def test_only_the_exact_word_separates(text: str) -> None:
    assert split_at_separators([page(1), page(2, text), page(3)]) == ((1, 2, 3),)


def test_a_separator_may_be_code_39_code_128_or_qr_and_nothing_else() -> None:
    for kind in ("Code39", "Code128", "QRCode"):
        assert split_at_separators([page(1), page(2, "PATCHT", kind=kind), page(3)]) == ((1,), (3,))
    assert split_at_separators([page(1), page(2, "PATCHT", kind="DataMatrix")]) == ((1, 2),)
    assert split_at_separators([page(1, "PATCHT")]) == ()
    assert split_at_separators([]) == ()


@given(st.binary(max_size=200))
def test_sniffing_never_fails(head: bytes) -> None:
    assert sniff(head) is None or sniff(head)


def test_content_is_known_whatever_comes_before_it() -> None:
    assert sniff(b"\xef\xbb\xbf%PDF-1.4") == "pdf"
    assert sniff(b"junk\n%PDF-1.4") == "pdf"
    assert sniff(b"  <!DOCTYPE HTML>") == "html"
    assert sniff(b"<!-- %PDF-1.4 --><svg>") == "svg"
    assert sniff(b"<html>%PDF-1.4") == "html"
    assert sniff(b"RIFF\0\0\0\0WEBPVP8 ") == "webp"
    assert sniff(b"\0\0\0\x18ftypheic") == "heic"
    assert sniff(b"") is None
