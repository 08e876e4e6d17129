"""The checks of an opening day find what is wrong: a receipt lost, a place too many, an order turned round."""

import json
from collections.abc import Callable

import pytest

from bench import promises
from bench.load import Answered, Call, Result
from bench.promises import Crowd, Report

Rows = list[list[object]]


def rows() -> Rows:
    """Two places: the first two that are not exempt have them. Identifier, sequence, instant, status, reason, rank."""
    return [
        ["a", 1, 1, "provisional", None, 1], ["b", 2, 2, "exempt", None, None], ["c", 3, 3, "provisional", None, 2], ["d", 4, 4, "refused", "capacity", None],
    ]  # fmt: skip


def lose_a_place(some: Rows) -> None:
    some[2][3] = "refused"


def give_too_many(some: Rows) -> None:
    some[3][3] = "provisional"


def pass_somebody_over(some: Rows) -> None:
    some[0][3], some[3][3] = "refused", "provisional"


def turn_the_ranks(some: Rows) -> None:
    some[0][5], some[2][5] = 2, 1


def test_a_day_without_fault_has_none():
    report = Report()
    promises._places(report, rows(), 2, 3)
    assert report.faults == []
    assert len(report.checks) == 4


@pytest.mark.parametrize("spoil", [lose_a_place, give_too_many, pass_somebody_over, turn_the_ranks])
def test_places_given_wrongly_are_found(spoil: Callable[[Rows], None]):
    some, report = rows(), Report()
    spoil(some)
    promises._places(report, some, 2, 3)
    assert report.faults


def test_a_case_that_is_missing_is_found():
    report = Report()
    promises._places(report, rows(), 2, 2)
    assert [fault.partition(":")[0] for fault in report.faults] == ["a case for each who has a place or is exempt"]


def test_receipts_in_another_order_than_sent_are_found():
    day, report = Crowd([[Call("a", b""), Call("c", b"")]], {"a", "c"}, set(), 0), Report()
    promises._order_of_each(report, day, {"a": {"sequence": 3}, "c": {"sequence": 1}})
    assert report.faults


def answered(name: str, status: int, receipt: str = "r") -> Answered:
    return Answered(name, status, json.dumps({"receipt": receipt}).encode(), 0.1)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ([answered("a", 201), answered("again:a", 200), answered("wrong:1", 422)], None),
        ([answered("a", 0), answered("again:a", 200), answered("wrong:1", 422)], "every application was acknowledged"),
        ([answered("a", 201), answered("again:a", 200, "other"), answered("wrong:1", 422)], "the same again got 200 and the first receipt"),
        ([answered("a", 201), answered("again:a", 201), answered("wrong:1", 422)], "the same again got 200 and the first receipt"),
        ([answered("a", 201), answered("again:a", 200), answered("wrong:1", 201)], "every wrong one was refused with 422"),
    ],
    ids=["sound", "lost", "another receipt", "received twice", "wrong one let in"],
)
def test_answers_that_break_a_promise_are_found(answers: list[Answered], wrong: str | None):
    report, day = Report(), Crowd([], {"a"}, {"a"}, 1)
    promises._answers(report, day, {one.name: one for one in answers if one.name == "a"}, Result(answers))
    found = [fault.partition(":")[0] for fault in report.faults]
    assert wrong in found if wrong else not found
