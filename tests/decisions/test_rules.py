"""Choices, recourse by date, tables of states, marks of reminders."""

from datetime import date
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.deadlines.reminding import reached
from backoffice.deadlines.values import TermKind
from backoffice.decisions import rules, states
from backoffice.decisions.values import PROPOSED_FOR, Choice


@pytest.mark.parametrize("kind", PROPOSED_FOR)
def test_while_the_end_is_barred_there_are_two_ways_only(kind: TermKind):
    assert rules.choices(kind, barred=True) == (Choice.REISSUE, Choice.GO_ON)
    assert Choice.GO_ON not in rules.choices(kind, barred=False)


def test_a_refusal_is_not_decided_here():
    assert not {Choice.REJECT, Choice.INTEND} & set(rules.choices(TermKind.INTENTION_TO_REFUSE, barred=False))


@pytest.mark.parametrize(("on", "days"), [(date(2013, 5, 1), None), (date(2018, 8, 1), None), (date(2018, 8, 2), 90), (date(2026, 1, 1), 90)])
def test_the_recourse_is_that_of_the_day(on: date, days: int | None):
    assert rules.recourse(on).review_days == days


@pytest.mark.parametrize(
    ("table", "kind", "first", "final"),
    [
        (states.PROPOSALS, states.ProposalState, {"open"}, {"superseded"}),
        (states.INTENTIONS, states.IntentionState, {"sent"}, {"withdrawn", "followed"}),
        (states.DECISIONS, states.DecisionState, {"proposed"}, {"signed", "sent_back"}),
    ],
)
def test_every_state_is_reached_and_only_the_final_ones_have_no_exit(table: dict, kind: type[StrEnum], first: set[str], final: set[str]):
    assert {state.value for state in kind} == first | {after.value for after in table.values()}
    assert {state.value for state in kind} - {before.value for before, _ in table} == final


@given(st.integers(10, 120), st.integers(0, 130), st.sets(st.integers(1, 120), max_size=5), st.sets(st.integers(1, 120), max_size=5))
def test_the_latest_mark_is_first_and_none_is_as_long_as_its_term(length: int, left: int, marks: set[int], noted: set[int]):
    found = reached(length, left, marks, frozenset(noted))
    assert list(found) == sorted(found)
    assert set(found) <= {mark for mark in marks if left <= mark < length} - noted
    assert all(mark in found or mark in noted or not left <= mark < length for mark in marks)
