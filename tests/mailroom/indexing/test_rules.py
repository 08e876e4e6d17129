"""Clues in text and names compared: no database."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.cases import numbers
from backoffice.cases.names import fold, search_name
from backoffice.mailroom.indexing import reading, rules
from backoffice.mailroom.indexing.values import Clue, PageRead, Source, Why

BORN = date(1984, 7, 14)
NUMBER = numbers.case_number(2016, 123)


@pytest.mark.parametrize(
    "written",
    [NUMBER, NUMBER.replace("-", ""), f"N/Réf. : {NUMBER[:2]} {NUMBER[2:5]} {NUMBER[5:]}", NUMBER.replace("0", "O"), f"Tél. 514 555 {NUMBER}",
     NUMBER.replace("1", "l"), " ".join(NUMBER.replace("-", ""))],
)  # fmt: skip
def test_a_file_number_is_read_however_it_is_written(written: str):
    assert list(reading.numbers_in(f"Dossier {written}.")) == [NUMBER]


@given(st.integers(0, 999_999), st.integers(0, 8), st.integers(1, 9))
def test_a_file_number_with_a_wrong_digit_is_none(serial: int, place: int, more: int):
    digits = numbers.case_number(2016, serial).replace("-", "")
    wrong = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    assert numbers.normalise(digits) not in set(reading.numbers_in(wrong))


@pytest.mark.parametrize(
    "written",
    ["1984-07-14", "14/07/1984", "07/14/1984", "14.07.1984", "14 juillet 1984", "14 juil. 1984", "July 14, 1984", "July 14th 1984", "14 de julio de 1984",
     "19840714", "١٤/٠٧/١٩٨٤", "14 يوليو 1984", "14-JUL-1984", "14 JUL / JUIL 1984", "1984 07 14"],
)  # fmt: skip
def test_a_birth_date_is_read_however_it_is_written(written: str):
    clues = reading.clues("", "", (), [PageRead(1, f"Né(e) le {written} à", 90)])
    assert BORN in {clue.day for clue in clues.births}


def test_an_ambiguous_day_is_read_both_ways_and_an_impossible_one_not_at_all():
    assert list(reading.days_in("03/04/1984")) == [date(1984, 4, 3), date(1984, 3, 4)]
    assert list(reading.days_in("31/02/1984 et 1984-13-01")) == []


def test_a_page_gives_its_names_after_their_labels_first():
    text = "République fictive\nNom : TREMBLAY-GAGNON\nPrénoms : Marie Ève\nMontréal, le 3 juin\nNguyễn Thị Minh Khai\nJe soussignée Lucie Roy\nالاسم: محمد الحسن"
    assert list(reading.names_in(text)) == ["tremblay gagnon marie eve", "محمد الحسن", "lucie roy", "nguyen thi minh khai"]


def test_a_passport_is_read_with_its_spaces():
    assert "AB123456" in set(reading.passports_in("Passeport nº : ab 123 456"))


@pytest.mark.parametrize(
    ("written", "family", "given", "why"),
    [
        ("Tremblay, Marie", "Tremblay", "Marie", Why.NAME_SAME),
        ("Marie Tremblay", "Tremblay", "Marie", Why.NAME_ORDER),
        ("Trembley Marie", "Tremblay", "Marie", Why.NAME_LETTER),
        ("Tremblya Marie", "Tremblay", "Marie", Why.NAME_LETTER),
        ("BÉLANGER ZOÉ", "Belanger", "Zoe", Why.NAME_SAME),
        ("Gagnon Marie", "Tremblay-Gagnon", "Marie", Why.NAME_PART),
        ("Trembley Marie", "Tremblay-Gagnon", "Marie Ève", Why.NAME_LETTER),
        ("Khai Nguyen Thi Minh", "Nguyễn", "Thị Minh Khai", Why.NAME_ORDER),
        ("AlHassan Omar", "Al-Hassan", "Omar", Why.NAME_SAME),
        ("Mohammed Hassan", "Hassan", "Muhamad", Why.NAME_SOUND),
        ("فاطمه الزهراء", "الزهراء", "فاطمة", Why.NAME_ORDER),
        ("مُحَمَّد الحسن", "الحسن", "محمد", Why.NAME_ORDER),
    ],
)
def test_one_person_written_two_ways_is_recognised_with_its_reason(written: str, family: str, given: str, why: Why):
    found = rules.compare(fold(written), search_name(family, given))
    assert found
    assert found[0] is why


@pytest.mark.parametrize(("one", "two"), [("Lavoie Paul", "Tremblay Marie"), ("Exemple Zoé", "Fictif Zoé"), ("Li", "Lu"), ("", "Tremblay")])
def test_two_people_are_not_one(one: str, two: str):
    assert rules.compare(fold(one), fold(two)) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared_and_the_order_does_not_matter(one: str, two: str):
    assert (rules.compare(fold(one), fold(two)) or (None, 0))[1] == (rules.compare(fold(two), fold(one)) or (None, 0))[1]


def test_a_machine_s_reading_weighs_what_its_confidence_is_worth():
    somebody = rules.Somebody(1, "tremblay marie", "Tremblay, Marie", BORN, None, principal=True)
    sure, unsure, typed = (rules.of_person(somebody, rules.Clues(names=(clue,)))[0].weight for clue in (
        Clue("tremblay marie", Source.PAGE, 1, 95), Clue("tremblay marie", Source.PAGE, 1, 40), Clue("tremblay marie", Source.TYPED),
    ))  # fmt: skip
    assert typed > sure > unsure


def test_the_first_is_chosen_beforehand_only_if_it_is_sure_and_leads():
    assert rules.chosen([90])
    assert rules.chosen([90, 60])
    assert not rules.chosen([90, 89])
    assert not rules.chosen([40])
    assert not rules.chosen([])
    assert rules.chosen([40], typed=True), "a clerk's own words brought it"
    assert not rules.chosen([40, 40], typed=True)


def test_a_name_may_be_typed_cut_short_but_is_not_read_so():
    somebody = rules.Somebody(1, "quevillon hmkfc zoe", "Quévillon hmkfc, Zoé", BORN, None, principal=True)
    assert rules.name_reason(somebody, rules.Clues(names=(Clue("quevillon hm", Source.TYPED),)))
    assert rules.name_reason(somebody, rules.Clues(names=(Clue("hm zo", Source.PAGE, 1, 90),))) is None


def test_a_date_on_a_page_without_a_name_says_nothing_but_a_clerk_s_does():
    somebody = rules.Somebody(1, "tremblay marie", "Tremblay, Marie", BORN, None, principal=True)
    assert rules.of_person(somebody, rules.Clues(births=(rules.DayClue(BORN, Source.PAGE, 1, 99),))) == []
    assert rules.of_person(somebody, rules.Clues(births=(rules.DayClue(BORN, Source.TYPED),)))


@pytest.mark.parametrize("name", ["blns.json", "right-to-left.txt", "naughty-unicode.txt", "emoji.txt", "corrupted.txt", "SQLi_Polyglots.txt"])
def test_no_text_of_the_samples_breaks_the_reading(samples: Path, name: str):
    path = samples / "3-text" / name
    lines = json.loads(path.read_text()) if name.endswith(".json") else path.read_text(errors="replace").splitlines()
    for line in lines:
        clues = reading.clues(line, line, [line], [PageRead(1, line, 50)])
        assert all("\x00" not in clue.value for clue in (*clues.names, *clues.numbers, *clues.passports))
        assert len(clues.names) <= reading.MOST_NAMES
