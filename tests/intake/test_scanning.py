"""Files of the applicant and the antivirus: nobody opens one before, an infected one stays closed and belongs to the case."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import clock, deliveries, events, verdicts
from backoffice.core.db import db, transaction
from backoffice.core.verdicts import VerdictState
from backoffice.documents import queries as document_queries
from backoffice.intake import scanning
from backoffice.mail import queries as mail_queries
from backoffice.mail.values import Direction
from tests.conftest import NOON
from tests.core.test_antivirus import MARK, FakeClamd
from tests.intake.conftest import Api, problem
from tests.intake.test_api_messages import picture, send


@pytest.fixture
def antivirus(monkeypatch: pytest.MonkeyPatch):
    server = FakeClamd()
    monkeypatch.setenv("CLAMD_ADDRESS", server.address)
    yield server
    server.stop()


@pytest.fixture
def agent(api: Api, client: FlaskClient) -> FlaskClient:
    api.build.sign_in(client, api.build.caseworker())
    return client


def infected() -> bytes:
    """A picture that can be read, with our mark behind its end."""
    return picture("red") + MARK


def arrived(api: Api, case: Case, data: bytes) -> str:
    assert send(api, case, data).status_code == 201
    return newest(case).sha256


def newest(case: Case):
    return [m for m in mail_queries.thread(case.id) if m.direction is Direction.IN][-1].attachments[0]


def save(browser: FlaskClient, case: Case) -> TestResponse:
    return browser.get(f"/cases/{case.number}/attachments/{newest(case).id}")


def state(sha256: str) -> VerdictState:
    db.session.expire_all()
    return verdicts.of([sha256])[sha256].state


def test_a_file_is_closed_until_the_antivirus_has_looked(api: Api, agent: FlaskClient, antivirus: FakeClamd):
    case = api.build.case()
    sha256 = arrived(api, case, picture())
    [document] = [d for d in document_queries.documents_of(case.id) if d.source == "portal"]
    assert state(sha256) is VerdictState.WAITING
    for path in (f"attachments/{newest(case).id}", f"documents/{document.id}/original"):
        refused = agent.get(f"/cases/{case.number}/{path}")
        assert refused.status_code == 409
        assert "n’a pas encore" in refused.text
    deliveries.run_all()
    assert state(sha256) is VerdictState.CLEAN
    assert antivirus.seen == picture()
    opened = save(agent, case)
    assert opened.data == picture()
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_an_infected_file_is_kept_shown_and_closed_to_everybody(api: Api, agent: FlaskClient, antivirus: FakeClamd):
    case = api.build.case()
    sha256 = arrived(api, case, infected())
    deliveries.run_all()
    assert state(sha256) is VerdictState.INFECTED
    refused = save(agent, case)
    assert refused.status_code == 409
    assert "Essai.Marque" in refused.text
    [fact] = [row for row in events.history(case_subject(case.id)) if row.kind == "intake.AttachmentInfected"]
    assert fact.data["signature"] == "Essai.Marque"
    assert "Essai.Marque" in agent.get(f"/cases/{case.number}?tab=history").text
    assert "infecté, tenu fermé" in agent.get(f"/cases/{case.number}?tab=messages").text
    problem(api.get(f"/submissions/{case.submission_id}/attachments/{newest(case).id}"), 404, "not-found")


def test_the_same_infected_file_sent_to_another_case_is_said_there_too(api: Api, antivirus: FakeClamd):
    one, other = api.build.case(), api.build.case()
    arrived(api, one, infected())
    deliveries.run_all()
    arrived(api, other, infected())
    deliveries.run_all()
    for case in (one, other):
        assert [row.kind for row in events.history(case_subject(case.id))].count("intake.AttachmentInfected") == 1


def test_an_antivirus_that_is_away_leaves_the_file_closed_until_it_is_back(api: Api, agent: FlaskClient, antivirus: FakeClamd, monkeypatch):
    case = api.build.case()
    monkeypatch.setenv("CLAMD_ADDRESS", "127.0.0.1:1")
    sha256 = arrived(api, case, picture())
    deliveries.run_all()
    assert state(sha256) is VerdictState.WAITING
    assert save(agent, case).status_code == 409
    monkeypatch.setenv("CLAMD_ADDRESS", antivirus.address)
    assert scanning.scan_waiting() == 0, "it has not waited long enough"
    with clock.stopped_at(NOON + timedelta(minutes=2)):
        assert scanning.scan_waiting() == 1
    assert state(sha256) is VerdictState.CLEAN


def test_without_an_antivirus_it_is_said_that_nothing_was_scanned(api: Api, agent: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CLAMD_ADDRESS", raising=False)
    case = api.build.case()
    sha256 = arrived(api, case, picture())
    deliveries.run_all()
    assert state(sha256) is VerdictState.NOT_SCANNED
    assert "aucun antivirus" in verdicts.sentence(verdicts.of([sha256])[sha256])
    assert save(agent, case).status_code == 200
    [document] = [d for d in document_queries.documents_of(case.id) if d.source == "portal"]
    assert "non analysé" in agent.get(f"/cases/{case.number}/documents/{document.id}").text


def test_a_verdict_is_given_once(api: Api, antivirus: FakeClamd):
    case = api.build.case()
    arrived(api, case, infected())
    deliveries.run_all()
    message = UUID(str(newest(case).message_id))
    with transaction():
        assert not verdicts.note(newest(case).sha256, None, at=clock.now())
    assert mail_queries.message(message).direction is Direction.IN


def test_our_own_letters_open_at_once(api: Api, agent: FlaskClient, antivirus: FakeClamd):
    case = api.build.paid_case()
    request = api.build.request(case)
    assert agent.get(f"/cases/{case.number}/requests/{request.id}/letter.pdf").data.startswith(b"%PDF")
