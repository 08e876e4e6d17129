"""The processing order: example 19, and that it is total, stable, explained, and blind to admission and to the door."""

from dataclasses import fields, replace
from datetime import date
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.cases.numbers import case_number
from backoffice.cases.ranking import (
    KEY_PARTS,
    RULE_VERSION,
    SAME,
    Policy,
    ProcessingClass,
    SortKey,
    compare,
    order,
    processing_class,
    sort_key,
    tie,
    why,
)
from backoffice.cases.values import Channel, PriorityFacts

DEFAULT = Policy()
PAPER_FIRST = Policy(paper_first=True)

F1 = PriorityFacts(None, False, False, Channel.ONLINE, date(2016, 6, 13))
F2 = PriorityFacts(None, True, False, Channel.ONLINE, date(2016, 6, 13))
F3 = PriorityFacts(None, False, False, Channel.PAPER, date(2015, 11, 10))
F4 = PriorityFacts(None, False, True, Channel.ONLINE, date(2016, 6, 20))
FILES = {"F1": F1, "F2": F2, "F3": F3, "F4": F4}


def in_order(policy: Policy) -> list[str]:
    return sorted(FILES, key=lambda name: sort_key(FILES[name], "2016-06-13", name, policy))


# --- Example 19 ------------------------------------------------------------------------------------------------------


def test_example_19_the_default_order() -> None:
    assert in_order(DEFAULT) == ["F2", "F4", "F3", "F1"]
    assert [processing_class(FILES[name], DEFAULT) for name in FILES] == [5, 2, 4, 3]


def test_example_19_paper_first() -> None:
    assert in_order(PAPER_FIRST) == ["F3", "F2", "F4", "F1"]
    assert [processing_class(FILES[name], PAPER_FIRST) for name in FILES] == [5, 3, 2, 4]


# --- Classes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [DEFAULT, PAPER_FIRST])
def test_an_urgent_case_comes_before_all(policy: Policy) -> None:
    urgent = replace(F1, urgent_reason="Illness in the family")
    assert processing_class(urgent, policy) == 1
    assert why(urgent, policy).urgent_reason == "Illness in the family"


def test_a_case_of_several_classes_is_in_the_first_of_them() -> None:
    old_with_offer = replace(F3, validated_offer=True, temporary_resident=True)
    assert why(old_with_offer, DEFAULT).rule is ProcessingClass.VALIDATED_OFFER
    assert why(old_with_offer, PAPER_FIRST).rule is ProcessingClass.PAPER_BACKLOG


def test_the_backlog_ends_with_2015() -> None:
    assert why(replace(F3, legal_received_on=date(2015, 12, 31)), DEFAULT).rule is ProcessingClass.PAPER_BACKLOG
    assert why(replace(F3, legal_received_on=date(2016, 1, 1)), DEFAULT).rule is ProcessingClass.OTHERS


def test_the_reason_says_the_class_the_rule_and_its_version() -> None:
    assert why(F2, DEFAULT).to_json() == {
        "class": 2,
        "rule": "validated_offer",
        "legal_received_on": "2016-06-13",
        "urgent_reason": None,
        "paper_first": False,
        "version": RULE_VERSION,
    }


def test_no_admission_rank_is_among_the_facts() -> None:
    assert {field.name for field in fields(PriorityFacts)} == {
        "urgent_reason",
        "validated_offer",
        "temporary_resident",
        "channel",
        "legal_received_on",
    }


def test_the_lot_is_drawn_from_the_seed_and_anyone_can_draw_it_again() -> None:
    # printf '2016-06-13:16000042-6' | sha256sum | cut -c1-16
    assert tie("2016-06-13", "16000042-6") == "7228f0358bf37dc8"
    assert tie("2016-06-14", "16000042-6") != tie("2016-06-13", "16000042-6")


# --- Laws ------------------------------------------------------------------------------------------------------------

policies = st.builds(Policy, st.booleans())
facts = st.builds(
    PriorityFacts,
    st.none() | st.just("reason"),
    st.booleans(),
    st.booleans(),
    st.sampled_from(Channel),
    st.dates(date(2015, 12, 20), date(2016, 1, 10)),
)
numbered = st.dictionaries(st.builds(case_number, st.just(2016), st.integers(0, 999_999)), facts, max_size=12)


def _keys(cases: dict[str, PriorityFacts], policy: Policy) -> dict[str, SortKey]:
    return {number: sort_key(each, "seed", number, policy) for number, each in cases.items()}


@given(numbered, policies)
def test_the_order_is_total(cases: dict[str, PriorityFacts], policy: Policy) -> None:
    keys = _keys(cases, policy)
    assert len(set(keys.values())) == len(cases)


@given(numbered, policies, st.randoms(use_true_random=False))
def test_the_order_of_entry_and_the_admission_ranks_never_matter(cases: dict[str, PriorityFacts], policy: Policy, random: Random) -> None:
    admitted = list(cases)  # by admission rank; permuted, the cases keep the facts they had
    before = sorted(admitted, key=_keys(cases, policy).__getitem__)
    random.shuffle(admitted)
    permuted = {number: cases[number] for number in admitted}
    assert sorted(admitted, key=_keys(permuted, policy).__getitem__) == before


@given(numbered, policies, st.data())
def test_taking_a_case_out_never_changes_the_order_of_the_others(cases: dict[str, PriorityFacts], policy: Policy, data: st.DataObject) -> None:
    if not cases:
        return
    gone = data.draw(st.sampled_from(sorted(cases)))
    whole = sorted(cases, key=_keys(cases, policy).__getitem__)
    rest = {number: each for number, each in cases.items() if number != gone}
    assert sorted(rest, key=_keys(rest, policy).__getitem__) == [number for number in whole if number != gone]


@given(facts, policies)
def test_the_door_never_changes_the_place(each: PriorityFacts, policy: Policy) -> None:
    doors = {sort_key(replace(each, channel=channel), "seed", "16000042-6", policy) for channel in Channel}
    assert len(doors) == 1


@given(facts, policies)
def test_the_class_told_is_the_class_sorted_by(each: PriorityFacts, policy: Policy) -> None:
    reason = why(each, policy)
    assert reason.class_no == processing_class(each, policy) == sort_key(each, "seed", "n", policy)[0]
    assert order(policy)[reason.class_no - 1] is reason.rule


@given(numbered, policies)
def test_what_is_named_as_the_difference_is_the_first_difference(cases: dict[str, PriorityFacts], policy: Policy) -> None:
    keys = sorted(_keys(cases, policy).values())
    for first, second in pairwise(keys):
        part = KEY_PARTS.index(compare(first, second))
        assert first[:part] == second[:part]
        assert first[part] != second[part]
    assert all(compare(key, key) == SAME for key in keys)


@given(facts, facts)
def test_both_policies_list_the_same_classes_and_keep_the_urgent_first(one: PriorityFacts, other: PriorityFacts) -> None:
    assert set(order(DEFAULT)) == set(order(PAPER_FIRST)) == set(ProcessingClass)
    if one.urgent_reason and not other.urgent_reason:
        assert sort_key(one, "s", "1", PAPER_FIRST) < sort_key(other, "s", "2", PAPER_FIRST)
