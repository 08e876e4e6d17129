"""The door: signing in and out, being kept out, and what every page tells the browser."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.events import Subject
from backoffice.staff import queries, service
from backoffice.staff.models import Account, Approval, StaffSession
from backoffice.staff.permissions import Role
from backoffice.staff.states import ApprovalState
from tests.builders import PASSWORD, Builder
from tests.conftest import NOON

INSIDE = "/approvals"


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **options):
    return client.post("/sign-in", data={"email": email, "password": password}, **options)


def is_inside(client: FlaskClient) -> bool:
    return client.get(INSIDE).status_code == 200


def test_the_right_password_opens_and_the_wrong_one_does_not(build: Builder, client: FlaskClient):
    account = build.supervisor()
    assert client.get(INSIDE).status_code == 303
    wrong = enter(client, account.email, "faux")
    assert wrong.status_code == 422
    assert PASSWORD not in wrong.text
    assert not is_inside(client)
    assert enter(client, f"  {account.email.upper()} ").status_code == 303
    assert is_inside(client)


def test_an_unknown_address_is_refused_in_the_same_words(build: Builder, client: FlaskClient):
    email = build.supervisor().email
    answers = [enter(client, e, "faux").text.replace(e, "…") for e in (email, "nobody@exemple.test")]
    assert len(set(answers)) == 1


@pytest.mark.parametrize("email", ["a\x00b@x.test", "", "x" * 300, "' OR 1=1 --"])
def test_a_strange_address_is_refused_without_a_fault(build: Builder, client: FlaskClient, email: str):
    assert enter(client, email).status_code == 422


def test_after_five_failures_the_account_waits_a_quarter_of_an_hour(build: Builder, client: FlaskClient):
    account, other = build.supervisor(), build.supervisor()
    for _ in range(5):
        enter(client, account.email, "faux")
    assert enter(client, account.email).status_code == 422  # the right password, too late
    assert enter(client, other.email).status_code == 303
    with clock.stopped_at(NOON + timedelta(minutes=15, seconds=1)):
        assert enter(client.application.test_client(), account.email).status_code == 303


def test_signing_out_ends_the_session_on_the_server_too(build: Builder, client: FlaskClient):
    account = build.supervisor()
    enter(client, account.email)
    cookie = client.get_cookie("session").value
    assert client.post("/sign-out").status_code == 303
    assert not is_inside(client)
    client.set_cookie("session", cookie)  # the cookie of before, kept by somebody
    assert not is_inside(client)


def test_sessions_ended_everywhere_end_in_each_browser(app: Flask, build: Builder):
    account, browsers = build.supervisor(), [app.test_client() for _ in range(2)]
    for browser in browsers:
        enter(browser, account.email)
    assert all(is_inside(b) for b in browsers)
    account_id = account.id
    with transaction():
        service.end_all_sessions(account_id, by=SYSTEM, at=NOON)
    assert not any(is_inside(b) for b in browsers)


def test_a_disabled_account_is_out_at_once(build: Builder, client: FlaskClient):
    account = build.supervisor()
    enter(client, account.email)
    with transaction():
        db.session.get(Account, account.id).active = False
    assert not is_inside(client)
    assert enter(client, account.email).status_code == 422


def test_two_idle_hours_end_the_session_and_use_keeps_it(build: Builder, client: FlaskClient):
    enter(client, build.supervisor().email)
    for hours in (1.9, 3.8):
        with clock.stopped_at(NOON + timedelta(hours=hours)):
            assert is_inside(client)
    with clock.stopped_at(NOON + timedelta(hours=5.9)):
        assert not is_inside(client)


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil", "javascript:alert(1)", "/a b", " /x", "/%0d\nSet-Cookie:x", ""]
)
def test_nobody_is_sent_elsewhere_after_signing_in(build: Builder, client: FlaskClient, target: str):
    answer = enter(client, build.supervisor().email, query_string={"next": target})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    moved = client.post("/language", data={"language": "en", "next": target})
    assert moved.headers["Location"] == "/"


def test_after_signing_in_one_comes_back_to_the_page_that_was_asked(build: Builder, client: FlaskClient):
    where = client.get(f"{INSIDE}?page=2").headers["Location"]
    answer = client.post(where, data={"email": build.supervisor().email, "password": PASSWORD})
    assert answer.headers["Location"] == f"{INSIDE}?page=2"


def test_every_page_tells_the_browser_what_it_may_load(build: Builder, client: FlaskClient):
    pages = [client.get("/sign-in"), client.get("/nothing-here"), client.get("/healthz"), client.get(INSIDE)]
    enter(client, build.supervisor().email)
    pages.append(client.get(INSIDE))
    for answer in pages:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script>" not in answer.text
        assert " style=" not in answer.text


def test_the_cookie_is_for_this_site_alone(build: Builder, client: FlaskClient):
    cookie = enter(client, build.supervisor().email).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_in_production_the_cookie_travels_encrypted_only(app: Flask):
    from dataclasses import replace

    from backoffice.app import create_app
    from backoffice.core.settings import settings

    assert create_app(replace(settings(), demo=False)).config["SESSION_COOKIE_SECURE"] is True


def test_a_form_without_its_token_changes_nothing(app: Flask, build: Builder):
    account = build.supervisor()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        client = app.test_client()
        assert enter(client, account.email).status_code == 400
        assert client.post("/language", data={"language": "en"}).status_code == 400
        import re

        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
        answer = client.post("/sign-in", data={"email": account.email, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 303
        assert client.post("/sign-out").status_code == 400
        assert db.session.scalar(select(StaffSession.ended_at)) is None
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_signing_in_begins_a_session_of_its_own(build: Builder, client: FlaskClient):
    with client.session_transaction() as planted:
        planted["planted"] = "x"
    enter(client, build.supervisor().email)
    with client.session_transaction() as held:
        assert "planted" not in held


def test_an_approval_is_answered_by_another_supervisor_and_by_nobody_else(app: Flask, build: Builder):
    asks, second, worker = build.supervisor(), build.supervisor(), build.caseworker()
    with transaction():
        approval = service.ask_approval("paper_exception", Subject("case", "1"), {}, "Motif", by=asks, at=NOON)
    path, answer = f"/approvals/{approval.id}", {"decision": "approve", "answer": "D’accord."}
    assert build.sign_in(app.test_client(), worker).post(path, data=answer).status_code == 403
    assert build.sign_in(app.test_client(), asks).post(path, data=answer).status_code == 422
    browser = build.sign_in(app.test_client(), second)
    assert browser.post(path, data={"decision": "approve", "answer": ""}).status_code == 422
    assert browser.post(path, data=answer).status_code == 303
    assert db.session.scalars(select(Approval)).one().state is ApprovalState.APPROVED
    assert browser.post(path, data=answer).status_code == 422
    assert queries.count_waiting_approvals() == 0


def test_the_language_of_the_screens_can_be_changed(build: Builder, client: FlaskClient):
    assert '<html lang="fr' in client.get("/sign-in").text
    client.post("/language", data={"language": "en"})
    assert '<html lang="en' in client.get("/sign-in").text


def test_each_role_may_sign_in(app: Flask, build: Builder):
    for role in Role:
        build.sign_in(app.test_client(), build.account(role))
