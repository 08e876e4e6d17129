"""File numbers catch the slips people make when they copy them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backoffice.cases.numbers import case_number, check_digit, is_case_number, normalise, nri

years = st.integers(2000, 2099)
serials = st.integers(0, 999_999)
numbers = st.builds(case_number, years, serials)


def test_a_number_is_the_year_the_serial_and_a_check_digit() -> None:
    assert case_number(2016, 42) == "16000042-8"
    assert is_case_number("16000042-8")


def test_a_persons_reference_has_seven_digits_and_a_check_digit() -> None:
    assert nri(1) == "0000001-8"
    assert nri(7_992_739) == "7992739-8"


@pytest.mark.parametrize("typed", ["16000042-8", "160000428", " 1600 0042 8 ", "16000042\u20118", "16\u00a0000\u00a0042-8", "16.000042/8"])
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert normalise(typed) == "16000042-8"


@pytest.mark.parametrize("typed", ["", "16000042-7", "1600042-8", "x16000042-8", "160000428 0", "١٦٠٠٠٠٤٢-٨", "²6000042-8"])
def test_what_is_not_a_number_is_none(typed: str) -> None:
    assert normalise(typed) is None
    assert not is_case_number(typed)


def test_the_check_digit_is_luhns() -> None:
    assert check_digit("7992739871") == "3"  # the example of ISO/IEC 7812-1 textbooks


def test_a_serial_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="six digits"):
        case_number(2016, 1_000_000)
    with pytest.raises(ValueError, match="seven digits"):
        nri(-1)


@given(numbers)
def test_a_number_is_its_own_normal_form(number: str) -> None:
    assert is_case_number(number)
    assert normalise(number) == number == normalise(number.replace("-", ""))


@given(years, serials, years, serials)
def test_two_files_of_a_century_never_share_a_number(year: int, serial: int, other_year: int, other: int) -> None:
    same = (year, serial) == (other_year, other)
    assert (case_number(year, serial) == case_number(other_year, other)) == same


@given(numbers, st.integers(0, 8), st.integers(1, 9))
def test_every_wrong_digit_is_caught(number: str, position: int, shift: int) -> None:
    digits = number.replace("-", "")
    wrong = str((int(digits[position]) + shift) % 10)
    assert normalise(digits[:position] + wrong + digits[position + 1 :]) is None


@given(numbers, st.integers(0, 7))
def test_every_swap_of_neighbours_is_caught_but_0_and_9(number: str, position: int) -> None:
    digits = number.replace("-", "")
    left, right = digits[position], digits[position + 1]
    assume(left != right)
    swapped = digits[:position] + right + left + digits[position + 2 :]
    assert (normalise(swapped) is None) == ({left, right} != {"0", "9"})


@given(st.text(max_size=14))
def test_whatever_is_typed_is_read_or_declined(typed: str) -> None:
    read = normalise(typed)
    assert read is None or is_case_number(read)
