"""Composing a request without scripts; finance's receipts; the team's load and moving cases."""

import re

from flask.testing import FlaskClient

from backoffice.cases import queries
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.documents import queries as document_queries
from backoffice.fees import service as fees
from tests.builders import Builder


def _form(page: str) -> dict[str, list[str]]:
    return {
        "line": re.findall(r'name="line" value="([^"]+)"', page),
        "item": re.findall(r'name="item" value="([^"]+)"[^>]*checked', page),
        "version": re.findall(r'name="version"[^>]*value="(\d+)"', page)[:1],
    }


def test_a_request_is_composed_previewed_and_sent_without_scripts(client: FlaskClient, build: Builder) -> None:
    case = build.paid_case()
    build.sign_in(client, build.caseworker())
    url = f"/cases/{case.number}/requests/new"
    form = _form(client.get(url).text)
    assert len(form["item"]) > 5
    added = client.post(url, data={**form, "step": "add", "add_code": "other", "add_person": "family"})
    form = _form(added.text)
    assert "other:family" in form["item"]
    form["item"] = form["item"][:3]
    form |= {"label_fr:other:family": ["Acte notarié"], "label_en:other:family": ["Notarial deed"]}
    preview = client.post(url, data={**form, "step": "preview"})
    assert preview.status_code == 200, preview.text[-1500:]
    assert "2016-09-12" in preview.text  # 90 days after 13 June are a Sunday
    sent = client.post(url, data={**form, "step": "send"})
    assert sent.status_code == 303, sent.text[-1500:]
    assert len(document_queries.requests_of(case.id)[0].items) == 3
    assert "Documents, 90 jours" in client.get(f"/cases/{case.number}").text
    again = client.post(url, data={**form, "step": "send"})
    assert again.status_code == 422


def test_an_empty_request_and_a_stale_one_are_refused(client: FlaskClient, build: Builder) -> None:
    case = build.paid_case()
    build.sign_in(client, build.caseworker())
    url = f"/cases/{case.number}/requests/new"
    form = _form(client.get(url).text)
    assert client.post(url, data={**form, "item": [], "step": "send"}).status_code == 422
    stale = client.post(url, data={**form, "version": "0", "step": "send"})
    assert stale.status_code == 422
    assert "a changé" in stale.text
    assert not document_queries.requests_of(case.id)


def test_finance_allocates_sends_back_and_takes_back(client: FlaskClient, build: Builder) -> None:
    case = build.case()
    owed = build.fee(case).assessed_cents
    with transaction():
        good = fees.record_money(build.cheque(owed, "E-2016-00001"), by=SYSTEM, at=clock.now())
        bad = fees.record_money(build.cheque(5_000, "E-2016-00002"), by=SYSTEM, at=clock.now())
        good_id, bad_id = good.id, bad.id
    build.sign_in(client, build.finance())
    assert "venu par la poste" in client.get("/fees").text
    assert client.get(f"/fees/receipts/{good_id}").status_code == 200
    short = client.post(f"/fees/receipts/{bad_id}/allocation", data={"case_number": case.number})
    assert short.status_code == 422
    assert client.post(f"/fees/receipts/{good_id}/allocation", data={"case_number": case.number}).status_code == 303
    assert client.post(f"/fees/receipts/{bad_id}/return", data={"reason": ""}).status_code == 422
    assert client.post(f"/fees/receipts/{bad_id}/return", data={"reason": "somme incomplète"}).status_code == 303
    assert client.post(f"/fees/receipts/{good_id}/reversal", data={"reason": "opposition"}).status_code == 303
    assert queries.case(case.number).status.value == "ATTENTE_PAIEMENT"


def test_a_caseworker_reads_money_but_does_not_move_it(client: FlaskClient, build: Builder) -> None:
    with transaction():
        receipt = fees.record_money(build.cheque(100, "E-2016-00009"), by=SYSTEM, at=clock.now()).id
    build.sign_in(client, build.caseworker())
    assert client.get(f"/fees/receipts/{receipt}").status_code == 200
    assert client.post(f"/fees/receipts/{receipt}/return", data={"reason": "x"}).status_code == 403


def test_the_load_adds_up_and_cases_are_moved_together(client: FlaskClient, build: Builder) -> None:
    numbers, officer = [build.paid_case().number for _ in range(3)], build.caseworker()
    officer_id = officer.id
    build.sign_in(client, build.supervisor())
    moved = client.post("/team/reassignment", data={"case": [*numbers, "00000000-0"], "officer": officer_id, "reason": "absence"})
    assert moved.status_code == 200
    assert moved.text.count("Déplacé.") == 3
    page = client.get("/team").text
    assert f"officer={officer_id}" in page
    assert [queries.case(number).officer_id for number in numbers] == [officer_id] * 3
    assert client.post("/team/reassignment", data={"case": numbers, "officer": "", "reason": ""}).status_code == 422
    build.sign_in(other := client.application.test_client(), build.caseworker())
    assert other.post("/team/reassignment", data={"case": numbers, "officer": officer_id, "reason": "x"}).status_code == 403


def test_a_window_is_shown_with_its_counts_and_ledger(client: FlaskClient, build: Builder) -> None:
    window = build.window().code
    build.paid_case()
    build.sign_in(client, build.supervisor())
    page = client.get(f"/windows/{window}")
    assert page.status_code == 200, page.text[-1000:]
    assert "Confirmée" in page.text
