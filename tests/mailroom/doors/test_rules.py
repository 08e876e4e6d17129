"""Names, orders, and two passes put together."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.mailroom.doors import rules


@given(st.integers(min_value=0, max_value=300))
def test_fronts_and_backs_interleave_exactly(sheets: int):
    fronts = [(sheet, "front") for sheet in range(1, sheets + 1)]
    backs = [(sheet, "back") for sheet in range(sheets, 0, -1)]  # the pile was turned over
    whole = rules.interleave(fronts, backs)
    assert whole == [(sheet, side) for sheet in range(1, sheets + 1) for side in ("front", "back")]


@given(st.lists(st.integers(), max_size=20), st.lists(st.integers(), max_size=20))
def test_nothing_is_guessed_where_the_passes_differ(fronts: list[int], backs: list[int]):
    if len(fronts) == len(backs):
        whole = rules.interleave(fronts, backs)
        assert whole[::2] == fronts
        assert whole[1::2] == backs[::-1]
    else:
        with pytest.raises(ValueError, match=r"shorter|longer"):
            rules.interleave(fronts, backs)


def test_names_are_read_as_a_person_reads_them():
    names = ["lot10.pdf", "Lot2.pdf", "lot1.pdf", "2016-06-13.pdf", "annexe.pdf"]
    assert sorted(names, key=rules.in_order) == ["2016-06-13.pdf", "annexe.pdf", "lot1.pdf", "Lot2.pdf", "lot10.pdf"]


@given(st.lists(st.text(max_size=20), max_size=20))
def test_any_names_have_an_order(names: list[str]):
    assert len(sorted(names, key=rules.in_order)) == len(names)


@pytest.mark.parametrize("name", [".cache.pdf", "~$lot.pdf", "a.pdf.part", "a.TMP", "a.crdownload", "a.filepart"])
def test_a_name_says_that_its_writer_is_not_done(name: str):
    assert not rules.is_finished_name(name)


def test_a_folder_names_its_home():
    assert rules.folder_home("l-2016-00007") == (None, "L-2016-00007")
    assert rules.folder_home("E-2016-00012") == ("E-2016-00012", None)
    assert rules.folder_home("E-2016-00012 (copie)") == (None, None)


def test_a_day_in_a_name():
    assert rules.day_in_name("lot-2016-06-10.pdf") == date(2016, 6, 10)
    assert rules.day_in_name("20160231.pdf") is None
    assert rules.day_in_name("facture-120160610.pdf") is None
