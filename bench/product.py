"""The whole product, started by its supervisor in a folder of its own, as it is started for people; nothing of it outlives the measure."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from backoffice.supervisor import processes
from bench import servers
from bench.servers import HOST

ROOT = Path(__file__).resolve().parents[1]
OURS = ("BACKOFFICE_", "DATABASE_", "REDIS_", "STORAGE_", "KEYS_", "SECRET_", "DROP_", "PORT", "API_PORT", "MAKELEVEL", "BENCH_")
READY_SECONDS = 180


@dataclass
class Product:
    """The whole of it, running in a folder of its own."""

    data: Path
    port: int
    environment: dict[str, str]
    key: str = ""

    @property
    def api_port(self) -> int:
        """Where the API's own processes listen."""
        return self.port + 1

    def pid(self, name: str) -> int:
        """The living process of a program, as the supervisor notes it; nobody else's, were its number given anew."""
        who = processes.read_record(self.data / "run" / f"{name}.json")
        if who is None or not who.alive():
            raise LookupError(name)
        return who.pid

    def command(self, *words: str) -> "subprocess.Popen[str]":
        """The operators' console, begun."""
        argv = [sys.executable, "-m", *words]
        return subprocess.Popen(argv, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def database(self) -> psycopg.Connection:
        """A look at the tables, as their owner."""
        known = dict(line.split("=", 1) for line in (self.data / "env").read_text().splitlines())
        return psycopg.connect(known["DATABASE_OWNER_URL"].replace("+psycopg", ""), autocommit=True)


@contextmanager
def product(folder: Path) -> Iterator[Product]:
    """Start everything by the supervisor, as it is started for people; nothing of it outlives this."""
    port, data = _two_free_ports(), folder / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {"BACKOFFICE_DATA": str(data), "BACKOFFICE_DEMO": "0", "PORT": str(port), "BACKOFFICE_WEB_WORKERS": "1"}
    # A mail server that is away, as on a bad day: announcements wait, and nothing else does.
    environment |= {"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "ne-pas-repondre@exemple.test", "PORTAL_URL": "https://portail.exemple.test"}
    log = (folder / "supervisor.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "backoffice.supervisor"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
        preexec_fn=processes.ends_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads run here
    )  # fmt: skip
    try:
        made = Product(data, port, environment)
        _await_ready(process, folder / "supervisor.log")
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _two_free_ports() -> int:
    while True:
        port = servers.free_port()
        try:
            with socket.socket() as probe:
                probe.bind((HOST, port + 1))
        except (OSError, OverflowError):
            continue
        return port


def _await_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while "Ready:" not in log.read_text():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the product did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.1)  # its log is all it says
