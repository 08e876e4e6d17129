"""The reference portal: what the network loses is sent again and counts once, and a receipt is only believed with its signature."""

import ast
import json
import socket
import sys
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request
from uuid import uuid4

import pytest

from tests.intake.conftest import Api, api  # noqa: F401 - the portal's and the provider's keys
from tools import portal
from tools.portal import Answer, BadReceipt, File, Portal, Refused, Unreachable


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    carried = Message()
    for name, value in headers.items():
        carried[name.replace("_", "-")] = value
    return Answer(status, carried, json.dumps(body or {}).encode())


class Wire:
    """Answers as told, in turn; remembers what was sent and how long was waited."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers, self.sent, self.waited = list(answers), [], []
        self.portal = Portal("http://127.0.0.1:1", "k", send=self.send, wait=self.waited.append)

    def send(self, request: Request, timeout: float) -> Answer:
        self.sent.append(request)
        told = self.answers.pop(0)
        if isinstance(told, Exception):
            raise told
        return told


def test_it_imports_nothing_of_the_product():
    tree = ast.parse(Path(portal.__file__).read_text())
    names = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)] + [
        a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names
    ]
    assert {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) == {"cryptography"}


def test_what_was_lost_is_sent_again_to_the_byte():
    wire = Wire(TimeoutError("lost"), ConnectionResetError("cut"), answer(503, Retry_After="7"), answer(201, {"id": "x"}))
    assert wire.portal.answer("s", "Voici.", [File("a.pdf", b"%PDF", 3)]) == {"id": "x"}
    assert len({request.data for request in wire.sent}) == 1
    assert len({request.get_header("Content-type") for request in wire.sent}) == 1
    assert wire.waited[2] == 7.0, "Retry-After is honoured"
    assert 0 < wire.waited[0] < wire.waited[1] * 4 <= 4.0


def test_a_refusal_is_final_and_names_its_faults():
    wire = Wire(answer(422, {"type": "urn:backoffice:problem:invalid", "title": "Non valide", "errors": [{"pointer": "/item/0", "code": "unknown"}]}))
    with pytest.raises(Refused, match="/item/0") as refused:
        wire.portal.answer("s", "Voici.")
    assert (refused.value.code, refused.value.status, len(wire.sent)) == ("invalid", 422, 1)


def test_it_gives_up_in_the_end():
    wire = Wire(*[TimeoutError("lost")] * portal.TRIES)
    with pytest.raises(Unreachable, match=str(portal.TRIES)):
        wire.portal.state("s")


def test_a_strange_address_is_refused():
    with pytest.raises(ValueError, match="http"):
        Portal("file:///etc/passwd", "k")


@pytest.mark.parametrize("asked", ["", "soon", "-1", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_an_unreadable_retry_after_is_as_none(asked: str):
    assert 0 < portal.pause(0, asked) <= 0.5
    assert portal.pause(0, "9999") == portal.LONGEST_PAUSE


@pytest.fixture
def site(api: Api) -> Portal:  # noqa: F811 - the fixture imported above
    """The reference portal on the product's own application."""

    def send(request: Request, timeout: float) -> Answer:
        parts = urlsplit(request.full_url)
        headers = {name: value for name, value in request.header_items() if name.lower() != "content-length"}
        heard = api.client.open(f"{parts.path}?{parts.query}", method=request.get_method(), data=request.data, headers=headers)
        carried = Message()
        for name, value in heard.headers.items():
            carried[name] = value
        return Answer(heard.status_code, carried, heard.data)

    return Portal("http://127.0.0.1", api.portal["Authorization"].removeprefix("Bearer "), send=send, wait=lambda _seconds: None)


def test_a_receipt_holds_and_a_forged_one_does_not(api: Api, site: Portal):  # noqa: F811 - the fixture imported above
    api.build.case()  # a window is open
    acknowledged = site.submit(api.build.content())
    assert site.check(acknowledged)["submission_id"] == acknowledged["submission_id"]
    receipt = acknowledged["receipt"]
    head, payload, signature = receipt["jws"].split(".")
    forged = [
        {**receipt, "sequence": receipt["sequence"] + 1},
        {**receipt, "content_sha256": "0" * 64},
        {**receipt, "jws": f"{head}.{payload}.{signature[:-4]}AAAA"},
        {**receipt, "jws": f"{head}.{payload[:-2]}AA.{signature}"},
        {**receipt, "jws": "nothing"},
        {**receipt, "jws": "e30.e30.e30"},
    ]
    for one in forged:
        with pytest.raises(BadReceipt):
            site.check({**acknowledged, "receipt": one})
    with pytest.raises(BadReceipt):
        site.check({**acknowledged, "submission_id": str(uuid4())})


def test_a_reply_sent_twice_is_one_message_and_withdrawing_twice_one_withdrawal(api: Api, site: Portal):  # noqa: F811 - the fixture imported above
    case = api.build.case()
    submission, number = str(case.submission_id), str(uuid4())
    first = site.answer(submission, "Une question.", number=number)
    assert site.answer(submission, "Une question.", number=number)["id"] == first["id"]
    with pytest.raises(Refused) as refused:
        site.answer(submission, "Une autre.", number=number)
    assert refused.value.code == "message-conflict"
    assert [m["direction"] for m in site.messages(submission)] == ["out", "in"]
    assert site.withdraw(submission, "Je renonce.", number=number)["admission"]["status"] == "withdrawn"
    assert site.withdraw(submission, "Je renonce.", number=number)["admission"]["status"] == "withdrawn"


def test_names_of_files_travel_whole(api: Api, site: Portal):  # noqa: F811 - the fixture imported above
    from tests.intake.test_api_messages import picture

    case = api.build.case()
    sent = site.answer(str(case.submission_id), "", [File("relevé «2016» d’été.png", picture())])
    [file] = sent["attachments"]
    assert file["filename"] == "relevé «2016» d’été.png"
    assert site.attachment(str(case.submission_id), file) == picture()
    with pytest.raises(BadReceipt):
        site.attachment(str(case.submission_id), {**file, "sha256": "0" * 64})


def test_the_console_says_faults_in_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(portal, "TRIES", 1)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert portal.main(["--url", f"http://127.0.0.1:{port}", "--key", "k", "state", str(uuid4())]) == 1
    assert "GET /submissions/" in capsys.readouterr().err
