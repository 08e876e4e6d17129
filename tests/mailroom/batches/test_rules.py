"""The account of envelopes and batches: whole piles balance, and whatever is dropped, doubled or moved keeps them open."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.mailroom.balancing import Difference, FileFact, Off, PageFact, account, left, sheets
from backoffice.mailroom.batches import rules
from backoffice.mailroom.batches.values import BatchFacts, DayFigures, EnvelopeFacts, Figures
from backoffice.mailroom.states import PageState, ScanState
from backoffice.mailroom.values import Excluded

FILED, LEFT_OUT = PageState.FILED, PageState.EXCLUDED


def page(number: int, position: int | None = None, **changes: object) -> PageFact:
    values = {
        "id": 1000 + number, "file": 1, "number": number, "position": position or number, "picture": f"p{number}", "state": FILED,
    } | changes  # fmt: skip
    return PageFact(**values)


def file(pages: list[PageFact], sides: int = 1, **changes: object) -> FileFact:
    numbers = frozenset(one.number for one in pages)
    return FileFact(**({"id": 1, "name": "a.pdf", "state": ScanState.READ, "sides": sides, "expected": len(pages), "present": numbers} | changes))


def whats(differences: tuple[Difference, ...]) -> list[Off]:
    return [one.what for one in differences]


def test_what_is_filed_and_left_out_with_a_reason_is_everything():
    pages = [page(1, state=LEFT_OUT, reason="return_sheet"), page(2), page(3, state=LEFT_OUT, reason="blank")]
    found = account(3, pages, [file(pages)])
    assert (found.sheets, found.scanned, found.filed, found.excluded, found.balances) == (3, 3, 1, 2, True)


@pytest.mark.parametrize(("declared", "what"), [(3, Off.MISSING), (1, Off.EXTRA)])
def test_too_few_and_too_many_both_block(declared: int, what: Off):
    pages = [page(1), page(2)]
    assert account(declared, pages, [file(pages)]).differences == (Difference(what, expected=declared, found=2),)


def test_our_own_sheets_are_no_content():
    pages = [page(1, state=LEFT_OUT, reason="our_sheet"), page(2), page(3, state=LEFT_OUT, reason="separator"), page(4)]
    assert account(2, pages, [file(pages)]).balances


def test_two_sides_are_one_sheet_and_the_back_of_ours_is_ours():
    sheet = [page(1, state=LEFT_OUT, reason="our_sheet"), page(2, state=LEFT_OUT, reason="blank")]
    pages = [*sheet, page(3), page(4), page(5), page(6, state=LEFT_OUT, reason="blank")]
    assert account(2, pages, [file(pages, sides=2)]).balances
    odd = pages[:-1]
    assert whats(account(2, odd, [file(odd, sides=2)]).differences) == [Off.UNEVEN]


def test_a_sheet_taken_twice_is_named_and_counts_once_when_its_copy_is_left_out():
    pages = [page(1), page(2, picture="p1")]
    assert account(1, pages, [file(pages)]).differences == (Difference(Off.EXTRA, expected=1, found=2), Difference(Off.DUPLICATE, pages=(2,)))
    pages[1] = replace(pages[1], state=LEFT_OUT, reason="duplicate")
    assert account(1, pages, [file(pages)]).balances
    another = [page(1), page(2, state=LEFT_OUT, reason="duplicate")]  # two sheets with the same words: both were counted
    assert account(2, another, [file(another)]).balances


def test_a_page_scanned_again_is_one_sheet():
    pages = [page(1, state=LEFT_OUT, reason="illegible_rescanned"), page(2)]
    again = page(1, file=2, id=2001, position=3, picture="again", rescan_of=1001)
    files = [file(pages), file([again], id=2)]
    assert account(2, [*pages, again], files).balances
    apart = replace(again, rescan_of=None)  # scanned again without saying which page it replaces
    assert account(2, [*pages, apart], files).balances


def test_a_page_that_the_file_has_and_nobody_holds_is_named():
    pages = [page(1), page(3)]
    found = account(None, pages, [file(pages, expected=3)])
    assert found.differences == (Difference(Off.LOST, "a.pdf", 3, 2, (2,)),)


def test_a_page_out_of_order_is_named_unless_a_person_put_it_there():
    pages = [page(1, 2), page(2, 1), page(3)]
    assert account(3, pages, [file(pages)]).differences == (Difference(Off.DISORDER, pages=(2,)),)
    assert account(3, [replace(one, moved=True) for one in pages], [file(pages)]).balances


def test_work_left_is_never_passed_over_and_the_rest_only_by_name():
    pages = [page(1, state=PageState.TO_FILE)]
    found = account(2, pages, [file(pages)]).differences
    assert whats(left(found, {one.key for one in found})) == [Off.TO_FILE]
    assert left(found[1:], {found[1].key}) == ()
    assert left(account(3, pages, [file(pages)]).differences[1:], {found[1].key}), "what was accepted is that difference, not another"


# Whole batches, and damage


@st.composite
def batches(draw: st.DrawFn) -> BatchFacts:
    """A pile scanned in one go: a header, then each envelope's sheet, its sheets and separators, all accounted for."""
    sides = draw(st.sampled_from([1, 2]))
    contents = draw(st.lists(st.lists(st.sampled_from(["sheet", "separator", "blank"]), min_size=1, max_size=5), min_size=1, max_size=5))
    number, envelopes, separators, counted = 0, [], 0, 0
    held: dict[str, list[PageFact]] = {}
    for place, kinds in enumerate(contents):
        name = f"E-2016-{place + 1:05d}"
        held[name] = []
        for kind in ["envelope", *kinds]:
            for side in range(sides):
                number += 1
                held[name].append(_side(kind, side, number, len(held[name]) + 1, name))
            separators += kind == "separator"
            counted += kind in {"sheet", "blank"}
    whole = file([one for pages in held.values() for one in pages], sides)
    for place, (name, pages) in enumerate(held.items()):
        declared = sum(1 for kind in contents[place] if kind != "separator")
        envelopes.append(EnvelopeFacts(name, declared, tuple(pages), (whole,), (100_00 + place,)))
    money = [cents for one in envelopes for cents in one.instruments]
    expected = Figures(len(envelopes), counted, separators, len(money), sum(money))
    return BatchFacts("L-2016-00001", expected, tuple(envelopes), separators, (whole,))


def _side(kind: str, side: int, number: int, position: int, envelope: str) -> PageFact:
    if kind == "envelope" and side == 0:
        return page(number, position, state=LEFT_OUT, reason="our_sheet", says=envelope)
    if kind == "separator" and side == 0:
        return page(number, position, state=LEFT_OUT, reason="separator")
    if kind == "blank" or side == 1:
        return page(number, position, state=LEFT_OUT, reason=Excluded.BLANK.value)
    return page(number, position)


def places(batch: BatchFacts) -> list[tuple[int, int]]:
    return [(e, p) for e, one in enumerate(batch.envelopes) for p in range(len(one.pages))]


def rebuilt(batch: BatchFacts, pages: list[list[PageFact]], *, scanned: bool) -> BatchFacts:
    """The batch with other pages; `scanned` when the damage was done before the file was written, so that the file knows nothing of it."""
    everything = [one for several in pages for one in several]
    old = batch.files[0]
    whole = file(everything, old.sides) if scanned else replace(old, present=frozenset(one.number for one in everything))
    found = sum(1 for one in everything if one.reason == "separator")
    envelopes = tuple(replace(one, pages=tuple(several), files=(whole,)) for one, several in zip(batch.envelopes, pages, strict=True))
    return replace(batch, envelopes=envelopes, separators=found, files=(whole,))


def renumbered(pages: list[list[PageFact]]) -> list[list[PageFact]]:
    """As a scanner would number what it really saw."""
    numbers: Iterator[int] = iter(range(1, 10_000))
    return [[replace(one, number=next(numbers), position=place + 1) for place, one in enumerate(several)] for several in pages]


@given(batches())
def test_a_whole_batch_balances(batch: BatchFacts):
    assert rules.balance(batch).differences == ()


@given(batches(), st.data())
def test_a_page_dropped_from_the_record_keeps_the_batch_open(batch: BatchFacts, data: st.DataObject):
    envelope, place = data.draw(st.sampled_from(places(batch)))
    pages = [list(one.pages) for one in batch.envelopes]
    gone = pages[envelope].pop(place)
    found = rules.balance(rebuilt(batch, pages, scanned=False))
    assert any(one.what is Off.LOST and gone.number in one.pages for one in found.differences)


@given(batches(), st.data())
def test_a_page_that_the_scanner_never_took_keeps_the_batch_open(batch: BatchFacts, data: st.DataObject):
    envelope, place = data.draw(st.sampled_from([(e, p) for e, p in places(batch) if not batch.envelopes[e].pages[p].says]))
    pages = [list(one.pages) for one in batch.envelopes]
    pages[envelope].pop(place)
    assert rules.balance(rebuilt(batch, renumbered(pages), scanned=True)).differences


@given(batches(), st.data())
def test_a_page_doubled_keeps_the_batch_open(batch: BatchFacts, data: st.DataObject):
    envelope, place = data.draw(st.sampled_from(places(batch)))
    pages = [list(one.pages) for one in batch.envelopes]
    pages[envelope].insert(place, replace(pages[envelope][place], id=9999))
    assert rules.balance(rebuilt(batch, renumbered(pages), scanned=True)).differences


@given(batches(), st.data())
def test_two_pages_that_changed_places_keep_the_batch_open(batch: BatchFacts, data: st.DataObject):
    spots = places(batch)
    if len(spots) < 2:
        return
    first, second = data.draw(st.lists(st.sampled_from(spots), min_size=2, max_size=2, unique=True))
    pages = [list(one.pages) for one in batch.envelopes]
    a, b = pages[first[0]][first[1]], pages[second[0]][second[1]]
    pages[first[0]][first[1]], pages[second[0]][second[1]] = replace(b, position=a.position), replace(a, position=b.position)
    assert rules.balance(rebuilt(batch, pages, scanned=False)).differences


@given(batches(), st.sampled_from(["envelopes", "sheets", "separators", "cheques", "cents"]), st.integers(-3, 3).filter(bool))
def test_a_wrong_figure_on_the_header_is_named_by_itself(batch: BatchFacts, name: str, by: int):
    expected = replace(batch.expected, **{name: getattr(batch.expected, name) + by})
    found = rules.balance(replace(batch, expected=expected))
    assert [one.what for one in found.differences] == [rules._NAMES[name]]


@given(batches(), st.data())
def test_an_instrument_that_is_not_listed_keeps_the_batch_open(batch: BatchFacts, data: st.DataObject):
    place = data.draw(st.integers(0, len(batch.envelopes) - 1))
    envelopes = [replace(one, instruments=()) if n == place else one for n, one in enumerate(batch.envelopes)]
    assert whats(rules.balance(replace(batch, envelopes=tuple(envelopes))).differences) == [Off.CHEQUES, Off.DOLLARS]


@given(batches())
def test_sheets_are_counted_the_same_in_any_order_of_the_pages(batch: BatchFacts):
    for one in batch.envelopes:
        assert sheets(one.pages[::-1], one.files) == sheets(one.pages, one.files)


def test_a_days_figures_hold_together_and_what_changed_is_named():
    day = DayFigures(1, 3, 3, 1, 1, 1, 5, 5, 2, 1, {"blank": 2}, 2, 300, {"allocated": 1, "received": 1}, {"allocated": 100, "received": 200})
    assert rules.day_balances(day)
    assert not rules.day_balances(replace(day, filed=3))
    assert not rules.day_balances(replace(day, cents=301))
    assert rules.changed(day, day) == []
    assert rules.changed(day, replace(day, filed=3, excluded={"duplicate": 1, "blank": 1})) == [
        ("filed", 2, 3), ("excluded.blank", 2, 1), ("excluded.duplicate", 0, 1),
    ]  # fmt: skip
