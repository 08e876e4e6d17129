"""What the controller looks at, and what keeps paper from being destroyed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backoffice.mailroom.custody import rules
from backoffice.mailroom.custody.values import Drawn, Look, Obstacle, PageToLook

SEALED = date(2016, 6, 13)


@st.composite
def pages(draw: st.DrawFn) -> list[PageToLook]:
    groups = draw(st.lists(st.integers(1, 30), max_size=8))
    made = [(group, place) for group, many in enumerate(groups) for place in range(many)]
    return [PageToLook(number + 1, f"g{group}", place, f"p{number}") for number, (group, place) in enumerate(made)]


@given(pages(), st.text(max_size=8))
def test_every_first_page_and_a_tenth_of_the_others_are_drawn_the_same_each_time(given_pages: list[PageToLook], seed: str):
    drawn = rules.draw(given_pages, seed)
    firsts = {page.id for page in given_pages if page.position == 0}
    assert {key for key, why in drawn.items() if why is Drawn.FIRST} == firsts
    others = len(given_pages) - len(firsts)
    assert len(drawn) - len(firsts) == -(-others // 10)
    assert rules.draw(given_pages[::-1], seed) == drawn


def test_the_sample_depends_on_what_was_signed():
    stack = [PageToLook(number, "g", number, f"p{number}") for number in range(200)]
    assert rules.draw(stack, "a") != rules.draw(stack, "b")


def test_paper_stays_sixty_days_after_its_declaration():
    def at(day: date) -> list[Obstacle]:
        return rules.obstacles(SEALED, day, held=(), originals=(), gone=())

    assert rules.first_day(SEALED) == date(2016, 8, 12)
    assert at(date(2016, 8, 11)) == [Obstacle.TOO_EARLY]
    assert at(date(2016, 8, 12)) == []


@given(st.integers(60, 4000), st.booleans(), st.booleans())
def test_a_hold_and_an_original_always_block(days: int, held: bool, original: bool):
    found = rules.obstacles(SEALED, SEALED + timedelta(days=days), held=["E"] if held else [], originals=["O"] if original else [], gone=[])
    assert (Obstacle.HELD in found, Obstacle.ORIGINALS in found, bool(found)) == (held, original, held or original)


def test_nothing_goes_without_its_sealed_declaration():
    assert rules.obstacles(None, date(2030, 1, 1), held=(), originals=(), gone=()) == [Obstacle.NOT_SEALED]


def test_procedures_and_delays_are_dated_and_sourced():
    for one in (*rules.PROCEDURES, *rules.DELAYS):
        assert one.source
    assert rules.procedure_on(SEALED).version == "1.0"


def test_one_page_that_is_not_good_or_not_seen_is_enough():
    assert rules.is_sound([Look.GOOD, Look.GOOD])
    assert not rules.is_sound([Look.GOOD, None])
    assert not rules.is_sound([Look.GOOD, Look.TURNED])
