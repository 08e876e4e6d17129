"""The verifier of admissions against ledgers made by hand: the worked examples, and every way of being wrong."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.ledgers import SECRET, Ledger, form, sealed, sha
from tools.verify_admission import report

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "verify_admission.py"


def right(ledger: Ledger) -> str:
    code, sentence = report(ledger.export())
    assert code == 0, sentence
    return sentence


def wrong(ledger: Ledger | bytes) -> str:
    code, sentence = report(ledger if isinstance(ledger, bytes) else ledger.export())
    assert code == 1, sentence
    return sentence


def example_15() -> Ledger:
    ledger = Ledger(capacity=3)
    ledger.arrives("S1").given("S1", 1)
    ledger.arrives("S2", ground="validated_offer").out("S2", "exempt", "exemption_claimed")
    ledger.arrives("S3").given("S3", 2)
    ledger.arrives("S4").given("S4", 3)
    ledger.arrives("S5").out("S5", "refused", "cap_reached")
    return ledger.arrives("S6", ground="validated_offer").out("S6", "exempt", "exemption_claimed")


def drawn(order: list[str], *, policy: dict[str, Any] | None = None, outcomes: Callable[[Ledger], object]) -> Ledger:
    """Example 18: A1 A2 A3 B1 B2 in a closed window, drawn in a given order (the public value is looked for)."""
    ledger = Ledger(order="draw", capacity=3, country_caps={"default": 2, "by_country": {}}, policy=policy)
    for id in ("A1", "A2", "A3", "B1", "B2"):
        ledger.arrives(id, country=id[0] * 2).out(id, "registered")
    ledger.moved("close", "closed")
    ids = sorted(order)
    ledger.write("draw_commit", list_sha256=sha("\n".join(ids)), count=5, commitment=sha(SECRET), public_source="the next national lottery")
    value = next(str(n) for n in range(100_000) if sorted(ids, key=lambda id: sha(f"{SECRET}|{n}|{id}")) == order)
    ledger.write("draw", secret=SECRET, public_value=value, witness=7)
    outcomes(ledger)
    return ledger


# The worked examples of the law


def test_an_exempt_application_takes_no_place_and_the_fourth_ordinary_one_is_refused():
    assert "6 arrivals, 3 places given, 2 exempt, 3 provisional, 1 refused" in right(example_15())


def test_in_a_closed_window_a_released_place_calls_nobody_back():
    ledger = example_15().moved("close", "closed").write("lapsed", id="S3").out("S3", "lapsed", "unpaid", 2, "open")
    right(ledger)
    assert "no outcome here" in wrong(ledger.given("S5", 4))


def test_in_an_open_window_a_released_place_is_for_the_next_arrival():
    ledger = example_15().write("lapsed", id="S3").out("S3", "lapsed", "unpaid", 2, "open")
    right(ledger.arrives("S7").given("S7", 4))


def test_a_country_has_its_cap_and_the_others_what_remains():
    ledger = Ledger(capacity=1750, country_caps={"default": None, "by_country": {"AA": 1200}})
    for n in range(1, 1301):
        ledger.arrives(f"A{n}", country="AA")
        ledger.given(f"A{n}", n) if n <= 1200 else ledger.out(f"A{n}", "refused", "country_cap")
    for n in range(1, 601):
        ledger.arrives(f"B{n}", country="BB")
        ledger.given(f"B{n}", 1200 + n) if n <= 550 else ledger.out(f"B{n}", "refused", "cap_reached")
    assert "1900 arrivals, 1750 places given, 1750 provisional, 150 refused" in right(ledger)


def test_a_draw_gives_places_in_the_drawn_order():
    def outcomes(ledger: Ledger) -> None:
        ledger.given("B2", 1).given("A3", 2).given("A1", 3).out("A2", "refused", "cap_reached", 4).out("B1", "refused", "cap_reached", 5)

    right(drawn(["B2", "A3", "A1", "A2", "B1"], outcomes=outcomes))


def test_a_draw_passes_over_a_country_that_is_full():
    def outcomes(ledger: Ledger) -> None:
        ledger.given("A1", 1).given("A2", 2).out("A3", "refused", "country_cap", 3).given("B1", 4).out("B2", "refused", "cap_reached", 5)

    right(drawn(["A1", "A2", "A3", "B1", "B2"], outcomes=outcomes))


def test_a_draw_in_another_order_is_wrong():
    def outcomes(ledger: Ledger) -> None:
        ledger.given("A1", 1).given("A2", 2).out("B1", "refused", "country_cap", 3)

    assert "line 20: the rules give ('A3'" in wrong(drawn(["A1", "A2", "A3", "B1", "B2"], outcomes=outcomes))


# The other rules, each once


def test_paper_fills_its_own_share_by_legal_day_and_the_settlement_returns_the_rest():
    ledger = Ledger(capacity=4, paper_share=3)
    ledger.arrives("E1").given("E1", 1).arrives("E2").out("E2", "refused", "cap_reached")
    ledger.paper("P1", "2016-06-15").out("P1", "registered").paper("P2", "2016-06-14").out("P2", "registered")
    ledger.write("paper_through", day="2016-06-15").given("P2", 2, pool="paper").given("P1", 3, pool="paper")
    ledger.moved("close", "closed").moved("settle", "settled").given("E2", 4)
    right(ledger)


def test_the_settlement_gives_what_online_left_to_paper_and_refuses_the_rest():
    ledger = Ledger(capacity=3, paper_share=1).arrives("E1").given("E1", 1)
    for id in ("P1", "P2", "P3"):
        ledger.paper(id, "2016-06-14").out(id, "registered")
    ledger.write("paper_through", day="2016-06-14").given("P1", 2, pool="paper")
    ledger.moved("close", "closed").moved("settle", "settled").given("P2", 3).out("P3", "refused", "cap_reached")
    right(ledger)


def test_a_waiting_list_is_served_in_order_and_passes_over_a_full_country():
    ledger = Ledger(capacity=2, waiting_list=True, country_caps={"default": None, "by_country": {"AA": 1}})
    ledger.arrives("A1", country="AA").given("A1", 1).arrives("B1").given("B1", 2)
    ledger.arrives("A2", country="AA").out("A2", "waitlisted", "cap_reached").arrives("B2").out("B2", "waitlisted", "cap_reached")
    ledger.write("withdrawn", id="B1").out("B1", "withdrawn", "withdrawn", 2, "open").given("B2", 3)
    ledger.write("withdrawn", id="A1").out("A1", "withdrawn", "withdrawn", 1, "open").given("A2", 4)
    right(ledger)


def test_more_places_by_amendment_are_given_to_the_waiting_list_at_once():
    ledger = Ledger(capacity=1, waiting_list=True).arrives("A").given("A", 1)
    ledger.arrives("B").out("B", "waitlisted", "cap_reached").arrives("C").out("C", "waitlisted", "cap_reached")
    right(ledger.amended(capacity=3).given("B", 2).given("C", 3))


def test_a_round_invites_offers_first_then_scores_and_filing_takes_the_place():
    ledger = Ledger(order="ranked", capacity=2, policy={"offers_first": True})
    for id, score, offer in (("A", 600, False), ("B", 550, True), ("C", 650, False)):
        ledger.arrives(id).out(id, "registered").write("score", id=id, score=score, offer=offer)
    ledger.write("round", round=1, best=2, cut_off=None).out("B", "invited").out("C", "invited")
    ledger.write("filed", id="C").given("C", 1).write("expired", id="B").out("B", "lapsed")
    ledger.write("round", round=2, best=None, cut_off=601).write("round", round=3, best=None, cut_off=600).out("A", "invited")
    right(ledger)


def test_an_annulment_and_its_undoing():
    ledger = Ledger(capacity=1).arrives("A").given("A", 1).write("paid", id="A").out("A", "confirmed", None, 1, "open")
    ledger.write("annulled", id="A").out("A", "annulled", "annulled", 1, "open")
    right(ledger.write("restored", id="A").out("A", "confirmed", None, 1, "open"))
    taken = Ledger(capacity=1).arrives("A").given("A", 1).write("annulled", id="A").out("A", "annulled", "annulled", 1, "open")
    assert "no place any more for A" in wrong(taken.arrives("B").given("B", 2).write("restored", id="A").given("A", 1))


def test_the_reserve_is_kept_from_everybody_and_given_by_a_decision():
    ledger = Ledger(capacity=2, reserve=1).arrives("A").given("A", 1).arrives("B").out("B", "refused", "cap_reached")
    right(ledger.write("reserve", id="B").given("B", 2, pool="reserve"))
    assert "the reserve has no place" in wrong(ledger.arrives("C").out("C", "refused", "cap_reached").write("reserve", id="C"))


def test_a_denied_exemption_in_an_open_window_takes_a_place_and_in_a_closed_one_none():
    ledger = Ledger().arrives("A", ground="validated_offer").out("A", "exempt", "exemption_claimed")
    right(ledger.write("exemption", id="A", verdict="denied").given("A", 1, "exemption_denied"))
    closed = Ledger().arrives("A", ground="validated_offer").out("A", "exempt", "exemption_claimed").moved("close", "closed")
    closed.write("exemption", id="A", verdict="denied").out("A", "refused", "exemption_denied")
    right(closed.write("reinstated", id="A").given("A", 1))


def test_a_suspected_duplicate_is_answered_by_a_person():
    ledger = Ledger().arrives("A", doubt="suspected").given("A", 1, "duplicate_review").arrives("B", doubt="certain")
    ledger.out("B", "refused", "duplicate_person").write("duplicate", id="A", verdict="different").given("A", 1)
    right(ledger.write("duplicate", id="A", verdict="same").out("A", "refused", "duplicate_person", 1, "open"))


def ties(second: str, *, revealed: bool = True, secret: str = SECRET) -> Ledger:
    """Two arrivals of one interval; which stands first follows from the secret."""
    ledger = Ledger(opened=False, policy={"tie_seconds": 60}).write("tie_commitment", commitment=sha(SECRET))
    first, last = sorted(("A", "B"), key=lambda id: sha(f"{SECRET}|0|{id}"))
    for id in (first, last) if second == "last" else (last, first):
        ledger.arrives(id).given(id, ledger.sequence)
    return ledger.write("tie_secret", secret=secret) if revealed else ledger


def test_ties_are_drawn_by_a_secret_that_was_committed_to():
    assert "ties cannot be checked" not in right(ties("last"))
    assert "line 6: an arrival stands before its turn" in wrong(ties("first"))
    assert "ties cannot be checked before their secret is revealed" in right(ties("first", revealed=False))
    assert "line 8: the secret of ties is not the one" in wrong(ties("last", secret="6" * 64))


def test_paper_of_one_day_is_drawn_with_the_secret_once_it_is_revealed():
    ledger = Ledger(capacity=2, paper_share=1, opened=False, policy={"paper_day": "draw"}).write("tie_commitment", commitment=sha(SECRET))
    for id in ("P1", "P2", "P3"):
        ledger.paper(id, "2016-06-14").out(id, "registered")
    hidden = Ledger.export(ledger.write("paper_through", day="2016-06-14"))
    assert "needs the secret of ties" in wrong(hidden)
    ledger.entries.pop()
    first = min(("P1", "P2", "P3"), key=lambda id: sha(f"{SECRET}|2016-06-14|{id}"))
    right(ledger.write("tie_secret", secret=SECRET).write("paper_through", day="2016-06-14").given(first, 1, pool="paper"))


# What is not allowed


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Ledger().arrives("A").given("A", 1).arrives("A"), "arrived already"),
        (lambda: Ledger().write("paid", id="Z"), "nobody arrived as Z"),
        (lambda: example_15().write("paid", id="S5"), "S5 stands refused, which does not allow « paid »"),
        (lambda: example_15().write("restored", id="S1"), "S1 stands provisional"),
        (lambda: example_15().write("exemption", id="S1", verdict="perhaps"), "« exemption perhaps »"),
        (lambda: example_15().write("exemption", id="S1", verdict="denied"), "S1 stands provisional"),
        (lambda: Ledger().arrives("A", sequence=5).given("A", 1).arrives("B", sequence=5), "before its turn"),
        (lambda: Ledger().arrives("P", channel="paper"), "always late"),
        (lambda: Ledger().moved("settle", "settled"), "not closed is settled"),
        (lambda: example_15().write("reinstated", id="S5"), "no place for S5"),
        (lambda: Ledger().write("tie_secret", secret=SECRET), "not the one that was committed to"),
        (lambda: Ledger().write("round", round=1, best=1, cut_off=None), "of a ranked window"),
        (lambda: Ledger(order="ranked").write("round", round=1, best=1, cut_off=3), "a number or a cut-off"),
        (lambda: Ledger(order="draw").write("draw", secret=SECRET, public_value="1", witness=1), "held once"),
        (lambda: Ledger(order="draw").moved("close", "closed").write("draw_commit", list_sha256="0" * 64, count=0, commitment="0", public_source=""), "registered"),
        (lambda: Ledger(paper_share=1).write("paper_through", day="2016-06-15").write("paper_through", day="2016-06-14"), "goes back"),
        (lambda: Ledger().arrives("A", channel="fax"), "its channel is not what it may be"),
        (lambda: Ledger().arrives("A", late=0), "its late is not what it may be"),
        (lambda: Ledger().arrives("A", name="Tremblay"), "it has not the members of its type: name"),
        (lambda: Ledger().write("applause"), "its type is not known"),
        (lambda: Ledger(order="alphabetical"), "its policy is not known"),
        (lambda: Ledger(capacity=1.5), "its capacity is not what it may be"),
    ],
)  # fmt: skip
def test_what_the_page_does_not_allow_is_named(make, why):
    assert why in wrong(make())


def test_a_wrong_secret_of_a_draw_is_named():
    ledger = drawn(["A1", "A2", "A3", "B1", "B2"], outcomes=Ledger.export)
    ledger.entries[-1]["secret"] = "4" * 64
    assert wrong(ledger) == "line 17: the secret of the draw is not the one that was committed to"


def test_a_wrong_outcome_in_a_chain_made_anew_is_named_at_its_line():
    for n, entry in enumerate(example_15().entries):
        if entry["type"] == "admission":
            ledger = example_15()
            ledger.entries[n] = {**entry, "status": "confirmed"}
            assert wrong(ledger).startswith(f"line {n + 2}: the rules give")


def test_an_outcome_left_out_of_a_chain_made_anew_is_named():
    ledger = example_15()
    ledger.entries.pop(4)
    assert wrong(ledger).startswith("line 6: an outcome is missing before it: ('S1'")
    last = example_15()
    last.entries.pop()
    assert wrong(last) == "line 16: an outcome is missing at the end"


# The chain


def test_a_line_taken_out_moved_or_doubled_is_named():
    lines = example_15().export().splitlines(keepends=True)
    for n in range(1, len(lines)):
        without = [*lines[:n], *lines[n + 1 :]]
        assert wrong(b"".join(without)).startswith(f"line {n + 1}:")
        assert wrong(b"".join([*lines[: n + 1], *lines[n:]])).startswith(f"line {n + 2}:")
        if n > 1:
            assert wrong(b"".join([*lines[: n - 1], lines[n], lines[n - 1], *lines[n + 1 :]])).startswith(f"line {n}:")


def test_a_header_that_does_not_belong_to_the_entries_is_named():
    lines = example_15().export().splitlines(keepends=True)
    header = json.loads(lines[0])
    del header["digest"]
    for change in ({"lines": 3}, {"last": "0" * 64}, {"format": "backoffice-ledger/1"}):
        first = form(sealed({**header, **change})) + "\n"
        assert wrong(first.encode() + b"".join(lines[1:])).startswith("line 1:")


@pytest.mark.parametrize("data", [b"", b"\n", b"null\n", b"[]\n", b"\xff\n", b'{"digest":NaN}\n', b"[" * 100_000 + b"\n"])
def test_what_is_no_ledger_is_said_to_be_none(data):
    assert wrong(data).startswith("line 1: ")


EXAMPLE = example_15().write("withdrawn", id="S6").out("S6", "withdrawn", "withdrawn").export()


@given(place=st.integers(0, len(EXAMPLE) - 1), byte=st.integers(0, 255))
@settings(max_examples=1500, deadline=None)
def test_one_byte_changed_anywhere_is_found(place: int, byte: int):
    changed = EXAMPLE[:place] + bytes([byte]) + EXAMPLE[place + 1 :]
    code, sentence = report(changed)
    assert (code == 0) == (byte == EXAMPLE[place])
    if code:
        assert sentence.startswith(f"line {EXAMPLE[:place].count(10) + 1}:")


@given(start=st.integers(0, len(EXAMPLE)), length=st.integers(0, 50), put=st.binary(max_size=50))
@settings(max_examples=500, deadline=None)
def test_a_piece_cut_out_or_put_in_anywhere_is_found(start: int, length: int, put: bytes):
    changed = EXAMPLE[:start] + put + EXAMPLE[start + length :]
    assert (report(changed)[0] == 0) == (changed == EXAMPLE)


# The program


def test_as_a_program_it_needs_nothing_but_python_and_answers_by_its_exit_code(tmp_path):
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(example_15().export())
    alone = [sys.executable, "-I", "-S", str(SCRIPT)]
    good = subprocess.run([*alone, str(file)], capture_output=True, text=True, check=False)
    assert (good.returncode, good.stderr) == (0, "")
    last = json.loads(file.read_text().splitlines()[-1])["digest"]
    assert good.stdout.endswith(f"the ledger holds: {last}\n")
    bad = subprocess.run(alone, input=file.read_bytes()[:-9], capture_output=True, check=False)
    assert (bad.returncode, bad.stdout.decode()) == (1, "line 16: it is not JSON\n")


def test_it_stays_under_three_hundred_lines():
    assert len(SCRIPT.read_text().splitlines()) < 300


def test_an_opening_day_of_20_000_is_followed_in_a_few_seconds():
    ledger = Ledger(capacity=5_000, waiting_list=True, country_caps={"default": None, "by_country": {"AA": 1_000}})
    for n in range(1, 20_001):
        country = "AA" if n % 2 else "BB"
        ledger.arrives(str(n), country=country)
        if (country == "AA" and n < 2_000) or (country == "BB" and n <= 8_000):
            ledger.given(str(n), (n + 1) // 2 + n // 2 if n <= 2_000 else 1_000 + n // 2)
        else:
            ledger.out(str(n), "waitlisted", "country_cap" if n < 8_000 and country == "AA" else "cap_reached")
    for turn, n in enumerate(range(2_002, 4_000, 2)):
        ledger.write("lapsed", id=str(n)).out(str(n), "lapsed", "unpaid", 1_000 + n // 2, "open")
        ledger.given(str(8_002 + 2 * turn), 5_001 + turn)
    data = ledger.export()
    started = time.process_time()
    code, sentence = report(data)
    assert code == 0, sentence
    assert time.process_time() - started < 10
