"""The mailroom's pages, as a browser without scripts sees them."""

from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.core.db import db
from backoffice.fees import queries as fee_queries
from backoffice.mail import queries as mail_queries
from backoffice.mailroom import queries
from tests.builders import Builder
from tests.mailroom.keying.test_service import another, fields, second
from tests.mailroom.sheets import behind_sheet, plain


@pytest.fixture
def room(build: Builder, client: FlaskClient) -> FlaskClient:
    return build.sign_in(client, build.clerk())


def new(room: FlaskClient, **changes: object) -> str:
    answer = room.post(
        "/mailroom/envelopes/new", data={"delivered_on": "2016-06-13", "kind": "documents", "method": "", "confirm_old": "y"} | changes
    )
    assert answer.status_code == 303, answer.text
    return answer.location.rsplit("/", 1)[-1]


def test_a_clerk_registers_an_envelope_with_its_cheque_and_its_scan(room: FlaskClient, build: Builder, tmp_path: Path):
    pdf = plain(tmp_path, "Une page").read_bytes()
    number = new(
        room,
        kind="payment",
        declared_sheets="1",
        method="certified_cheque",
        amount="1 271,00",
        instrument_number="0042",
        files=(BytesIO(pdf), "a.pdf"),
    )
    assert "1 271,00" in room.get(f"/mailroom/envelopes/{number}").text.replace("\xa0", " ").replace("\u202f", " ")
    build.deliver()
    shown = room.get(f"/mailroom/envelopes/{number}")
    assert "/mailroom/pages/" in shown.text
    home = room.get("/mailroom")
    assert number in home.text
    refused = room.post(f"/mailroom/envelopes/{number}/closing", data={})
    assert refused.status_code == 422
    page = queries.envelope(number).pages[0].id
    picture = room.get(f"/mailroom/pages/{page}/picture")
    assert picture.mimetype in {"image/png", "image/jpeg"}
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    scan = queries.envelope(number).scans[0].id
    original = room.get(f"/mailroom/envelopes/{number}/scans/{scan}/original")
    assert original.data == pdf
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert room.post(f"/mailroom/envelopes/{number}/pages", data={"pages": page, "reason": "not_ours", "do": "exclude"}).status_code == 303
    kept = room.post(f"/mailroom/envelopes/{number}/closing", data={"reason": "Remis aux finances"})
    assert kept.status_code == 422, "one person alone counted the cheque"
    cheque = fee_queries.receipts_of_envelope(number)[0].id
    back = f"/mailroom/returns/new?envelope={number}&receipt={cheque}"
    assert back.replace("&", "&amp;") in room.get(f"/mailroom/envelopes/{number}").text, "money goes back with its letter"
    typed = {"kind": "payment", "reason": "not_for_us", "receipts": cheque, "recipient": "Payeuse fictive", "address": "Alger", "language": "fr"}
    made = room.post(back, data=typed)
    assert made.status_code == 303
    assert room.post(f"/mailroom/envelopes/{number}/closing", data={"do": "next"}).status_code == 422, "it has not left yet"
    assert room.post(f"{made.location}/sending", data={"way": "post", "tracking": ""}).status_code == 303
    closed = room.post(f"/mailroom/envelopes/{number}/closing", data={"do": "next"})
    assert (closed.status_code, closed.location) == (303, f"/mailroom/next?after={number}")
    assert queries.envelope(number).state.value == "closed"


def test_a_wrong_envelope_is_refused_on_its_fields(room: FlaskClient):
    answer = room.post("/mailroom/envelopes/new", data={"delivered_on": "2016-02-30", "kind": "unknown", "method": "bank_draft"})
    assert answer.status_code == 422
    assert room.post("/mailroom/envelopes/new", data={"delivered_on": "2016-06-14", "kind": "unknown", "method": ""}).status_code == 422


def test_the_scan_box_opens_what_a_gun_reads(room: FlaskClient, build: Builder):
    number = new(room)
    assert room.post("/mailroom/codes", data={"code": number}).location.endswith(number)
    request = build.request()
    assert "kind=documents" in room.post("/mailroom/codes", data={"code": request.return_code}).location
    assert room.post("/mailroom/codes", data={"code": "R1-DOC-1-" + "A" * 16}).location.endswith("/mailroom")


def test_pages_in_doubt_are_looked_up_and_filed(room: FlaskClient, build: Builder, tmp_path: Path):
    request = build.request()
    case = case_queries.case_by_id(request.case_id)
    number = new(room, files=(BytesIO(plain(tmp_path, "Une page").read_bytes()), "a.pdf"))
    build.deliver()
    looked = room.post(f"/mailroom/envelopes/{number}/documents", data={"case": case.number, "do": "look"})
    assert 'name="items"' in looked.text
    unknown = room.post(f"/mailroom/envelopes/{number}/documents", data={"case": "99999999-9"})
    assert unknown.status_code == 422
    assert room.post(f"/mailroom/envelopes/{number}/documents", data={"case": case.number}).status_code == 303
    assert queries.envelope(number).case_id == case.id


def test_a_printed_sheet_uploaded_routes_itself(room: FlaskClient, build: Builder, tmp_path: Path):
    request = build.request()
    number = new(room, files=(BytesIO(behind_sheet(tmp_path, request.letter_sha256, "Acte").read_bytes()), "lot.pdf"))
    build.deliver()
    assert case_queries.case_by_id(request.case_id).number in room.get(f"/mailroom/envelopes/{number}").text


def test_keying_keeps_each_field_and_restores_it(room: FlaskClient, build: Builder, tmp_path: Path):
    build.window()
    number = new(room, delivered_on="2015-12-30", kind="application", files=(BytesIO(plain(tmp_path, "Une page").read_bytes()), "a.pdf"))
    build.deliver()
    here = f"/mailroom/envelopes/{number}/keying"
    assert room.get(here).status_code == 200
    saved = room.post(f"{here}/fields", data={"name": "principal-family_name", "value": "Exemple-Nguyễn"})
    assert "saved_at" in saved.json
    room.post(f"{here}/fields", data={"name": "mark:principal-phone", "value": "illegible"})
    room.post(f"{here}/fields", data={"principal-given_names": "Aïcha", "focus": "principal-sex", "mark:principal-email": "blank"})
    db.session.remove()
    shown = room.get(here).text
    assert 'value="Exemple-Nguyễn"' in shown
    assert queries.keying(queries.envelope(number).id).focus == "principal-sex"
    assert queries.keying(queries.envelope(number).id).marks == {"principal-phone": "illegible", "principal-email": "blank"}
    wrong = room.post(here, data={"do": "finish", "ground": "received_before_2016"})
    assert wrong.status_code == 422
    assert 'value="Exemple-Nguyễn"' in wrong.text
    assert room.post(here, data={"do": "add_child"}).status_code == 303
    assert 'name="child1-family_name"' in room.get(here).text
    done = room.post(here, data=fields(build.content()) | {"do": "finish"})
    assert (done.status_code, done.location) == (303, "/mailroom/keying")
    second(number, another())
    build.deliver()
    assert queries.envelope(number).case_id


def test_a_letter_is_printed_and_posted(room: FlaskClient, build: Builder):
    content = build.content()
    del content["principal_applicant"]["contact"]["email"]
    case = build.case(content)
    letter, message = mail_queries.letters_to_post()[0]
    assert case.number in room.get("/mailroom").text
    assert room.get(f"/mailroom/letters/{letter.id}.pdf").data.startswith(b"%PDF")
    assert room.post(f"/mailroom/letters/{letter.id}/posting").status_code == 303
    assert mail_queries.message(message.id).readable_at is not None


@pytest.mark.parametrize("path", ["/mailroom", "/mailroom/envelopes", "/mailroom/envelopes?view=done", "/mailroom/envelopes/new"])
def test_an_auditor_reads_and_an_administrator_does_not(client: FlaskClient, build: Builder, path: str):
    from backoffice.staff.permissions import Role

    build.sign_in(client, build.account(Role.ADMIN))
    assert client.get(path).status_code == 403
