"""The worked examples of the domain notes, by their numbers."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from backoffice.core.calendar import MONTREAL
from backoffice.quota.rules import draw_key, is_within
from backoffice.quota.rules.inputs import (
    Lapsed,
    Paid,
    PaperThrough,
    Reinstated,
)
from backoffice.quota.values import (
    AdmissionReason,
    WindowAction,
)
from tests.quota.notebook import MONDAY, SECRET, Notebook, P, R, X, drawing


def drawn_as(names: str) -> str:
    """A public value that draws these names in this order."""
    wanted = names.split()
    return next(str(n) for n in range(100_000) if sorted(wanted, key=lambda name: draw_key(SECRET, str(n), name)) == wanted)


def test_example_14_a_submission_a_millisecond_before_the_opening_is_outside() -> None:
    opens = datetime(2016, 8, 16, 8, 30, tzinfo=MONTREAL)
    closes = datetime(2016, 8, 22, 17, tzinfo=MONTREAL)
    assert opens == datetime(2016, 8, 16, 12, 30, tzinfo=UTC)
    assert not is_within(opens, closes, datetime(2016, 8, 16, 12, 29, 59, 999_000, tzinfo=UTC))
    assert is_within(opens, closes, datetime(2016, 8, 16, 12, 30, tzinfo=UTC))
    assert not is_within(opens, closes, closes)


def example_15() -> Notebook:
    window = Notebook(capacity=3)
    for name in ("S1", "S2", "S3", "S4", "S5", "S6"):
        window.arrive(name, exempt=name in {"S2", "S6"})
    return window


def test_example_15_the_exempt_take_no_place_and_the_fourth_ordinary_one_finds_none() -> None:
    window = example_15()
    entries = window.book.shelf.entries
    assert window.standing(P) == ["S1", "S3", "S4"]
    assert [entries[name].rank for name in ("S1", "S2", "S3", "S4")] == [1, None, 2, 3]
    assert {entries[name].reason for name in window.standing(X)} == {AdmissionReason.EXEMPTION_CLAIMED}
    assert (entries["S5"].status, entries["S5"].reason) == (R, AdmissionReason.CAP_REACHED)
    assert len(window.standing(P, X)) == 5


def test_example_16_a_place_let_go_is_not_given_to_the_one_refused_but_to_the_next_to_come() -> None:
    window = example_15()
    for paid in ("S1", "S4"):
        window.write(Paid(paid))
    window.write(Lapsed("S3"))
    assert window.book.places.counts.taken == 2
    assert window.status("S5") is R
    assert (window.arrive("S7").status, window.arrive("S8").status) == (P, R)
    assert window.status("S5") is R


def test_example_16_once_the_window_is_closed_nobody_is_called_back() -> None:
    window = example_15()
    window.move(WindowAction.CLOSE)
    assert [outcome.id for outcome in window.write(Lapsed("S3"))] == ["S3"]
    assert window.status("S5") is R
    assert [outcome.status for outcome in window.write(Reinstated("S5"))] == [P], "only a person's review may use it"


def test_example_17_a_cap_by_country_inside_the_cap() -> None:
    window = Notebook(capacity=1_750, country_caps={"default": 1_200, "by_country": {}})
    for number in range(1_900):
        window.arrive(f"S{number}", "A" if number < 1_300 else "B")
    entries = window.book.shelf.entries.values()
    assert Counter(e.country for e in entries if e.status is P) == {"A": 1_200, "B": 550}
    returned = Counter((e.country, e.reason) for e in entries if e.status is R)
    assert returned == {("A", AdmissionReason.COUNTRY_CAP): 100, ("B", AdmissionReason.CAP_REACHED): 50}


@pytest.mark.parametrize(("order", "admitted"), [("B2 A3 A1 A2 B1", "B2 A3 A1"), ("A1 A2 A3 B1 B2", "A1 A2 B1")])
def test_example_18_a_draw_fills_the_places_in_the_order_drawn(order: str, admitted: str) -> None:
    window = drawing("A1 A2 A3 B1 B2", drawn_as(order), capacity=3, country_caps={"default": 2, "by_country": {}})
    entries = window.book.shelf.entries
    assert sorted(entries, key=lambda name: entries[name].rank or 0) == order.split()
    assert set(window.standing(P)) == set(admitted.split())
    assert all(entries[name].status is R for name in set(order.split()) - set(admitted.split()))


def test_example_19_admission_goes_by_arrival_and_the_exempt_stand_outside_of_it() -> None:
    """F3 came on paper under the decision of 2015; F1, F2, F4 online under that of 2016, F2 and F4 exempt."""
    of_2015 = Notebook(policy={"order": "first_come", "paper_day": "sequence"}, capacity=3_500, paper_share=3_500)
    of_2015.arrive("F3", paper=MONDAY)
    of_2015.write(PaperThrough(MONDAY))
    of_2016 = Notebook(capacity=5_000)
    for name, exempt in (("F1", False), ("F2", True), ("F4", True)):
        of_2016.arrive(name, exempt=exempt)
    assert of_2015.status("F3") is P
    assert [of_2016.status(name) for name in ("F1", "F2", "F4")] == [P, X, X]
    assert of_2016.book.places.counts.taken == 1
