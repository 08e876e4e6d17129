"""Every route says who may open it, and nobody else does."""

from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection
from werkzeug.routing import Rule

from backoffice.core import web
from backoffice.staff.permissions import Permission, Role, Scope, grants
from tests.builders import Builder

PUBLIC = {
    "staff.sign_in", "staff.language", "api.openapi", "health.alive", "health.ready", "health.metrics", "health.keys",
}  # fmt: skip
"""What anybody may open: each addition here is a decision."""


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def path(rule: Rule) -> str:
    """The route's address, with values that lead to nothing."""
    serial = count(987_654_321)
    nothing = {"IntegerConverter": next(serial), "UUIDConverter": UUID(int=next(serial))}
    values = {name: nothing.get(converter.__class__.__name__, "0" * 8) for name, converter in rule._converters.items()}
    built = rule.build(values)
    assert built is not None
    return built[1]


def test_every_route_has_an_access_mark(app: Flask):
    for rule in rules(app):
        access = web.access_of(app.view_functions[rule.endpoint])
        assert access, f"{rule.endpoint} says nothing about who may open it"
        assert access == web.PUBLIC or all(isinstance(one, Permission | Scope) for one in access), rule.endpoint


def test_only_these_are_public(app: Flask):
    assert {r.endpoint for r in rules(app) if web.access_of(app.view_functions[r.endpoint]) == web.PUBLIC} <= PUBLIC


def test_signed_out_every_page_leads_to_the_door_and_every_call_needs_its_key(app: Flask, session: Connection):
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        if web.access_of(view) == web.PUBLIC:
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = app.test_client().open(path(rule), method=method)
            if getattr(view, "keyed", False):
                assert answer.status_code == 401, rule
            else:
                assert (answer.status_code, answer.headers.get("Location", "").startswith("/sign-in")) == (303, True), rule


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_it_is_granted_and_nothing_else(app: Flask, build: Builder, role: Role):
    client = build.sign_in(app.test_client(), build.account(role))
    wrong = []
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        access = web.access_of(view)
        if access == web.PUBLIC or getattr(view, "keyed", False) or rule.endpoint == "staff.sign_out":
            continue
        granted = any(grants(role, permission) for permission in access)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            if granted and method != "GET":
                continue
            status = client.open(path(rule), method=method).status_code
            if status not in ({200, 302, 303, 404} if granted else {403}):
                wrong.append((rule.rule, method, status))
    assert wrong == []
