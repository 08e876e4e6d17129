"""Uploads in parts: cut, resumed by another process, checked, given up by a person."""

import contextlib
import hashlib
import os
from io import BytesIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.doors import partial, queries
from backoffice.mailroom.doors.errors import OutOfStep
from backoffice.mailroom.doors.jobs import offer_left_behind
from backoffice.mailroom.doors.service import uploads
from backoffice.mailroom.doors.values import Announced, Home
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.doors.simulator import picture

DATA = os.urandom(5_000_000)


@pytest.fixture
def browser(build: Builder, client: FlaskClient, clerk: Account) -> FlaskClient:
    return build.sign_in(client, clerk)


def begin(browser: FlaskClient, home: Home, data: bytes = DATA, name: str = "lot.pdf", **more: object) -> TestResponse:
    said = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "stamp": ""} | more
    kind = "envelope" if home.envelope else "batch"
    return browser.post(f"/mailroom/uploads?{kind}={home.number}", json=said)


def put(browser: FlaskClient, url: str, offset: int, part: bytes) -> TestResponse:
    sums = {"Upload-Offset": str(offset), "Upload-Sha256": hashlib.sha256(part).hexdigest()}
    return browser.put(url, data=part, headers=sums, content_type="application/octet-stream")


def test_a_file_goes_on_where_it_was_cut(browser: FlaskClient, build: Builder, envelope: Home):
    first = begin(browser, envelope)
    assert (first.status_code, first.json["offset"]) == (201, 0)
    url = first.json["url"]
    assert put(browser, url, 0, DATA[:4_000_000]).json["offset"] == 4_000_000
    other = build.sign_in(browser.application.test_client(), build.clerk())
    again = begin(other, envelope)  # another clerk, at another desk, has the same file
    assert (again.json["url"], again.json["offset"]) == (url, 4_000_000)
    assert put(other, url, 4_000_000, DATA[4_000_000:]).json["offset"] == len(DATA)
    done = other.post(again.json["finish"])
    one = room.envelope(envelope.number).scans[0]
    assert (done.json["scan"], one.size, one.door, files.read(one.sha256)) == (one.id, len(DATA), "upload", DATA)
    assert other.post(again.json["finish"]).json == done.json
    assert begin(browser, envelope).json["offset"] == 0  # and once more is a new upload of the same file
    assert not partial.place(queries.open_uploads(envelope)[0][0].key).exists()


def test_the_same_bytes_again_are_one_file(browser: FlaskClient, envelope: Home):
    data = picture(1)
    for _time in range(2):
        told = begin(browser, envelope, data).json
        put(browser, told["url"], 0, data)
        assert browser.post(told["finish"]).status_code == 200
    assert len(room.envelope(envelope.number).scans) == 1


def test_a_part_out_of_step_is_told_where_the_file_stands(browser: FlaskClient, envelope: Home):
    url = begin(browser, envelope).json["url"]
    put(browser, url, 0, DATA[:1000])
    for offset, part in ((0, DATA[:1000]), (2000, DATA[2000:3000]), (1000, b""), (1000, DATA[: 4 * 1024 * 1024])):
        answer = put(browser, url, offset, part)
        assert (answer.status_code, answer.json.get("offset")) in {(409, 1000), (200, 1000 + len(part))}
    assert put(browser, url, 1000, b"x" * (4 * 1024 * 1024 + 1)).status_code == 413
    assert browser.get(url).json["offset"] in {1000, 1000 + 4 * 1024 * 1024}


def test_a_part_damaged_on_its_way_does_not_count(browser: FlaskClient, envelope: Home):
    url = begin(browser, envelope).json["url"]
    answer = browser.put(url, data=b"other", headers={"Upload-Offset": "0", "Upload-Sha256": hashlib.sha256(b"sent").hexdigest()})
    assert (answer.status_code, answer.json["code"]) == (422, "part-damaged")
    assert browser.get(url).json["offset"] == 0


def test_bytes_that_a_kill_left_beyond_what_counts_are_written_over(browser: FlaskClient, envelope: Home):
    url = begin(browser, envelope, DATA[:3000]).json["url"]
    put(browser, url, 0, DATA[:1000])
    key = queries.open_uploads(envelope)[0][0].key
    partial.write(key, 1000, b"half a part that was never counted" * 100)  # killed between the disk and the database
    put(browser, url, 1000, DATA[1000:3000])
    assert browser.post(begin(browser, envelope, DATA[:3000]).json["finish"]).status_code == 200
    assert files.read(room.envelope(envelope.number).scans[0].sha256) == DATA[:3000]


def test_another_file_than_the_one_announced_begins_again(browser: FlaskClient, envelope: Home):
    told = begin(browser, envelope, b"announced").json
    put(browser, told["url"], 0, b"different")
    answer = browser.post(told["finish"])
    assert (answer.status_code, answer.json["code"]) == (422, "other-bytes")
    assert browser.get(told["url"]).json["offset"] == 0
    put(browser, told["url"], 0, b"announced")
    assert browser.post(told["finish"]).status_code == 200


def test_what_another_machines_disk_holds_is_sent_again(browser: FlaskClient, envelope: Home):
    told = begin(browser, envelope).json
    put(browser, told["url"], 0, DATA[:1000])
    partial.forget(queries.open_uploads(envelope)[0][0].key)
    assert browser.post(told["finish"]).json["code"] == "unfinished"
    assert begin(browser, envelope).json["offset"] == 0


def test_an_unfinished_upload_is_shown_and_given_up_by_a_person(browser: FlaskClient, envelope: Home):
    told = begin(browser, envelope).json
    put(browser, told["url"], 0, DATA[:1_000_000])
    for page in (f"/mailroom/envelopes/{envelope.number}", "/mailroom/scanning"):
        assert "lot.pdf" in browser.get(page).text
        assert "20" in browser.get(page).text
    key = queries.open_uploads(envelope)[0][0].key
    assert browser.post(f"/mailroom/uploads/{key}/discard").status_code == 303
    assert not partial.place(key).exists()
    assert queries.open_uploads() == []
    assert "UploadDiscarded" in room.timeline(envelope.number)[0].kind
    assert put(browser, told["url"], 1_000_000, b"x").status_code == 409


def test_what_a_kill_left_of_a_finished_upload_is_removed(browser: FlaskClient, envelope: Home):
    begin(browser, envelope)
    under_way = queries.open_uploads(envelope)[0][0].key
    for key in (under_way, uuid4()):
        partial.write(key, 0, b"bytes")
        os.utime(partial.place(key), (0, 0))
    offer_left_behind()
    assert [path.name for path in partial.place(under_way).parent.iterdir() if path.stat().st_mtime == 0] == [str(under_way)]


def test_what_cannot_be_sent_is_refused_before_it_is_sent(browser: FlaskClient, envelope: Home, clerk: Account):
    assert begin(browser, envelope, size=600 * 1024 * 1024).status_code == 413
    assert begin(browser, envelope, b"").status_code == 422
    for wrong in ({"size": -1}, {"size": "3"}, {"size": True}, {"name": 3}):
        assert begin(browser, envelope, **wrong).status_code == 404
    assert begin(browser, Home("E-2016-09999")).status_code == 404
    assert browser.post("/mailroom/uploads", json={}).status_code == 404
    with transaction():
        envelopes.return_envelope(envelope.number, "Essai", by=clerk.actor, at=clock.now())
    assert begin(browser, envelope).status_code == 409


def test_a_batch_takes_files_in_both_ways(browser: FlaskClient, batch: Home):
    told = begin(browser, batch, picture(1)).json
    put(browser, told["url"], 0, picture(1))
    assert browser.post(told["finish"]).status_code == 200
    answer = browser.post(f"/mailroom/files?batch={batch.number}", data={"files": [(BytesIO(picture(2)), "b.jpg"), (BytesIO(picture(3)), "c.jpg")]})
    assert answer.status_code == 303


def test_without_scripts_the_plain_form_takes_many_files(browser: FlaskClient, envelope: Home):
    sent = {"files": [(BytesIO(picture(n)), f"{n}.jpg") for n in (1, 2, 3)]}
    assert browser.post(f"/mailroom/files?envelope={envelope.number}", data=sent).status_code == 303
    assert [scan.filename for scan in room.envelope(envelope.number).scans] == ["1.jpg", "2.jpg", "3.jpg"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=400), cuts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=12))
def test_whatever_parts_are_sent_the_bytes_are_the_same(envelope: Home, clerk: Account, data: bytes, cuts: list[tuple[int, int]]):
    digest = hashlib.sha256(data).hexdigest()
    with transaction():
        upload = uploads.begin_upload(Announced(envelope, f"{digest[:8]}.bin", len(data), digest), owner=clerk.id, at=clock.now())
    for offset, length in cuts:  # any part, in any order, from any process: taken or refused, never mixed up
        with contextlib.suppress(OutOfStep), transaction():
            uploads.take_part(upload.key, offset, data[offset : offset + length], None, at=clock.now())
    with transaction():
        if upload.received < len(data):
            uploads.take_part(upload.key, upload.received, data[upload.received :], None, at=clock.now())
    with transaction():
        scan = uploads.finish_upload(upload.key, by=clerk.actor, at=clock.now())
    assert files.read(scan.sha256) == data
