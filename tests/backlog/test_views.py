"""The pages: imports and their lines for supervisors; and the ordinary pages of a case that came from another system."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from backoffice.intake.backlog import queries
from backoffice.staff.permissions import Role
from tests.backlog.lines import line, spouse, write_csv
from tests.backlog.test_service import case, take
from tests.builders import Builder


@pytest.fixture
def run(session: Connection, tmp_path: Path):
    take(write_csv(tmp_path / "old.csv", [line(1, **spouse()), line(2)]))
    lines = [line(1, locality="Paris", **spouse()), line(3, sex="?", birth_date="1980-02-30"), line(4, family_name="Ancien-b", passport_number=None)]
    return take(write_csv(tmp_path / "Dossiers <2015>.csv", lines))


@pytest.fixture
def boss(client: FlaskClient, build: Builder) -> FlaskClient:
    return build.sign_in(client, build.supervisor())


def test_supervisors_see_each_import_with_its_counts_and_what_waits(boss: FlaskClient, run):
    page = boss.get("/backlog").text
    assert "Reprise de dossiers" in page
    assert "Dossiers &lt;2015&gt;.csv" in page
    assert "1 ligne refusée, 1 ligne qui diffère, 1 doublon possible" in page


def test_a_line_says_all_that_is_wrong_and_stands_as_it_came(boss: FlaskClient, run):
    page = boss.get(f"/backlog/{run.import_id}").text
    assert "sex\u202f: valeur non admise" in page
    assert "birth_date\u202f: ce n’est pas un jour du calendrier" in page
    assert "DCS-000003;PRTQ;2015-11-04" in page
    assert case("DCS-000001").number in page
    assert "contact.address.locality\u202f: diffère de ce qui a été repris\u202f: Paris" in page
    assert f"/duplicates/{case('DCS-000004').submission_id}" in page


def test_a_line_is_settled_with_a_reason_and_not_without(boss: FlaskClient, run):
    kept = queries.waiting_lines(run.import_id)[0]
    refused = boss.post(f"/backlog/lines/{kept.id}", data={"reason": " "})
    assert refused.status_code == 422
    assert "Remplissez ce champ." in refused.text
    done = boss.post(f"/backlog/lines/{kept.id}", data={"reason": "vérifié au dossier papier"}, follow_redirects=True)
    assert "La ligne est réglée." in done.text
    assert "vérifié au dossier papier" in done.text
    again = boss.post(f"/backlog/lines/{kept.id}", data={"reason": "encore"}, follow_redirects=True)
    assert "déjà été réglée" in again.text


def test_an_auditor_reads_and_settles_nothing_and_a_caseworker_does_neither(client: FlaskClient, build: Builder, run):
    kept = queries.waiting_lines(run.import_id)[0]
    auditor = build.sign_in(client, build.account(Role.AUDITOR))
    page = auditor.get(f"/backlog/{run.import_id}")
    assert (page.status_code, "Régler cette ligne" in page.text) == (200, False)
    assert auditor.post(f"/backlog/lines/{kept.id}", data={"reason": "non"}).status_code == 403
    client.post("/sign-out")
    assert build.sign_in(client, build.caseworker()).get("/backlog").status_code == 403


def test_what_does_not_exist_is_not_found(boss: FlaskClient):
    assert boss.get("/backlog/999999").status_code == 404
    assert boss.post("/backlog/lines/999999", data={"reason": "x"}).status_code == 404
    assert "Aucun dossier d’un autre système" in boss.get("/backlog").text


@pytest.mark.parametrize(
    "tab", ["", "?tab=documents", "?tab=messages", "?tab=people", "?tab=fees", "?tab=history", "/why", "/admission", "/requests/new"]
)
def test_every_page_of_a_case_taken_over_opens(boss: FlaskClient, run, tab: str):
    assert boss.get(f"/cases/{case('DCS-000001').number}{tab}").status_code == 200


def test_the_case_says_where_it_comes_from_and_that_its_fees_were_paid_there(boss: FlaskClient, run):
    number = case("DCS-000001").number
    assert "1\u00a0257,00\u00a0$ acquittés avant la reprise" in boss.get(f"/cases/{number}").text
    assert "reçus le" in boss.get(f"/cases/{number}?tab=fees").text
    history = boss.get(f"/cases/{number}?tab=history").text
    assert "Repris du système GICA" in history
    assert "DCS-000001" in boss.get(f"/cases/{number}?tab=people").text


@pytest.mark.parametrize("typed", ["DCS-000001", " dcs-000001 "])
def test_the_old_number_opens_its_case_from_the_search_box(boss: FlaskClient, run, typed: str):
    answer = boss.get("/search", query_string={"q": typed})
    assert (answer.status_code, answer.headers.get("Location")) == (303, f"/cases/{case('DCS-000001').number}")


def test_an_old_number_that_two_systems_gave_shows_both(boss: FlaskClient, run, tmp_path: Path):
    take(write_csv(tmp_path / "other.csv", [line(1, family_name="Ailleurs", passport_number="AUTRE1")]), "Hong Kong")
    page = boss.get("/search?q=DCS-000001").text
    assert case("DCS-000001").number in page
    assert case("DCS-000001", "Hong Kong").number in page


def test_the_queue_is_narrowed_by_an_old_number(boss: FlaskClient, run):
    page = boss.get("/cases?q=DCS-000002").text
    assert case("DCS-000002").number in page
    assert case("DCS-000001").number not in page


def test_case_show_tells_all_of_it(app: Flask, session: Connection, run):
    from backoffice.desk.record import record

    said = json.loads(json.dumps(record(case("DCS-000001"))))
    assert said["taken_over"] == {"source": "GICA", "number": "DCS-000001", "import": run.import_id - 1, "fee_paid_cents": 125700}
    assert (said["admission"], said["fees"], said["legal_received_on"]) == (None, [], "2015-11-04")
    assert [event["kind"] for event in said["events"]] == ["intake.BacklogTaken"]
