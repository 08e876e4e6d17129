"""The applicant's mailbox: read, opened, answered, each once."""

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.core import clock, events
from backoffice.core.db import db, transaction
from backoffice.documents import queries as document_queries
from backoffice.documents.models import Document
from backoffice.documents.states import ItemState
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message, PostedLetter
from tests.intake.conftest import Api, pointers, problem


def picture(colour: str = "white") -> bytes:
    """A page that shows something, as a PNG."""
    image = Image.new("RGB", (300, 400), colour)
    for place in range(40, 260):
        image.putpixel((place, place), (0, 0, 0))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def send(api: Api, case: Case, *files: bytes, items: tuple[str, ...] = (), **fields: Any) -> TestResponse:
    parts = {"message_id": str(uuid4()), "body": "Voici mes documents.", **fields}
    parts["file[]"] = [(BytesIO(data), f"page-{place}.png", "image/png") for place, data in enumerate(files)]
    if items:
        parts["item[]"] = list(items)
    return api.post(f"/submissions/{case.submission_id}/messages", data=parts, content_type="multipart/form-data")


def test_the_invitation_to_pay_is_the_first_message(api: Api):
    case = api.build.case()
    answer = api.get(f"/submissions/{case.submission_id}/messages").json
    assert answer["next"] is None
    [message] = answer["messages"]
    assert {"id", "direction", "sent_at", "readable_at", "opened_at", "subject", "body", "attachments", "request"} <= set(message)
    assert (message["direction"], message["readable_at"], message["opened_at"], message["request"]) == (
        "out",
        "2016-06-13T16:00:00.000000Z",
        None,
        None,
    )
    assert case.number in message["body"]


def test_the_thread_is_read_in_order_from_a_cursor(api: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("backoffice.intake.api.PAGE", 2)
    case = api.build.case()
    for _ in range(4):
        assert send(api, case).status_code == 201
    read, after = [], ""
    while after is not None:
        answer = api.get(f"/submissions/{case.submission_id}/messages?after={after}").json
        read += [m["id"] for m in answer["messages"]]
        after = answer["next"]
    assert read == [str(m.id) for m in mail_queries.thread(case.id)]
    for wrong in ("-1", "x", "9" * 13, "٣"):
        assert pointers(api.get(f"/submissions/{case.submission_id}/messages?after={wrong}")) == {"/after"}


def test_a_message_opened_is_noted_once_and_only_in_its_own_thread(api: Api):
    case, other = api.build.case(), api.build.case()
    message = mail_queries.thread(case.id)[0]
    path = f"/submissions/{case.submission_id}/messages/{message.id}/opened"
    assert api.post(path).status_code == 204
    first = mail_queries.message(message.id).opened_at
    assert first is not None
    assert api.post(path).status_code == 204
    assert [e.kind for e in events.history(case_subject(case.id))].count("mail.MessageOpened") == 1
    problem(api.post(f"/submissions/{other.submission_id}/messages/{message.id}/opened"), 404, "not-found")
    problem(api.post(f"/submissions/{case.submission_id}/messages/{uuid4()}/opened"), 404, "not-found")


def test_a_letter_not_yet_posted_is_not_in_the_mailbox(api: Api):
    content = api.build.content()
    content["principal_applicant"]["contact"].pop("email")
    case = api.build.case(content)
    path = f"/submissions/{case.submission_id}/messages"
    message = mail_queries.thread(case.id)[0]
    file = message.attachments[0]
    assert api.get(path).json["messages"] == []
    problem(api.post(f"{path}/{message.id}/opened"), 404, "not-found")
    problem(api.get(f"/submissions/{case.submission_id}/attachments/{file.id}"), 404, "not-found")
    letter = db.session.scalars(select(PostedLetter)).one()
    clerk = api.build.clerk().actor
    with transaction():
        mail.post_letter(letter.id, by=clerk, at=clock.now())
    assert [m["id"] for m in api.get(path).json["messages"]] == [str(message.id)]
    assert api.get(f"/submissions/{case.submission_id}/attachments/{file.id}").data.startswith(b"%PDF")


def test_a_request_is_itemised_and_its_letter_is_a_file_to_save(api: Api):
    case = api.build.paid_case()
    request = document_queries.request(api.build.request(case).id)
    message = next(m for m in api.get(f"/submissions/{case.submission_id}/messages").json["messages"] if m["request"])
    assert message["request"]["due_on"] == "2016-09-12"
    assert [item["id"] for item in message["request"]["items"]] == [item.id for item in request.items]
    assert {item["state"] for item in message["request"]["items"]} == {"asked"}
    [file] = message["attachments"]
    answer = api.get(f"/submissions/{case.submission_id}/attachments/{file['id']}")
    assert (answer.status_code, answer.content_type, len(answer.data)) == (200, "application/pdf", file["size"])
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    other = api.build.case()
    problem(api.get(f"/submissions/{other.submission_id}/attachments/{file['id']}"), 404, "not-found")


def test_the_files_of_a_reply_answer_the_items_of_the_request(api: Api):
    case = api.build.paid_case()
    request = document_queries.request(api.build.request(case, items=2).id)
    first, second = (str(item.id) for item in request.items)
    answer = send(api, case, picture(), picture("yellow"), items=(first, ""))
    assert answer.status_code == 201, answer.text
    assert len(answer.json["attachments"]) == 2
    states = {str(i.id): i.state for i in document_queries.request(request.id).items}
    assert states == {first: ItemState.RECEIVED, second: ItemState.ASKED}
    assert case_queries.case_by_id(case.id).status is CaseStatus.DOCS_DEMANDES
    assert send(api, case, picture("pink"), items=(second,)).status_code == 201
    assert case_queries.case_by_id(case.id).status is CaseStatus.DOCS_RECUS


def test_a_reply_again_is_the_same_and_another_under_its_number_a_conflict(api: Api):
    case = api.build.case()
    number = str(uuid4())
    first = send(api, case, picture(), message_id=number)
    again = send(api, case, picture(), message_id=number)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"] == number
    assert db.session.scalar(select(db.func.count()).select_from(Document)) == 1
    problem(send(api, case, picture(), message_id=number, body="Autre"), 409, "message-conflict")
    problem(send(api, case, picture("red"), message_id=number), 409, "message-conflict")
    problem(send(api, api.build.case(), picture(), message_id=number), 409, "message-conflict")
    ours = str(db.session.scalars(select(Message.id).where(Message.kind == "payment_invitation")).first())
    problem(send(api, case, message_id=ours), 409, "message-conflict")


def test_what_is_wrong_with_a_reply_is_named(api: Api):
    case = api.build.paid_case()
    item = str(document_queries.request(api.build.request(case, items=1).id).items[0].id)
    assert pointers(send(api, case, message_id="x", body="", in_reply_to="y")) == {"/message_id", "/body", "/in_reply_to"}
    assert pointers(send(api, case, body="   ")) == {"/body"}
    assert pointers(send(api, case, body="a\x00b")) == {"/body"}
    assert pointers(send(api, case, body="a" * 20_001)) == {"/body"}
    assert pointers(send(api, case, in_reply_to=str(uuid4()))) == {"/in_reply_to"}
    assert pointers(send(api, case, items=(item,))) == {"/item/0"}
    for strange in ("999999", "9" * 5000, "٣", "-1", "x"):
        assert pointers(send(api, case, picture(), items=(strange,))) == {"/item/0"}
    assert pointers(send(api, case, picture(), documents="x")) == {"/documents"}
    assert pointers(send(api, case, picture(), b"not a picture")) == {"/file/1"}
    assert pointers(send(api, case, b"")) == {"/file/0"}
    assert document_queries.documents_of(case.id) == []
    problem(api.post(f"/submissions/{case.submission_id}/messages", json={}), 415, "media-type")
    problem(api.post(f"/submissions/{uuid4()}/messages", data={"body": "a"}, content_type="multipart/form-data"), 404, "not-found")
    thread = mail_queries.thread(case.id)
    assert send(api, case, picture(), items=(item,), in_reply_to=str(thread[0].id)).status_code == 201


@pytest.mark.parametrize("name", ["../../etc/passwd.png", "CON.png", "é" * 150 + ".png", "<script>.png", "\u202egnp.exe.png", "a;b=c.png"])
def test_a_strange_file_name_is_only_a_name(api: Api, name: str):
    case = api.build.case()
    parts = {"message_id": str(uuid4()), "body": "a", "file[]": [(BytesIO(picture()), name, "image/png")]}
    answer = api.post(f"/submissions/{case.submission_id}/messages", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.text
    file = answer.json["attachments"][0]
    given = api.get(f"/submissions/{case.submission_id}/attachments/{file['id']}")
    assert (given.status_code, given.content_type, given.data) == (200, "image/png", picture())
    assert given.headers["Content-Disposition"].startswith("attachment")


def test_a_reply_waits_for_an_answer_until_a_person_writes(api: Api):
    case = api.build.case()
    said = send(api, case).json
    assert mail_queries.unanswered([case.id]) == {case.id: 1}
    assert mail_queries.find_message(UUID(said["id"])).answered_at is None
