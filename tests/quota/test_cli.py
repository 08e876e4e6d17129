"""The console: a window from its decision to its settlement, and its ledger read by a stranger's program."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask

from backoffice.cli import windows  # noqa: F401 - adds its commands
from backoffice.cli.main import cli
from backoffice.core.db import transaction
from backoffice.quota import queries, service
from backoffice.quota.service import Arrival
from tests.builders import Builder
from tests.conftest import NOON, ROOT

DECISION = {
    "code": "W2016-1", "programme": "PRTQ", "decision": "Gazette officielle, exemple fictif",
    "policy": {"order": "first_come", "tie_seconds": 0, "paper_day": "draw"}, "capacity": 5000, "margin": 0,
    "country_caps": {"default": None, "by_country": {}}, "waiting_list": False, "reserve": 0, "channels": ["online", "paper"],
    "exempt_grounds": ["validated_job_offer", "temporary_resident_in_quebec"], "announced_at": "2016-05-30T09:00:00-04:00",
    "opens_at": "2016-06-13T08:30:00-04:00", "closes_at": "2016-06-20T17:00:00-04:00", "notice": {"fr": "Avis fictif.", "en": "Fictitious."},
}  # fmt: skip

Run = Callable[..., str]


@pytest.fixture
def run(app: Flask, build: Builder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A command and what it prints; a dict among its words is a file."""
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)

    def spelled(word: object) -> str:
        if not isinstance(word, dict):
            return str(word)
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        file.write_text(json.dumps(word))
        return str(file)

    def command(*words: object, fails: bool = False) -> str:
        done = CliRunner().invoke(cli, [spelled(word) for word in words])
        assert (done.exit_code != 0) == fails, done.output
        return done.output

    return command


def admit(code: str, *numbers: int) -> None:
    with transaction():
        window = queries.lock_window(queries.window(code).id)
        service.admit(window, [Arrival(UUID(int=n), n, NOON, "online", "FR" if n % 2 else "DZ", None) for n in numbers], at=NOON)


def test_the_window_of_the_contract_is_loaded_as_it_is(run: Run):
    assert run("window", "load", DECISION).startswith("W2016-1: open, 5000 places")
    shown = json.loads(run("window", "show", "W2016-1", "--json"))
    assert (shown["capacity"], shown["free"], shown["state"], shown["by_status"], shown["version"]) == (5000, 5000, "open", {}, 1)
    assert "W2016-1\tPRTQ\topen" in run("window", "list")
    assert "existe déjà" in run("window", "load", DECISION, fails=True)
    assert "unknown" in run("window", "load", DECISION | {"quota": 1}, fails=True)
    assert "missing" in run("window", "load", {"code": "X"}, fails=True)
    assert "zone" in run("window", "load", DECISION | {"code": "X", "opens_at": "2016-06-13T08:30:00"}, fails=True)


def test_a_draw_from_the_console_is_verified_by_the_program_of_a_stranger(run: Run, build: Builder, tmp_path: Path):
    one, two = build.supervisor().email, build.supervisor().email
    run("window", "load", DECISION | {"code": "D", "capacity": 2, "policy": {"order": "draw"}, "waiting_list": True})
    admit("D", 1, 2, 3, 4, 5)
    assert run("window", "suspend", "D", "--reason", "panne", "--arrivals", "keep") == "D: suspended\n"
    assert run("window", "resume", "D") == "D: open\n"
    assert run("window", "close", "D") == "D: closed\n"
    committed = json.loads(run("window", "commit", "D", "--source", "Loto 6/49", "--by", one))
    assert committed["count"] == 5
    assert "Deux personnes" in run("window", "reveal", "D", "--value", "4 8 15", "--by", one, "--second", one, fails=True)
    assert run("window", "reveal", "D", "--value", "4 8 15", "--by", one, "--second", two) == "D: closed  provisional=2  waitlisted=3\n"
    forecast = run("window", "amend", "D", {"capacity": 3}, "--dry-run")
    assert "waitlisted → provisional\t1" in forecast
    assert run("window", "amend", "D", {"capacity": 3}, "--reason", "décret", "--by", one, "--second", two) == "D: version 2\n"
    assert run("window", "settle", "D") == "D: settled  refused=2\n"
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(run("ledger", "export", "D"))
    script = [sys.executable, str(ROOT / "tools" / "verify_admission.py"), str(ledger)]
    assert subprocess.run(script, check=False, capture_output=True).returncode == 0
    ledger.write_text(ledger.read_text().replace('"provisional"', '"confirmed"', 1))
    assert subprocess.run(script, check=False, capture_output=True).returncode == 1


def test_a_draft_is_announced_and_called_off_from_the_console(run: Run, build: Builder):
    one, two = build.supervisor().email, build.supervisor().email
    late = {"opens_at": "2016-07-13T08:30:00-04:00", "closes_at": "2016-07-20T17:00:00-04:00"}
    assert "drafted" in run("window", "load", DECISION | late | {"code": "D", "announced_at": None})
    assert run("window", "announce", "D", "--fr", "Avis", "--where", "site") == "D: announced\n"
    assert run("window", "notice", "D", "--fr", "Rappel") == "D: 2 notices\n"
    assert "24 heures" in run("window", "open", "D", fails=True)
    assert run("window", "open", "D", "--reason", "décret", "--by", one, "--second", two) == "D: open\n"
    admit("D", 1)
    assert "conservées ou annulées" in run("window", "abort", "D", "--reason", "portail éteint", fails=True)
    assert run("window", "abort", "D", "--reason", "portail éteint", "--arrivals", "annul") == "D: aborted\n"


def test_paper_and_rounds_from_the_console(run: Run, build: Builder):
    one, two = build.supervisor().email, build.supervisor().email
    run("window", "load", DECISION | {"code": "P", "paper_share": 10, "policy": {"order": "first_come", "paper_day": "sequence"}})
    assert run("window", "paper-through", "P", "2016-06-14") == "P: open  \n"
    assert json.loads(run("window", "show", "P", "--json"))["paper_left"] == 10
    run("window", "load", DECISION | {"code": "R", "programme": "DI", "policy": {"order": "ranked"}})
    assert run("window", "round", "R", "--best", "3", "--by", one, "--second", two) == "R: open  \n"
    assert "policy.order" in run("window", "load", DECISION | {"code": "X", "programme": "X", "policy": {"order": "auction"}}, fails=True)
