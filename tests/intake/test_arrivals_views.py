"""The pages of arrivals that were refused: who sees them, what they show, what can be done on them."""

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.intake.models import KeptArrival
from backoffice.intake.service import kept
from backoffice.intake.states import KeptState
from backoffice.staff.models import ReadLog
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.conftest import NOON
from tests.intake.conftest import Api


def refused(api: Api, body: object) -> int:
    """Send what the form refuses, and give the number of what was kept."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert api.raw(raw).status_code in {400, 422}
    number = db.session.scalar(select(func.max(KeptArrival.id)))
    assert number is not None
    return number


@pytest.fixture
def browser(api: Api, build: Builder) -> FlaskClient:
    """A supervisor."""
    return build.sign_in(api.client.application.test_client(), build.supervisor())


def test_the_list_says_what_is_wrong_and_how_old_and_who_came_again(api: Api, browser: FlaskClient):
    content = api.build.content(language="de")
    refused(api, content)
    refused(api, b'{"a":1,"a":2}')
    page = browser.get("/arrivals").text
    assert "/language" in page
    assert "deux fois" in page
    assert content["submission_id"] in page
    api.submit(content | {"language": "fr"})
    assert content["submission_id"] not in browser.get("/arrivals").text
    assert content["submission_id"] in browser.get("/arrivals?view=resent").text
    with clock.stopped_at(NOON + timedelta(hours=1, days=3)):
        signed = api.build.sign_in(api.client.application.test_client(), api.build.supervisor())
        assert "3 jours" in signed.get("/arrivals").text


def test_one_is_shown_harmless_with_its_errors_and_its_reading_is_logged(api: Api, browser: FlaskClient):
    number = refused(api, b'{"family_name": "<script>alert(1)</script>\x00\xff", "submission_id": 1}')
    page = browser.get(f"/arrivals/{number}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
    assert "\x00" not in page.text
    assert db.session.scalars(select(ReadLog.subject_id).where(ReadLog.subject_kind == "kept_arrival")).all() == [str(number)]
    saved = browser.get(f"/arrivals/{number}/bytes")
    assert saved.data.endswith(b'\x00\xff", "submission_id": 1}')
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.content_type == "application/octet-stream"


def test_a_long_one_is_shown_by_its_beginning(api: Api, browser: FlaskClient):
    number = refused(api, b'["' + b"x" * 100_000 + b'"]')
    page = browser.get(f"/arrivals/{number}").text
    assert page.count("x" * 90_000) == 1  # in the field to correct it, not again beside
    assert "Le début seulement" in page


def test_a_person_accepts_with_a_reason_and_only_what_holds(api: Api, browser: FlaskClient):
    content = api.build.content(language="de")
    number = refused(api, content)
    still = browser.post(f"/arrivals/{number}/acceptance", data={"content": json.dumps(content), "reason": "Motif"})
    assert still.status_code == 422
    assert "/language" in still.text
    mended = json.dumps(content | {"language": "fr"})
    assert browser.post(f"/arrivals/{number}/acceptance", data={"content": mended, "reason": " "}).status_code == 422
    assert browser.post(f"/arrivals/{number}/acceptance", data={"content": mended, "reason": "Langue mal codée"}).status_code == 303
    page = browser.get(f"/arrivals/{number}").text
    assert "Langue mal codée" in page
    assert "Corriger et accepter" not in page
    assert browser.post(f"/arrivals/{number}/acceptance", data={"content": mended, "reason": "Encore"}).status_code == 422
    assert api.get(f"/submissions/{content['submission_id']}").status_code == 200


def test_a_person_sets_aside_with_a_reason(api: Api, browser: FlaskClient):
    number = refused(api, b"[]")
    assert browser.post(f"/arrivals/{number}/dismissal", data={"reason": ""}).status_code == 422
    assert browser.post(f"/arrivals/{number}/dismissal", data={"reason": "Essai du portail"}).status_code == 303
    assert db.session.get_one(KeptArrival, number).state is KeptState.DISMISSED
    assert str(number) in browser.get("/arrivals?view=dismissed").text


def test_whoever_reads_windows_and_cases_sees_but_only_who_manages_windows_acts(api: Api, build: Builder):
    number = refused(api, b"[]")
    for role in (Role.CASEWORKER, Role.AUDITOR):
        reader = build.sign_in(api.client.application.test_client(), build.account(role))
        page = reader.get(f"/arrivals/{number}")
        assert page.status_code == 200
        assert "<textarea" not in page.text
        assert reader.post(f"/arrivals/{number}/dismissal", data={"reason": "x"}).status_code == 403
        assert reader.post(f"/arrivals/{number}/acceptance", data={"reason": "x"}).status_code == 403
    for role in (Role.MAILROOM, Role.FINANCE, Role.ADMIN):
        stranger = build.sign_in(api.client.application.test_client(), build.account(role))
        assert stranger.get(f"/arrivals/{number}").status_code == 403


def test_attempts_that_met_no_period_are_counted_by_reason_and_programme_and_drafts_too(api: Api, browser: FlaskClient):
    for _ in range(3):
        api.submit(api.build.content(programme="REFUG"))
    api.submit(api.build.content(programme="ZZZ"))
    content = api.build.content()
    api.client.put(f"/api/v1/drafts/{content['submission_id']}", json={"programme": "PRTQ"}, headers=api.portal)
    page = browser.get("/arrivals/closed").text
    assert "REFUG" in page
    assert "immigration humanitaire" in page
    assert "ZZZ" in page
    assert "PRTQ" in page


def test_a_flood_beyond_the_limit_is_said(api: Api, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept, "MOST_A_DAY", 1)
    for n in range(4):
        api.raw(b"[%d]" % n)
    assert "3 seulement comptées" in browser.get("/arrivals").text


def test_a_list_that_does_not_exist_is_not_found_and_pages_follow_one_another(api: Api, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    assert browser.get("/arrivals?view=nothing").status_code == 404
    assert browser.get("/arrivals?after=x").status_code == 200
    monkeypatch.setattr("backoffice.intake.views.PAGE", 2)
    for n in range(3):
        refused(api, b"[%d]" % n)
    first = browser.get("/arrivals").text
    follow = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(follow).text
    assert (first.count("data-open"), second.count("data-open")) == (2, 1)
