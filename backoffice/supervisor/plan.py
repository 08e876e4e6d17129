"""What is to be started and where its things lie, decided once from the environment and the data folder."""

import ipaddress
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import accounts
from .processes import write_private

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET = 90
"""A socket's path may have 107 bytes; this leaves room for its name."""


class PlanError(Exception):
    """The environment asks for something that is refused or cannot be."""


@dataclass(frozen=True)
class Plan:
    """One installation: its folder, its address, and the services it brings or is given."""

    data: Path
    host: str
    port: int
    api_port: int
    demo: bool
    web_workers: int
    web_threads: int
    intake_workers: int
    job_workers: int
    scan_workers: int
    database_url: str | None
    database_owner_url: str | None
    redis_url: str | None
    storage_url: str | None

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://{self.host}:{self.port}"

    @property
    def api_url(self) -> str:
        """Where other systems find the API: processes of its own, so that a burst there slows no page here."""
        return f"http://{self.host}:{self.api_port}"

    @property
    def run(self) -> Path:
        """The notes about what is running."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """What the programs say."""
        return self.data / "logs"

    @property
    def keys(self) -> Path:
        """The keys that sign receipts."""
        return self.data / "keys"

    @property
    def environment_file(self) -> Path:
        """What the `backoffice` command reads to find a running instance."""
        return self.data / "env"

    @property
    def demo_file(self) -> Path:
        """The demonstration's accounts and keys."""
        return self.data / "demo.json"

    def make_folders(self) -> None:
        """The folders of the data, closed to others; root leaves them passable for the account it lends PostgreSQL."""
        if not self.data.exists():
            self.data.mkdir(parents=True)
            self.data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (self.run, self.logs, self.keys, self.data / "files", self.data / "drop", self.data / "valkey"):
            folder.mkdir(mode=0o700, exist_ok=True)


def read(environ: Mapping[str, str]) -> Plan:
    """The plan an environment asks for; refuses to show a demonstration to the network."""
    demo = environ.get("BACKOFFICE_DEMO", "1") == "1"
    host = environ.get("BACKOFFICE_HOST") or "127.0.0.1"
    if demo and not _is_loopback(host):
        raise PlanError(f"Demonstration mode listens on loopback only, and {host} is not: its accounts are public.")
    port = _number(environ, "PORT", 8000, 65534)
    return Plan(
        data=Path(environ.get("BACKOFFICE_DATA") or ROOT / ".data").resolve(),
        host=host,
        port=port,
        api_port=_number(environ, "API_PORT", port + 1, 65535),
        demo=demo,
        web_workers=_number(environ, "BACKOFFICE_WEB_WORKERS", 2, 64),
        web_threads=_number(environ, "BACKOFFICE_WEB_THREADS", 4, 64),
        intake_workers=_number(environ, "BACKOFFICE_INTAKE_WORKERS", 2, 64),
        job_workers=_number(environ, "BACKOFFICE_JOB_WORKERS", 1, 64),
        scan_workers=_number(environ, "BACKOFFICE_SCAN_WORKERS", 2, 64),
        database_url=environ.get("DATABASE_URL") or None,
        database_owner_url=environ.get("DATABASE_OWNER_URL") or None,
        redis_url=environ.get("REDIS_URL") or None,
        storage_url=environ.get("STORAGE_URL") or None,
    )


@dataclass(frozen=True)
class Home:
    """Where PostgreSQL's cluster and the sockets of one data folder lie, and the mark of its processes."""

    mark: str
    folder: Path
    sockets: Path

    @property
    def cluster(self) -> Path:
        """The database's own files."""
        return self.folder / "postgres"


def home(data: Path) -> Home:
    """The place chosen at the first start, and kept to ever after so that no database is ever mislaid.

    It is the data folder itself, unless root runs this and the account lent to PostgreSQL cannot get there (a clone
    below /root): then it is /var/lib/backoffice-MARK.
    """
    note = data / "instance.json"
    try:
        known = json.loads(note.read_text())
    except FileNotFoundError:
        mark = secrets.token_hex(6)
        apart = os.geteuid() == 0 and not accounts.reachable(data)
        known = {"mark": mark, "home": f"/var/lib/backoffice-{mark}" if apart else None}
        write_private(note, json.dumps(known))
    except (OSError, ValueError) as error:
        raise PlanError(f"{note} cannot be read: {error}") from error
    folder = Path(known["home"]) if known["home"] else data
    if not folder.exists():
        folder.mkdir(mode=0o711)
        folder.chmod(0o711)
        (folder / "origin").write_text(f"{data}\n")
    return Home(known["mark"], folder, _sockets(folder, known["mark"]))


def _sockets(folder: Path, mark: str) -> Path:
    """A folder for the sockets: with the data if its path is short enough, else a private one below /tmp."""
    chosen = folder / "sockets"
    if len(os.fsencode(chosen)) > LONGEST_SOCKET:
        chosen = Path("/tmp") / f"backoffice-{mark}"  # noqa: S108 - its owner is checked below
    chosen.mkdir(mode=0o700, exist_ok=True)
    account = accounts.account_for(folder / "postgres")
    accepted = {os.geteuid()} | ({account.uid} if account else set())
    if chosen.is_symlink() or chosen.stat().st_uid not in accepted:
        raise PlanError(f"{chosen} belongs to somebody else.")
    chosen.chmod(0o700)
    accounts.give(chosen, account)
    return chosen


def secret_key(data: Path) -> str:
    """The secret that signs sessions, made once and readable by its owner only."""
    file = data / "secret_key"
    if not file.exists():
        write_private(file, secrets.token_hex(32))
    return file.read_text().strip()


def clock_offset(environ: Mapping[str, str]) -> dict[str, str]:
    """The moved clock of a demonstration, as one distance that every process shares, however late it starts."""
    wanted = environ.get("BACKOFFICE_CLOCK")
    if not wanted:
        return {}
    try:
        start = datetime.fromisoformat(wanted)
    except ValueError as error:
        raise PlanError("BACKOFFICE_CLOCK is an instant, as in 2016-06-13T08:29:00-04:00.") from error
    if start.tzinfo is None:
        raise PlanError("BACKOFFICE_CLOCK needs its zone, as in 2016-06-13T08:29:00-04:00.")
    return {"BACKOFFICE_CLOCK_OFFSET": f"{(start - datetime.now(UTC)).total_seconds():.3f}"}


def write_environment(file: Path, values: Mapping[str, str]) -> None:
    """Write what the `backoffice` command needs to reach the running instance, one KEY=VALUE a line."""
    for name, value in values.items():
        if "\n" in value:
            raise PlanError(f"{name} holds a line break.")
    write_private(file, "".join(f"{name}={value}\n" for name, value in sorted(values.items())))


def read_environment(file: Path) -> dict[str, str]:
    """What was written for the `backoffice` command; empty when nothing runs."""
    try:
        return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    except OSError:
        return {}


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _number(environ: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = environ.get(name) or str(usual)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise PlanError(f"{name} is a number from 1 to {most}, not «{text}».")
    return int(text)
