"""What every test stands on: real PostgreSQL built by the migrations, one database a worker, each test rolled back."""

import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = Path(os.environ.get("BACKOFFICE_SAMPLES") or ROOT.parent / "shared" / "samples")
NOON = datetime(2016, 6, 13, 16, 0, tzinfo=UTC)
"""Noon in Montréal on the day of the first window of 2016."""


class Browser(FlaskClient):
    """Each request is one of its own: nothing of the one before (who is signed in, the language) stays in the test's context."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        for name in list(g):
            g.pop(name)
        return super().open(*args, **options)


@pytest.fixture(scope="session")
def _environment(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, str]:
    """The settings of this worker: its own database, Redis database, files and keys."""
    from tests.support import postgres

    folder = tmp_path_factory.mktemp("data")
    cluster = postgres.session_cluster(tmp_path_factory, worker_id)
    redis_url = postgres.session_valkey(tmp_path_factory, worker_id)

    def environment(name: str) -> dict[str, str]:
        return {
            "DATABASE_URL": cluster.url(name, "backoffice_app"),
            "DATABASE_OWNER_URL": cluster.url(name, "backoffice_owner"),
            "REDIS_URL": redis_url,
            "STORAGE_URL": (folder / "files").as_uri(),
            "BACKOFFICE_DATA": str(folder),
            "KEYS_FOLDER": str(folder / "keys"),
            "SECRET_KEY": "a secret for the tests only, of more than thirty-two characters",
            "BACKOFFICE_DEMO": "1",
        }

    def migrate() -> None:
        from tests.support.migrating import build_template

        build_template(cluster, environment("template_tests"))

    postgres.once(tmp_path_factory, worker_id, "migrated", migrate)
    name = f"tests_{worker_id}"
    cluster.clone("template_tests", name)
    os.environ.update(environment(name))
    return {"name": name, **environment(name)}


@pytest.fixture(scope="session")
def app(_environment: dict[str, str]) -> Iterator[Flask]:
    """The application on this worker's database."""
    from backoffice.core import deliveries
    from backoffice.core.db import db
    from backoffice.core.settings import settings
    from backoffice.intake import receipts
    from backoffice.staff import service as staff

    settings.cache_clear()
    staff.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # a tenth of these tests was spent on hashing
    receipts.make_key(settings().keys_folder)
    deliveries.install = lambda **_: None  # type: ignore[assignment]  # tests run deliveries themselves
    from backoffice.app import create_app

    made = create_app()
    made.test_client_class = Browser
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Connection]:
    """One outer transaction around the test: operations commit into it, and all of it is undone."""
    from backoffice.core import clock
    from backoffice.core.db import db

    with app.app_context():
        engine = db.engine
        connection = engine.connect()
        outer = connection.begin()
        connection.exec_driver_sql("SELECT setval('arrival_micros', 0)")  # a sequence is not undone: the last test may have been in July
        db._app_engines[app][None] = connection  # type: ignore[assignment]
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            with clock.stopped_at(NOON):
                yield connection
        finally:
            db.session.remove()
            db._app_engines[app][None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def build(session: Connection) -> "object":
    """Reaches states through operations, so that test data is always possible data."""
    from tests.builders import Builder

    return Builder()


@pytest.fixture
def client(app: Flask, session: Connection) -> FlaskClient:
    """A browser without scripts, or another system."""
    return app.test_client()


@pytest.fixture
def samples() -> Path:
    """The folder of real files; a clone without it says so."""
    if not SAMPLES.is_dir():
        pytest.skip(f"no samples in {SAMPLES}: set BACKOFFICE_SAMPLES to their folder")
    return SAMPLES


@pytest.fixture
def family() -> dict[str, object]:
    """A family of four, as the portal would send it (all fictitious)."""
    return json.loads((ROOT / "tests" / "support" / "family.json").read_text())


@pytest.fixture(autouse=True)
def _closed_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine is spoken to."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise OSError(f"the tests' network is closed: {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
