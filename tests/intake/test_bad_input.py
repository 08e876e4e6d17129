"""What the issue lists under « Bad input », as HTTP: each is answered or cut off cleanly, in its own words, and leaves what it must."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO, RawIOBase
from tempfile import SpooledTemporaryFile
from typing import Any, cast
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from backoffice import door
from backoffice.cases import queries as case_queries
from backoffice.cases.values import Hold
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.canonical import digest
from backoffice.core.db import db, transaction
from backoffice.intake import door_queries, queries
from backoffice.intake.api import WHOLE
from backoffice.intake.models import KeptArrival, Submission
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import WindowAction
from backoffice.staff import guard
from backoffice.staff import service as staff
from backoffice.staff.permissions import Scope
from tests.conftest import NOON
from tests.intake.conftest import Api, pointers, problem

MILLISECOND = timedelta(milliseconds=1)


def received() -> int:
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(KeptArrival)) or 0


def spoilt(api: Api, spoil: Callable[[str], str]) -> TestResponse:
    """A true application, its text spoilt in one place."""
    text = json.dumps(api.build.content(), ensure_ascii=False)
    changed = spoil(text)
    assert changed != text
    return api.raw(changed.encode("utf-8", "surrogatepass"))


# A text that would not be the same everywhere


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-1] + ', "language": "fr"}',
        lambda t: t.replace('"language": "fr"', '"language": "fr", "language": "fr"'),
        lambda t: t.replace('"sex": "F"', '"sex": "F", "sex": "M"', 1),
        lambda t: t.replace('"sex": "F"', '"sex": "F", "s\\u0065x": "F"', 1),
        lambda t: t.replace('"lines":', '"country": "FR", "lines":', 1),
    ],
    ids=["at the end", "beside itself", "in a person", "under another spelling", "in an address"],
)
def test_a_member_given_twice_is_malformed_even_with_the_same_value(api: Api, spoil: Callable[[str], str]):
    assert "deux fois" in problem(spoilt(api, spoil), 400, "malformed")["detail"]
    assert (received(), kept()) == (0, 1)


@pytest.mark.parametrize(
    "number", ["18446744073709551616", "-9223372036854775809", "90071992547409930", "1e309", "0.1234567890123456789", "1" * 4000]
)
def test_a_number_that_no_double_holds_is_malformed_wherever_it_stands(api: Api, number: str):
    problem(spoilt(api, lambda t: t.replace('"listening": 520', f'"listening": {number}')), 400, "malformed")
    payment = json.dumps(api.payment(str(uuid4()))).replace("127100", number).encode()
    problem(api.client.post("/api/v1/payments", data=payment, content_type="application/json", headers=api.provider), 400, "malformed")
    assert (received(), kept()) == (0, 1)


@pytest.mark.parametrize("broken", ["\\ud800", "\\udfff", "\\ud83d\\ud83d", "\\ude00\\ud83d", "\udcff"])
def test_half_a_character_is_malformed_in_a_value_and_in_a_name(api: Api, broken: str):
    problem(spoilt(api, lambda t: t.replace("Lyon", f"Ly{broken}n")), 400, "malformed")
    problem(spoilt(api, lambda t: t.replace('"locality"', f'"local{broken}ity"')), 400, "malformed")
    assert (received(), kept()) == (0, 2)


@pytest.mark.parametrize("coding", ["utf-16", "utf-32", "latin-1", "utf-8-sig"])
def test_another_coding_than_utf_8_is_malformed(api: Api, coding: str):
    text = json.dumps(api.build.content() | {"language": "é"}, ensure_ascii=False)
    problem(api.raw(text.encode(coding, "replace")), 400, "malformed")


def test_a_compressed_body_is_not_read_as_something_else(api: Api):
    body = gzip.compress(json.dumps(api.build.content()).encode())
    problem(api.post("/submissions", data=body, content_type="application/json", headers={"Content-Encoding": "gzip"}), 400, "malformed")


# The same again, nearly


def test_a_replay_with_one_byte_of_its_content_changed_is_a_conflict_and_one_of_its_spelling_is_not(api: Api):
    body = json.dumps(api.build.content(), ensure_ascii=False).encode()
    first = api.raw(body)
    assert first.status_code == 201
    for place in (body.index(b"Lyon"), body.index(b"master"), body.index(b"12:31:04") + 7, body.index(b"520")):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        answer = api.raw(changed)
        assert answer.status_code in {409, 422}, changed[place - 20 : place + 20]
        assert answer.status_code == 422 or answer.json["type"].endswith("submission-conflict")
    assert api.raw(body.replace(b'": ', b'" :', 1)).status_code == 200
    assert api.raw(b" " + body + b"\n").status_code == 200
    assert received() == 1
    assert db.session.scalars(select(Submission.content_sha256)).one() == digest(json.loads(body)) == first.json["receipt"]["content_sha256"]


def test_a_conflict_takes_nothing_from_the_first_and_may_be_asked_for_ever(api: Api):
    content = api.build.content()
    said = api.settled(content)
    for n in range(3):
        problem(api.submit(content | {"submitted_at": f"2016-06-13T12:31:0{n}Z"}), 409, "submission-conflict")
    assert api.state(content["submission_id"]) == said


# Too much


class Endless(RawIOBase):
    """A body of a hundred megabytes that counts what is read of it."""

    def __init__(self, size: int) -> None:
        self.left, self.taken = size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        many = min(len(into), self.left)
        into[:many] = b" " * many
        self.left -= many
        self.taken += many
        return many


@pytest.mark.parametrize("path", ["/api/v1/submissions", "/api/v1/payments", "/api/v1/drafts/6d3a3c0e-5c8b-4b7e-9a51-1f1f5b6f2a10"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_100_mb_is_refused_without_being_read(app: Flask, api: Api, path: str, announced: bool):
    size = 100 * 1024 * 1024
    body = Endless(size)
    builder = EnvironBuilder(path=path, method="PUT" if "drafts" in path else "POST", content_type="application/json")
    builder.headers["Authorization"] = (api.provider if "payments" in path else api.portal)["Authorization"]
    environ = builder.get_environ()
    environ["wsgi.input"] = body
    if announced:
        environ["CONTENT_LENGTH"] = str(size)
    else:
        environ.pop("CONTENT_LENGTH", None)
        environ["wsgi.input_terminated"] = True
    written, status, _headers = run_wsgi_app(app, environ, buffered=True)
    assert status.startswith("413")
    assert json.loads(b"".join(written))["type"].endswith("too-large")
    assert body.taken <= 512 * 1024
    assert kept() == 0


def test_a_body_that_says_it_is_smaller_than_it_is_is_read_to_what_it_says(app: Flask, api: Api):
    raw = json.dumps(api.build.content()).encode()
    environ = EnvironBuilder(path="/api/v1/submissions", method="POST", content_type="application/json", headers=api.portal).get_environ()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(raw), str(len(raw) - 10)
    assert run_wsgi_app(app, environ, buffered=True)[1].startswith("400")


# When


@pytest.mark.parametrize(
    "said", ["1970-01-01T00:00:00Z", "2016-06-13T00:00:00Z", "2038-01-19T03:14:08Z", "9999-12-31T23:59:59Z", "2016-06-13T23:59:60Z"]
)
def test_the_client_s_clock_may_be_wrong_by_years_rank_and_day_are_ours(api: Api, said: str):
    first = api.settled(api.build.content(submitted_at="2016-06-13T16:00:00Z"))
    answer = api.submit(api.build.content(submitted_at=said))
    if answer.status_code == 422:  # a leap second that never was
        assert pointers(answer) == {"/submitted_at"}
        return
    late = api.state(answer.json["submission_id"])
    last = api.settled(api.build.content(submitted_at="2016-06-13T15:59:59Z"))
    assert [one["admission"]["rank"] for one in (first, late, last)] == [1, 2, 3]
    assert late["receipt"]["received_at"] == "2016-06-13T16:00:00.000000Z"
    assert late["payment"]["clock_starts"] == "2016-06-13"


def test_a_millisecond_before_the_opening_is_before_and_the_instant_itself_is_in(api: Api):
    opens = NOON + timedelta(hours=1)
    api.build.window(code="P2", programme="PSTQ", announced_at=NOON - timedelta(days=3), opens_at=opens, closes_at=opens + timedelta(hours=1))
    content = api.build.content(programme="PSTQ", submitted_at="2016-06-13T17:30:00Z")  # its own clock says that it is time
    with clock.stopped_at(opens - MILLISECOND):
        problem(api.submit(content), 409, "window-closed")
    trace = queries.refused_arrivals()[0]
    assert (trace.code, trace.at, trace.submission_id) == ("window-closed", opens - MILLISECOND, content["submission_id"])
    with clock.stopped_at(opens):
        assert api.submit(content).status_code == 201


def test_during_a_suspension_and_after_the_close_each_attempt_leaves_its_trace_and_draws_no_number(api: Api):
    window = quota_queries.window("DEMO")
    closes = window.closes_at
    move(window.id, WindowAction.SUSPEND)
    problem(api.submit(), 409, "window-suspended")
    move(window.id, WindowAction.RESUME)
    with clock.stopped_at(closes - MILLISECOND):
        assert api.submit().status_code == 201
    with clock.stopped_at(closes):
        problem(api.submit(), 409, "window-closed")
    assert {(one.code, one.count) for one in door_queries.refusals_by_reason()} == {("window-suspended", 1), ("window-closed", 1)}
    assert (received(), kept()) == (1, 0)


def move(window_id: int, action: WindowAction) -> None:
    with transaction():
        quota.move_window(window_id, action, reason="Motif fictif", by=SYSTEM, at=clock.now())


# Who


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Nguyễn", "Aïcha Thérèse"), ("NGUYEN", "aicha  therese")),
        (("O’Exemple", "Jean-Marc"), ("O'Exemple", "Jean Marc")),
        (("Straße", "Zoë"), ("STRASSE", "Zoe\u0308")),
        (("Exemple", "É"), ("Ｅｘｅｍｐｌｅ", "é")),
    ],
    ids=" ".join,
)
def test_the_same_person_under_two_spellings_keeps_a_place_while_somebody_looks(api: Api, one: tuple[str, str], other: tuple[str, str]):
    first = named(api, *one, passport="AA111111")
    second = named(api, *other, passport="BB222222")
    assert (first["admission"]["status"], first["admission"]["reason"]) == ("provisional", None)
    assert (second["admission"]["status"], second["admission"]["reason"]) == ("provisional", "duplicate_review")
    assert Hold.DUPLICATE_REVIEW in case_queries.standing_holds(case_queries.case(second["case_number"]).id)
    assert api.get("/windows/DEMO").json["held"] == 2


def test_the_same_names_and_passport_respelt_are_one_person(api: Api):
    named(api, "Nguyễn", "Aïcha", passport="AA 111-111")
    again = named(api, "NGUYEN", "AICHA", passport="aa111111")
    assert (again["admission"]["status"], again["admission"]["reason"]) == ("refused", "duplicate_person")


def named(api: Api, family_name: str, given_names: str, passport: str) -> dict[str, Any]:
    content = api.build.content(spouse=None, children=[])
    content["principal_applicant"] |= {"family_name": family_name, "given_names": given_names, "passport_number": passport}
    return api.settled(content)


# Under the door


@dataclass
class Head:
    """The head of a request, as Granian tells it."""

    headers: dict[str, str]
    method: str = "POST"
    path: str = "/api/v1/submissions"
    query_string: str = ""
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "127.0.0.1:5000"
    http_version: str = "1.1"


def test_a_body_is_whole_for_both_its_readings_whether_its_length_was_announced_or_not():
    with SpooledTemporaryFile(4) as in_pieces:
        in_pieces.write(b'{"a": 1}')
        in_pieces.seek(0)
        for body in (BytesIO(b'{"a": 1}'), in_pieces):
            environ = door._environ(cast("door.Scope", Head({"content-type": "application/json"})), body, cast("door.Later", object()))
            assert environ[WHOLE] == b'{"a": 1}'
            assert environ["wsgi.input"].read() == b'{"a": 1}'


def test_a_call_that_the_door_reads_twice_counts_once_against_its_limit(api: Api):
    with transaction():
        _, plain = staff.issue_key("portail", (Scope.PORTAL,), rate_per_minute=1, by=SYSTEM, at=NOON)
    headers = {"Authorization": f"Bearer {plain}"}
    again = {guard.AGAIN: True}
    assert api.client.get("/api/v1/windows", headers=headers).status_code == 200
    assert api.client.get("/api/v1/windows", headers=headers, environ_overrides=again).status_code == 200
    problem(api.client.get("/api/v1/windows", headers=headers), 429, "rate-limited")
