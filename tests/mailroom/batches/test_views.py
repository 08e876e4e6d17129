"""Pages of batches and days, as a clerk and a supervisor see them without scripts."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backoffice.mailroom import codes
from backoffice.mailroom import queries as envelopes
from backoffice.mailroom.batches import queries
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.states import BatchState, EnvelopeState
from backoffice.staff import queries as staff_queries
from backoffice.staff.models import Account
from tests.builders import PASSWORD, Builder
from tests.mailroom.batches.test_service import worked
from tests.mailroom.test_service import register


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


@pytest.fixture
def room(build: Builder, client: FlaskClient, clerk: Account) -> FlaskClient:
    return build.sign_in(client, clerk)


def new(room: FlaskClient) -> str:
    return room.post("/mailroom/batches").location


FIGURES = {"envelopes": 1, "sheets": 1, "separators": 0, "cheques": 0, "dollars": "0"}


def test_a_batch_is_filled_by_the_gun_declared_and_closed(room: FlaskClient, clerk: Account, tmp_path: Path):
    number, here = worked(clerk, tmp_path, "Une page", declared=1), new(room)
    scanned = codes.encode(SheetCode(SheetKind.ENVELOPE, number))
    assert room.post(f"{here}/envelopes", data={"code": scanned}).status_code == 303
    assert room.post(f"{here}/envelopes", data={"code": "rien de connu"}).status_code == 422
    assert number in room.get(here).text
    assert room.post(f"{here}/closing").status_code == 422
    assert room.post(f"{here}/figures", data=FIGURES | {"sheets": "beaucoup"}).status_code == 422
    assert room.post(f"{here}/figures", data=FIGURES).status_code == 303
    assert room.post(f"{here}/closing").status_code == 303
    batch = here.rsplit("/", 1)[1]
    assert queries.batch(batch).state is BatchState.CLOSED
    assert batch in room.get("/mailroom/batches").text
    assert batch in room.get(f"/mailroom/envelopes/{number}").text
    assert room.post(f"{here}/reopening", data={"reason": "Une feuille retrouvée"}).status_code == 303
    assert room.post(f"{here}/envelopes/{number}/removal").status_code == 303
    assert envelopes.envelope(number).batch_id is None


def test_a_batch_is_made_of_a_delivery(room: FlaskClient, clerk: Account):
    numbers = [register(clerk), register(clerk)]
    delivery = envelopes.envelope(numbers[0]).delivery_id
    assert str(delivery) in room.get("/mailroom/batches").text
    here = room.post("/mailroom/batches", data={"delivery": delivery}).location
    shown = room.get(here).text
    assert all(number in shown for number in numbers)
    assert room.get(f"{here}/sheets.pdf").data.startswith(b"%PDF")
    assert room.get(f"/mailroom/envelopes/{numbers[0]}/sheet.pdf").data.startswith(b"%PDF")


def test_a_difference_goes_to_a_second_person_and_is_answered_there(build: Builder, room: FlaskClient, clerk: Account, tmp_path: Path):
    number, here = worked(clerk, tmp_path, "Une page", declared=1), new(room)
    room.post(f"{here}/envelopes", data={"code": number})
    room.post(f"{here}/figures", data=FIGURES | {"separators": 2})
    assert room.post(f"{here}/difference", data={"reason": ""}).status_code == 422
    assert room.post(f"{here}/difference", data={"reason": "Séparateurs retirés avant la numérisation"}).status_code == 303
    batch = here.rsplit("/", 1)[1]
    chief = build.sign_in(room.application.test_client(), build.supervisor())
    assert here in chief.get("/approvals").text
    approval = staff_queries.approval_for(queries.APPROVAL, "batch", batch)
    assert approval
    assert chief.post(f"/approvals/{approval.id}", data={"decision": "approve", "answer": "Vu avec la personne"}).status_code == 303
    build.deliver()
    assert queries.batch(batch).state is BatchState.CLOSED
    assert "Séparateurs retirés" in room.get(here).text


def test_an_envelope_that_differs_says_so_on_its_page_and_a_second_person_closes_it(
    build: Builder, room: FlaskClient, clerk: Account, tmp_path: Path
):
    number = worked(clerk, tmp_path, "Une page", "Une autre", declared=1)
    assert "difference-reason" in room.get(f"/mailroom/envelopes/{number}").text
    assert room.post(f"/mailroom/envelopes/{number}/difference", data={"difference-reason": "Mal compté"}).status_code == 303
    approval = staff_queries.approval_for(queries.APPROVAL_OF_ENVELOPE, "envelope", number)
    assert approval
    chief = build.sign_in(room.application.test_client(), build.supervisor())
    chief.post(f"/approvals/{approval.id}", data={"decision": "approve", "answer": "Vu"})
    build.deliver()
    assert envelopes.envelope(number).state is EnvelopeState.CLOSED


def test_separators_are_chosen_and_printed(room: FlaskClient):
    assert "union_proof" in room.get("/mailroom/separators").text
    sent = {"documents": ["passport", "diploma"], "people": "spouse", "copies": 2, "plain": 3}
    assert room.post("/mailroom/separators", data=sent).data.startswith(b"%PDF")
    assert room.post("/mailroom/separators", data={"copies": 1, "plain": 0}).status_code == 422
    assert room.post("/mailroom/separators", data={"copies": 1, "plain": 9999}).status_code == 422


def test_a_day_is_signed_by_a_clerk_then_by_a_supervisor(build: Builder, room: FlaskClient, clerk: Account):
    register(clerk)
    day = "/mailroom/days/2016-06-13"
    assert day in room.get("/mailroom/days").text
    assert room.post(f"{day}/signatures", data={"password": "faux"}).status_code == 422
    assert room.post(f"{day}/signatures", data={"password": PASSWORD}).status_code == 303
    chief = build.sign_in(room.application.test_client(), build.supervisor())
    assert chief.post(f"{day}/signatures", data={"password": PASSWORD}).status_code == 303
    assert room.get(f"{day}/1/supervisor.pdf").data.startswith(b"%PDF")
    register(clerk)
    shown = chief.get(day).text
    assert "Enveloppes enregistrées\N{NO-BREAK SPACE}: 1 à la signature, 2 maintenant" in shown
    assert room.get("/mailroom/days/pas-un-jour").status_code == 404
    assert room.post("/mailroom/days/2016-06-14/signatures", data={"password": PASSWORD}).status_code == 422


def test_wrong_passwords_are_counted_as_at_the_door(room: FlaskClient, clerk: Account):
    register(clerk)
    answers = [room.post("/mailroom/days/2016-06-13/signatures", data={"password": "faux"}) for _ in range(6)]
    assert answers[-1].status_code == 422
    assert room.post("/mailroom/days/2016-06-13/signatures", data={"password": PASSWORD}).status_code == 422
