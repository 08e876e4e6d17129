"""The pages: what waits, one proposal with its choices, the letter read before it is sent, refusals on the form."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from backoffice import sweeps
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.decisions import queries
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.decisions.world import LAST, World, on

AFTER = LAST + timedelta(days=1)


@pytest.fixture
def waiting(build: Builder, world: World) -> Case:
    case, _ = world.asked(items=2)
    with on(AFTER):
        sweeps.sweep(AFTER)
    return case


def values(page: str) -> dict[str, str]:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found, "the page carries the version of the case"
    return {"version": found[1]}


def address(case: Case) -> str:
    return f"/cases/{case.number}/proposals/{queries.proposals_of(case.id)[0].id}"


def test_the_list_and_the_case_lead_to_the_proposal(build: Builder, waiting: Case, client: FlaskClient):
    with on(AFTER):
        build.sign_in(client, build.caseworker())
        assert address(waiting) in client.get("/proposals").text
        assert address(waiting) in client.get(f"/cases/{waiting.number}").text
        page = client.get(address(waiting))
        assert page.status_code == 200
        assert "12 septembre 2016" in page.text.replace("\u00a0", " ")
        assert 'name="again_on"' in page.text
        assert client.get(f"/cases/{waiting.number}?tab=history").status_code == 200


def test_the_letter_is_read_before_it_is_sent(build: Builder, world: World, waiting: Case, client: FlaskClient):
    with on(AFTER):
        build.sign_in(client, build.caseworker())
        url, items = address(waiting), [item.id for item in world.request(waiting).items]
        sent = values(client.get(url).text) | {"choice": "intend", "items": items, "text_fr": "Relance restée sans réponse."}
        seen = client.post(url, data=sent | {"step": "preview"})
        assert "Relance restée sans réponse." in seen.text
        assert "Aucune décision n’est prise" in seen.text
        assert world.status(waiting) is CaseStatus.DOCS_DEMANDES
        assert client.post(url, data=sent | {"step": "send"}).status_code == 303
        assert world.status(waiting) is CaseStatus.INTENTION_REJET
        assert client.get(f"/cases/{waiting.number}/intention").status_code == 200
        again = client.post(url, data=sent | {"step": "send"})
        assert again.status_code == 422


def test_a_choice_without_its_reason_is_refused_on_the_form(build: Builder, waiting: Case, client: FlaskClient):
    with on(AFTER):
        build.sign_in(client, build.caseworker())
        url = address(waiting)
        sent = values(client.get(url).text)
        for choice in ("examine", "reissue", "dismiss", "intend"):
            assert client.post(url, data=sent | {"choice": choice}).status_code == 422, choice
        assert client.post(url, data=sent | {"choice": "nothing"}).status_code == 404
        stale = client.post(url, data={"version": "0", "choice": "examine", "reason": "Tout est là."})
        assert stale.status_code == 422
        late = client.post(url, data=sent | {"choice": "dismiss", "reason": "Hospitalisée.", "again_on": "2016-09-01"})
        assert late.status_code == 422
        assert client.post(url, data=sent | {"choice": "dismiss", "reason": "Hospitalisée.", "again_on": "2016-10-01"}).status_code == 303


def test_the_reason_that_an_english_reader_gets_is_asked_in_both_languages(build: Builder, world: World, client: FlaskClient):
    case, _ = world.asked(items=1, language="en")
    with on(AFTER):
        sweeps.sweep(AFTER)
        build.sign_in(client, build.caseworker())
        text = client.get(address(case)).text
        assert 'name="text_en"' in text
        sent = values(text) | {"choice": "intend", "step": "send", "text_fr": "Rien n’est arrivé."}
        assert client.post(address(case), data=sent).status_code == 422
        assert client.post(address(case), data=sent | {"text_en": "Nothing arrived."}).status_code == 303
    end = AFTER + timedelta(days=120)
    with on(end):
        sweeps.sweep(end)
        build.sign_in(client, build.caseworker())
        assert client.get(address(case)).text.count('name="reason_en"') == 2


def test_while_barred_the_page_offers_two_ways_only(build: Builder, world: World, waiting: Case, client: FlaskClient):
    with on(AFTER):
        world.bar(waiting, world.request(waiting).message_id)
        build.sign_in(client, build.caseworker())
        text = client.get(address(waiting)).text
        assert set(re.findall(r'name="choice" value="(\w+)"', text)) == {"reissue", "go_on"}


def test_the_pages_of_a_rejection(build: Builder, world: World, waiting: Case, client: FlaskClient):
    officer, supervisor = build.caseworker(), build.supervisor()
    with on(AFTER):
        world.intend(waiting, officer)
    end = AFTER + timedelta(days=120)
    with on(end):
        sweeps.sweep(end)
        build.sign_in(client, officer)
        url = address(waiting)
        text = client.get(url).text
        assert set(re.findall(r'name="choice" value="(\w+)"', text)) == {"reject", "withdraw", "reissue", "dismiss"}
        assert client.post(url, data=values(text) | {"choice": "reject", "reason": "Rien n’a été fourni."}).status_code == 303
        assert "Rien n’a été fourni." in client.get(url).text
        client.post("/sign-out")
        build.sign_in(client, supervisor)
        approvals = client.get("/approvals").text
        assert waiting.number in approvals
        assert "Rejeter une demande" in approvals
        decision = queries.waiting_decision(waiting.id)
        client.post(f"/approvals/{decision.approval_id}", data={"decision": "approve", "answer": "Conforme."})
        build.deliver()
        assert world.status(waiting) is CaseStatus.REJETEE
        assert "/correction" in client.get(f"/cases/{waiting.number}").text


def test_an_auditor_reads_and_does_nothing(build: Builder, waiting: Case, client: FlaskClient):
    with on(AFTER):
        build.sign_in(client, build.account(Role.AUDITOR))
        text = client.get(address(waiting)).text
        assert 'name="choice"' not in text
        assert client.post(address(waiting), data={"choice": "examine"}).status_code == 403
