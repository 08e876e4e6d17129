"""The mailbox call by call against the contract: nothing before its instant, nothing missed by a cursor, limits, refusals."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.documents import queries as document_queries
from backoffice.documents.states import ItemState
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message, PostedLetter
from backoffice.mail.values import Direction
from tests.conftest import NOON
from tests.intake.conftest import Api, pointers, problem
from tests.intake.test_api_messages import picture, send


def box(api: Api, case: Case, after: str = "") -> list[dict]:
    return api.get(f"/submissions/{case.submission_id}/messages?after={after}").json["messages"]


def test_a_message_never_appears_before_it_is_readable(api: Api):
    case = api.build.case()
    message = mail_queries.thread(case.id)[0]
    with transaction():
        db.session.get_one(Message, message.id).readable_at = NOON + timedelta(hours=1)
    assert box(api, case) == []
    problem(api.post(f"/submissions/{case.submission_id}/messages/{message.id}/opened"), 404, "not-found")
    with clock.stopped_at(NOON + timedelta(hours=1)):
        assert [m["id"] for m in box(api, case)] == [str(message.id)]


def test_a_letter_posted_late_is_missed_by_no_cursor(api: Api, monkeypatch: pytest.MonkeyPatch):
    """The applicant has read on while the letter waited for the carrier: it comes after what they read."""
    monkeypatch.setattr("backoffice.intake.api.PAGE", 2)
    content = api.build.content()
    content["principal_applicant"]["contact"].pop("email")
    case = api.build.case(content)
    for minute in range(1, 5):
        with clock.stopped_at(NOON + timedelta(minutes=minute)):
            assert send(api, case).status_code == 201
    with clock.stopped_at(NOON + timedelta(minutes=9)):
        first = api.get(f"/submissions/{case.submission_id}/messages").json
        second = api.get(f"/submissions/{case.submission_id}/messages?after={first['next']}").json
    letter, clerk = db.session.scalars(select(PostedLetter)).one(), api.build.clerk().actor
    with transaction():
        mail.post_letter(letter.id, by=clerk, at=NOON + timedelta(minutes=10))
    with clock.stopped_at(NOON + timedelta(minutes=11)):
        again = api.get(f"/submissions/{case.submission_id}/messages?after={first['next']}").json
        last = api.get(f"/submissions/{case.submission_id}/messages?after={again['next']}").json
    assert again["messages"] == second["messages"], "what was read keeps its place"
    assert [m["id"] for m in last["messages"]] == [str(letter.message_id)]


def test_a_cursor_of_nothing_is_the_beginning_and_one_beyond_the_end_is_the_end(api: Api):
    case = api.build.case()
    assert len(box(api, case, "0")) == 1
    assert box(api, case, "999999") == []


def test_a_withdrawn_message_says_so_and_gives_nothing_of_itself(api: Api):
    case = api.build.case()
    message = mail_queries.thread(case.id)[0]
    body, files = message.body, [file.id for file in message.attachments]
    officer = api.build.caseworker().actor
    with transaction():
        mail.withdraw_message(message.id, "Envoyé au mauvais dossier", by=officer, at=clock.now())
    [shown] = box(api, case)
    assert shown["withdrawn_at"] == "2016-06-13T16:00:00.000000Z"
    assert (shown["attachments"], shown["request"]) == ([], None)
    assert shown["body"] != body
    assert "mauvais dossier" not in shown["body"], "the reason is ours"
    for file in files:
        problem(api.get(f"/submissions/{case.submission_id}/attachments/{file}"), 404, "not-found")


def test_the_nth_item_belongs_to_the_nth_file_and_an_empty_one_to_none(api: Api):
    case = api.build.paid_case()
    request = document_queries.request(api.build.request(case).id)
    first, second = [item.id for item in request.items][:2]
    answer = send(api, case, picture("red"), picture("green"), picture("blue"), items=(str(second), "", str(first)))
    assert answer.status_code == 201, answer.text
    names = [file["filename"] for file in answer.json["attachments"]]
    assert names == ["page-0.png", "page-1.png", "page-2.png"]
    answers = document_queries.answers([first, second])
    titles = {d.id: d.title for d in document_queries.documents_of(case.id)}
    assert [titles[d] for d in answers[second]] == ["page-0.png"]
    assert [titles[d] for d in answers[first]] == ["page-2.png"]
    states = {item.id: item.state for item in document_queries.request(request.id).items}
    assert {states[first], states[second]} == {ItemState.RECEIVED}
    assert sum(state is ItemState.ASKED for state in states.values()) == len(states) - 2


def test_a_file_field_left_empty_takes_its_empty_item_with_it(api: Api):
    case = api.build.paid_case()
    item = document_queries.request(api.build.request(case).id).items[0]
    parts = {
        "message_id": str(uuid4()), "body": "Voici.", "item[]": ["", str(item.id)], "file[]": [(BytesIO(b""), ""), (BytesIO(picture()), "p.png")],
    }  # fmt: skip
    answer = api.post(f"/submissions/{case.submission_id}/messages", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.text
    assert document_queries.request(item.request_id).items[0].state is ItemState.RECEIVED


def test_items_and_files_may_come_without_their_brackets(api: Api):
    case = api.build.paid_case()
    request = document_queries.request(api.build.request(case).id)
    parts = {"message_id": str(uuid4()), "body": "", "file": (BytesIO(picture()), "p.png"), "item": str(request.items[0].id)}
    answer = api.post(f"/submissions/{case.submission_id}/messages", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.text
    assert document_queries.request(request.id).items[0].state is ItemState.RECEIVED


def test_items_of_another_case_are_unknown_and_nothing_is_kept(api: Api):
    case, other = api.build.paid_case(), api.build.paid_case()
    foreign = document_queries.request(api.build.request(other).id).items[0]
    before = len(mail_queries.thread(case.id))
    assert pointers(send(api, case, picture(), items=(str(foreign.id),))) == {"/item/0"}
    assert len(mail_queries.thread(case.id)) == before


def test_a_file_of_25_mb_passes_and_one_byte_more_does_not(api: Api):
    case = api.build.case()
    page = picture()
    problem(send(api, case, page + b"\0" * (25 * 1024 * 1024 - len(page) + 1)), 413, "too-large")
    assert not [m for m in mail_queries.thread(case.id) if m.direction is Direction.IN]
    assert send(api, case, page + b"\0" * (25 * 1024 * 1024 - len(page))).status_code == 201


def test_a_request_of_more_than_100_mb_is_refused_by_its_announced_length(api: Api):
    case = api.build.case()
    answer = api.post(
        f"/submissions/{case.submission_id}/messages", data=b"--x--", content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(102 * 1024 * 1024)},
    )  # fmt: skip
    problem(answer, 413, "too-large")


def test_another_media_type_is_named(api: Api):
    case = api.build.case()
    problem(api.post(f"/submissions/{case.submission_id}/messages", json={"message_id": str(uuid4())}), 415, "media-type")


def test_a_reply_is_the_same_whatever_order_its_parts_came_in_time(api: Api):
    """Sent again after a broken line: the first answer, and one message."""
    case = api.build.case()
    number = str(uuid4())
    first = send(api, case, picture(), message_id=number)
    again = send(api, case, picture(), message_id=number)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"] == number
    problem(send(api, case, picture("red"), message_id=number), 409, "message-conflict")
    problem(send(api, case, picture(), message_id=number, body="Autre chose"), 409, "message-conflict")
    problem(send(api, api.build.case(), picture(), message_id=number), 409, "message-conflict")
    assert [m.id for m in mail_queries.thread(case.id)].count(UUID(number)) == 1


@pytest.mark.parametrize("path", ["messages", "messages/{0}/opened", "attachments/{0}"])
def test_every_call_needs_the_portals_key(api: Api, path: str):
    case = api.build.case()
    address = f"/api/v1/submissions/{case.submission_id}/{path.format(uuid4())}"
    call = api.client.post if path.endswith("opened") else api.client.get
    problem(call(address), 401, "unauthorized")
    problem(call(address, headers=api.provider), 403, "scope")
