"""Keying twice, as figures: the draw, the comparison, the errors found, the rate they call for."""

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.mailroom.keying import comparing, measuring
from backoffice.mailroom.keying.values import Critical, Resolved

SECRET = b"un secret d'installation fictif"


@pytest.mark.parametrize(
    ("critical", "first", "second", "same"),
    [
        (Critical.NAMES, "BENALI", "Benali", True),
        (Critical.NAMES, "Jean-Pierre", "JEAN  PIERRE", True),
        (Critical.NAMES, "Jean\u2011Pierre", "Jean Pierre", True),
        (Critical.NAMES, "L\u2019Exemple", "l'exemple", True),
        (Critical.NAMES, "Co\u0302te\u0301", "C\u00f4t\u00e9", True),
        (Critical.NAMES, "Côté", "Cote", False),
        (Critical.NAMES, "Benali", "Benalli", False),
        (Critical.NAMES, "JeanPierre", "Jean Pierre", False),
        (Critical.PASSPORTS, "15 73-3309", "15733309", True),
        (Critical.PASSPORTS, "ab123", "AB 123", True),
        (Critical.PASSPORTS, "1573O309", "15730309", False),
        (Critical.BIRTH_DATES, "1984-07-14", "1984 / 7 / 14", True),
        (Critical.BIRTH_DATES, "1984-07-14", "1984-07-41", False),
        (Critical.AMOUNTS, "1 099,00 $", "1099", True),
        (Critical.AMOUNTS, "1 099,00", "1 099,10", False),
        (Critical.NAMES, "", "", True),
    ],
)
def test_two_keyings_say_the_same(critical: Critical, first: str, second: str, same: bool):
    assert comparing.same(critical, first, second) is same
    assert comparing.same(critical, second, first) is same


def test_the_critical_fields_are_those_of_every_person_on_the_form():
    fields = {"spouse": "y", "children": "3", "child2-family_name": "Exemple", "spouse-family_name": "Fictif"}
    wanted = comparing.critical_fields(fields)
    assert {name.rpartition("-")[0] for name in wanted} == {"principal", "spouse", "child2", ""}
    assert "principal-sex" not in wanted
    assert "principal-birth_date" in wanted


def test_the_lot_of_an_envelope_is_always_the_same_and_another_secret_draws_others():
    numbers = [f"E-2026-{n:05d}" for n in range(2000)]
    first = [measuring.lot(SECRET, number) for number in numbers]
    assert first == [measuring.lot(SECRET, number) for number in numbers]
    assert statistics.mean(first) == pytest.approx(50, abs=3)
    other = [measuring.lot(b"autre secret", number) for number in numbers]
    assert abs(statistics.correlation(first, other)) < 0.08
    assert abs(statistics.correlation(first[:-1], first[1:])) < 0.08  # the neighbour's lot says nothing


@given(st.integers(0, 99_999), st.integers(10, 100), st.integers(10, 100))
def test_a_higher_rate_only_adds_envelopes(number: int, one: int, other: int):
    lower, higher = sorted((one, other))
    envelope = f"E-2026-{number:05d}"
    drawn = [measuring.drawn(SECRET, envelope, dict.fromkeys(Critical, rate)) for rate in (lower, higher, 100)]
    assert drawn[0] <= drawn[1] <= drawn[2] == set(Critical)


def keyed(truth: str, wrong: bool) -> str:
    return f"{truth}x" if wrong else truth


@pytest.mark.parametrize("percent", [100, 40, 10])
def test_seeded_errors_are_found_at_the_rate_of_the_draw(percent: int):
    """A first clerk slips in 3 envelopes of 100: of these, the share that is drawn is found, within three deviations."""
    chance = random.Random(20160105)
    seeded = found = 0
    for n in range(20_000):
        number, wrong = f"E-2026-{n:05d}", chance.random() < 0.03
        seeded += wrong
        if Critical.NAMES in measuring.drawn(SECRET, number, {Critical.NAMES: percent}):
            [pair] = comparing.compare(
                ["principal-family_name"], {"principal-family_name": keyed("Exemple", wrong)}, {"principal-family_name": "EXEMPLE"}
            )
            found += not pair.agreed
            assert pair.agreed is not wrong
    share = percent / 100
    deviation = (share * (1 - share) / seeded) ** 0.5
    assert found / seeded == pytest.approx(share, abs=max(3 * deviation, 1e-9))


def pairs(chance: random.Random, count: int, rate: float) -> list[Resolved]:
    return [
        Resolved(Critical.NAMES, keyed(f"Nom {n}", chance.random() < rate), keyed(f"Nom {n}", chance.random() < rate), f"Nom {n}")
        for n in range(count)
    ]


def test_the_interval_holds_the_true_rate_as_often_as_it_says():
    chance, held = random.Random(7), 0
    for _ in range(400):
        measured = measuring.measure(pairs(chance, 300, 0.02))
        held += measured.low <= 0.02 <= measured.high
    assert held / 400 >= 0.92


def test_everything_is_keyed_twice_until_enough_is_known_then_as_much_as_the_errors_call_for():
    chance = random.Random(11)
    assert measuring.wanted(measuring.measure(pairs(chance, measuring.ENOUGH - 1, 0))) == 100
    careful, careless = (measuring.wanted(measuring.measure(pairs(chance, 5000, rate))) for rate in (0.0005, 0.03))
    assert measuring.FLOOR <= careful < careless <= 100
    perfect = measuring.measure([Resolved(Critical.NAMES, "a", "a", "a")] * 200_000)
    assert measuring.wanted(perfect) == measuring.FLOOR


@given(st.integers(0, 50), st.integers(300, 20_000))
def test_what_the_advised_rate_leaves_is_within_tolerance(errors: int, count: int):
    low, high = measuring.wilson(min(errors, count), count)
    from backoffice.mailroom.keying.values import Measured

    rate = measuring.wanted(Measured(count, count, errors, low, high)) / 100
    assert measuring.FLOOR / 100 <= rate <= 1
    assert high * (1 - rate) <= measuring.TOLERANCE + 1e-9


def test_errors_are_counted_on_the_account_that_made_them():
    one = Resolved(Critical.PASSPORTS, "A1", "A2", "A1", first_by=1, second_by=2)
    both = Resolved(Critical.PASSPORTS, "B", "C", "D", first_by=1, second_by=2)
    seen = measuring.by_hand([one, both])
    assert (seen[1].errors, seen[1].keyings) == (1, 2)
    assert (seen[2].errors, seen[2].keyings) == (2, 2)
    assert measuring.measure([one, both]).errors == 3
