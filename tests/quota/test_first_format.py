"""A database of before the second format: its ledgers are written anew, and read again they give what was given."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from backoffice.quota.rules import canonical, entry_digest, replay
from backoffice.quota.rules.inputs import instant
from backoffice.supervisor.postgres import Cluster
from tests.conftest import ROOT
from tests.support import postgres
from tools.verify_admission import report

OPENS = datetime(2016, 6, 13, 12, 30, tzinfo=UTC)
UPGRADE = """
import sys
from pathlib import Path
from flask_migrate import Migrate, upgrade
from backoffice.app import create_app
from backoffice.cli.main import MIGRATIONS
from backoffice.core.db import db
app = create_app()
with app.app_context():
    Migrate(app, db, directory=str(MIGRATIONS), compare_type=True)
    upgrade(revision=sys.argv[1])
"""


@dataclass
class Old:
    """A window as the first version gave its places, and its lines: an act and what it led to, nothing of the cause."""

    id: int
    capacity: int
    waiting: bool
    order: str = "first_come"
    cap: int | None = None
    stands: dict[int, dict[str, object]] = field(default_factory=dict)
    lines: list[tuple[int, str, str, str | None]] = field(default_factory=list)

    def act(self, number: int, act: str, status: str, reason: str | None) -> None:
        self.stands[number].update(status=status, reason=reason)
        self.lines.append((number, act, status, reason))

    def why_not(self, country: object) -> str | None:
        takes = Counter(one["country"] for one in self.stands.values() if one.get("status") in {"provisional", "confirmed"})
        if takes.total() >= self.capacity:
            return "cap_reached"
        return "country_cap" if self.cap is not None and takes[country] >= self.cap else None

    def arrive(self, number: int, country: str, ground: str | None, channel: str, doubt: str | None) -> None:
        why_not = self.why_not(country)
        self.stands[number] = one = {"country": country, "ground": ground, "channel": channel, "rank": None}
        if doubt == "duplicate_person":
            self.act(number, "refuse", "refused", doubt)
        elif ground:
            self.act(number, "exempt", "exempt", "exemption_claimed")
        elif self.order != "first_come":
            self.act(number, "register", "registered", doubt)
        elif why_not is None:
            one["rank"] = max((int(str(x["rank"] or 0)) for x in self.stands.values()), default=0) + 1
            self.act(number, "hold_place", "provisional", doubt)
        else:
            self.act(number, "waitlist" if self.waiting else "refuse", "waitlisted" if self.waiting else "refused", why_not)

    def later(self, number: int, act: str) -> None:
        one = self.stands[number]
        status, reason = one["status"], one["reason"]
        if act == "confirm" and status in {"provisional", "exempt"}:
            self.act(number, act, "confirmed" if status == "provisional" else "exempt", None if reason == "unpaid" else reason)
        elif act == "unconfirm" and status in {"confirmed", "exempt"}:
            self.act(number, act, "provisional" if status == "confirmed" else "exempt", reason)
        elif act == "lapse" and status in {"provisional", "exempt"}:
            self.act(number, act, "lapsed", "unpaid")
        elif act == "reinstate" and status == "lapsed":
            if one["ground"]:
                self.act(number, "exempt", "exempt", "exemption_claimed")
            elif self.why_not(one["country"]) is None:
                self.act(number, act, "provisional", None)


def history(window: Old, seed: int) -> Old:
    dice = Random(seed)
    for number in range(window.id * 1000, window.id * 1000 + 30):
        window.arrive(
            number, dice.choice(["FR", "DZ"]), dice.choice([None, None, "validated_job_offer"]), dice.choice(["online", "online", "paper"]),
            dice.choice([None] * 6 + ["duplicate_person", "duplicate_review"]),
        )  # fmt: skip
        for _ in range(dice.randint(0, 3)):
            window.later(dice.choice(list(window.stands)), dice.choice(["confirm", "unconfirm", "lapse", "reinstate"]))
    return window


def fill(connection: psycopg.Connection, window: Old, state: str) -> None:
    at = OPENS - timedelta(days=14)
    connection.execute(
        'INSERT INTO "window" (id, code, programme, decision, policy, capacity, margin, reserve, country_caps, waiting_list, channels, exempt_grounds, '
        "state, announced_at, opens_at, opened_at, closes_at, closed_at) VALUES (%s, %s, %s, 'D', %s, %s, 0, 0, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            window.id, f"W{window.id}", f"P{window.id}", Jsonb({"order": window.order, "tie_seconds": 5}), window.capacity,
            Jsonb({"default": window.cap}), window.waiting, Jsonb(["online", "paper"]), Jsonb(["validated_job_offer"]), state, at, OPENS, OPENS,
            OPENS + timedelta(days=7), OPENS + timedelta(days=7) if state in {"closed", "settled"} else None,
        ],
    )  # fmt: skip
    connection.execute("INSERT INTO window_notice (window_id, published_at, text_fr, text_en) VALUES (%s, %s, 'a', 'b')", [window.id, at])
    for number, one in window.stands.items():
        received = OPENS + timedelta(seconds=number)
        connection.execute(
            "INSERT INTO admission (submission_id, window_id, status, reason, sequence, rank, channel, country, exempt_ground, arrived_at, decided_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [UUID(int=number), window.id, one["status"], one["reason"], number, one["rank"], one["channel"], one["country"], one["ground"], received, received],
        )  # fmt: skip
        if one["channel"] == "paper":
            connection.execute(
                "INSERT INTO submission (id, sequence, received_at, legal_received_on, channel, programme, window_code, content, content_sha256, "
                "receipt_id, jws, state) VALUES (%s, %s, %s, %s, 'paper', 'P', %s, '{}', '', %s, '', 'opened')",
                [UUID(int=number), number, received, date(2016, 6, 2), f"W{window.id}", UUID(int=number)],
            )
    for position, (number, act, status, reason) in enumerate(window.lines, 1):
        connection.execute(
            "INSERT INTO ledger_line (window_id, position, submission_id, act, sequence, status, reason, country, at, previous, digest) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [window.id, position, UUID(int=number), act, number, status, reason, window.stands[number]["country"], OPENS, f"p{position}", f"d{position}"],
        )  # fmt: skip


WINDOWS = {
    "open": history(Old(1, 6, waiting=False), 1), "closed": history(Old(2, 3, waiting=True, cap=2), 2),
    "settled": history(Old(3, 5, waiting=False, order="draw"), 3), "suspended": history(Old(4, 4, waiting=True), 4),
    "aborted": history(Old(5, 9, waiting=False, cap=3), 5), "announced": Old(6, 9, waiting=False),
}  # fmt: skip


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory, worker_id: str, _environment: dict[str, str]) -> Iterator[psycopg.Connection]:
    """A database filled at the first version and brought to the second."""
    cluster: Cluster = postgres.session_cluster(tmp_path_factory, worker_id)
    name = f"old_{worker_id}"
    cluster.drop(name)
    cluster.create(name)
    addresses = {"DATABASE_URL": cluster.url(name, "backoffice_app"), "DATABASE_OWNER_URL": cluster.url(name, "backoffice_owner")}

    def upgrade(revision: str) -> None:
        environment = {**os.environ, **addresses}
        done = subprocess.run([sys.executable, "-c", UPGRADE, revision], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    upgrade("0001")
    with cluster.connect(name, "backoffice_owner") as connection:
        for state, window in WINDOWS.items():
            fill(connection, window, state)
        upgrade("0002")
        yield connection
    cluster.drop(name)


def entries(connection: psycopg.Connection, window_id: int) -> list[dict[str, object]]:
    query = "SELECT position, kind, type, at, previous, digest, data FROM ledger_line WHERE window_id = %s ORDER BY position"
    return [
        {"n": n, "kind": kind, "type": type_, "at": instant(at), "previous": previous, "digest": digest, **data}
        for n, kind, type_, at, previous, digest, data in connection.execute(query, [window_id])
    ]


@pytest.mark.parametrize("state", WINDOWS)
def test_a_ledger_of_the_first_format_is_written_anew_and_gives_what_was_given(migrated: psycopg.Connection, state: str):
    window = WINDOWS[state]
    lines = entries(migrated, window.id)
    book = replay(lines)
    columns = "submission_id, status, reason, rank, pool, late, legal_day"
    rows = {str(r[0]): r[1:] for r in migrated.execute(f"SELECT {columns} FROM admission WHERE window_id = %s", [window.id])}  # noqa: S608 - our own words
    assert {e.id: (e.status, e.reason, e.rank, e.pool, e.late, e.day) for e in book.shelf.entries.values()} == rows
    assert {int(UUID(id_)): (values[0], values[1], values[2]) for id_, values in rows.items()} == {
        number: (one["status"], one["reason"], one["rank"]) for number, one in window.stands.items()
    }
    assert {values[5] for id_, values in rows.items() if window.stands[UUID(id_).int]["channel"] == "paper"} <= {date(2016, 6, 2)}
    assert book.page.state.value == ("closed" if state == "settled" else state)
    head = {"format": "backoffice-ledger/2", "window": "W", "programme": "P", "lines": len(lines), "last": lines[-1]["digest"]}
    export = "".join(canonical(line) + "\n" for line in [head | {"digest": entry_digest(head)}, *lines])
    code, sentence = report(export.encode())
    assert code == 0, sentence


def test_the_old_lines_are_kept_as_evidence_and_nobody_can_change_them(migrated: psycopg.Connection):
    kept = migrated.execute("SELECT count(*) FROM ledger_line_1").fetchone()
    assert kept == (sum(len(window.lines) for window in WINDOWS.values()),)
    for table in ("ledger_line", "ledger_line_1", "window_version"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            migrated.execute(f"DELETE FROM {table}")  # noqa: S608 - our own words


def test_every_decision_has_its_first_version(migrated: psycopg.Connection):
    found = migrated.execute("SELECT window_id, version, values->>'capacity' FROM window_version ORDER BY window_id").fetchall()
    assert found == [(window.id, 1, str(window.capacity)) for window in WINDOWS.values()]
