"""Whatever is done with pages and undone, none is lost, none is in two places, and undoing everything gives back the beginning."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from backoffice.mailroom.pagework import rules
from backoffice.mailroom.pagework.rules import Leaves
from backoffice.mailroom.pagework.values import Leaf

states = st.sampled_from(["to_file", "to_file", "to_file", "excluded", "filed"])
piles = st.tuples(st.lists(states, max_size=7), st.lists(states, max_size=7)).filter(any)
works = st.lists(st.tuples(st.sampled_from(["turn", "cut", "join", "place", "move", "out", "back", "rescan", "undo"]),
                           st.integers(0, 99), st.integers(0, 99)), max_size=25)  # fmt: skip


def pile(states: tuple[list[str], list[str]]) -> Leaves:
    leaves = [Leaf(0, home, 0, state, "blank" if state == "excluded" else None) for home, mine in enumerate(states, 1) for state in mine]
    return rules.numbered([replace(leaf, id=number) for number, leaf in enumerate(leaves, 1)])


def of(leaves: Leaves, home: int) -> Leaves:
    return tuple(leaf for leaf in leaves if leaf.envelope_id == home)


def work(leaves: Leaves, kind: str, one: int, two: int) -> Leaves:
    """One piece of work on a page chosen by a number."""
    page = leaves[one % len(leaves)]
    mine, home = of(leaves, page.envelope_id), page.envelope_id
    other = of(leaves, 3 - home)
    match kind:
        case "turn":
            return rules.in_order([*rules.turned(mine, {page.id}, 90 * (two % 4), {page.id: 0}), *other])
        case "cut" | "join":
            return rules.in_order([*rules.cut(mine, page.id, here=kind == "cut"), *other])
        case "place":
            return rules.in_order([*rules.placed(mine, page.id, two % 9), *other])
        case "move":
            return rules.in_order(rules.moved(mine, other, {page.id}, 3 - home))
        case "out" | "back":
            to = ("excluded", "blank") if kind == "out" else ("to_file", None)
            return rules.in_order([*rules.judged(mine, {page.id}, *to), *other])
        case "rescan":
            old = mine[two % len(mine)]
            return leaves if old.id == page.id else rules.in_order([*rules.rescanned(mine, old.id, page.id, "illegible_rescanned"), *other])
    raise AssertionError(kind)


@given(piles, works)
def test_any_work_keeps_every_page_once_and_undoing_gives_back_the_beginning(
    states: tuple[list[str], list[str]], done: list[tuple[str, int, int]]
) -> None:
    first = rules.in_order(pile(states))
    now, past = first, []
    for kind, one, two in done:
        if kind == "undo":
            now = past.pop() if past else now
        else:
            past.append(now)
            now = work(now, kind, one, two)
        assert sorted(leaf.id for leaf in now) == sorted(leaf.id for leaf in first), "every page once, none new"
        for home in (1, 2):
            assert [leaf.position for leaf in of(now, home)] == list(range(1, len(of(now, home)) + 1))
        filed = [key for home in (1, 2) for part in rules.parts(of(now, home)) for key in part]
        assert sorted(filed) == sorted(leaf.id for leaf in now if leaf.state == "to_file"), "each page to file is in exactly one part"
    while past:
        now = past.pop()
    assert now == first


@given(piles, st.integers(0, 99))
def test_a_cut_begins_a_part_and_joining_takes_it_away(states: tuple[list[str], list[str]], one: int) -> None:
    leaves = of(pile(states), 1) or of(pile(states), 2)
    before, page = rules.parts(leaves), leaves[one % len(leaves)]
    cut = rules.parts(rules.cut(leaves, page.id, here=True))
    assert len(cut) - len(before) in {0, 1}
    assert sum(cut, ()) == sum(before, ())
    assert rules.parts(rules.cut(rules.cut(leaves, page.id, here=True), page.id, here=False)) == before


def test_a_cut_on_a_page_left_out_holds_for_the_next() -> None:
    leaves = pile((["to_file", "to_file", "excluded", "to_file", "to_file"], []))
    assert rules.parts(rules.cut(leaves, 3, here=True)) == ((1, 2), (4, 5))


def test_a_page_scanned_again_takes_the_place_of_the_old_which_stays() -> None:
    after = rules.rescanned(pile((["to_file"] * 4, [])), 2, 4, "illegible_rescanned")
    assert [(leaf.id, leaf.state, leaf.rescan_of) for leaf in after] == [
        (1, "to_file", None),
        (4, "to_file", 2),
        (2, "excluded", None),
        (3, "to_file", None),
    ]
