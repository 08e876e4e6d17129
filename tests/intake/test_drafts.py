"""What somebody has begun on the portal is kept and resumable; it gives neither a place nor a stamp (S-29)."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from backoffice import sweeps
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.intake import door_queries
from backoffice.intake.models import Draft, KeptArrival, Submission
from backoffice.intake.service import drafting
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import WindowAction
from backoffice.staff.permissions import Scope
from tests.conftest import NOON
from tests.intake.conftest import Api, pointers, problem

SECOND = timedelta(seconds=1)


def put(api: Api, submission_id: object, body: object, **headers: str) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return api.client.put(f"/api/v1/drafts/{submission_id}", data=data, content_type="application/json", headers={**api.portal, **headers})


def get(api: Api, submission_id: object) -> TestResponse:
    return api.get(f"/drafts/{submission_id}")


def delete(api: Api, submission_id: object) -> TestResponse:
    return api.client.delete(f"/api/v1/drafts/{submission_id}", headers=api.portal)


def test_a_draft_is_kept_whole_replaced_whole_and_given_back_as_it_came(api: Api):
    number = uuid4()
    first = put(api, number, b'{"programme": "PRTQ", "a": 1.50, "e": "\\u00e9"}')
    assert (first.status_code, first.headers["ETag"]) == (201, '"1"')
    assert first.json == {
        "submission_id": str(number), "saved_at": "2016-06-13T16:00:00.000000Z", "version": 1, "received": False, "kept_until": None,
        "notice": "Un brouillon ne donne ni place ni date de réception\u00a0: seule la demande transmise en donne.",
    }  # fmt: skip
    assert b'"content":{"programme": "PRTQ", "a": 1.50, "e": "\\u00e9"}' in get(api, number).data
    with clock.stopped_at(NOON + SECOND):
        again = put(api, number, {"b": 2})
    assert (again.status_code, again.json["version"], again.json["saved_at"]) == (200, 2, "2016-06-13T16:00:01.000000Z")
    assert get(api, number).json["content"] == {"b": 2}


def test_a_draft_draws_no_stamp_and_is_no_arrival(api: Api):
    before = db.session.execute(text("SELECT last_value FROM arrival_sequence")).scalar_one()
    put(api, uuid4(), {})
    put(api, uuid4(), b'{"a":1,"a":2}')
    assert db.session.execute(text("SELECT last_value FROM arrival_sequence")).scalar_one() == before
    assert db.session.scalars(select(Submission.id)).all() == []
    assert db.session.scalars(select(KeptArrival.id)).all() == []


def test_a_version_that_is_not_the_present_one_is_refused_and_nothing_is_lost(api: Api):
    number = uuid4()
    assert put(api, number, {"a": 1}, **{"If-Match": '"0"'}).status_code == 201
    assert put(api, number, {"a": 2}, **{"If-Match": '"1"'}).status_code == 200
    problem(put(api, number, {"a": 3}, **{"If-Match": '"1"'}), 412, "draft-changed")
    assert get(api, number).json["content"] == {"a": 2}
    assert put(api, number, {"a": 4}, **{"If-Match": "*"}).status_code == 200
    assert pointers(put(api, number, {}, **{"If-Match": "two"})) == {"/If-Match"}


def test_it_is_forgotten_at_the_applicant_s_wish(api: Api):
    number = uuid4()
    put(api, number, {})
    assert (delete(api, number).status_code, delete(api, number).status_code) == (204, 204)
    problem(get(api, number), 404, "not-found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b"", 400, "malformed"), (b"{", 400, "malformed"), (b'{"a":1,"a":2}', 400, "malformed"), (b'{"a":"\\ud800"}', 400, "malformed"), (b"[]", 422, "invalid"),
     (b"null", 422, "invalid"), (b'{"submission_id": "another"}', 422, "invalid"), (b'{"a": "' + b"x" * 256 * 1024 + b'"}', 413, "too-large")],
    ids=lambda value: repr(value)[:24],
)  # fmt: skip
def test_what_is_no_partial_object_is_refused(api: Api, body: bytes, status: int, code: str):
    problem(put(api, uuid4(), body), status, code)


def test_only_the_portal_may_and_only_with_json_and_a_true_identifier(api: Api):
    path = f"/api/v1/drafts/{uuid4()}"
    problem(api.client.put(path, json={}), 401, "unauthorized")
    problem(api.client.put(path, json={}, headers=api.provider), 403, "scope")
    problem(api.client.put(path, json={}, headers=api.build.key(Scope.METRICS)), 403, "scope")
    problem(api.client.put(path, data=b"{}", headers=api.portal), 415, "media-type")
    problem(put(api, "nobody", {}), 404, "not-found")


def test_once_the_application_is_received_its_draft_is_gone_and_cannot_come_back(api: Api):
    content = api.build.content()
    number = content["submission_id"]
    put(api, number, {"programme": "PRTQ"})
    kept = uuid4()
    put(api, kept, {})
    assert api.submit(content).status_code == 201
    problem(get(api, number), 404, "not-found")
    problem(put(api, number, {}), 409, "submission-conflict")
    with transaction():
        assert drafting.drop_received() == 1
    assert db.session.scalars(select(Draft.submission_id)).all() == [kept]


def closed(api: Api, code: str, programme: str, hours: int) -> None:
    """A window of a programme, open already and closed so many hours after noon."""
    end = NOON + timedelta(hours=hours)
    window = api.build.window(code=code, programme=programme, closes_at=end)
    with transaction():
        quota.move_window(window.id, WindowAction.CLOSE, by=SYSTEM, at=end)


def test_a_draft_outlives_the_next_two_windows_of_its_programme_and_no_more(api: Api):
    mine, unknown = uuid4(), uuid4()
    put(api, mine, {"programme": "PEQ"})
    put(api, unknown, {"programme": 7})
    closed(api, "P1", "PEQ", 1)
    closed(api, "X1", "PSTQ", 2)
    assert drafting.outdated(NOON + timedelta(hours=9)) == [unknown]  # two windows of any programme
    api.build.window(code="P2", programme="PEQ", closes_at=NOON + timedelta(hours=5))
    assert get(api, mine).json["kept_until"] == "2016-06-13T21:00:00.000000Z"
    assert drafting.outdated(NOON + timedelta(hours=9)) == [unknown]
    end = NOON + timedelta(hours=5)
    with transaction():
        quota.move_window(quota_queries.window("P2").id, WindowAction.CLOSE, by=SYSTEM, at=end)
    assert set(drafting.outdated(end)) == {mine, unknown}
    with clock.stopped_at(end + SECOND):
        put(api, mine, {"programme": "PEQ", "again": True})
    with transaction():
        assert drafting.drop_outdated(end + 2 * SECOND) == 1
    assert [row[0] for row in door_queries.drafts_by_programme()] == ["PEQ"]


def test_the_daily_sweep_forgets_them_once_and_says_so(api: Api):
    kept, received, old = uuid4(), api.build.content(), uuid4()
    put(api, old, {"programme": "PEQ"})
    closed(api, "P1", "PEQ", 1)
    closed(api, "P2", "PEQ", 2)
    put(api, received["submission_id"], {"programme": "PRTQ"})
    put(api, kept, {"programme": "PRTQ"})
    api.submit(received)
    with clock.stopped_at(NOON + timedelta(hours=3)):
        planned = [one for one in sweeps.sweep(clock.today(), dry_run=True) if one.kind == "draft_dropped"]
        assert [one.subject.id for one in planned] == [str(old)]
        assert [one.subject.id for one in sweeps.sweep(clock.today()) if one.kind == "draft_dropped"] == [str(old)]
        assert [one for one in sweeps.sweep(clock.today()) if one.kind == "draft_dropped"] == []
    assert db.session.scalars(select(Draft.submission_id)).all() == [kept]
