"""The API against its own description, by requests made from it: what it answers is always what it says it answers."""

from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask, g
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from backoffice.cases import queries as case_queries
from backoffice.intake import queries as intake_queries
from backoffice.mail import queries as mail_queries
from backoffice.staff.permissions import Scope
from tests.builders import Builder

OPERATIONS = (
    "submit", "withdraw", "submission_state", "save_draft", "read_draft", "drop_draft", "windows", "window", "pay", "messages", "opened", "reply", "attachment",
    "receipt", "openapi", "keys", "alive", "ready", "metrics",
)  # fmt: skip

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
    negative_data_rejection,
]  # fmt: skip

EXAMPLES = 12
"""Enough to meet each kind of wrong value, in seconds."""

BOUNDED = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def read(app: Flask, *, keys: bool) -> OpenApiSchema:
    """The description as served, on the application itself; with keys made up among the values tried, or without."""
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": keys}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=app, config=config)


@pytest.fixture
def described(app: Flask, build: Builder) -> OpenApiSchema:
    """For calls with a true key; a window is open."""
    build.window(code="DEMO")
    return read(app, keys=False)


@pytest.fixture
def keyless(app: Flask, build: Builder) -> OpenApiSchema:
    """For calls without a key, or with one made up."""
    build.window(code="DEMO")
    return read(app, keys=True)


def operation(described: OpenApiSchema, name: str) -> Any:
    return described.find_operation_by_id(name)


def hold(case: Any, headers: dict[str, str], checks: list[Any]) -> int:
    """Send one request, as one of its own, and check the answer."""
    for one in list(g):
        g.pop(one)
    answer = case.call(headers=headers)
    case.validate_response(answer, checks=checks, headers=headers)
    return int(answer.status_code)


def run(described: OpenApiSchema, name: str, headers: dict[str, str], checks: list[Any], **known: Any) -> set[int]:
    """Many requests made from the description, right and wrong ones; about something known, where it is named."""
    seen: set[int] = set()
    modes = list(schemathesis.GenerationMode)
    cases = st.one_of(*(operation(described, name).as_strategy(generation_mode=mode, **known) for mode in modes))

    @BOUNDED
    @given(case=cases)
    def each(case: Any) -> None:
        seen.add(hold(case, headers, checks))

    each()
    return seen


def test_the_operations_named_here_are_all_there_are(described: OpenApiSchema):
    names = {call["operationId"] for calls in described.raw_schema["paths"].values() for call in calls.values()}
    assert names == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_with_a_key_every_answer_is_one_that_is_described(described: OpenApiSchema, build: Builder, name: str):
    seen = run(described, name, build.key(Scope.PORTAL, Scope.PAYMENTS, Scope.METRICS), CHECKS)
    assert seen
    assert not {401, 403} & seen


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("submission_state", 200),
        ("messages", 200),
        ("opened", 204),
        ("reply", 201),
        ("attachment", 200),
        ("receipt", 200),
        ("withdraw", 200),
        ("save_draft", 201),
        ("window", 200),
    ],
)
def test_about_what_exists_every_answer_is_one_that_is_described(described: OpenApiSchema, build: Builder, name: str, good: int):
    known = things(build) | ({"submission_id": str(uuid4())} if name == "save_draft" else {})
    found = operation(described, name)
    parameters = {one.name: known[one.name] for one in found.path_parameters}
    headers = build.key(Scope.PORTAL)
    seen = run(described, name, headers, CHECKS[:-1], path_parameters=parameters)
    if name == "reply":  # made-up files are none: a reply in words is one
        seen |= run(described, name, headers, CHECKS[:-1], path_parameters=parameters, body={"message_id": str(uuid4()), "body": "Bonjour"})
    assert good in seen


def things(build: Builder) -> dict[str, str]:
    """An application with a message to its applicant, which carries a file."""
    request = build.request()
    case = case_queries.case_by_id(request.case_id)
    message = next(m for m in mail_queries.thread(case.id, 0, 100) if m.attachments)
    submission = intake_queries.submission(case.submission_id)
    assert submission is not None
    return {
        "submission_id": str(case.submission_id), "message_id": str(message.id), "attachment_id": str(message.attachments[0].id),
        "receipt_id": str(submission.receipt_id), "code": "DEMO",
    }  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_a_key_nothing_opens(keyless: OpenApiSchema, name: str):
    seen = run(keyless, name, {}, CHECKS[:-1])
    public = not operation(keyless, name).definition.raw["security"]
    assert seen <= ({200} if public else {401, 404})


def test_a_key_of_another_scope_opens_nothing(described: OpenApiSchema, build: Builder):
    for name in ("submit", "save_draft", "windows", "pay", "messages", "receipt"):
        assert run(described, name, build.key(Scope.METRICS), CHECKS[:-1]) <= {403, 404}


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_examples_of_the_description_are_answered_well(described: OpenApiSchema, build: Builder, name: str):
    found = operation(described, name)
    headers = build.key(Scope.PORTAL, Scope.PAYMENTS)
    for strategy in found.get_strategies_from_examples():

        @settings(BOUNDED, max_examples=1)
        @given(case=strategy)
        def each(case: Any) -> None:
            assert hold(case, headers, CHECKS[:-1]) in {200, 201, 204, 404}

        each()


def test_a_method_that_is_not_of_an_address_is_refused_as_one(described: OpenApiSchema, app: Flask, build: Builder):
    headers = build.key(Scope.PORTAL)
    for path in described.raw_schema["paths"]:
        address = path.replace("{code}", "DEMO")
        for name in ("submission_id", "message_id", "attachment_id", "receipt_id"):
            address = address.replace("{" + name + "}", "6d3a3c0e-5c8b-4b7e-9a51-1f1f5b6f2a10")
        answer = app.test_client().patch(address, headers=headers)
        assert (answer.status_code, answer.json["type"].endswith("method")) == (405, True), path
        assert answer.headers["Allow"]
