"""The envelope's page, the pile in doubt, the first page and its scan box, as a browser without scripts sees them."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.documents import queries as document_queries
from backoffice.documents.states import ItemState
from backoffice.mailroom import codes, lists, queries
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.states import EnvelopeState
from backoffice.mailroom.values import EnvelopeKind
from backoffice.staff.models import Account
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.mailroom.indexing.test_matching import envelope, page_of
from tests.mailroom.sheets import plain
from tests.mailroom.test_views import new


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


@pytest.fixture
def room(build: Builder, client: FlaskClient, clerk: Account) -> FlaskClient:
    return build.sign_in(client, clerk)


def doubtful(room: FlaskClient, build: Builder, folder: Path, **changes: object) -> str:
    """An envelope with a page that carries no code."""
    number = new(room, files=(BytesIO(plain(folder, "Une page").read_bytes()), "a.pdf"), **changes)
    build.deliver()
    return number


def test_the_best_case_is_chosen_beforehand_and_enter_files_it_with_the_items_ticked(room: FlaskClient, build: Builder, tmp_path: Path):
    content = build.content(principal={"family_name": "Lavallée", "given_names": "Zoé"})
    request = build.request(build.paid_case(content), items=8)
    case = case_queries.case_by_id(request.case_id)
    number = doubtful(room, build, tmp_path, sender="Zoé Lavallee")
    shown = room.get(f"/mailroom/envelopes/{number}").text
    assert re.search(rf'<input type="radio" name="case" value="{case.number}" checked autofocus>', shown)
    assert "demande de documents ouverte" in shown
    assert '<bdi class="quiet">Zoé</bdi>' in shown, "whose birth certificate"
    assert shown.index("data-viewer") < shown.index('name="case"'), "the picture is in view at once"
    item = document_queries.request(request.id).items[0]
    assert room.post(f"/mailroom/envelopes/{number}/documents", data={"case": case.number, "items": item.id}).status_code == 303
    assert document_queries.item(item.id).state is ItemState.RECEIVED
    assert document_queries.documents_of(case.id)[0].title == document_queries.item(item.id).label_fr
    after = room.get(f"/mailroom/envelopes/{number}").text
    assert re.search(r'name="do" value="next"[^>]* autofocus', after), "nothing is left but to close"


def test_items_ticked_under_another_case_count_for_nothing(room: FlaskClient, build: Builder, tmp_path: Path):
    request, other = build.request(), build.paid_case()
    item = document_queries.request(request.id).items[0].id
    number = doubtful(room, build, tmp_path)
    assert room.post(f"/mailroom/envelopes/{number}/documents", data={"case": other.number, "items": item}).status_code == 303
    assert document_queries.item(item).state is ItemState.ASKED
    assert document_queries.documents_of(other.id)[0].title == "Courrier reçu"


def test_a_case_is_looked_for_by_name_and_no_answer_says_so(room: FlaskClient, build: Builder, tmp_path: Path):
    case = build.paid_case(build.content(principal={"family_name": "Tremblay", "given_names": "Aïcha"}))
    number = doubtful(room, build, tmp_path)
    found = room.get(f"/mailroom/envelopes/{number}?find=aicha+trembley").text
    assert case.number in found
    assert "nom à une lettre près" in found
    nobody = room.get(f"/mailroom/envelopes/{number}?find=<script>").text
    assert 'name="case"' not in nobody
    assert "<script>»" not in nobody


def test_an_envelope_comes_into_doubt_with_its_day_and_leaves_it_without_owner(room: FlaskClient, build: Builder, tmp_path: Path, clerk: Account):
    case, number = build.paid_case(), doubtful(room, build, tmp_path)
    assert queries.envelope(number).doubted_at == clock.now()
    assert room.post(f"/mailroom/doubt/{number}/owner").status_code == 303
    assert queries.envelope(number).owner_id == clerk.id
    room.post(f"/mailroom/envelopes/{number}/documents", data={"case": case.number})
    settled = queries.envelope(number)
    assert (settled.state, settled.doubted_at, settled.owner_id) == (EnvelopeState.OPEN, None, None)


def test_the_pile_puts_the_late_ones_first_and_names_them(room: FlaskClient, build: Builder, tmp_path: Path):
    early, late = doubtful(room, build, tmp_path), doubtful(room, build, tmp_path)
    with transaction():
        queries.lock_envelope(late).doubted_at = clock.now() - timedelta(days=5)
    pile = room.get("/mailroom/doubt").text
    assert pile.index(late) < pile.index(early)
    assert pile.count("En retard") == 1
    assert "1 en retard" in pile
    assert late in room.get("/mailroom").text


def test_taken_by_one_it_is_not_taken_by_another_but_a_supervisor_gives_it(
    room: FlaskClient, build: Builder, tmp_path: Path, clerk: Account, app: Flask
):
    number, other = doubtful(room, build, tmp_path), build.clerk()
    room.post(f"/mailroom/doubt/{number}/owner")
    room_of_other = build.sign_in(app.test_client(), other)
    room_of_other.post(f"/mailroom/doubt/{number}/owner")
    assert queries.envelope(number).owner_id == clerk.id
    assert room_of_other.post(f"/mailroom/doubt/{number}/giving", data={"colleague": other.id}).status_code == 403
    build.sign_in(app.test_client(), build.supervisor()).post(f"/mailroom/doubt/{number}/giving", data={"colleague": other.id})
    assert queries.envelope(number).owner_id == other.id
    kinds = [row.kind for row in queries.timeline(number)]
    assert kinds.count("mailroom.indexing.DoubtTaken") == 2


def test_a_colleague_is_asked_and_has_it_from_then_on(room: FlaskClient, build: Builder, tmp_path: Path):
    number, officer = doubtful(room, build, tmp_path), build.account(Role.CASEWORKER, "Agente Fictive")
    assert room.post(f"/mailroom/doubt/{number}/notes", data={"note": ""}).status_code == 303
    room.post(f"/mailroom/doubt/{number}/notes", data={"note": "À qui est ce <passeport> ?", "colleague": officer.id})
    assert queries.envelope(number).owner_id == officer.id
    assert "À qui est ce &lt;passeport&gt; ?" in room.get("/mailroom/doubt").text
    assert "Demandé à Agente Fictive" in room.get(f"/mailroom/envelopes/{number}").text


def test_an_envelope_in_doubt_becomes_a_new_application(room: FlaskClient, build: Builder, tmp_path: Path):
    number = doubtful(room, build, tmp_path)
    answer = room.post(f"/mailroom/doubt/{number}/application")
    assert answer.location.endswith(f"/mailroom/envelopes/{number}/keying")
    assert queries.envelope(number).kind is EnvelopeKind.APPLICATION
    assert queries.envelope(number).state is EnvelopeState.OPEN
    assert room.post(f"/mailroom/doubt/{number}/owner").status_code == 303, "settled meanwhile: refused in words"
    assert queries.envelope(number).owner_id is None


def test_the_next_envelope_is_the_oldest_that_nobody_else_has_before_their_eyes(room: FlaskClient, build: Builder, tmp_path: Path, app: Flask):
    first = doubtful(room, build, tmp_path, delivered_on="2016-06-09")
    second = doubtful(room, build, tmp_path, delivered_on="2016-06-10")
    assert room.get("/mailroom/next").location.endswith(first)
    assert room.get(f"/mailroom/next?after={first}").location.endswith(second)
    assert room.get(f"/mailroom/next?after={second}").location.endswith(first)
    assert room.post("/mailroom/codes", data={"code": ""}).location.endswith("/mailroom/next"), "Enter in the empty box"
    room.get(f"/mailroom/envelopes/{first}")
    colleague = build.sign_in(app.test_client(), build.clerk())
    assert colleague.get("/mailroom/next").location.endswith(second)
    with clock.stopped_at(clock.now() + timedelta(minutes=5)):
        assert colleague.get("/mailroom/next").location.endswith(first)


def test_the_numbers_of_the_first_page_open_lists_that_add_up(room: FlaskClient, build: Builder, tmp_path: Path):
    case, number = build.paid_case(), doubtful(room, build, tmp_path)
    doubtful(room, build, tmp_path)
    new(room, method="cash", amount="50,00")
    room.post(f"/mailroom/envelopes/{number}/documents", data={"case": case.number})
    counts = {name: queries.count(lists.view(name, clock.today())) for name in ("open", "to_balance", "in_doubt", "to_return", "to_rescan")}
    assert counts == {"open": 2, "to_balance": 1, "in_doubt": 1, "to_return": 1, "to_rescan": 0}
    home = room.get("/mailroom").text
    for name, label in (("to_balance", "À balancer et à fermer"), ("to_return", "À renvoyer")):
        assert re.search(rf"view={name}\"><b>{counts[name]}</b> <span>{label}", home)
        listed = room.get(f"/mailroom/envelopes?view={name}").text
        assert listed.count("data-open") == counts[name]
    day = lists.scanned_today(clock.today())
    assert [(sum(r.scanned for r in day)), sum(r.filed + r.excluded + r.to_file for r in day)] == [2, 2]
    assert room.get("/mailroom/today").text.count("data-open") == len(day) == 2


@pytest.mark.parametrize("written", ["E-{0}", "e{1}", "sheet"])
def test_the_box_takes_an_envelope_however_it_is_written(room: FlaskClient, written: str):
    number = new(room)
    year, serial = number.split("-")[1:]
    code = codes.encode(SheetCode(SheetKind.ENVELOPE, number)) if written == "sheet" else written.format(f"{year}-{serial}", f"{year}{serial}")
    assert room.post("/mailroom/codes", data={"code": code}).location.endswith(number)


def test_the_box_says_what_it_does_not_know_and_forged_sheets_are_not_known(room: FlaskClient):
    number = new(room)
    sheet = codes.encode(SheetCode(SheetKind.ENVELOPE, number))
    forged = sheet[:-1] + ("A" if sheet[-1] != "A" else "B")
    for code in (
        forged,
        "BD-2016-9999",
        "P-2016-000001-1",
        "L-2016-99999",
        "R-2016-99999",
        "K-2016-000001-1",
        "DS-2016-0001",
        "\x00",
        "<b>",
        "é" * 400,
    ):
        answer = room.post("/mailroom/codes", data={"code": code})
        assert (answer.status_code, answer.location) == (303, "/mailroom"), code
        said = room.post("/mailroom/codes", data={"code": code}, headers={"X-Requested-With": "fetch"}).json
        assert said["url"] is None
        assert said["text"].startswith("Rien ne répond")


def test_the_box_finds_pieces_and_cases_with_mail(room: FlaskClient, build: Builder, tmp_path: Path, clerk: Account):
    from backoffice.mailroom.opening import service as opening
    from backoffice.mailroom.opening.values import NewPiece, PieceKind

    case, number = build.paid_case(), doubtful(room, build, tmp_path)
    assert room.post("/mailroom/codes", data={"code": case.number}).location == "/mailroom"
    room.post(f"/mailroom/envelopes/{number}/documents", data={"case": case.number})
    assert room.post("/mailroom/codes", data={"code": case.number}).location.endswith(number)
    with transaction():
        piece = opening.list_piece(number, NewPiece(PieceKind.ORIGINAL, "Passeport"), by=clerk.actor, at=clock.now())
        listed = piece.number
    assert f"{number}#piece-{listed}" in room.post("/mailroom/codes", data={"code": listed}).location


def test_the_page_of_an_envelope_costs_the_same_whatever_is_suggested(room: FlaskClient, build: Builder, tmp_path: Path):
    from tests.mailroom.indexing.test_matching import counting

    number = envelope(build, sender="Exemple Fictif")
    page_of(number, "Une page sans nom")
    room.get(f"/mailroom/envelopes/{number}")
    with counting() as none:
        room.get(f"/mailroom/envelopes/{number}")
    for _ in range(5):
        build.request(build.paid_case(build.content(principal={"family_name": "Exemple", "given_names": "Fictif"})))
    room.get(f"/mailroom/envelopes/{number}")
    with counting() as five:
        assert room.get(f"/mailroom/envelopes/{number}").text.count('name="case"') == 5
    assert len(five) - len(none) <= 8, "one statement a table, not one a case"


def test_the_page_waits_for_its_first_picture_and_no_longer(room: FlaskClient, build: Builder, tmp_path: Path):
    number = new(room, files=(BytesIO(plain(tmp_path, "Une page").read_bytes()), "a.pdf"))
    ask = {"HX-Request": "true"}
    assert 'hx-trigger="every 2s"' in room.get(f"/mailroom/envelopes/{number}").text
    assert "HX-Refresh" not in room.get(f"/mailroom/envelopes/{number}?wait=1", headers=ask).headers
    build.deliver()
    assert room.get(f"/mailroom/envelopes/{number}?wait=1", headers=ask).headers["HX-Refresh"] == "true"
