"""The pages of outages, without scripts: written down, seen whole, signed exactly, followed, corrected, taken back."""

import csv
import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from backoffice.cases.models import Case
from backoffice.cli import outages as console
from backoffice.cli.main import cli
from backoffice.core import clock, deliveries
from backoffice.core.db import db, transaction
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.fees import jobs as fee_jobs
from backoffice.fees.events import fee_owner
from backoffice.intake.outages import checking, queries
from backoffice.intake.outages.models import OutageEvidence
from backoffice.intake.outages.states import ListState
from backoffice.intake.outages.values import LineKind, LineState
from tests.builders import Builder
from tests.intake.outages.acting import day, local

Find = Callable[[Case], Term]
WRITTEN = {
    "starts_at": "2016-06-14 09:00", "ends_at": "2016-06-15 10:30", "doors": ["portal", "payments"], "window": "", "countries": "", "cases": "",
    "summary": "Le portail ne répondait plus.", "source": "Centre d’assistance, billet 4471",
}  # fmt: skip


def number(answer: Any) -> int:
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def digest(outage_id: int) -> str:
    listed = queries.live_list(outage_id)
    assert listed is not None
    return listed.list_sha256


def test_an_outage_from_its_form_to_the_last_letter(app: Flask, build: Builder, client: FlaskClient, term: Find) -> None:
    case = build.case()
    code = queries.periods()[0].code
    first, second = build.supervisor(), build.supervisor()
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, first)
        assert "Aucune panne pour l’instant" in client.get("/outages").text
        assert client.get("/outages/new").status_code == 200
        outage_id = number(client.post("/outages/new", data=WRITTEN))
        page = client.get(f"/outages/{outage_id}").text
        for said in (
            case.number,
            code,
            "2016-07-13",
            "2016-07-15",
            "Personne n’a encore été touché",
            "Votre délai est prolongé",
            "Your time limit is extended",
        ):
            assert said in page
        assert "Signer cette liste" not in page
        assert client.post(f"/outages/{outage_id}/request").status_code == 303
        assert "Une autre personne de la supervision doit signer" in client.get(f"/outages/{outage_id}").text
        refused = client.post(f"/outages/{outage_id}/signature", data={"decision": "approve", "seen": digest(outage_id), "answer": ""})
        assert refused.status_code == 422, "nobody signs what they asked for"

        client = build.sign_in(app.test_client(), second)
        listed = client.get("/approvals").text
        assert "Dates déplacées par une panne" in listed
        assert f"/outages/{outage_id}" in listed
        assert "Signer cette liste" in client.get(f"/outages/{outage_id}").text
        signed = client.post(f"/outages/{outage_id}/signature", data={"decision": "approve", "seen": digest(outage_id), "answer": "Vu."})
        assert signed.status_code == 303
        deliveries.run_all()
        page = client.get(f"/outages/{outage_id}").text
        assert "Exécutée" in page
        assert "100 %" in page
        rows = list(csv.DictReader(io.StringIO(client.get(f"/outages/{outage_id}/list.csv").text)))
        assert [(row["case_number"], row["old_day"], row["new_day"], row["state"]) for row in rows if row["kind"] == "term"] == [
            (case.number, "2016-07-13", "2016-07-15", "done")
        ]
        assert term(case).last_day.isoformat() == "2016-07-15"
        assert f"/outages/{outage_id}" in client.get("/outages").text


def test_what_is_signed_is_what_is_in_view(app: Flask, build: Builder, client: FlaskClient, term: Find) -> None:
    stays, longer = build.case(), build.case()
    first, second = build.supervisor(), build.supervisor()
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, first)
        outage_id = number(client.post("/outages/new", data=WRITTEN))
        client.post(f"/outages/{outage_id}/request")
        client = build.sign_in(app.test_client(), second)
        seen = digest(outage_id)
        with transaction():
            deadlines.extend_term(fee_owner(build.fee(longer).id), 5, "Hospitalisation", by=first.actor, at=clock.now())
        answer = client.post(f"/outages/{outage_id}/signature", data={"decision": "approve", "seen": seen, "answer": "Vu."})
        assert answer.status_code == 422
        assert "La liste a changé avant d’être signée" in answer.text
        assert longer.number in answer.text
        assert digest(outage_id) in answer.text, "the form carries the new list"
        assert term(stays).last_day.isoformat() == "2016-07-13"
        again = client.post(f"/outages/{outage_id}/signature", data={"decision": "approve", "seen": digest(outage_id), "answer": "Vu."})
        assert again.status_code == 303
        deliveries.run_all()
        assert term(stays).last_day.isoformat() == "2016-07-15"


def test_corrected_and_taken_back_on_pages(app: Flask, build: Builder, client: FlaskClient, term: Find) -> None:
    case = build.case()
    first, second = build.supervisor(), build.supervisor()
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, first)
        outage_id = number(client.post("/outages/new", data=WRITTEN))
        form = client.get(f"/outages/{outage_id}/correction").text
        assert "2016-06-15 10:30" in form
        missing = client.post(f"/outages/{outage_id}/correction", data={**WRITTEN, "ends_at": "2016-06-14 12:00"})
        assert missing.status_code == 422, "a correction says why"
        corrected = client.post(f"/outages/{outage_id}/correction", data={**WRITTEN, "ends_at": "2016-06-14 12:00", "reason": "Journal relu"})
        assert corrected.status_code == 303
        page = client.get(f"/outages/{outage_id}").text
        assert "2016-07-14" in page
        assert "Panne corrigée, version 2" in page
        client.post(f"/outages/{outage_id}/request")
        other = build.sign_in(app.test_client(), second)
        other.post(f"/outages/{outage_id}/signature", data={"decision": "approve", "seen": digest(outage_id), "answer": ""})
        deliveries.run_all()
        assert term(case).last_day.isoformat() == "2016-07-14"
        assert client.post(f"/outages/{outage_id}/list").status_code == 303
        assert "Personne ne manque" in client.get(f"/outages/{outage_id}").text
        assert client.post(f"/outages/{outage_id}/reversal", data={"reason": ""}).status_code == 422
        assert client.post(f"/outages/{outage_id}/reversal", data={"reason": "Inscrite par erreur"}).status_code == 303
        assert "les jours comptent de nouveau" in client.get(f"/outages/{outage_id}").text
        client.post(f"/outages/{outage_id}/request")
        other.post(f"/outages/{outage_id}/signature", data={"decision": "approve", "seen": digest(outage_id), "answer": ""})
        deliveries.run_all()
        page = client.get(f"/outages/{outage_id}").text
        assert "Annulée" in page
        assert "Listes de cette panne" in page
        assert term(case).last_day.isoformat() == "2016-07-13"


def test_the_list_is_filtered_paged_and_given_up(build: Builder, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [build.case() for _ in range(4)]
    monkeypatch.setattr("backoffice.intake.outages.views.PER_PAGE", 2)
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, build.supervisor())
        outage_id = number(client.post("/outages/new", data=WRITTEN))
        here = f"/outages/{outage_id}"
        first = client.get(f"{here}?kind=term").text
        shown = [case.number for case in cases if f">{case.number}<" in first]
        assert len(shown) == 2
        assert 'rel="next"' in first
        second = client.get(f"{here}?kind=term&after=2").text
        assert sorted([*shown, *(case.number for case in cases if f">{case.number}<" in second)]) == sorted(case.number for case in cases)
        one = client.get(f"{here}?case={cases[3].number}").text
        assert [case.number for case in cases if f">{case.number}<" in one] == [cases[3].number]
        assert "Aucune ligne ici" in client.get(f"{here}?case=zzz").text
        assert client.get(f"{here}?kind=nothing&after=x&term=%00").status_code == 200
        assert client.post(f"{here}/abandonment").status_code == 303
        assert queries.latest_lists([outage_id])[outage_id].state is ListState.ABANDONED
        assert "Établir la liste" in client.get(here).text
        assert client.post(f"{here}/list").status_code == 303
        assert queries.live_list(outage_id) is not None


def test_what_lapsed_leads_to_its_review(build: Builder, client: FlaskClient, term: Find) -> None:
    case = build.case()
    last = term(case).last_day
    with clock.stopped_at(local(day(31), 1)):
        fee_jobs.lapse(build.fee(case).id, day(31), clock.now())
        db.session.commit()
    with clock.stopped_at(local(day(31))):
        build.sign_in(client, build.supervisor())
        data = {**WRITTEN, "starts_at": f"{last} 08:00", "ends_at": f"{last} 23:00"}
        page = client.get(f"/outages/{number(client.post('/outages/new', data=data))}").text
        assert f"/verdicts/applications/{case.submission_id}" in page
        assert "Réviser la suppression" in page
        assert "Selon la règle, cette panne ne change aucune date" in page
        assert client.get(f"/verdicts/applications/{case.submission_id}").status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"doors": []}, "Choisissez-en au moins un"),
        ({"starts_at": "hier"}, "Écrivez le jour et l’heure de Montréal"),
        ({"ends_at": "2016-06-13 08:00"}, "La fin précède le début"),
        ({"ends_at": "2016-07-13 08:00"}, "vérifiez les deux moments"),
        ({"countries": "France"}, "Deux lettres majuscules"),
        ({"cases": "00000000-0"}, "Aucun dossier n’a ce numéro"),
        ({"summary": ""}, "Écrivez ce qui s’est passé"),
    ],
)
def test_what_is_wrong_is_said_on_the_form(build: Builder, client: FlaskClient, changed: dict[str, Any], said: str) -> None:
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, build.supervisor())
        answer = client.post("/outages/new", data={**WRITTEN, **changed})
        assert answer.status_code == 422
        assert said in answer.text
        assert queries.outages() == []


def test_evidence_is_kept_and_given_back_as_a_file(build: Builder, client: FlaskClient) -> None:
    from backoffice.demo import paper

    shown = paper.pdf(("JOURNAL", "503 503 503"))
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, build.supervisor())
        files = [(io.BytesIO(shown), "journal.pdf")]
        outage_id = number(client.post("/outages/new", data={**WRITTEN, "files": files}, content_type="multipart/form-data"))
        [kept] = db.session.query(OutageEvidence).all()
        answer = client.get(f"/outages/{outage_id}/evidence/{kept.id}")
        assert answer.data == shown
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "journal.pdf" in client.get(f"/outages/{outage_id}").text
        bad = client.post(f"/outages/{outage_id}/evidence", data={"files": [(io.BytesIO(b"MZ\x00"), "x.exe")]}, content_type="multipart/form-data")
        assert bad.status_code == 303
        assert db.session.query(OutageEvidence).count() == 1
        assert client.get(f"/outages/{outage_id + 1}/evidence/{kept.id}").status_code == 404


def test_the_progress_is_a_part_of_the_page_that_reads_itself_again(build: Builder, client: FlaskClient) -> None:
    build.case()
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, build.supervisor())
        outage_id = number(client.post("/outages/new", data=WRITTEN))
        listed = queries.live_list(outage_id)
        assert listed is not None
        listed.state = ListState.APPROVED
        db.session.flush()
        part = client.get(f"/outages/{outage_id}/progress", headers={"HX-Request": "true"})
        assert 'hx-trigger="every 2s"' in part.text
        assert "<html" not in part.text
        listed.state = ListState.DONE
        db.session.flush()
        assert client.get(f"/outages/{outage_id}/progress").headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("role", ["caseworker", "finance", "clerk"])
def test_only_supervisors_and_auditors_open_the_register(build: Builder, client: FlaskClient, role: str) -> None:
    build.sign_in(client, getattr(build, role)())
    assert client.get("/outages").status_code == 403
    assert client.post("/outages/new", data=WRITTEN).status_code == 403


def test_an_auditor_reads_and_changes_nothing(build: Builder, client: FlaskClient, app: Flask) -> None:
    from backoffice.staff.permissions import Role

    with clock.stopped_at(local(day(3))):
        build.sign_in(client, build.supervisor())
        outage_id = number(client.post("/outages/new", data=WRITTEN))
        auditor = build.sign_in(app.test_client(), build.account(Role.AUDITOR))
        page = auditor.get(f"/outages/{outage_id}")
        assert page.status_code == 200
        assert "Demander la deuxième signature" not in page.text
        for act in ("request", "list", "abandonment", "signature", "evidence"):
            assert auditor.post(f"/outages/{outage_id}/{act}").status_code == 403


def test_from_the_console_and_the_doctor(build: Builder, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    case = build.case()
    first, second = build.supervisor(), build.supervisor()
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
    with clock.stopped_at(local(day(3))):
        build.sign_in(client, first)
        outage_id = number(client.post("/outages/new", data=WRITTEN))
        client.post(f"/outages/{outage_id}/request")
        other = build.sign_in(app.test_client(), second)
        other.post(f"/outages/{outage_id}/signature", data={"decision": "approve", "seen": digest(outage_id), "answer": ""})
        deliveries.run_all()
        assert console.outage_group.name == "outage"
        [row] = json.loads(CliRunner().invoke(cli, ["outage", "list"]).stdout)
        assert (row["outage"], row["doors"], row["list"]) == (outage_id, ["portal", "payments"], "done")
        shown = json.loads(CliRunner().invoke(cli, ["outage", "show", str(outage_id)]).stdout)
        assert shown["lists"][0]["lines"] == {"term": 1, "window": 1}
        assert (shown["lists"][0]["results"]["done"], shown["lists"][0]["told"]) == (2, 1)
        assert list(checking.faults()) == []
        line = queries.lines(shown["lists"][0]["list"], [LineKind.TERM])[0]
        line.new_day = day(99)
        db.session.flush()
        assert list(checking.faults()) == [f"outage {outage_id}, list {shown['lists'][0]['list']}: it is not the one that was frozen"]
        line.state = LineState.SKIPPED
        db.session.flush()
        assert f"days of outage:{outage_id} that no signed list gave" in list(checking.faults())[-1]
    assert case.number
