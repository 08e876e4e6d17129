"""Withdrawing by the portal: acknowledged, idempotent, refused in words; and what is told without a case."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.core.db import transaction
from backoffice.intake.between import queries
from tests.builders import Builder
from tests.intake.conftest import Api


@pytest.fixture
def small(client: FlaskClient, build: Builder) -> Api:
    """The API with an open window of one place."""
    build.window(capacity=1, waiting_list=True)
    return Api(client, build)


def body(**changes: object) -> dict[str, object]:
    return {"withdrawal_id": str(uuid4()), "reason": "Un autre projet."} | changes


def test_the_portal_withdraws_and_is_acknowledged(api: Api):
    case = api.build.case()
    path, sent = f"/submissions/{case.submission_id}/withdrawal", body()
    answer = api.post(path, json=sent)
    assert (answer.status_code, answer.json["status"], answer.json["admission"]["status"]) == (200, "DESISTEE", "withdrawn")
    assert answer.json["admission"]["reason"] == "withdrawn"
    assert api.post(path, json=sent).json == answer.json
    assert api.post(path, json=body()).json == answer.json  # withdrawn already: the state is the same
    assert queries.withdrawal(queries.withdrawal_of(case.submission_id).id).reason == "Un autre projet."
    messages = api.get(f"/submissions/{case.submission_id}/messages").json["messages"]
    assert messages[-1]["kind"] == "withdrawal_confirmed"


def test_without_a_case_the_application_has_a_thread_of_its_own(small: Api):
    api = small
    api.build.case()
    waiting = api.build.submission()
    assert api.get(f"/submissions/{waiting.id}/messages").status_code == 404
    assert api.post(f"/submissions/{waiting.id}/withdrawal", json={"withdrawal_id": str(uuid4())}).status_code == 200
    [message] = api.get(f"/submissions/{waiting.id}/messages").json["messages"]
    assert (message["kind"], message["direction"], message["readable_at"] is not None) == ("withdrawal_confirmed", "out", True)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "/withdrawal_id"),
        ({"withdrawal_id": 7}, "/withdrawal_id"),
        ({"withdrawal_id": "x"}, "/withdrawal_id"),
        ([], ""),
        (body(reason=3), "/reason"),
        (body(reason="a" * 2001), "/reason"),
        (body(why="x"), "/why"),
    ],
)
def test_bad_bodies_are_refused_with_where(api: Api, sent: object, pointer: str):
    case = api.build.case()
    answer = api.post(f"/submissions/{case.submission_id}/withdrawal", json=sent)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert case_queries.case_by_id(case.id).status is CaseStatus.ATTENTE_PAIEMENT


def test_malformed_unknown_and_foreign(api: Api):
    case = api.build.case()
    path = f"/submissions/{case.submission_id}/withdrawal"
    assert api.post(path, data="{", headers={"Content-Type": "application/json"}).status_code == 400
    assert api.post(path, data="x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert api.post(f"/submissions/{uuid4()}/withdrawal", json=body()).status_code == 404
    assert api.post("/submissions/nombre/withdrawal", json=body()).status_code == 404
    assert api.client.post(f"/api/v1{path}", json=body()).status_code == 401
    assert api.client.post(f"/api/v1{path}", json=body(), headers=api.provider).status_code == 403
    other, used = api.build.case(), body()
    assert api.post(path, json=used).status_code == 200
    assert api.post(f"/submissions/{other.submission_id}/withdrawal", json=used).status_code == 404  # this number is of another application


def test_what_ended_otherwise_says_so(small: Api):
    api, content = small, small.build.content()
    api.build.submission(content)
    refused = api.build.submission(content | {"submission_id": str(uuid4())})
    answer = api.post(f"/submissions/{refused.id}/withdrawal", json=body())
    assert (answer.status_code, answer.json["type"]) == (409, "urn:backoffice:problem:has-ended")


def test_an_arrival_that_still_waits_is_asked_to_come_back(api: Api):
    waiting = api.build.submission(settle=False)
    answer = api.post(f"/submissions/{waiting.id}/withdrawal", json=body())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    with transaction():
        assert queries.withdrawal_of(waiting.id) is None
