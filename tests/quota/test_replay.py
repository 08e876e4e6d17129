"""A ledger read again names its first wrong line, whatever was changed in it."""

import json
from datetime import date
from random import Random

import pytest

from backoffice.quota.rules import LedgerBrokenError, entry_digest, replay, sha256
from backoffice.quota.rules.draws import tie_key
from backoffice.quota.rules.inputs import Paid, PaperThrough
from backoffice.quota.values import WindowAction
from tests.quota.notebook import SECRET, Notebook


def sample() -> list[dict[str, object]]:
    window = Notebook(capacity=2, waiting_list=True, paper_share=1, policy={"order": "first_come", "paper_day": "sequence"})
    for name in "abc":
        window.arrive(name)
    window.arrive("p", paper=date(2016, 6, 13))
    window.write(Paid("a"))
    window.write(PaperThrough(date(2016, 6, 14)))
    window.move(WindowAction.CLOSE)
    window.move(WindowAction.SETTLE)
    return json.loads(json.dumps(window.lines))


def chained(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same lines, numbered and chained again by somebody who wants to hide a change."""
    previous = "0" * 64
    for n, line in enumerate(lines, 1):
        line.update(n=n, previous=previous)
        previous = line["digest"] = entry_digest(line)
    return lines


def test_a_whole_ledger_is_read() -> None:
    assert len(replay(sample()).shelf.entries) == 4


@pytest.mark.parametrize("place", range(len(sample())))
def test_a_line_taken_out_or_moved_is_found_where_it_stood(place: int) -> None:
    lines = sample()
    if place < len(lines) - 1:
        with pytest.raises(LedgerBrokenError) as found:
            replay(lines[:place] + lines[place + 1 :])
        assert found.value.n == place + 1
        lines[place], lines[place + 1] = lines[place + 1], lines[place]
        with pytest.raises(LedgerBrokenError) as found:
            replay(lines)
        assert found.value.n == place + 1


def test_any_member_changed_is_found_on_its_line() -> None:
    dice = Random(1)
    for place, line in enumerate(sample()):
        for name, value in line.items():
            lines = sample()
            lines[place][name] = {str: f"{value}0", int: 9_999_999, bool: not value}.get(type(value), dice.random())
            with pytest.raises(LedgerBrokenError) as found:
                replay(lines)
            assert found.value.n == place + 1, name


@pytest.mark.parametrize(("name", "value"), [("status", "confirmed"), ("reason", "unpaid"), ("rank", 2), ("pool", "reserve"), ("id", "b")])
def test_an_outcome_that_does_not_follow_is_found_though_the_chain_was_made_anew(name: str, value: object) -> None:
    lines = sample()
    place = next(n for n, line in enumerate(lines) if line["type"] == "admission")
    lines[place][name] = value
    with pytest.raises(LedgerBrokenError, match="follows") as found:
        replay(chained(lines))
    assert found.value.n == place + 1


def test_a_place_given_to_another_one_is_found_though_the_chain_was_made_anew() -> None:
    lines = sample()
    outcome = next(n for n, line in enumerate(lines) if line["type"] == "admission")
    del lines[outcome]
    with pytest.raises(LedgerBrokenError, match="missing before it"):
        replay(chained(lines))


def test_the_last_outcomes_cannot_be_left_out() -> None:
    with pytest.raises(LedgerBrokenError, match="missing"):
        replay(chained(sample()[:-1]))


def test_a_ledger_begins_with_its_terms() -> None:
    with pytest.raises(LedgerBrokenError, match="first entry"):
        replay(chained(sample()[1:]))


def test_who_jumps_the_queue_must_say_that_it_is_late() -> None:
    window = Notebook()
    window.arrive("a", sequence=5)
    window.arrive("b", sequence=3, late=True)
    replay(window.lines)
    window.arrive("c", sequence=4)
    with pytest.raises(LedgerBrokenError, match="order of arrivals"):
        replay(window.lines)


def ties(order: list[str], *, closed: bool = True) -> Notebook:
    window = Notebook(policy={"order": "first_come", "tie_seconds": 5}, capacity=9)
    for number, name in enumerate(order):
        window.arrive(name, sequence=number + 1, after=1)
    if closed:
        window.move(WindowAction.CLOSE)
    return window


def test_inside_a_tie_interval_the_order_is_that_of_the_lots_once_their_secret_is_known() -> None:
    drawn = sorted("abcd", key=lambda name: tie_key(SECRET, 0, name))
    replay(ties(drawn).lines)
    replay(ties(drawn[::-1], closed=False).lines)  # it cannot be checked yet
    with pytest.raises(LedgerBrokenError, match="order of arrivals"):
        replay(ties(drawn[::-1]).lines)


def test_the_secret_of_the_ties_is_the_one_committed_to() -> None:
    window = ties(list("a"))
    lines = json.loads(json.dumps(window.lines))
    secret = next(n for n, line in enumerate(lines) if line["type"] == "tie_secret")
    lines[secret]["secret"] = sha256("another")
    with pytest.raises(LedgerBrokenError, match="committed to") as found:
        replay(chained(lines))
    assert found.value.n == secret + 1


@pytest.mark.parametrize("line", [{"kind": "other"}, {"type": "other"}, {"extra": 1}, {"sequence": "1"}, {"received_at": "2016-06-13"}, {"late": 0}])
def test_a_line_with_other_members_is_refused(line: dict[str, object]) -> None:
    lines = sample()
    place = next(n for n, each in enumerate(lines) if each["type"] == "arrival")
    lines[place] = {**lines[place], **line}
    with pytest.raises(LedgerBrokenError) as found:
        replay(chained(lines))
    assert found.value.n == place + 1
