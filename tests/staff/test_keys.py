"""Keys of other systems: their limit, their last use, their replacement without a gap, and the administrator's page."""

from datetime import timedelta
from importlib import import_module

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy import select
from structlog.testing import capture_logs

from backoffice.core import clock, deliveries
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.staff import guard, limits, service
from backoffice.staff.errors import KeyEnded
from backoffice.staff.models import ApiKey
from backoffice.staff.permissions import Role, Scope
from tests.builders import Builder
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "_away_since", None)
    limits._noted.clear()
    for name in deliveries.redis().scan_iter("calls:*"):
        deliveries.redis().delete(name)


def issue(rate: int | None = None, *scopes: Scope) -> tuple[ApiKey, dict[str, str]]:
    with transaction():
        key, plain = service.issue_key("portail", scopes or (Scope.PORTAL,), rate_per_minute=rate, by=SYSTEM, at=clock.now())
    return key, {"Authorization": f"Bearer {plain}"}


def call(client: FlaskClient, headers: dict[str, str]) -> int:
    """One call, as of a process that has just started: one that has read a key remembers it for a second."""
    guard._keys.clear()
    return client.get("/api/v1/windows", headers=headers).status_code


def test_a_limit_is_exact_and_says_when_to_come_again(client: FlaskClient):
    _, headers = issue(3)
    with clock.stopped_at(NOON + timedelta(seconds=20)):
        assert [call(client, headers) for _ in range(5)] == [200, 200, 200, 429, 429]
        refused = client.get("/api/v1/windows", headers=headers)
        assert refused.json["type"].endswith("rate-limited")
        assert refused.headers["Retry-After"] == "40"
    with clock.stopped_at(NOON + MINUTE):
        assert call(client, headers) == 200


def test_each_key_has_a_limit_of_its_own_and_one_without_a_limit_asks_nobody(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    (_, one), (_, other), (_, free) = issue(1), issue(1), issue()
    assert [call(client, one), call(client, other), call(client, one)] == [200, 200, 429]
    monkeypatch.setattr(deliveries, "redis", lambda: pytest.fail("a key without a limit is not counted"))
    assert [call(client, free) for _ in range(3)] == [200, 200, 200]


def test_two_processes_count_together(client: FlaskClient):
    key, headers = issue(2)
    deliveries.redis().incr(f"calls:{key.id}:{int(NOON.timestamp()) // 60}")  # another process's call
    assert [call(client, headers), call(client, headers)] == [200, 429]


def test_without_the_queue_server_calls_are_let_in_and_the_log_says_it_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    def away() -> None:
        raise RedisAway

    _, headers = issue(1)
    monkeypatch.setattr(deliveries, "redis", away)
    with capture_logs() as logs:
        assert [call(client, headers) for _ in range(3)] == [200, 200, 200]
        with clock.stopped_at(NOON + timedelta(seconds=6)):
            assert call(client, headers) == 200
    assert [line["event"] for line in logs].count("limits are not counted: queue server unreachable") == 1
    monkeypatch.undo()
    with clock.stopped_at(NOON + timedelta(seconds=30)):
        assert [call(client, headers), call(client, headers)] == [200, 429]


def test_the_last_use_is_noted_once_a_minute(client: FlaskClient):
    key, headers = issue()
    call(client, headers)
    with clock.stopped_at(NOON + timedelta(seconds=59)):
        call(client, headers)
    assert used(key) == NOON
    with clock.stopped_at(NOON + MINUTE):
        call(client, headers)
    assert used(key) == NOON + MINUTE
    _, wrong = issue(None, Scope.METRICS)
    assert call(client, wrong) == 403


def used(key: ApiKey) -> object:
    return db.session.scalar(select(ApiKey.last_used_at).where(ApiKey.id == key.id))


def test_a_replaced_key_is_accepted_until_the_overlap_is_over(client: FlaskClient):
    key, old = issue(7)
    with transaction():
        new, plain = service.rotate_key(key.id, timedelta(hours=2), by=SYSTEM, at=NOON)
    fresh = {"Authorization": f"Bearer {plain}"}
    assert (new.rotated_from_id, new.scopes, new.rate_per_minute, new.expires_at) == (key.id, ["portal"], 7, None)
    assert [call(client, old), call(client, fresh)] == [200, 200]
    with clock.stopped_at(NOON + timedelta(hours=2) - timedelta(microseconds=1)):
        assert call(client, old) == 200
    with clock.stopped_at(NOON + timedelta(hours=2)):
        assert [call(client, old), call(client, fresh)] == [401, 200]


def test_a_key_that_ended_is_neither_replaced_nor_taken_back_again(client: FlaskClient):
    key, headers = issue()
    with transaction():
        service.rotate_key(key.id, timedelta(0), by=SYSTEM, at=NOON)
    assert call(client, headers) == 401
    with pytest.raises(KeyEnded), transaction():
        service.rotate_key(key.id, timedelta(hours=1), by=SYSTEM, at=NOON)
    other, _ = issue()
    with transaction():
        service.revoke_key(other.id, by=SYSTEM, at=NOON)
    with pytest.raises(KeyEnded), transaction():
        service.revoke_key(other.id, by=SYSTEM, at=NOON)


# The administrator's page


@pytest.fixture
def admin(client: FlaskClient, build: Builder) -> FlaskClient:
    return build.sign_in(client, build.account(Role.ADMIN))


def test_the_administrator_issues_a_key_that_is_shown_once(admin: FlaskClient):
    shown = admin.post("/keys", data={"name": "Portail public", "scopes": ["portal"], "rate_per_minute": "600"})
    assert shown.status_code == 201
    assert "no-store" in shown.headers["Cache-Control"]
    plain = "bo_" + shown.text.split("bo_")[1].split("<")[0].strip()
    assert admin.get("/api/v1/windows", headers={"Authorization": f"Bearer {plain}"}).status_code == 200
    page = admin.get("/keys").text
    assert plain not in page
    assert "Portail public" in page
    assert "600" in page


def test_what_is_missing_or_absurd_is_said_on_the_form(admin: FlaskClient):
    for wrong in ({}, {"name": "x"}, {"name": "x", "scopes": ["everything"]}, {"name": "x", "scopes": ["portal"], "rate_per_minute": "0"}):
        assert admin.post("/keys", data=wrong).status_code == 422
    assert db.session.scalars(select(ApiKey)).all() == []


def test_the_administrator_replaces_and_takes_back(admin: FlaskClient):
    key, _ = issue()
    assert admin.get(f"/keys/{key.id}/rotation").status_code == 200
    shown = admin.post(f"/keys/{key.id}/rotation", data={"overlap_hours": "24"})
    assert shown.status_code == 201
    assert "bo_" in shown.text
    assert admin.post(f"/keys/{key.id}/rotation", data={"overlap_hours": "24"}).status_code == 422
    assert admin.post(f"/keys/{key.id}/rotation", data={"overlap_hours": "-1"}).status_code == 422
    assert admin.post(f"/keys/{key.id}/revocation").status_code == 303
    assert admin.post(f"/keys/{key.id}/revocation").status_code == 409
    assert admin.post("/keys/999999/revocation").status_code == 404


# The console


def console(*words: str) -> str:
    from backoffice.cli import keys
    from backoffice.cli.main import cli

    assert keys
    answer = CliRunner().invoke(cli, ["keys", *words], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_the_console_lists_issues_rotates_and_revokes(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module("backoffice.cli.main"), "create_app", lambda: client.application)
    number, plain = console("issue", "portail", "portal", "--rate", "60").split()
    new, fresh = console("rotate", number, "--overlap", "1").split()
    assert [call(client, {"Authorization": f"Bearer {one}"}) for one in (plain, fresh)] == [200, 200]
    console("revoke", new)
    assert call(client, {"Authorization": f"Bearer {fresh}"}) == 401
    listed = console("list")
    assert plain not in listed
    assert "60 a minute" in listed
    assert [line.split("\t")[5].split()[0] for line in listed.splitlines()] == ["until", "revoked"]
