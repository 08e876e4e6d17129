"""The letters' pages, as a browser without scripts sees them."""

import pytest
from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.core import files
from backoffice.fees import queries as fee_queries
from backoffice.mail import addresses
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries as delivery
from backoffice.mailroom import codes
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.letters import queries
from backoffice.mailroom.letters.states import RunState
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.mailroom.letters.test_runs import on_paper


@pytest.fixture
def room(build: Builder, client: FlaskClient) -> FlaskClient:
    return build.sign_in(client, build.clerk())


def make(room: FlaskClient, build: Builder) -> str:
    made = room.post("/mailroom/letters/runs")
    assert made.status_code == 303
    build.deliver()
    return str(made.location.rsplit("/", 1)[-1])


def test_the_day_s_letters_are_printed_counted_and_handed_over_in_two_steps(room: FlaskClient, build: Builder):
    letters = [on_paper(build), on_paper(build, family="Roy")]
    assert "Imprimer 2 lettres" in room.get("/mailroom/letters").text
    number = make(room, build)
    here = f"/mailroom/letters/runs/{number}"
    shown = room.get(here).text
    assert "Roy" in shown
    assert f"{here}/run.pdf" in shown
    file = room.get(f"{here}/run.pdf")
    assert file.data == room.get(f"{here}/run.pdf").data == files.read(str(queries.run(number).sha256))
    assert file.headers["Content-Disposition"].startswith("attachment")
    data = {"counted": "1", "on": "2016-06-13", "way": "post", "tracking": "", "weight": ""}
    refused = room.post(f"{here}/handing", data=data)
    assert refused.status_code == 422
    assert "2" in refused.text
    sure = room.post(f"{here}/handing", data=data | {"counted": "2"})
    assert sure.status_code == 200
    assert "2 lettres" in sure.text
    assert queries.run(number).state is RunState.MADE
    done = room.post(f"{here}/handing", data=data | {"counted": "2", "confirmed": "1", "tracking": "BD-17", "weight": "120"})
    assert (done.status_code, done.location) == (303, here)
    assert all(mail_queries.letter(one).posted_at for one in letters)
    assert "BD-17" in room.get(here).text


def test_the_confirmation_is_counted_again(room: FlaskClient, build: Builder):
    on_paper(build)
    here = f"/mailroom/letters/runs/{make(room, build)}/handing"
    data = {"counted": "7", "on": "2016-06-13", "way": "post", "confirmed": "1"}
    assert room.post(here, data=data).status_code == 422


def test_a_spoiled_letter_is_noted_from_its_line(room: FlaskClient, build: Builder):
    letter = on_paper(build)
    number = make(room, build)
    here = f"/mailroom/letters/runs/{number}"
    assert f"letter={letter}#spoiled" in room.get(here).text
    assert 'id="spoiled"' in room.get(f"{here}?letter={letter}").text
    assert room.post(f"{here}/letters/{letter}/spoiling", data={"reason": ""}).status_code == 422
    assert room.post(f"{here}/letters/{letter}/spoiling", data={"reason": "froissée", "out": "y"}).status_code == 303
    assert "Retirée" in room.get(here).text
    assert room.post(f"{here}/dropping", data={"reason": "vide"}).status_code == 303


def test_a_held_letter_names_its_characters_and_is_released(room: FlaskClient, build: Builder):
    letter = on_paper(build, family="Essai \U0010fffd")
    assert "U+10FFFD" in room.get("/mailroom/letters").text
    assert room.post(f"/mailroom/letters/{letter}/releasing").status_code == 303
    assert "U+10FFFD" not in room.get("/mailroom/letters").text


def test_nothing_to_print_is_said(room: FlaskClient):
    assert "Aucune lettre" in room.get("/mailroom/letters").text
    assert room.post("/mailroom/letters/runs").location == "/mailroom/letters"


def test_progress_reads_itself_again_until_the_run_is_made(room: FlaskClient, build: Builder):
    on_paper(build)
    number = room.post("/mailroom/letters/runs").location.rsplit("/", 1)[-1]
    going = room.get(f"/mailroom/letters/runs/{number}/progress")
    assert 'hx-trigger="every 1s"' in going.text
    assert "HX-Refresh" not in going.headers
    assert room.get(f"/mailroom/letters/runs/{number}/run.pdf").status_code == 303
    build.deliver()
    assert room.get(f"/mailroom/letters/runs/{number}/progress").headers["HX-Refresh"] == "true"
    assert number in room.get("/mailroom/letters/progress").text


def test_the_code_of_the_list_opens_its_run(room: FlaskClient, build: Builder):
    on_paper(build)
    number = make(room, build)
    for typed in (codes.encode(SheetCode(SheetKind.RUN, number)), number, number.lower()):
        assert room.post("/mailroom/codes", data={"code": typed}).location.endswith(f"/mailroom/letters/runs/{number}")


def test_an_auditor_reads_and_hands_nothing_over(client: FlaskClient, build: Builder):
    on_paper(build)
    build.sign_in(client, build.account(Role.AUDITOR))
    assert client.get("/mailroom/letters").status_code == 200
    assert client.post("/mailroom/letters/runs").status_code == 403


def test_a_letter_that_came_back_is_found_by_its_sheet_or_its_case(room: FlaskClient, build: Builder):
    letter = on_paper(build)
    case = case_queries.case_by_id(mail_queries.message(mail_queries.letter(letter).message_id).case_id)
    fee = fee_queries.fee_of_case(case.id)
    assert fee is not None
    code = addresses.return_code("fee", fee.id, case.number)
    assert room.post(f"/mailroom/letters/{letter}/posting").status_code == 303
    for typed in (code, case.number):
        found = room.get("/mailroom/letters/returned", query_string={"code": typed, "letter": letter})
        assert f"/mailroom/letters/{letter}/return" in found.text
    assert "Aucun dossier" in room.get("/mailroom/letters/returned?code=X").text
    data = {"reason": "moved", "on": "2016-06-14", "note": ""}
    assert room.post(f"/mailroom/letters/{letter}/return?code={case.number}", data=data).status_code == 422
    assert room.post(f"/mailroom/letters/{letter}/return?code={case.number}", data=data | {"on": "2016-06-13"}).status_code == 303
    assert delivery.return_of(letter) is not None
    assert "Revenue" in room.get(f"/mailroom/letters/returned?code={case.number}").text
