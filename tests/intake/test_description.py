"""The description of the API (OpenAPI 3.1) is whole and true: every route, every refusal, examples that hold."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.core import problems
from backoffice.intake import description


@pytest.fixture
def told(client: FlaskClient) -> dict[str, Any]:
    """The description as it is served."""
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


def operations(told: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, calls in told["paths"].items():
        for method, operation in calls.items():
            yield path, method, operation


def resolved(told: dict[str, Any], value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        _, *parts = value["$ref"].split("/")
        found: Any = told
        for part in parts:
            found = found[part]
        value = found
    return value


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def test_every_route_of_the_api_is_described_and_nothing_else_is(app: Flask, told: dict[str, Any]):
    ours = {
        (method.lower(), rule.endpoint.rpartition(".")[2])
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith(("api.", "health."))
    }
    assert {(method, operation["operationId"]) for _, method, operation in operations(told)} == ours
    assert set(description.OPERATIONS) == {r.endpoint for r in app.url_map.iter_rules() if r.endpoint.startswith(("api.", "health."))}
    assert len({operation["operationId"] for _, _, operation in operations(told)}) == len(ours)


def test_every_parameter_of_an_address_is_described_and_every_operation_has_its_words(told: dict[str, Any]):
    for path, _, operation in operations(told):
        names = {p["name"] for p in (resolved(told, one) for one in operation["parameters"]) if p["in"] == "path"}
        assert names == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path
        assert operation["summary"], path
        assert operation["tags"][0] in {tag["name"] for tag in told["tags"]}
        assert operation["responses"]


def test_every_problem_code_has_its_meaning_its_example_and_its_place(told: dict[str, Any]):
    assert set(description.MEANINGS) == set(problems.STATUSES) == set(problems.TITLES)
    placed = set()
    for _, _, operation in operations(told):
        for status, answer in operation["responses"].items():
            for media in (resolved(told, answer).get("content") or {}).values():
                for schema in media["schema"].get("allOf", []):
                    if "properties" in schema:
                        placed |= {(status, name.removeprefix(problems.TYPE)) for name in schema["properties"]["type"]["enum"]}
    expected = {(str(int(status)), code) for code, status in problems.STATUSES.items() if code != "method"}
    assert placed == expected
    assert "`method`" in told["info"]["description"]  # belongs to no operation: it answers those that do not exist


def test_every_call_with_a_key_says_its_scope_and_what_a_key_may_be_answered(told: dict[str, Any]):
    keyless = {"openapi", "keys", "alive", "ready", "metrics"}
    for path, _, operation in operations(told):
        if operation["operationId"] in keyless and not operation["security"]:
            continue
        assert operation["security"], path
        assert {"401", "403", "429", "500", "503"} <= set(operation["responses"]), path


def test_every_reference_leads_somewhere(told: dict[str, Any]):
    for reference in references(told):
        assert reference.startswith("#/components/")
        resolved(told, {"$ref": reference})


def test_every_example_holds(told: dict[str, Any]):
    checked = 0
    for path, method, operation in operations(told):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for one in [*bodies, *(resolved(told, answer) for answer in operation["responses"].values())]:
            for media in (one.get("content") or {}).values():
                for name, example in (media.get("examples") or {}).items():
                    value = resolved(told, example)["value"]
                    problem = fault(told, media["schema"], value)
                    assert problem is None, (path, method, name, problem)
                    checked += 1
    assert checked > 60
    named = {name for one in references(told["paths"]) if one.startswith("#/components/examples/") for name in [one.rpartition("/")[2]]}
    named |= {name for one in references(told["components"]["responses"]) if "/examples/" in one for name in [one.rpartition("/")[2]]}
    assert named == set(told["components"]["examples"])


def fault(told: dict[str, Any], schema: Any, value: object) -> str | None:
    """What is wrong with an example, formats included."""
    root = {**schema, "components": {"schemas": told["components"]["schemas"]}}
    try:
        jsonschema_rs.Draft202012Validator(root, validate_formats=True).validate(value)
    except jsonschema_rs.ValidationError as wrong:
        return str(wrong)
    return None


def test_a_false_example_would_be_found(told: dict[str, Any]):
    assert fault(told, {"$ref": "#/components/schemas/Draft"}, {"version": 0})
    assert fault(told, {"$ref": "#/components/schemas/Submission"}, {})


def test_the_whole_is_openapi_3_1_with_a_schema_for_each_schema(told: dict[str, Any]):
    assert told["openapi"].startswith("3.1")
    for schema in told["components"]["schemas"].values():
        assert jsonschema_rs.meta.is_valid(schema)
