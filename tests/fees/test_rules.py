"""Fees: the worked examples of the domain notes by their numbers, and the laws of money."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.calendar import Calendar, montreal_day
from backoffice.core.states import move
from backoffice.deadlines.rules import last_day, rule_for
from backoffice.deadlines.values import TermKind
from backoffice.fees import rules
from backoffice.fees.rules import (
    accepted_by_post,
    assess,
    assessed_members,
    envelope_settles,
    indexed,
    is_dependent_child,
    overpaid,
    owing,
    standing,
)
from backoffice.fees.states import TRANSITIONS, FeeAction, FeeState
from backoffice.fees.tariff import FIRST_YEAR, LAST_YEAR, TARIFFS, NoTariffError, tariff_on
from backoffice.fees.values import FeeExemption, FeeStanding, Mark, PaymentMethod

# --- Worked examples ---------------------------------------------------------------------------------------------


def test_example_1_a_family_of_four_in_june_2016() -> None:
    assessed = assess(date(2016, 6, 13), members=3)
    assert assessed.total_cents == 1_271_00
    assert [(line.label_key, line.count, line.unit_cents, line.total_cents) for line in assessed.lines] == [
        ("principal", 1, 773_00, 773_00),
        ("member", 3, 166_00, 498_00),
    ]
    assert assessed.persons == 4


def test_example_2_the_same_family_on_paper_in_2015() -> None:
    assert assess(date(2015, 11, 4), members=3).total_cents == 1_257_00


def test_example_3_the_same_family_at_the_turn_of_2019() -> None:
    old, new = assess(date(2018, 12, 31), members=3), assess(date(2019, 1, 1), members=3)
    assert (old.total_cents, new.total_cents) == (1_289_00, 1_311_00)
    assert new.total_cents - old.total_cents == 22_00


def test_example_4_the_tariff_is_that_of_the_submission_and_not_of_the_payment() -> None:
    submitted_on, paid_on = date(2018, 12, 20), date(2019, 1, 10)
    assert assess(submitted_on, members=3).total_cents == 1_289_00
    limit = last_day(rule_for(TermKind.PAYMENT, submitted_on), submitted_on, calendar=Calendar("test"))
    assert paid_on <= limit == date(2019, 1, 21)


@pytest.mark.parametrize(
    ("dollars", "rate", "next_year"),
    [
        (773, "0.0074", 779),
        (779, "0.0082", 785),
        (785, "0.0171", 798),
        (166, "0.0074", 167),
        (167, "0.0082", 168),
        (168, "0.0171", 171),
    ],
)
def test_example_5_indexation(dollars: int, rate: str, next_year: int) -> None:
    assert indexed(dollars * 100, Decimal(rate)) == next_year * 100


def test_example_6_a_sum_split_over_two_envelopes_settles_nothing_and_one_envelope_with_both_does() -> None:
    due = assess(date(2016, 6, 13), members=3).total_cents
    assert not envelope_settles(due, [600_00])
    assert not envelope_settles(due, [671_00])
    assert envelope_settles(due, [600_00, 671_00])


def test_example_8_a_late_draft_finds_the_fee_lapsed() -> None:
    limit = last_day(rule_for(TermKind.PAYMENT, date(2016, 6, 13)), date(2016, 6, 13), calendar=Calendar("test"))
    assert montreal_day(datetime(2016, 7, 14, 14, tzinfo=UTC)) > limit
    lapsed = move(TRANSITIONS, FeeState.DUE, FeeAction.LAPSE)
    assert (lapsed, FeeAction.SETTLE) not in TRANSITIONS


def test_example_20a_the_age_of_a_child_is_judged_on_the_day_of_receipt() -> None:
    submitted_on = date(2016, 8, 16)
    assert is_dependent_child(date(1997, 9, 1), submitted_on)
    assert not is_dependent_child(date(1997, 6, 1), submitted_on)
    assert is_dependent_child(date(1997, 6, 1), date(2017, 10, 24))
    assert assess(submitted_on, assessed_members([date(1997, 9, 1)], submitted_on)).lines[1].total_cents == 166_00
    assert assessed_members([date(1997, 6, 1)], submitted_on) == 0


def test_example_20b_a_baby_added_to_a_family_with_valid_certificates_costs_nothing() -> None:
    assessed = assess(date(2017, 5, 2), members=1, exempt=FeeExemption.ADD_MEMBER)
    assert assessed.total_cents == 0
    assert standing(assessed.total_cents, []) is FeeStanding.PAID


# --- Tariff ----------------------------------------------------------------------------------------------------------

RATES = {
    2016: "0.0109",
    2017: "0.0074",
    2018: "0.0082",
    2019: "0.0171",
    2020: "0.0172",
    2021: "0.0126",
    2022: "0.0264",
    2023: "0.03",
    2024: "0.03",
    2025: "0.0285",
}


@pytest.mark.parametrize("year", RATES)
def test_each_year_follows_from_the_rounded_figures_of_the_year_before(year: int) -> None:
    before, after, rate = TARIFFS[year - 1], TARIFFS[year], Decimal(RATES[year])
    assert indexed(before.principal_cents, rate) == after.principal_cents
    assert indexed(before.member_cents, rate) == after.member_cents


def test_the_tariff_has_no_gap_and_each_line_its_source() -> None:
    assert sorted(TARIFFS) == list(range(FIRST_YEAR, LAST_YEAR + 1))
    assert all(tariff.source for tariff in TARIFFS.values())
    assert (TARIFFS[2016].mark, TARIFFS[2017].mark) == (Mark.SURE, Mark.LIKELY)


@pytest.mark.parametrize("year", range(FIRST_YEAR + 1, LAST_YEAR + 1))
def test_the_tariff_changes_on_the_first_of_january(year: int) -> None:
    assert tariff_on(date(year - 1, 12, 31)).year == year - 1
    assert tariff_on(date(year, 1, 1)).year == year


def test_a_year_not_yet_known_is_carried_forward_and_says_so() -> None:
    carried = tariff_on(date(LAST_YEAR + 3, 5, 1))
    assert carried.carried
    assert (carried.year, carried.principal_cents) == (LAST_YEAR, TARIFFS[LAST_YEAR].principal_cents)
    assert not tariff_on(date(LAST_YEAR, 12, 31)).carried


def test_no_tariff_is_invented_for_the_past() -> None:
    with pytest.raises(NoTariffError):
        tariff_on(date(2012, 12, 31))


def test_an_exemption_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="friend"):
        assess(date(2016, 6, 13), 0, exempt="friend_of_the_house")


# --- Post ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["certified_cheque", "bank_draft", "money_order", "company_cheque"])
def test_instruments_accepted_by_post(method: str) -> None:
    assert accepted_by_post(PaymentMethod(method))


@pytest.mark.parametrize("method", ["cash", "personal_cheque", "travellers_cheque", "card", "debit", "other"])
def test_instruments_refused_by_post(method: str) -> None:
    assert not accepted_by_post(PaymentMethod(method))


def test_a_card_form_comes_by_post_with_a_paper_file_only() -> None:
    assert accepted_by_post(PaymentMethod.CARD, paper_file=True)
    assert not accepted_by_post(PaymentMethod.CASH, paper_file=True)


# --- Children --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_on", "last_birthday_out", "first_birthday_in"),
    [
        (date(2014, 7, 31), date(1992, 7, 31), date(1992, 8, 1)),
        (date(2014, 8, 1), date(1995, 8, 1), date(1995, 8, 2)),
        (date(2017, 10, 23), date(1998, 10, 23), date(1998, 10, 24)),
        (date(2017, 10, 24), date(1995, 10, 24), date(1995, 10, 25)),
    ],
)
def test_the_age_rule_changes_with_the_day_of_receipt(received_on: date, last_birthday_out: date, first_birthday_in: date) -> None:
    assert not is_dependent_child(last_birthday_out, received_on)
    assert is_dependent_child(first_birthday_in, received_on)


def test_studies_prolong_dependency_before_august_2014_only() -> None:
    assert is_dependent_child(date(1985, 1, 1), date(2014, 7, 31), student=True)
    assert not is_dependent_child(date(1985, 1, 1), date(2014, 8, 1), student=True)


def test_a_child_with_a_spouse_is_not_dependent_and_one_unable_to_live_alone_is() -> None:
    assert not is_dependent_child(date(2000, 1, 1), date(2016, 8, 16), has_spouse=True)
    assert is_dependent_child(date(1980, 1, 1), date(2016, 8, 16), unable=True)


def test_a_child_born_on_29_february_ages_on_the_first_of_march() -> None:
    assert rules.age_on(date(1996, 2, 29), date(2015, 2, 28)) == 18
    assert rules.age_on(date(1996, 2, 29), date(2015, 3, 1)) == 19


def test_the_spouse_pays_like_a_child() -> None:
    assert assessed_members([date(2010, 1, 1)], date(2016, 6, 13), spouse=True) == 2


# --- Laws ------------------------------------------------------------------------------------------------------------

amounts = st.integers(0, 5_000_00)
payments = st.lists(st.integers(1, 2_000_00), max_size=6)
days = st.dates(date(FIRST_YEAR, 1, 1), date(2040, 12, 31))


@given(amounts, payments)
def test_owing_is_never_negative_and_never_both_owing_and_overpaid(assessed: int, paid: list[int]) -> None:
    assert owing(assessed, paid) >= 0
    assert owing(assessed, paid) - overpaid(assessed, paid) == assessed - sum(paid)
    assert 0 in (owing(assessed, paid), overpaid(assessed, paid))


@given(amounts, payments, st.randoms(use_true_random=False), st.sampled_from([owing, overpaid, standing]))
def test_the_order_of_payments_never_matters(assessed: int, paid: list[int], random: Random, rule: Callable[[int, list[int]], object]) -> None:
    shuffled = list(paid)
    random.shuffle(shuffled)
    assert rule(assessed, shuffled) == rule(assessed, paid)


@given(amounts, payments)
def test_the_standing_agrees_with_what_is_owing(assessed: int, paid: list[int]) -> None:
    settled = standing(assessed, paid) in {FeeStanding.PAID, FeeStanding.OVERPAID}
    assert settled == (owing(assessed, paid) == 0)
    assert (standing(assessed, paid) is FeeStanding.OVERPAID) == (overpaid(assessed, paid) > 0)
    assert (standing(assessed, paid) is FeeStanding.DUE) == (assessed > 0 and sum(paid) == 0)


@given(days, st.integers(0, 12))
def test_the_lines_of_an_assessment_add_up(on: date, members: int) -> None:
    assessed = assess(on, members)
    assert assessed.total_cents == sum(line.total_cents for line in assessed.lines)
    assert all(line.count * line.unit_cents == line.total_cents for line in assessed.lines)
    assert sum(line.count for line in assessed.lines) == assessed.persons == members + 1


@given(days, days, st.integers(0, 12))
def test_a_later_day_never_costs_less(one: date, other: date, members: int) -> None:
    early, late = sorted([one, other])
    assert assess(early, members).total_cents <= assess(late, members).total_cents


@given(st.integers(0, 2000), st.decimals("-0.05", "0.03", places=4))
def test_indexation_gives_whole_dollars_and_never_lowers(dollars: int, rate: Decimal) -> None:
    after = indexed(dollars * 100, rate)
    assert after % 100 == 0
    assert after >= dollars * 100


def test_half_a_dollar_is_rounded_up() -> None:
    assert indexed(250_00, Decimal("0.01")) == 253_00
