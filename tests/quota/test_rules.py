"""Places: the parts of a decision, the waiting list, the share of paper, draws and rounds."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from backoffice.quota.rules import country_cap, draw_key, free, list_sha256, paper_left, sha256
from backoffice.quota.rules.inputs import (
    Annulled,
    Draw,
    DrawCommit,
    Duplicate,
    Exemption,
    Filed,
    FromReserve,
    Lapsed,
    Paid,
    PaperThrough,
    Restored,
    Round,
    Scored,
    Verdict,
    Withdrawn,
)
from backoffice.quota.values import (
    AdmissionReason,
    AdmissionStatus,
    Doubt,
    Pool,
    Standing,
    WindowAction,
    WindowTerms,
)
from tests.quota.notebook import MONDAY, SECRET, TUESDAY, WEDNESDAY, Notebook, P, R, W, X, drawing, stood


def test_margin_adds_places_and_a_reserve_keeps_them() -> None:
    assert free(WindowTerms(10, margin=2, reserve=3), Standing(held=4, confirmed=1)) == 4
    assert free(WindowTerms(10, margin=2, reserve=3), Standing(held=4, confirmed=1, reserve_used=2)) == 6


def test_a_maximum_lowered_below_what_was_given_takes_nothing_back_and_admits_nobody() -> None:
    window = Notebook(capacity=3)
    for name in "abc":
        window.arrive(name)
    assert window.amend(capacity=1) == []
    assert window.book.places.left == -2
    assert (window.arrive("d").reason, len(window.standing(P))) == (AdmissionReason.CAP_REACHED, 3)
    window.write(Withdrawn("a"))
    assert window.arrive("e").status is R


def test_the_share_kept_for_paper_is_shown_apart() -> None:
    terms = WindowTerms(10, paper_share=4)
    standing = Standing(held=3, by_pool={Pool.PAPER: 1})
    assert (free(terms, standing), paper_left(terms, standing, settled=False), paper_left(terms, standing, settled=True)) == (7, 3, 0)


def test_a_ground_the_decision_does_not_list_exempts_nobody() -> None:
    assert Notebook(exempt_grounds=[], capacity=0).arrive("a", exempt=True).reason is AdmissionReason.CAP_REACHED


def test_a_country_named_by_the_decision_has_its_own_cap() -> None:
    terms = WindowTerms(10, country_caps_default=5, country_caps={"CHN": 2})
    assert (country_cap(terms, "CHN"), country_cap(terms, "FRA"), country_cap(WindowTerms(10), "FRA")) == (2, 5, None)


def test_the_maximum_is_named_before_the_countrys() -> None:
    window = Notebook(capacity=1, country_caps={"default": 1, "by_country": {}})
    window.arrive("a", "FR")
    assert window.arrive("b", "FR").reason is AdmissionReason.CAP_REACHED


def test_the_same_person_for_certain_is_refused_and_a_suspected_one_holds_its_place_while_a_person_looks() -> None:
    window = Notebook(capacity=2)
    assert window.arrive("a", doubt=Doubt.CERTAIN).reason is AdmissionReason.DUPLICATE_PERSON
    for name in "bc":
        assert window.arrive(name, doubt=Doubt.SUSPECTED).reason is AdmissionReason.DUPLICATE_REVIEW
    window.write(Duplicate("b", Verdict.SAME))
    window.write(Duplicate("c", Verdict.DIFFERENT))
    assert stood(window.book)["c"] == (P, None, 2, Pool.OPEN)
    assert (window.status("b"), window.book.places.counts.taken) == (R, 1)


def test_an_exemption_denied_competes_for_a_place_while_the_window_is_open_and_is_refused_after() -> None:
    window = Notebook(capacity=1)
    for name in "abc":
        window.arrive(name, exempt=True)
    assert [o.status for o in window.write(Exemption("a", Verdict.DENIED))] == [P]
    assert [(o.status, o.reason) for o in window.write(Exemption("b", Verdict.DENIED))] == [(R, AdmissionReason.EXEMPTION_DENIED)]
    window.write(Withdrawn("a"))
    window.move(WindowAction.CLOSE)
    assert [o.status for o in window.write(Exemption("c", Verdict.DENIED))] == [R]
    assert window.write(Exemption("b", Verdict.VERIFIED))[0].status is X, "a person may look again"


def test_a_place_of_the_reserve_is_kept_from_everybody_else_and_counts_for_its_country() -> None:
    window = Notebook(capacity=2, reserve=1, country_caps={"default": 1, "by_country": {}})
    assert [window.arrive(name, name[0]).status for name in ("A1", "B1", "B2")] == [P, R, R]
    assert window.tried(FromReserve("A1")) is None, "it has a place"
    assert [(o.status, o.pool) for o in window.write(FromReserve("B1"))] == [(P, Pool.RESERVE)]
    assert window.tried(FromReserve("B2")) is None, "the reserve is used up"


def test_what_was_annulled_is_restored_as_it_was_if_its_place_is_still_there() -> None:
    window = Notebook(capacity=1)
    window.arrive("a")
    window.write(Paid("a"))
    before = stood(window.book)["a"]
    window.write(Annulled("a"))
    window.write(Restored("a"))
    assert stood(window.book)["a"] == before
    window.write(Annulled("a"))
    window.arrive("b")
    assert window.tried(Restored("a")) is None
    window.write(Withdrawn("b"))
    assert [o.rank for o in window.write(Restored("a"))] == [1]


def test_the_waiting_list_is_served_the_first_first_and_never_the_same_twice() -> None:
    window = Notebook(capacity=2, waiting_list=True)
    for name in "abcde":
        window.arrive(name)
    assert window.standing(W) == ["c", "d", "e"]
    assert [o.id for o in window.write(Withdrawn("a"))] == ["a", "c"]
    assert [o.id for o in window.write(Withdrawn("c"))] == ["c", "d"]
    assert [o.id for o in window.amend(capacity=9)] == ["e"]


def test_one_whose_country_is_full_is_passed_over_and_keeps_its_turn() -> None:
    window = Notebook(capacity=2, waiting_list=True, country_caps={"default": 1, "by_country": {}})
    for name in ("A1", "B1", "A2", "B2", "C1"):
        window.arrive(name, name[0])
    assert [o.id for o in window.write(Withdrawn("B1"))] == ["B1", "B2"]
    assert [o.id for o in window.write(Lapsed("A1"))] == ["A1", "A2"]


def test_the_waiting_list_of_a_draw_goes_by_its_rank() -> None:
    window = drawing("a b c d e f", "17", capacity=2, waiting_list=True)
    ranked = sorted(window.book.shelf.entries.values(), key=lambda entry: entry.rank or 0)
    assert window.write(Withdrawn(ranked[0].id))[1].id == ranked[2].id
    assert window.write(Withdrawn(ranked[1].id))[1].id == ranked[3].id


def paper_window(days: list[int], keyed: list[int], *, share: int, by_lot: bool, through: list[int]) -> dict[str, tuple[object, ...]]:
    """Envelopes numbered in the order of the mailroom, keyed in another; who is given a place of the share, and their ranks."""
    window = Notebook(capacity=share, paper_share=share, policy={"order": "first_come", "paper_day": "draw" if by_lot else "sequence"})
    for number in keyed:
        window.arrive(f"E{number}", paper=MONDAY + timedelta(days=days[number]), sequence=number + 1)
    window.move(WindowAction.CLOSE)
    for day in through:
        window.write(PaperThrough(MONDAY + timedelta(days=day)))
    return stood(window.book)


@given(st.data(), st.booleans(), st.integers(0, 5))
def test_paper_goes_by_its_legal_day_in_whatever_order_it_is_keyed(data: st.DataObject, by_lot: bool, share: int) -> None:
    days = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=8))
    numbers = list(range(len(days)))
    as_numbered = paper_window(days, numbers, share=share, by_lot=by_lot, through=[3])
    assert paper_window(days, data.draw(st.permutations(numbers)), share=share, by_lot=by_lot, through=[3]) == as_numbered
    assert paper_window(days, numbers, share=share, by_lot=by_lot, through=[0, 1, 1, 3]) == as_numbered, "declared day by day, or at once"
    given_days = [days[int(name[1:])] for name, (status, *_) in as_numbered.items() if status is P]
    left_days = [days[int(name[1:])] for name, (status, *_) in as_numbered.items() if status is not P]
    assert not (given_days and left_days) or max(given_days) <= min(left_days)


def test_in_a_first_come_window_paper_fills_its_own_share_and_the_rest_its_own() -> None:
    window = Notebook(capacity=4, paper_share=2, policy={"order": "first_come", "paper_day": "sequence"})
    for name in ("a", "b", "c"):
        window.arrive(name)
    for number, day in enumerate((TUESDAY, MONDAY, MONDAY), 10):
        window.arrive(f"p{number}", paper=day, sequence=number)
    assert [window.status(name) for name in "abc"] == [P, P, R], "the share is kept from those online"
    assert [o.id for o in window.write(PaperThrough(MONDAY))] == ["p11", "p12"], "by legal day: the envelope numbered first was stamped last"
    assert window.write(PaperThrough(TUESDAY)) == []


def test_the_settlement_gives_an_unused_share_to_the_other_side_and_takes_nothing_back() -> None:
    unused = Notebook(capacity=4, paper_share=3, policy={"order": "first_come", "paper_day": "sequence"})
    for name in ("a", "b", "c", "d"):
        unused.arrive(name)
    unused.arrive("p", paper=MONDAY, sequence=9)
    unused.move(WindowAction.CLOSE)
    unused.write(PaperThrough(WEDNESDAY))
    assert [(o.id, o.status, o.pool) for o in unused.move(WindowAction.SETTLE)] == [("b", P, Pool.OPEN), ("c", P, Pool.OPEN)]
    overrun = Notebook(capacity=4, paper_share=1, policy={"order": "first_come", "paper_day": "sequence"})
    overrun.arrive("a")
    for number in range(5):
        overrun.arrive(f"p{number}", paper=MONDAY, sequence=10 + number)
    overrun.move(WindowAction.CLOSE)
    overrun.write(PaperThrough(WEDNESDAY))
    settled = [(o.id, o.status) for o in overrun.move(WindowAction.SETTLE)]
    assert settled == [("p1", P), ("p2", P), ("p3", R), ("p4", R)]


def test_the_draw_favours_nobody() -> None:
    """Over many secrets, each of ten is drawn about as often in each place: a loose chi-square (81 degrees of freedom, p < 0.0001 beyond 139)."""
    names, rounds = [f"S{n}" for n in range(10)], 2_000
    seen: Counter[tuple[str, int]] = Counter()
    for number in range(rounds):
        for place, name in enumerate(sorted(names, key=lambda one: draw_key(sha256(f"secret {number}"), "1 2 3", one))):
            seen[name, place] += 1
    expected = rounds / len(names)
    assert sum((seen[name, place] - expected) ** 2 / expected for name in names for place in range(10)) < 139


def test_the_draw_does_not_look_at_when_one_arrived_nor_by_which_door() -> None:
    """DV-2012: over 90 % of the winners came from the first two days."""
    first, paper = 0, 0
    for value in range(300):
        window = Notebook(policy={"order": "draw"}, capacity=5)
        names = [f"S{n}" for n in range(10)]
        for number, name in enumerate(names):
            window.arrive(name, paper=MONDAY if number % 2 else None)
        window.move(WindowAction.CLOSE)
        window.write(DrawCommit(list_sha256(names), 10, sha256(SECRET), "loterie"))
        window.write(Draw(SECRET, str(value), 7))
        won = {int(name[1:]) for name in window.standing(P)}
        first += len([n for n in won if n < 5])
        paper += len([n for n in won if n % 2])
    assert 650 < first < 850
    assert 650 < paper < 850


def test_what_was_committed_to_cannot_be_changed_at_the_draw() -> None:
    window = Notebook(policy={"order": "draw"}, capacity=1)
    for name in "abc":
        window.arrive(name)
    commitment = sha256(SECRET)
    assert window.tried(DrawCommit(list_sha256("abc"), 3, commitment, "loterie")) is None, "the window is open"
    window.move(WindowAction.CLOSE)
    assert window.tried(DrawCommit(list_sha256("ab"), 2, commitment, "loterie")) is None, "somebody is left out"
    window.write(DrawCommit(list_sha256("cba"), 3, commitment, "loterie"))
    assert window.tried(DrawCommit(list_sha256("abc"), 3, sha256("6" * 64), "loterie")) is None, "a second list, or a second secret"
    window.arrive("d", late=True)
    assert window.tried(Draw("6" * 64, "1 2 3", 7)) is None, "another secret"
    window.write(Draw(SECRET, "1 2 3", 7))
    assert window.status("d") is AdmissionStatus.REGISTERED, "who was not on the list is not drawn"
    assert window.tried(Draw(SECRET, "4 5 6", 7)) is None, "until the outcome pleases"


def pool(**terms: object) -> Notebook:
    window = Notebook(policy={"order": "ranked", "offers_first": True}, **terms)
    for name, score, offer in (("a", 40, False), ("b", 60, False), ("c", 60, False), ("d", 10, True), ("e", 50, False)):
        window.arrive(name)
        window.write(Scored(name, score, offer))
    window.arrive("unscored")
    return window


def test_a_round_invites_offers_first_then_the_best_then_the_earliest() -> None:
    window = pool(capacity=9)
    assert [o.id for o in window.write(Round(1, 3, None))] == ["d", "b", "c"]
    assert [o.id for o in window.write(Round(2, None, 45))] == ["e"]
    assert window.tried(Round(4, 1, None)) is None, "rounds follow one another"
    assert window.tried(Round(3, 1, 1)) is None, "either so many, or down to a score"


def test_what_is_promised_to_the_invited_is_given_to_nobody_else() -> None:
    window = pool(capacity=2)
    assert len(window.write(Round(1, 9, None))) == 2
    assert window.write(Round(2, 9, None)) == []
    assert [(o.status, o.rank) for o in window.write(Filed("d"))] == [(P, 1)]
    assert window.tried(Filed("a")) is None
