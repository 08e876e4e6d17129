"""The evidence pack: exact bytes, instants to the second with their zone, signed; one changed byte is found."""

import base64
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask

from backoffice.cli.mail import mail_group
from backoffice.core import clock, files, signing
from backoffice.core.actors import APPLICANT
from backoffice.core.db import transaction
from backoffice.documents.models import DocumentRequest
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.delivery import evidence, queries, sending
from tests.builders import Builder
from tests.conftest import NOON
from tests.mail.delivery import corpus
from tests.mail.delivery.conftest import Post


@pytest.fixture
def made(build: Builder, smtp: object, post: Post) -> DocumentRequest:
    one = build.request()
    build.deliver()
    sending.send_due()
    with transaction():
        mail.open_message(one.message_id, by=APPLICANT, at=NOON)
    return one


@pytest.fixture
def pack(made: DocumentRequest) -> bytes:
    return evidence.pack(made.message_id, at=clock.now())


def contents(pack: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_pack_holds_the_exact_bytes_and_the_whole_way(made: DocumentRequest, pack: bytes):
    verdict, inside = evidence.verify(pack), contents(pack)
    assert (verdict.holds, verdict.faults) == (True, ())
    message = mail_queries.message(made.message_id)
    [letter] = message.attachments
    assert files.read(letter.sha256) in inside.values()
    assert inside["message.txt"].decode() == f"{message.subject}\n\n{message.body}"
    slip = json.loads(inside[evidence.SLIP])
    assert slip["instants"]["readable"] == {"montreal": "2016-06-13T12:00:00-04:00", "utc": "2016-06-13T16:00:00Z"}
    assert slip["instants"]["opened"] is not None
    assert slip["message"]["content_sha256"] == message.content_sha256
    [notified] = slip["notifications"]
    assert [(a["outcome"], a["code"]) for a in notified["attempts"]] == [("accepted", 250)]
    assert inside["bordereau.pdf"].startswith(b"%PDF")


def test_anybody_checks_the_signature_with_the_public_keys_alone(pack: bytes):
    inside = contents(pack)
    head, payload, signature = inside[evidence.SIGNATURE].decode().split(".")

    def plain(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    kid = json.loads(plain(head))["kid"]
    [key] = [k for k in signing.public_keys()["keys"] if k["kid"] == kid]  # type: ignore[attr-defined]
    Ed25519PublicKey.from_public_bytes(plain(key["x"])).verify(plain(signature), f"{head}.{payload}".encode())
    named = json.loads(plain(payload))["files"]
    assert named == {name: hashlib.sha256(data).hexdigest() for name, data in inside.items() if name != evidence.SIGNATURE}


def test_one_changed_byte_anywhere_is_found(pack: bytes):
    places = range(0, len(pack), max(1, len(pack) // 400))
    for place in [*places, len(pack) - 1]:
        changed = bytearray(pack)
        changed[place] ^= 1
        assert not evidence.verify(bytes(changed)).holds, f"byte {place} of {len(pack)}"


def test_a_pack_cut_or_lengthened_or_signed_by_another_is_refused(pack: bytes):
    inside = contents(pack)
    for wrong in (b"", pack[:-1], pack + b"\x00", pack[: len(pack) // 2], b"PK\x05\x06" + b"\x00" * 18):
        assert not evidence.verify(wrong).holds
    head, payload, signature = inside[evidence.SIGNATURE].decode().split(".")
    forged = evidence._zip({**inside, evidence.SIGNATURE: f"{head}.{payload}.{signature[:-6]}AAAAAA".encode()})
    assert not evidence.verify(forged).holds


def test_the_console_writes_and_checks_a_pack(app: Flask, made: DocumentRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
    file, run = tmp_path / "preuve.zip", CliRunner().invoke
    assert run(mail_group, ["evidence", str(made.message_id), str(file)]).exit_code == 0
    assert "holds" in run(mail_group, ["evidence", "verify", str(file)]).output
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    assert run(mail_group, ["evidence", "verify", str(file)]).exit_code == 1
    assert run(mail_group, ["evidence", "no-message", str(file)]).exit_code == 1


def test_the_pipe_of_the_mail_server_keeps_a_report(app: Flask, made: DocumentRequest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
    answer = CliRunner().invoke(mail_group, ["bounce"], input=corpus.standard(address="x@nulle-part.example"))
    assert (answer.exit_code, answer.output) == (0, "kept: matched by nothing\n")
    assert len(queries.unsettled_bounces()) == 1
    assert CliRunner().invoke(mail_group, ["bounce"], input=b"").exit_code == 1
