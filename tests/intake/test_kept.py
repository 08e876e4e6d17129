"""What is refused for its form is kept, counted once, bounded, and may be accepted by a person in its own place (S-27)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from backoffice.core import clock, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import IllegalMove
from backoffice.core.events import Subject
from backoffice.core.problems import Problem
from backoffice.intake import door_queries, queries
from backoffice.intake.errors import AlreadyReceived
from backoffice.intake.models import KeptArrival, KeptTally
from backoffice.intake.service import kept
from backoffice.intake.states import KeptState
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import WindowAction
from tests.conftest import NOON
from tests.intake.conftest import Api, problem


def rows() -> list[KeptArrival]:
    db.session.expire_all()
    return list(db.session.scalars(select(KeptArrival).order_by(KeptArrival.sequence)))


def refuse(api: Api, body: bytes) -> KeptArrival:
    """Send a body that is refused, and give what was kept of it."""
    assert api.raw(body).status_code in {400, 422}
    return rows()[-1]


def broken(api: Api, **changes: object) -> dict[str, object]:
    return api.build.content(**({"language": "de"} | changes))


@pytest.mark.parametrize(
    "body", [b'{"a":1,"a":2}', b"[" * 50 + b"]" * 50, b'["\\ud800"]', b"[12345678901234567890]", b'"\xff"', b'{"submission_id": 1}', b"[]", b"x\x00y"]
)
def test_every_body_refused_for_its_form_is_kept_as_it_came_with_its_errors_and_its_stamp(api: Api, body: bytes):
    before = queries.stamp(clock.now())
    row = refuse(api, body)
    after = queries.stamp(clock.now())
    assert kept_bytes(row) == body
    assert before.sequence < row.sequence < after.sequence
    assert row.received_at == NOON
    assert (row.state, row.attempts) == (KeptState.KEPT, 1)
    assert row.errors
    assert all(set(one) == {"pointer", "code", "detail"} for one in row.errors)


def kept_bytes(row: KeptArrival) -> bytes:
    return door_queries.kept(row.id).raw


def test_no_address_of_the_sender_is_kept_only_its_key(api: Api):
    row = refuse(api, b"{}")
    assert row.key_id.isdecimal()
    assert not {"address", "remote_addr", "ip"} & set(KeptArrival.__table__.columns.keys())


def test_the_same_bytes_count_once_and_keep_their_first_place(api: Api):
    first = refuse(api, b"{}").sequence
    with clock.stopped_at(NOON + timedelta(minutes=5)):
        again = refuse(api, b"{}")
    assert (len(rows()), again.sequence, again.attempts, again.last_at) == (1, first, 2, NOON + timedelta(minutes=5))


def test_an_empty_body_a_conflict_and_a_body_too_large_are_not_refusals_of_form(api: Api):
    content = api.build.content()
    api.submit(content)
    problem(api.raw(b"  "), 400, "malformed")
    problem(api.submit(content | {"language": "en"}), 409, "submission-conflict")
    problem(api.raw(b" " * (256 * 1024 + 1)), 413, "too-large")
    problem(api.client.post("/api/v1/submissions", data=b"{", content_type="application/json"), 401, "unauthorized")
    assert rows() == []


def test_beyond_the_limit_of_a_key_and_a_day_only_the_number_is_kept_and_said(api: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept, "MOST_A_DAY", 2)
    for n in range(5):
        problem(api.raw(b"[%d]" % n), 422, "invalid")
    assert len(rows()) == 2
    assert [(t.kept, t.bytes, t.beyond) for t in door_queries.tallies_beyond()] == [(2, 6, 3)]
    other = api.build.key()
    api.client.post("/api/v1/submissions", data=b"[77]", content_type="application/json", headers=other)
    assert len(rows()) == 3  # another key has a limit of its own
    with clock.stopped_at(NOON + timedelta(days=1)):
        api.raw(b"[99]")
    assert len(rows()) == 4  # and so has another day


def test_the_bytes_of_a_day_are_bounded_too(api: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept, "MOST_BYTES_A_DAY", 10)
    api.raw(b'"12345"')
    api.raw(b'"67890"')
    assert (len(rows()), db.session.scalars(select(KeptTally.beyond)).one()) == (1, 1)


def test_while_the_database_is_away_no_refusal_is_told_that_would_not_be_kept(api: Api, monkeypatch: pytest.MonkeyPatch):
    fails(monkeypatch, OperationalError)
    problem(api.raw(b"{}"), 503, "unavailable")
    monkeypatch.undo()
    problem(api.raw(b"{}"), 422, "invalid")
    assert len(rows()) == 1


def test_a_refusal_is_told_even_when_its_very_body_cannot_be_kept(api: Api, monkeypatch: pytest.MonkeyPatch):
    fails(monkeypatch, DataError)
    problem(api.raw(b"{}"), 422, "invalid")


def fails(monkeypatch: pytest.MonkeyPatch, fault: type[DBAPIError]) -> None:
    def refuse(*_: object) -> None:
        raise fault("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(kept, "keep_refused", refuse)


def test_one_accepted_by_a_person_is_received_late_in_the_place_of_its_first_arrival(api: Api):
    content = broken(api)
    row = refuse(api, json.dumps(content).encode())
    later = api.submit().json["receipt"]["sequence"]
    supervisor = api.build.supervisor()
    at = NOON + timedelta(hours=5)
    with clock.stopped_at(at), transaction():
        submission = kept.accept_kept(row.id, json.dumps(content | {"language": "fr"}), "La langue était mal codée.", by=supervisor, at=at)
    assert (submission.sequence, submission.received_at) == (row.sequence, NOON)
    assert submission.sequence < later
    assert str(submission.id) == content["submission_id"]
    row = rows()[0]
    assert (row.state, row.submission_id, row.decided_by_id, row.reason) == (
        KeptState.ACCEPTED,
        submission.id,
        supervisor.id,
        "La langue était mal codée.",
    )
    assert json.loads(kept_bytes(row))["language"] == "de"  # the original stays beside
    assert submission.content["language"] == "fr"
    for subject in (Subject("kept_arrival", str(row.id)), Subject("submission", str(submission.id))):
        assert "intake.ArrivalAccepted" in [fact.kind for fact in events.history(subject)]
    assert api.get(f"/submissions/{submission.id}").json["receipt"]["sequence"] == row.sequence


def test_one_accepted_after_its_window_closed_belongs_to_the_window_of_its_stamp(api: Api):
    content, supervisor = broken(api), api.build.supervisor()
    row = refuse(api, json.dumps(content).encode())
    at = NOON + timedelta(hours=5)
    with transaction():
        quota.move_window(quota_queries.window("DEMO").id, WindowAction.CLOSE, by=SYSTEM, at=at)
    with transaction():
        submission = kept.accept_kept(row.id, json.dumps(content | {"language": "fr"}), "Motif", by=supervisor, at=at)
    assert submission.window_code == "DEMO"


def test_what_is_still_wrong_or_was_received_since_is_refused(api: Api):
    content, supervisor = broken(api), api.build.supervisor()
    row = refuse(api, json.dumps(content).encode())
    with pytest.raises(Problem) as refusal, transaction():
        kept.accept_kept(row.id, json.dumps(content), "Motif", by=supervisor, at=NOON)
    assert refusal.value.code == "invalid"
    api.submit(content | {"language": "en"})
    with pytest.raises(AlreadyReceived), transaction():
        kept.accept_kept(row.id, json.dumps(content | {"language": "fr"}), "Motif", by=supervisor, at=NOON)
    assert door_queries.count_waiting() == 0  # whoever sent it again in form waits for nobody
    assert rows()[0].state is KeptState.KEPT


def test_one_set_aside_stays_and_may_still_be_accepted_but_not_twice(api: Api):
    content = broken(api)
    row = refuse(api, json.dumps(content).encode())
    supervisor = api.build.supervisor()
    assert door_queries.count_waiting() == 1
    with transaction():
        kept.dismiss_kept(row.id, "Essai du portail.", by=supervisor, at=NOON)
    assert (door_queries.count_waiting(), rows()[0].state) == (0, KeptState.DISMISSED)
    with transaction():
        kept.accept_kept(row.id, json.dumps(content | {"language": "fr"}), "Écartée par erreur.", by=supervisor, at=NOON)
    with pytest.raises(IllegalMove), transaction():
        kept.dismiss_kept(row.id, "Motif", by=supervisor, at=NOON)


@pytest.mark.parametrize("raw", [b"\x00\x1b[31m", b"\xff\xfe", "\u202e\ufffe".encode(), b'{"a": "\\ud800"}', b"<script>", b"[" * 100_000])
def test_any_bytes_are_text_that_a_page_can_show(raw: bytes):
    for shown in (kept.text_of(raw), kept.to_correct(raw)):
        shown.encode()
        assert "\x00" not in shown
        assert "\x1b" not in shown


def test_one_accepted_late_is_given_its_place_by_the_clerk_after_those_who_have_one(api: Api):
    content = broken(api)
    row = refuse(api, json.dumps(content).encode())
    first = api.settled(api.build.content())
    supervisor = api.build.supervisor()
    with transaction():
        kept.accept_kept(row.id, json.dumps(content | {"language": "fr"}), "Motif", by=supervisor, at=NOON)
    late = api.state(content["submission_id"])
    assert (late["admission"]["status"], late["admission"]["rank"]) == ("provisional", 2)
    assert late["receipt"]["sequence"] == row.sequence < first["receipt"]["sequence"]
    assert late["case_number"]
