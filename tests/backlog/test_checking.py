"""Every fault of a line at once, each with its column; what is good has one content whatever its form."""

import string
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.cases import names
from backoffice.intake.backlog import checking
from backoffice.intake.backlog.values import Checked, RawLine
from tests.backlog.lines import line, person

TODAY = "2016-06-13"


def check(cells: dict[str, Any]) -> Checked:
    return checking.check(RawLine(2, "…", cells), TODAY)


def faults(**changes: Any) -> list[tuple[str, str]]:
    cells = {name: value for name, value in person(**changes).items() if value is not None}
    return [(fault.column, fault.code) for fault in check(cells).faults]


def test_a_good_line_has_no_fault_and_defaults_are_those_of_paper():
    checked = check(person())
    assert checked.faults == []
    assert {name: checked.content[name] for name in ("channel", "language", "status")} == {
        "channel": "paper", "language": "fr", "status": "PAYEE_EN_FILE",
    }  # fmt: skip
    assert checked.people == [("ancien b zoe", "1980-02-29", "F", None)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"number": None}, ("number", "missing")),
        ({"number": 12}, ("number", "text")),
        ({"number": "x" * 65}, ("number", "long")),
        ({"programme": "prtq"}, ("programme", "programme")),
        ({"received_on": "2015-02-29"}, ("received_on", "day")),
        ({"received_on": "20150203"}, ("received_on", "day")),
        ({"received_on": "2016-06-14"}, ("received_on", "future")),
        ({"received_on": "0215-11-04"}, ("received_on", "too_old")),
        ({"channel": "fax"}, ("channel", "code")),
        ({"status": "EN COURS"}, ("status", "code")),
        ({"status": "ATTENTE_PAIEMENT"}, ("status", "unpaid")),
        ({"fee_paid_cents": "12,50"}, ("fee_paid_cents", "cents")),
        ({"fee_paid_cents": True}, ("fee_paid_cents", "cents")),
        ({"fee_paid_on": None}, ("fee_paid_on", "both_fees")),
        ({"exempt_ground": "friend"}, ("exempt_ground", "code")),
        ({"sex": "féminin"}, ("sex", "code")),
        ({"birth_date": "2017-01-01"}, ("birth_date", "future")),
        ({"birth_country": "France"}, ("birth_country", "country")),
        ({"citizenships": []}, ("citizenships", "missing")),
        ({"citizenships": ["FR", "FR"]}, ("citizenships", "citizenships")),
        ({"citizenships": ["FR", {}]}, ("citizenships", "citizenships")),
        ({"passport_number": "12"}, ("passport_number", "short")),
        ({"email": "nobody"}, ("email", "email")),
        ({"address_lines": None}, ("address_1", "missing")),
        ({"address_lines": ["x"] * 7}, ("address_lines", "shape")),
        ({"destination_region": "18"}, ("destination_region", "form")),
        ({"spouse": []}, ("spouse", "shape")),
        ({"spouse": "{"}, ("spouse", "json")),
        ({"children": ["Léo"]}, ("child1", "shape")),
        ({"family": "Ancien"}, ("family", "unknown")),
        ({"given_names": "Zo\x00é"}, ("", "null")),
        ({"given_names": "Zo\ud800"}, ("", "encoding")),
    ],
)
def test_a_fault_is_named_with_its_column(changes: dict[str, Any], expected: tuple[str, str]):
    assert faults(**changes) == [expected]


def test_all_the_faults_of_a_line_come_at_once():
    found = faults(number=None, sex="?", birth_date="hier", children=[{"family_name": "Enfant", "sex": "F", "birth_date": "2012-02-31"}])
    assert found == [
        ("number", "missing"), ("sex", "code"), ("birth_date", "day"), ("child1_birth_date", "day"), ("child1_citizenships", "missing"),
    ]  # fmt: skip


def test_an_address_that_says_backslash_u0000_is_no_null_character():
    assert faults(address_lines=["C:\\u0000"]) == []


def test_the_same_file_in_csv_and_in_json_has_the_same_digest():
    as_json = person(number="DCS-000001", passport_number="VIEUX000001", birth_country="FR", postal_code="69001", locality="Lyon")
    cells = {name: value for name, value in line(1).items() if value}
    as_csv = {name: value for name, value in cells.items() if name != "address_1"} | {"address_lines": [cells["address_1"]]}
    assert check(as_json).faults == check(as_csv).faults == []
    assert check(as_json).sha256 == check(as_csv).sha256
    assert check(person(number="DCS-000002")).sha256 != check(person(number="DCS-000001")).sha256


@given(st.dates(date(1980, 1, 1), date(2016, 6, 13)))
def test_every_day_of_the_calendar_is_a_day(day: date):
    assert faults(received_on=day.isoformat()) == []


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1980, 2015))
def test_what_is_no_day_of_the_calendar_is_refused(month: int, day: int, year: int):
    text = f"{year}-{month:02d}-{day:02d}"
    try:
        date.fromisoformat(text)
    except ValueError:
        assert faults(received_on=text) == [("received_on", "day")]
    else:
        assert faults(received_on=text) == []


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.lists(st.text(max_size=3), max_size=7) | st.just({})


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first text of all loads the table of Unicode
@given(st.dictionaries(st.sampled_from(sorted(person())), ANYTHING, max_size=5))
def test_whatever_stands_in_a_line_is_judged_and_never_breaks_the_import(cells: dict[str, Any]):
    checked = check(person() | cells)
    assert checked.faults or checked.sha256


@given(st.text(alphabet=string.printable))
def test_names_in_plain_letters_fold_as_all_names_do(text: str):
    # A letter outside ASCII sends the same name through the general way; « ß » at the end is « ss ».
    assert names.fold(text) == names.fold(text + " ß").removesuffix("ss").strip()


def test_tomorrow_is_not_yet():
    tomorrow = (date.fromisoformat(TODAY) + timedelta(days=1)).isoformat()
    assert faults(fee_paid_on=tomorrow) == [("fee_paid_on", "future")]
