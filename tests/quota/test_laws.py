"""The laws of places, in any history."""

from collections import Counter
from random import Random

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from backoffice.quota.rules import country_cap, list_sha256, replay, sha256
from backoffice.quota.rules.inputs import (
    Draw,
    DrawCommit,
    Round,
    Scored,
)
from backoffice.quota.values import (
    AdmissionStatus,
    Doubt,
    Pool,
    WindowAction,
)
from tests.quota.notebook import MONDAY, SECRET, Notebook, P, X, stood
from tests.quota.scenarios import play, steps, windows
from tools.verify_admission import report

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@many
@given(windows(), steps)
def test_the_settlement_takes_no_place_back(terms: dict[str, object], played: list[tuple[object, ...]]) -> None:
    window = play(terms, played)
    for action in (WindowAction.RESUME, WindowAction.CLOSE):
        if (action is WindowAction.RESUME) == (window.book.page.state.value == "suspended") and window.book.page.state.value in {"open", "suspended"}:
            window.move(action)
    if window.book.page.state.value == "settled":
        return
    before = {name: values for name, values in stood(window.book).items() if values[0] in {P, AdmissionStatus.CONFIRMED, X, AdmissionStatus.INVITED}}
    window.move(WindowAction.SETTLE)
    after = stood(window.book)
    assert {name: after[name] for name in before} == before


@many
@given(windows(), steps)
def test_places_are_conserved_in_any_sequence_of_inputs(terms: dict[str, object], played: list[tuple[object, ...]]) -> None:
    """Invariant 3: nothing is given beyond what the terms of that moment leave."""
    seen = {"taken": 0, "reserve": 0}
    by_country: Counter[str] = Counter()

    def look(window: Notebook) -> None:
        counts, rules = window.book.places.counts, window.book.places.terms
        entries = window.book.shelf.entries.values()
        assert counts.taken == sum(e.status in {P, AdmissionStatus.CONFIRMED} for e in entries) == sum(counts.by_country.values())
        if counts.taken > seen["taken"]:
            assert counts.taken <= rules.total - max(0, rules.reserve - counts.reserve_used)
        for country, taken in counts.by_country.items():
            cap = country_cap(rules, country)
            assert cap is None or taken <= max(cap, by_country[country])
        if window.book.places.share_kept and rules.paper_share is not None:
            assert counts.in_pool[Pool.PAPER] <= rules.paper_share
        ranks = [e.rank for e in entries if e.rank is not None]
        assert sorted(ranks) == list(range(1, len(ranks) + 1)), "each rank once, none left out"
        seen["taken"] = counts.taken
        by_country.update({c: taken - by_country[c] for c, taken in counts.by_country.items()})

    window = play(terms, played, look)
    event(f"{len(window.book.shelf.entries) // 5 * 5} applications or more")


@many
@given(windows(), steps)
def test_the_ledger_decides(terms: dict[str, object], played: list[tuple[object, ...]]) -> None:
    """Invariant 4: our own reader and a stranger's come to the same as the book that was written."""
    window = play(terms, played)
    assert stood(replay(window.lines)) == stood(window.book)
    code, sentence = report(window.export())
    assert code == 0, sentence


@many
@given(windows(), steps)
def test_the_exempt_change_nothing_for_the_others(terms: dict[str, object], played: list[tuple[object, ...]]) -> None:
    arrivals = [(number, step) for number, step in enumerate(played, 1) if step[0] == "arrive" and step[4] is not Doubt.CERTAIN]
    both, alone = Notebook(**terms), Notebook(**terms)
    for number, (_, country, paper, exempt, _doubt) in arrivals:
        for window in (both, alone) if not exempt else (both,):
            window.arrive(f"S{number}", country, paper=paper, exempt=exempt, sequence=number, after=number * 10)
    assert {name: values for name, values in stood(both.book).items() if values[0] is not X} == stood(alone.book)


@many
@given(windows(), steps)
def test_nobody_is_turned_away_while_a_place_is_free_for_them(terms: dict[str, object], played: list[tuple[object, ...]]) -> None:
    window = play({**terms, "policy": {"order": "first_come"}, "paper_share": None}, played)
    for number, country in enumerate(("FR", "DZ", "CN"), 1000):
        room = window.book.places.left > 0
        cap = country_cap(window.book.places.terms, country)
        room = room and (cap is None or window.book.places.counts.by_country[country] < cap)
        assert (window.arrive(f"S{number}", country, sequence=number).status is P) == room


@given(windows(), st.randoms(use_true_random=False))
def test_in_drawn_and_ranked_windows_the_door_changes_nothing(terms: dict[str, object], dice: Random) -> None:
    """Invariant 6."""
    terms = {**terms, "policy": {"order": dice.choice(["draw", "ranked"])}}
    names = [f"S{n}" for n in range(6)]
    doors = [dice.choice([None, MONDAY]) for _ in names]
    outcomes = []
    for chosen in (doors, [None] * len(names)):
        window = Notebook(**terms)
        for name, door in zip(names, chosen, strict=True):
            window.arrive(name, paper=door)
            window.tried(Scored(name, len(name) + int(name[1:]), False))
        window.tried(Round(1, 3, None))
        window.move(WindowAction.CLOSE)
        window.tried(DrawCommit(list_sha256(names), len(names), sha256(SECRET), "loterie"))
        window.tried(Draw(SECRET, "1 2 3", 7))
        outcomes.append(stood(window.book))
    assert outcomes[0] == outcomes[1]
