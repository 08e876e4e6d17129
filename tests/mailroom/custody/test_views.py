"""The paper's pages as a clerk with a barcode gun sees them, without scripts."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.mailroom import codes
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.custody import queries, service
from backoffice.mailroom.custody.states import DeclarationState
from backoffice.mailroom.custody.values import Item, NewPlace, PaperKind, PlaceKind
from backoffice.staff.models import Account
from tests.builders import PASSWORD, Builder
from tests.conftest import NOON
from tests.mailroom.custody.test_declaring import closed, where
from tests.mailroom.test_service import register


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


@pytest.fixture
def room(build: Builder, client: FlaskClient, clerk: Account) -> FlaskClient:
    return build.sign_in(client, clerk)


def box(clerk: Account) -> str:
    with transaction():
        return service.set_up_place(NewPlace(PlaceKind.BOX, "Boîte d’essai"), by=clerk.actor, at=clock.now()).code


def test_a_place_then_things_are_scanned_and_the_result_is_written(room: FlaskClient, clerk: Account):
    code, number = box(clerk), register(clerk)
    answer = room.post("/mailroom/paper", data={"code": codes.encode(SheetCode(SheetKind.PLACE, code))})
    assert (answer.status_code, answer.location.split("?")[1]) == (303, f"place={code}")
    answer = room.post("/mailroom/paper", data={"code": codes.encode(SheetCode(SheetKind.ENVELOPE, number)), "place": code})
    assert answer.status_code == 303
    shown = room.get(answer.location).text
    assert (where(number), 'data-sound="good"' in shown, number in shown) == (code, True, True)


@pytest.mark.parametrize("typed", ["n’importe quoi", "E-2016-99999", "M1-L-BT-0001-AAAAAAAAAAAAAAAA", "\x00", " "])
def test_what_the_gun_should_not_have_read_is_refused_aloud(room: FlaskClient, clerk: Account, typed: str):
    answer = room.post("/mailroom/paper", data={"code": typed, "place": box(clerk)})
    assert answer.status_code == 422
    assert 'data-sound="bad"' in answer.text


def test_a_thing_without_a_place_moves_nowhere(room: FlaskClient, clerk: Account):
    number = register(clerk)
    assert room.post("/mailroom/paper", data={"code": number}).status_code == 422
    assert where(number) == "OUVERTURE"


def test_the_script_gets_the_part_of_the_page_that_changes(room: FlaskClient, clerk: Account):
    part = room.get(f"/mailroom/paper?place={box(clerk)}", headers={"HX-Request": "true"}).text
    assert "data-gun" in part
    assert "<html" not in part


def test_paper_goes_into_a_clerks_hands(room: FlaskClient, clerk: Account):
    answer = room.post("/mailroom/paper/mine")
    assert answer.location.endswith(f"place=P-{clerk.id}")
    assert clerk.name in room.get(answer.location).text


def test_places_are_set_up_labelled_and_looked_into(room: FlaskClient, clerk: Account):
    assert room.post("/mailroom/places", data={"kind": "shelf", "label": "Rangée 3"}).status_code == 303
    assert room.post("/mailroom/places", data={"kind": "box", "label": "B", "within": "TB-9999"}).status_code == 422
    assert room.post("/mailroom/places", data={"kind": "box", "label": ""}).status_code == 422
    code, number = box(clerk), register(clerk)
    assert "Rangée 3" in room.get("/mailroom/places").text
    assert room.get(f"/mailroom/places/labels.pdf?code={code}").data.startswith(b"%PDF")
    with transaction():
        service.place(PaperKind.ENVELOPE, number, code, by=clerk.actor, at=clock.now())
    assert number in room.get(f"/mailroom/places/{code}").text
    assert code in room.get(f"/mailroom/paper/envelope/{number}").text
    assert code in room.get(f"/mailroom/envelopes/{number}").text
    assert room.get("/mailroom/paper/piece/P-0").status_code == 404


def test_originals_are_listed_and_the_overdue_ones_are_on_the_first_page(room: FlaskClient, clerk: Account):
    number = register(clerk)
    with transaction():
        service.follow(Item(PaperKind.PIECE, "P-2016-00077"), number, must_return=True, by=clerk.actor, at=clock.now())
    assert "P-2016-00077" in room.get("/mailroom/originals").text
    assert "/mailroom/originals" not in room.get("/mailroom").text
    with clock.stopped_at(NOON + timedelta(days=11)):
        later = room.application.test_client()
        Builder.sign_in(Builder(), later, clerk)
        assert "/mailroom/originals" in later.get("/mailroom").text


def test_a_declaration_from_beginning_to_certificate(build: Builder, room: FlaskClient, clerk: Account, tmp_path: Path):
    envelope = closed(clerk, tmp_path)
    assert room.post("/mailroom/declarations", data={"envelopes": "E-2016-77777"}).status_code == 422
    here = room.post("/mailroom/declarations", data={"envelopes": envelope}).location
    assert envelope in room.get(here).text
    assert room.post(f"{here}/operator", data={"password": "faux"}).status_code == 422
    assert room.post(f"{here}/operator", data={"password": PASSWORD}).status_code == 303
    assert room.post(f"{here}/controller", data={"password": PASSWORD}).status_code == 422
    second = build.sign_in(room.application.test_client(), build.clerk())
    number = here.rsplit("/", 1)[1]
    pages = [check.page_id for check, _page, _envelope in queries.checks(queries.declaration(number).id)]
    assert second.post(f"{here}/looks", data={f"page-{page}": "good" for page in pages}).status_code == 303
    assert second.post(f"{here}/controller", data={"password": PASSWORD}).status_code == 303
    assert queries.declaration(number).state is DeclarationState.SEALED
    assert room.get(f"{here}.pdf").data.startswith(b"%PDF")
    assert room.post(f"{here}/destruction", data={"reason": "Trop tôt"}).status_code == 422
    with clock.stopped_at(NOON + timedelta(days=60)):
        first, second = (build.sign_in(room.application.test_client(), one) for one in (clerk, build.clerk()))
        assert first.post(f"{here}/destruction", data={"reason": "Délai écoulé"}).status_code == 303
        assert first.post(f"{here}/destruction/signature", data={"password": PASSWORD}).status_code == 422
        assert second.post(f"{here}/destruction/signature", data={"password": PASSWORD}).status_code == 303
        assert second.get(f"{here}/certificate.pdf").data.startswith(b"%PDF")
        assert "DESTRUCTION" in second.get(f"/mailroom/envelopes/{envelope}").text


def test_a_hold_is_a_supervisors(build: Builder, room: FlaskClient, clerk: Account):
    number = register(clerk)
    assert room.post(f"/mailroom/envelopes/{number}/hold", data={"hold-reason": "Recours"}).status_code == 403
    chief = build.sign_in(room.application.test_client(), build.supervisor())
    assert chief.post(f"/mailroom/envelopes/{number}/hold", data={"hold-reason": "Recours"}).status_code == 303
    assert queries.hold(number)
    assert "Recours" in chief.get(f"/mailroom/envelopes/{number}").text
    chief.post(f"/mailroom/envelopes/{number}/hold", data={"hold-reason": "Fini", "do": "lift"})
    assert queries.hold(number) is None
