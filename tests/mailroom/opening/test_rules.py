"""Numbers with their check digit, odd days, the order of slips, totals."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.mailroom.opening import rules
from backoffice.mailroom.opening.values import Count, Line, Place, SlipNumber, Total, by_kind

TODAY = date(2016, 6, 13)


@given(st.integers(2016, 2099), st.integers(1, 999_999))
def test_a_slip_number_is_read_as_it_is_written_however_it_is_typed(year: int, serial: int):
    number = rules.slip_number(year, serial)
    assert rules.read_slip(number) == SlipNumber(year, serial)
    assert rules.read_slip(number.lower().replace("-", " ")) == SlipNumber(year, serial)
    assert rules.read_slip(number.replace("-", "")[1:]) == SlipNumber(year, serial)


@given(st.integers(1, 999_999), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_never_another_slip(serial: int, place: int, by: int):
    digits = rules.slip_number(2016, serial).replace("-", "")[1:]
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert rules.read_slip("K" + wrong) is None


@pytest.mark.parametrize("typed", ["", "K-2016-000123", "E-2016-00012", "K-2016-000123-x", "K-2016-0001234-7", "P-2016-000123-8"])
def test_what_is_no_slip_is_not_read(typed: str):
    assert rules.read_slip(typed) is None


def test_each_series_has_its_letter_and_shares_no_number():
    assert rules.piece_number(2016, 123) != rules.slip_number(2016, 123)
    assert rules.piece_number(2016, 123)[:13] == "P-2016-000123"
    assert rules.deposit_number(2016, 12) == "BD-2016-0012"
    with pytest.raises(ValueError, match="six digits"):
        rules.slip_number(2016, 1_000_000)


@pytest.mark.parametrize(("days", "old"), [(0, False), (30, False), (31, True)])
def test_a_stamp_of_more_than_thirty_days_is_old(days: int, old: bool):
    assert rules.is_old(TODAY - timedelta(days), TODAY) is old


def test_a_lower_slip_has_no_later_day():
    entered = [Place(5, TODAY)]
    assert rules.against_order(4, TODAY + timedelta(1), entered) == entered[0]
    assert rules.against_order(6, TODAY - timedelta(1), entered) == entered[0]
    assert rules.against_order(4, TODAY, entered) is None
    assert rules.against_order(6, TODAY + timedelta(1), entered) is None


@pytest.mark.parametrize(("counted", "registered", "missing", "extra", "difference"), [
    (None, 3, 0, 0, 0), (5, 3, 2, 0, 2), (3, 3, 0, 0, 0), (3, 4, 0, 1, -1),
])  # fmt: skip
def test_a_delivery_says_what_is_missing_and_what_is_too_many(counted: int | None, registered: int, missing: int, extra: int, difference: int):
    count = Count(counted, registered)
    assert (count.missing, count.extra, count.difference) == (missing, extra, difference)


def test_totals_are_by_kind_and_currency():
    lines = [
        Line(1, "bank_draft", "CAD", 100),
        Line(2, "certified_cheque", "CAD", 50),
        Line(3, "bank_draft", "CAD", 1),
        Line(4, "bank_draft", "USD", 7),
    ]
    assert by_kind(lines) == [Total("bank_draft", "CAD", 2, 101), Total("bank_draft", "USD", 1, 7), Total("certified_cheque", "CAD", 1, 50)]
