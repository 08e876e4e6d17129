"""The pages and the console of acts on many: seen before it is signed, followed, kept."""

import csv
import io
import json
import sys
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.cli import acts as console
from backoffice.cli.main import cli
from backoffice.core import deliveries
from backoffice.core.db import db
from backoffice.intake.acts import queries
from backoffice.intake.acts.states import ActState
from backoffice.quota import queries as quota_queries
from tests.builders import Builder

ASKED = {"kind": "annul", "basis": "Décision fictive du 3 avril 2018", "reason": "Ouverte par erreur"}


def number(answer: Any) -> int:
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def test_an_annulment_from_its_form_to_its_history(app: Flask, build: Builder, client: FlaskClient) -> None:
    paid, unpaid = build.paid_case(), build.case()
    code = quota_queries.windows()[0].code
    first, second = build.supervisor(), build.supervisor()
    build.sign_in(client, first)
    assert client.get("/acts/new").status_code == 200
    act_id = number(client.post("/acts/new", data={**ASKED, "window": code}))
    page = client.get(f"/acts/{act_id}").text
    assert "Personne n’a encore été touché" in page
    assert "Votre demande est annulée" in page
    assert "Your application is annulled" in page
    assert paid.number in page
    assert unpaid.number in page
    assert queries.act(act_id).list_sha256[:16] in page
    assert client.post(f"/acts/{act_id}/approval").status_code == 303
    assert "une autre personne doit l’approuver" in client.get("/approvals").text

    client = build.sign_in(app.test_client(), second)
    listed = client.get("/approvals").text
    assert f"/acts/{act_id}" in listed
    assert "Annulation de demandes" in listed
    approval = queries.act(act_id).approval_id
    assert client.post(f"/approvals/{approval}", data={"decision": "approve", "answer": "Vu la liste."}).status_code == 303
    deliveries.run_all()
    page = client.get(f"/acts/{act_id}").text
    assert "Terminé" in page
    assert "100 %" in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"/acts/{act_id}/list.csv").text)))
    assert [row["state"] for row in rows] == ["done", "done"]
    assert {row["case_number"] for row in rows} == {paid.number, unpaid.number}
    assert str(act_id) in client.get("/acts").text
    assert case_queries.case(paid.number).status is CaseStatus.RETOURNEE


def test_the_progress_is_a_part_of_the_page_that_reads_itself_again(build: Builder, client: FlaskClient) -> None:
    build.case()
    build.sign_in(client, build.supervisor())
    act_id = number(client.post("/acts/new", data={**ASKED, "window": quota_queries.windows()[0].code}))
    queries.act(act_id).state = ActState.APPROVED
    db.session.flush()
    part = client.get(f"/acts/{act_id}/progress", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in part.text
    assert "<html" not in part.text
    assert "HX-Refresh" not in part.headers
    assert client.get(f"/acts/{act_id}/progress?seen=asked").headers["HX-Refresh"] == "true"
    queries.act(act_id).state = ActState.DONE
    db.session.flush()
    ended = client.get(f"/acts/{act_id}/progress", headers={"HX-Request": "true"})
    assert "hx-trigger" not in ended.text
    assert ended.headers["HX-Refresh"] == "true"


def test_a_choice_of_everybody_is_refused_on_the_form(build: Builder, client: FlaskClient) -> None:
    build.case()
    build.sign_in(client, build.supervisor())
    answer = client.post("/acts/new", data=ASKED)
    assert answer.status_code == 422
    assert "jamais tout le monde par omission" in answer.text
    missing = client.post("/acts/new", data={"kind": "annul", "window": ""})
    assert missing.status_code == 422
    assert queries.acts() == []


def test_an_act_is_undone_by_an_act_of_its_own(app: Flask, build: Builder, client: FlaskClient) -> None:
    case = build.paid_case()
    first, second = build.supervisor(), build.supervisor()
    build.sign_in(client, first)
    act_id = number(client.post("/acts/new", data={**ASKED, "kind": "end_by_law", "programme": "PRTQ"}))
    client.post(f"/acts/{act_id}/approval")
    client = build.sign_in(app.test_client(), second)
    client.post(f"/approvals/{queries.act(act_id).approval_id}", data={"decision": "approve", "answer": "Vu."})
    deliveries.run_all()
    assert f"/acts/new?undoes={act_id}" in client.get(f"/acts/{act_id}").text
    form = client.get(f"/acts/new?undoes={act_id}").text
    assert "Sursis" in form
    assert "Annulation de demandes" not in form.split("<main", 1)[1].split("<form", 1)[1]
    stay_id = number(client.post(f"/acts/new?undoes={act_id}", data={**ASKED, "kind": "stay", "undoes": str(act_id)}))
    assert case.number in client.get(f"/acts/{stay_id}").text


@pytest.mark.parametrize("role", ["caseworker", "finance", "clerk"])
def test_only_supervisors_act_on_many(build: Builder, client: FlaskClient, role: str) -> None:
    build.sign_in(client, getattr(build, role)())
    assert client.get("/acts/new").status_code == 403
    assert client.post("/acts/new", data=ASKED).status_code == 403


@pytest.fixture
def console_in_this_app(monkeypatch: pytest.MonkeyPatch, app: Any) -> CliRunner:
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
    return CliRunner()


def test_from_the_console_prepared_signed_run_and_shown(build: Builder, console_in_this_app: CliRunner) -> None:
    case = build.paid_case()
    first, second = build.supervisor(), build.supervisor()
    emails = first.email, second.email
    assert console.act_group.name == "act"

    def act(*words: str) -> Any:
        return console_in_this_app.invoke(cli, ["act", *words])

    made = act(
        "new", "end_by_law", "--programme", "PRTQ", "--received-until", "2016-12-31", "--basis", "Loi fictive", "--reason", "Essai", "--by", emails[0]
    )
    assert made.exit_code == 0, made.output
    preview = json.loads(made.stdout)
    assert (preview["state"], preview["listed"], preview["refund_cents"]) == ("asked", 1, build.fee(case).assessed_cents)
    assert len(preview["list_sha256"]) == 64
    act_id = str(preview["act"])
    assert act("approve", act_id, "--by", emails[0]).exit_code != 0
    assert "approved" in act("approve", act_id, "--by", emails[1]).output
    assert "done" in act("run", act_id).stdout
    shown = json.loads(act("show", act_id, "--json").stdout)
    assert (shown["state"], shown["results"]["done"], shown["told"], shown["refunds"]["asked"]["count"]) == ("done", 1, 1, 1)
    stay = json.loads(act("stay", act_id, "--basis", "Jugement fictif", "--reason", "Sursis", "--by", emails[0]).stdout)
    assert (stay["kind"], stay["undoes"], stay["listed"]) == ("stay", int(act_id), 1)
    assert act_id in act("list").output
