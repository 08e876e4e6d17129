"""The floor of an acceptance: the least Flask view that does the same work — key, schema, digest, signed receipt, one statement."""

import base64
import hashlib
import json
import os
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, Response, request

import backoffice.intake

SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads((Path(backoffice.intake.__file__).parent / "submission.schema.json").read_text()), validate_formats=True
)
KEY_SHA256 = hashlib.sha256(os.environ.get("BENCH_KEY", "").encode()).hexdigest()
SIGNER = Ed25519PrivateKey.generate()
HERE = threading.local()

app = Flask("floor")


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


HEADER = _b64(b'{"alg":"EdDSA","kid":"floor"}')


def _connection() -> psycopg.Connection:
    if not hasattr(HERE, "connection"):
        HERE.connection = psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""), autocommit=True)
    return HERE.connection


@app.post("/api/v1/submissions")
def submit() -> Response:
    """Keep one application."""
    if hashlib.sha256(request.headers.get("Authorization", "")[7:].encode()).hexdigest() != KEY_SHA256:
        return Response(status=401)
    text = request.get_data(as_text=True)
    content = json.loads(text)
    SCHEMA.validate(content)
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()).hexdigest()
    at, receipt_id = datetime.now(UTC), uuid.uuid4()
    receipt = {"receipt_id": str(receipt_id), "submission_id": content["submission_id"], "received_at": at.isoformat(), "content_sha256": digest}
    signed = HEADER + b"." + _b64(json.dumps(receipt).encode())
    jws = (signed + b"." + _b64(SIGNER.sign(signed))).decode()
    row = (content["submission_id"], at, text, text, digest, receipt_id, jws)
    kept = (
        _connection()
        .execute(
            "INSERT INTO floor_submission VALUES (%s, nextval('floor_sequence'), %s, %s::jsonb, convert_to(%s, 'UTF8'), %s, %s, %s) "
            "ON CONFLICT DO NOTHING RETURNING sequence",
            row,
        )
        .fetchone()
    )
    return Response(json.dumps({"receipt": receipt | {"jws": jws, "sequence": kept and kept[0]}}), status=201, content_type="application/json")


def tables(connection: psycopg.Connection) -> None:
    """What the floor writes to."""
    connection.execute("DROP TABLE IF EXISTS floor_submission")
    connection.execute("DROP SEQUENCE IF EXISTS floor_sequence")
    connection.execute("CREATE SEQUENCE floor_sequence")
    connection.execute(
        "CREATE TABLE floor_submission (id uuid PRIMARY KEY, sequence bigint UNIQUE, received_at timestamptz, content jsonb, raw bytea, "
        "digest text, receipt_id uuid, jws text)"
    )
    connection.execute("GRANT ALL ON floor_submission, floor_sequence TO PUBLIC")
