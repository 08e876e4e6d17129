"""Places: the worked examples of the domain notes by their numbers, and the conservation of places."""

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.calendar import MONTREAL
from backoffice.quota.rules import LedgerBrokenError, country_cap, decide, free, is_within, replay, standing
from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import (
    AdmissionAction,
    AdmissionReason,
    AdmissionStatus,
    Decision,
    LedgerEntry,
    Standing,
    WindowTerms,
)

OFFER = "validated_job_offer"
CAP_OF_3 = WindowTerms(3, exempt_grounds=frozenset({OFFER}))

_ACT = {
    AdmissionStatus.PROVISIONAL: AdmissionAction.HOLD_PLACE,
    AdmissionStatus.EXEMPT: AdmissionAction.EXEMPT,
    AdmissionStatus.WAITLISTED: AdmissionAction.WAITLIST,
    AdmissionStatus.REFUSED: AdmissionAction.REFUSE,
}


class Window:
    """A window as the rules see it: its terms and its ledger, nothing else."""

    def __init__(self, terms: WindowTerms) -> None:
        self.terms = terms
        self.ledger: list[LedgerEntry] = []

    def arrive(self, name: str, *, exempt: str | None = None, country: str | None = None) -> Decision:
        decision = decide(self.terms, standing(self.ledger), exempt_ground=exempt, country=country)
        self.enter(name, _ACT[decision.status], decision.status, decision.reason, country)
        return decision

    def enter(
        self,
        name: str,
        act: AdmissionAction,
        status: AdmissionStatus,
        reason: AdmissionReason | None = None,
        country: str | None = None,
    ) -> None:
        self.ledger.append(LedgerEntry(len(self.ledger) + 1, name, act, status, reason, country))

    def pay(self, name: str) -> None:
        self.enter(name, AdmissionAction.CONFIRM, AdmissionStatus.CONFIRMED)

    def lapse(self, name: str) -> None:
        self.enter(name, AdmissionAction.LAPSE, AdmissionStatus.LAPSED, AdmissionReason.UNPAID)


def example_15() -> tuple[Window, dict[str, Decision]]:
    window = Window(CAP_OF_3)
    exempt = {"S2", "S6"}
    names = ["S1", "S2", "S3", "S4", "S5", "S6"]
    return window, {name: window.arrive(name, exempt=OFFER if name in exempt else None) for name in names}


# --- Worked examples ---------------------------------------------------------------------------------------------


def test_example_14_a_submission_a_millisecond_before_the_opening_is_outside() -> None:
    opens = datetime(2016, 8, 16, 8, 30, tzinfo=MONTREAL)
    closes = datetime(2016, 8, 22, 17, tzinfo=MONTREAL)
    assert opens == datetime(2016, 8, 16, 12, 30, tzinfo=UTC)
    assert not is_within(opens, closes, datetime(2016, 8, 16, 12, 29, 59, 999_000, tzinfo=UTC))
    assert is_within(opens, closes, datetime(2016, 8, 16, 12, 30, tzinfo=UTC))
    assert not is_within(opens, closes, closes)


def test_example_15_the_exempt_take_no_place_and_the_fourth_ordinary_one_finds_none() -> None:
    window, decisions = example_15()
    assert [decisions[name].status for name in ("S1", "S3", "S4")] == [AdmissionStatus.PROVISIONAL] * 3
    assert [decisions[name] for name in ("S2", "S6")] == [Decision(AdmissionStatus.EXEMPT, AdmissionReason.EXEMPTION_CLAIMED)] * 2
    assert decisions["S5"] == Decision(AdmissionStatus.REFUSED, AdmissionReason.CAP_REACHED)
    assert (standing(window.ledger).held, free(window.terms, standing(window.ledger))) == (3, 0)
    assert sum(status is not AdmissionStatus.REFUSED for status in replay(window.ledger).values()) == 5


def test_example_16_a_place_let_go_is_not_given_to_the_one_refused_but_to_the_next_to_come() -> None:
    window, _ = example_15()
    window.pay("S1")
    window.pay("S4")
    window.lapse("S3")
    after = standing(window.ledger)
    assert (after.confirmed, after.held, free(window.terms, after)) == (2, 0, 1)
    assert replay(window.ledger)["S5"] is AdmissionStatus.REFUSED
    assert window.arrive("S7").status is AdmissionStatus.PROVISIONAL
    assert window.arrive("S8") == Decision(AdmissionStatus.REFUSED, AdmissionReason.CAP_REACHED)
    assert replay(window.ledger)["S5"] is AdmissionStatus.REFUSED


def test_example_17_a_cap_by_country_inside_the_cap() -> None:
    terms = WindowTerms(1_750, country_caps_default=1_200)
    taken: Counter[str] = Counter()
    returned: Counter[tuple[str, AdmissionReason | None]] = Counter()
    for country in ["A"] * 1_300 + ["B"] * 600:
        now = Standing(held=taken.total(), by_country=taken)
        decision = decide(terms, now, exempt_ground=None, country=country)
        if decision.status is AdmissionStatus.PROVISIONAL:
            taken[country] += 1
        else:
            returned[country, decision.reason] += 1
    assert taken == {"A": 1_200, "B": 550}
    assert returned == {("A", AdmissionReason.COUNTRY_CAP): 100, ("B", AdmissionReason.CAP_REACHED): 50}


@pytest.mark.parametrize(("drawn", "admitted"), [("B2 A3 A1 A2 B1", "B2 A3 A1"), ("A1 A2 A3 B1 B2", "A1 A2 B1")])
def test_example_18_a_draw_fills_the_places_in_the_order_drawn(drawn: str, admitted: str) -> None:
    window = Window(WindowTerms(3, country_caps_default=2))
    for name in drawn.split():
        window.arrive(name, country=name[0])
    in_ = [name for name, status in replay(window.ledger).items() if status is AdmissionStatus.PROVISIONAL]
    assert in_ == admitted.split()


# --- The parts of a decision -----------------------------------------------------------------------------------------


def test_margin_adds_places_and_a_reserve_keeps_them() -> None:
    assert free(WindowTerms(10, margin=2, reserve=3), Standing(held=4, confirmed=1)) == 4


def test_a_maximum_lowered_below_what_was_given_shows_a_negative_and_admits_nobody() -> None:
    lowered = WindowTerms(2)
    now = Standing(confirmed=3)
    assert free(lowered, now) == -1
    assert decide(lowered, now, exempt_ground=None, country="FRA").reason is AdmissionReason.CAP_REACHED


def test_a_ground_the_decision_does_not_list_exempts_nobody() -> None:
    full = Standing(held=3)
    decision = decide(CAP_OF_3, full, exempt_ground="temporary_resident_in_quebec", country=None)
    assert decision == Decision(AdmissionStatus.REFUSED, AdmissionReason.CAP_REACHED)


def test_a_waiting_list_keeps_what_would_be_refused_and_says_why() -> None:
    listed = WindowTerms(1, waiting_list=True)
    decision = decide(listed, Standing(held=1), exempt_ground=None, country="FRA")
    assert decision == Decision(AdmissionStatus.WAITLISTED, AdmissionReason.CAP_REACHED)


def test_a_country_named_by_the_decision_has_its_own_cap() -> None:
    terms = WindowTerms(10, country_caps_default=5, country_caps={"CHN": 2})
    assert (country_cap(terms, "CHN"), country_cap(terms, "FRA")) == (2, 5)
    assert country_cap(WindowTerms(10), "FRA") is None
    full = Standing(held=2, by_country={"CHN": 2})
    assert decide(terms, full, exempt_ground=None, country="CHN").reason is AdmissionReason.COUNTRY_CAP
    assert decide(terms, full, exempt_ground=None, country="FRA").reason is None


# --- Replay ----------------------------------------------------------------------------------------------------------


def test_a_ledger_with_a_sequence_used_twice_is_broken() -> None:
    entry = LedgerEntry(1, "S1", AdmissionAction.HOLD_PLACE, AdmissionStatus.PROVISIONAL)
    other = LedgerEntry(1, "S2", AdmissionAction.HOLD_PLACE, AdmissionStatus.PROVISIONAL)
    with pytest.raises(LedgerBrokenError, match="twice"):
        replay([entry, other])


def test_a_ledger_whose_act_could_not_happen_is_broken() -> None:
    with pytest.raises(LedgerBrokenError, match="entry 7: confirm does not apply to pending"):
        replay([LedgerEntry(7, "S1", AdmissionAction.CONFIRM, AdmissionStatus.CONFIRMED)])


def test_a_ledger_whose_status_does_not_follow_is_broken() -> None:
    with pytest.raises(LedgerBrokenError, match="recorded confirmed, follows provisional"):
        replay([LedgerEntry(1, "S1", AdmissionAction.HOLD_PLACE, AdmissionStatus.CONFIRMED)])


# --- Laws ------------------------------------------------------------------------------------------------------------

countries = st.sampled_from(["FRA", "DZA", "CHN"])
terms_of_any_kind = st.builds(
    WindowTerms,
    capacity=st.integers(0, 8),
    margin=st.integers(0, 2),
    reserve=st.integers(0, 2),
    country_caps_default=st.none() | st.integers(0, 4),
    country_caps=st.dictionaries(countries, st.integers(0, 4), max_size=2),
    waiting_list=st.booleans(),
    exempt_grounds=st.just(frozenset({OFFER})),
)
# What happens: an arrival (ordinary or exempt), or a payment or a lapse of the n-th place held
steps = st.lists(st.tuples(st.sampled_from(["arrive", "exempt", "pay", "lapse"]), countries, st.integers(0, 30)), max_size=30)


def _play(terms: WindowTerms, played: list[tuple[str, str, int]]) -> Window:
    window = Window(terms)
    for number, (step, country, pick) in enumerate(played):
        held = [name for name, status in replay(window.ledger).items() if status is AdmissionStatus.PROVISIONAL]
        if step in {"arrive", "exempt"}:
            window.arrive(f"S{number}", exempt=OFFER if step == "exempt" else None, country=country)
        elif held:
            (window.pay if step == "pay" else window.lapse)(held[pick % len(held)])
    return window


@given(terms_of_any_kind, steps)
def test_places_are_conserved(terms: WindowTerms, played: list[tuple[str, str, int]]) -> None:
    window = _play(terms, played)
    now = standing(window.ledger)
    assert now.held + now.confirmed <= max(0, terms.capacity + terms.margin - terms.reserve)
    assert sum(now.by_country.values()) == now.held + now.confirmed
    for country, taken in now.by_country.items():
        cap = country_cap(terms, country)
        assert cap is None or taken <= cap


@given(terms_of_any_kind, steps, st.randoms(use_true_random=False))
def test_the_ledger_decides_whatever_the_order_it_is_read_in(terms: WindowTerms, played: list[tuple[str, str, int]], random: Random) -> None:
    window = _play(terms, played)
    shuffled = list(window.ledger)
    random.shuffle(shuffled)
    assert replay(shuffled) == replay(window.ledger)
    assert standing(shuffled) == standing(window.ledger)


@given(terms_of_any_kind, steps)
def test_the_exempt_change_nothing_for_the_others(terms: WindowTerms, played: list[tuple[str, str, int]]) -> None:
    arrivals = [each for each in played if each[0] in {"arrive", "exempt"}]
    names = {f"S{number}" for number, each in enumerate(arrivals) if each[0] == "arrive"}
    with_exempt = replay(_play(terms, arrivals).ledger)
    alone = Window(terms)
    for number, (step, country, _) in enumerate(arrivals):
        if step == "arrive":
            alone.arrive(f"S{number}", country=country)
    assert {name: status for name, status in with_exempt.items() if name in names} == replay(alone.ledger)


@given(terms_of_any_kind, steps)
def test_nobody_is_turned_away_while_a_place_is_free_for_them(terms: WindowTerms, played: list[tuple[str, str, int]]) -> None:
    window = _play(terms, played)
    now = standing(window.ledger)
    for country in ("FRA", "DZA", "CHN"):
        cap = country_cap(terms, country)
        room = free(terms, now) > 0 and (cap is None or now.by_country.get(country, 0) < cap)
        decision = decide(terms, now, exempt_ground=None, country=country)
        assert (decision.status in TAKES_A_PLACE) == room
        assert (decision.reason is None) == room
