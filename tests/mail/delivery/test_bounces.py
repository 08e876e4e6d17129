"""What comes back: read in every form, told to its case, kept when it names nobody, and harmless when a stranger wrote it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backoffice.core import clock, files
from backoffice.core.db import db, transaction
from backoffice.core.settings import Settings
from backoffice.mail.delivery import bouncing, composing, queries, reports, sending, tokens
from backoffice.mail.delivery.models import Bounce, Notification
from backoffice.mail.delivery.states import Matched
from backoffice.mail.delivery.values import Reach, Severity
from tests.builders import Builder
from tests.mail.delivery import corpus
from tests.mail.delivery.conftest import Post

KEY = b"a key of the tests"


def test_a_mark_is_read_whatever_its_case_and_a_forged_one_never():
    path = tokens.return_path("retours@ministere.example", 42, KEY)
    assert tokens.read(path.upper(), [KEY]) == 42
    assert tokens.read(path.replace("+n42-", "+n43-"), [KEY]) is None
    assert tokens.read(path, [b"another key"]) is None


@given(st.integers(0, 10**17), st.integers(0, 10**17))
def test_a_mark_is_for_one_notification_only(one: int, other: int):
    mac = tokens.return_path("r@m.example", one, KEY).partition("-")[2]
    assert (tokens.read(f"r+n{other}-{mac}", [KEY]) == other) == (one == other)


@pytest.mark.parametrize(
    ("raw", "severity", "status"),
    [
        (corpus.standard(), Severity.HARD, "5.1.1"),
        (corpus.standard(status="4.2.2"), Severity.SOFT, "4.2.2"),
        (corpus.returned_whole("a@b.example", "<i@j>"), Severity.SOFT, "5.2.2"),
        (corpus.badly_wrapped("n1-x", "a@b.example"), Severity.HARD, "5.1.1"),
        (corpus.french("n1-x", "a@b.example"), Severity.HARD, "5.1.1"),
        (corpus.french("n1-x", "a@b.example", "La boîte aux lettres est pleine."), Severity.SOFT, "5.2.2"),
        (corpus.french("n1-x", "a@b.example", "552 5.2.2 quota dépassé"), Severity.SOFT, "5.2.2"),
        (corpus.delayed("n1-x"), Severity.NOTICE, "4.4.1"),
        (corpus.absence("n1-x"), Severity.NOTICE, ""),
    ],
    ids=["standard", "soft", "full, exchange", "badly wrapped", "french", "french, full", "french, quota", "delayed", "absence"],
)
def test_a_report_says_how_bad_it_is(raw: bytes, severity: Severity, status: str):
    report = reports.read(raw)
    assert (report.severity, report.status, report.by_person) == (severity, status, False)


def test_what_a_stranger_wrote_is_kept_as_one_plain_line():
    said = reports.read(corpus.standard()).diagnostic
    assert said.startswith("smtp; 550 5.1.1")
    assert "script" not in said
    assert "\n" not in said
    assert len(reports.clean("é" * 10_000)) <= reports.LONGEST_TEXT


@pytest.mark.parametrize("raw", corpus.HOSTILE.values(), ids=corpus.HOSTILE.keys())
def test_nothing_a_stranger_sends_breaks_the_reader_or_keeps_it_busy(raw: bytes):
    began = time.monotonic()
    assert reports.read(raw) is not None
    assert time.monotonic() - began < 3


@given(st.binary(max_size=3000))
def test_any_bytes_at_all_are_read(raw: bytes):
    reports.read(raw)
    reports.read(b"Return-Path: <>\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n" + raw)


@pytest.fixture
def sent(build: Builder, smtp: object, post: Post) -> Notification:
    """A notification that the server took."""
    build.case()
    build.deliver()
    assert sending.send_due() == 1
    return db.session.scalars(select(Notification)).one()


def mark(one: Notification) -> str:
    return composing.return_path(one).partition("+")[2].partition("@")[0]


def receive(raw: bytes) -> Matched:
    with transaction():
        return bouncing.receive(raw, at=clock.now())


def forms(one: Notification) -> dict[str, tuple[bytes, Matched]]:
    return {
        "mark": (corpus.standard(mark(one), internet_id="<somebody@else>"), Matched.TOKEN),
        "mark in capitals": (corpus.badly_wrapped(mark(one), one.address), Matched.TOKEN),
        "french": (corpus.french(mark(one), one.address), Matched.TOKEN),
        "message id": (corpus.standard(internet_id=one.internet_id, address="changed@by.example"), Matched.MESSAGE_ID),
        "whole mail": (corpus.returned_whole("changed@by.example", one.internet_id), Matched.MESSAGE_ID),
        "address alone": (corpus.standard(address=one.address.upper()), Matched.RECIPIENT),
    }


@pytest.mark.parametrize("form", ["mark", "mark in capitals", "french", "message id", "whole mail", "address alone"])
def test_a_report_finds_its_notification(sent: Notification, form: str):
    raw, how = forms(sent)[form]
    assert receive(raw) is how
    bounce = db.session.scalars(select(Bounce)).one()
    assert (bounce.notification_id, bounce.case_id) == (sent.id, sent.case_id)
    assert files.read(str(bounce.raw_sha256)) == raw
    assert queries.reachability(sent.case_id) is not Reach.REACHABLE


def test_the_same_report_twice_counts_once(sent: Notification):
    raw = corpus.standard(mark(sent), status="4.2.0")
    assert receive(raw) is receive(raw)
    assert len(db.session.scalars(select(Bounce)).all()) == 1
    assert queries.reachability(sent.case_id) is Reach.IN_DOUBT


def test_a_forged_mark_routes_nothing_even_with_a_known_number_beside_it(sent: Notification):
    forged = mark(sent)[:-3] + "aaa"
    assert receive(corpus.standard(forged, address=sent.address, internet_id=sent.internet_id)) is Matched.NOTHING
    assert queries.reachability(sent.case_id) is Reach.REACHABLE
    [kept] = queries.unsettled_bounces()
    assert kept.recipient == sent.address


def test_an_address_of_two_cases_is_not_guessed(sent: Notification, build: Builder):
    build.case()
    build.deliver()
    sending.send_due()
    assert receive(corpus.standard(address=sent.address)) is Matched.NOTHING


@pytest.mark.parametrize("name", ["delayed", "absence"])
def test_what_is_no_failure_leaves_nobody_in_doubt(sent: Notification, name: str):
    assert receive(getattr(corpus, name)(mark(sent))) is Matched.TOKEN
    assert queries.reachability(sent.case_id) is Reach.REACHABLE


def test_what_a_person_wrote_waits_for_a_person(sent: Notification):
    assert receive(corpus.person(mark(sent))) is Matched.NOTHING
    [kept] = queries.unsettled_bounces()
    assert "mon compte est bloqué" in kept.diagnostic


def test_the_folder_is_emptied_and_a_crash_before_the_move_changes_nothing(sent: Notification, mailing: Callable[..., Settings], tmp_path: Path):
    mailing(bounces_folder=tmp_path, sender="ne-pas-repondre@ministere.example", bounces="retours@ministere.example")
    new = tmp_path / "new"
    new.mkdir()
    (new / "1.a").write_bytes(corpus.standard(mark(sent)))
    (new / "2.b").write_bytes(b"\x00 nothing that can be read")
    receive(corpus.standard(mark(sent)))  # kept, then the machine died before the move
    assert bouncing.collect() == 2
    assert sorted(p.name for p in (tmp_path / "cur").iterdir()) == ["1.a:2,S", "2.b:2,S"]
    assert (bouncing.collect(), len(db.session.scalars(select(Bounce)).all())) == (0, 2)
