"""Every problem of the API has a status, a title in both languages, and its code at the end of its type."""

import json

import pytest
from flask import Flask

from backoffice.core import problems
from backoffice.core.problems import Fault, Problem


@pytest.mark.parametrize("code", problems.STATUSES)
def test_each_code_is_worded_in_both_languages(app: Flask, code: str):
    said = {}
    for language in ("fr", "en"):
        with app.test_request_context("/api/v1/x", headers={"Accept-Language": language}):
            answer = problems.answer(Problem(code))
            said[language] = json.loads(answer.data)
            assert answer.headers["Content-Language"] == language
    assert said["fr"]["type"].endswith(f":{code}")
    assert said["fr"]["status"] == problems.STATUSES[code]
    assert said["fr"]["title"] != said["en"]["title"]


def test_waiting_allowing_and_signing_in_are_said_in_headers(app: Flask):
    with app.test_request_context("/api/v1/x"):
        assert problems.answer(Problem("unavailable", retry_after=5)).headers["Retry-After"] == "5"
        assert problems.answer(Problem("method", allow="GET")).headers["Allow"] == "GET"
        assert problems.answer(Problem("unauthorized")).headers["WWW-Authenticate"] == "Bearer"
        body = json.loads(problems.answer(Problem("invalid", "Détail", errors=[Fault("/a", "b", "c")]), "AB-12").data)
    assert body["errors"] == [{"pointer": "/a", "code": "b", "detail": "c"}]
    assert (body["detail"], body["instance"]) == ("Détail", "urn:backoffice:incident:AB-12")
