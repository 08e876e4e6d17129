"""A real intake process behind its door, on a real database that a test may freeze or cut off: the wire itself is tested here."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench import bodies
from bench.servers import HOST, free_port

ROOT = Path(__file__).resolve().parents[2]


class Relay:
    """Stands between the product and its database: lets everything through, says nothing more, or hangs up."""

    def __init__(self, behind: Path, folder: Path) -> None:
        self._behind, self._pairs, self._lock = str(behind / ".s.PGSQL.5432"), [], threading.Lock()  # type: str, list[tuple[socket.socket, socket.socket]], Any
        self._open, self._moving = threading.Event(), threading.Event()
        self._open.set(), self._moving.set()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(folder / ".s.PGSQL.5432"))
        self._server.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self) -> None:
        """As if every process of the database stood still: lines stay, nobody answers."""
        self._moving.clear()

    def thaw(self) -> None:
        self._moving.set()

    def cut(self) -> None:
        """As if it had been killed: lines break, and new ones break at once."""
        self._open.clear()
        with self._lock:
            for pair in self._pairs:
                for end in pair:
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._open.set()

    def _accept(self) -> None:
        while True:
            here, _ = self._server.accept()
            if not self._open.is_set():
                here.close()
                continue
            there = socket.socket(socket.AF_UNIX)
            there.connect(self._behind)
            with self._lock:
                self._pairs.append((here, there))
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                self._moving.wait()
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Stage:
    """A database with an open window and the portal's key, reached through a relay."""

    environment: dict[str, str]
    key: str
    relay: Relay
    url: str
    folder: Path
    seed: list[int] = field(default_factory=lambda: [1])

    def applications(self, many: int) -> list[tuple[str, bytes]]:
        """New ones, of nobody who came before."""
        self.seed[0] += 1
        return list(bodies.applications(many, self.seed[0]))

    def kept(self, names: Any) -> set[str]:
        """Which of these are in the database, asked past the relay."""
        with psycopg.connect(self.url) as connection:
            return {row[0] for row in connection.execute("SELECT id::text FROM submission WHERE id = ANY(%s::uuid[])", [list(names)])}


@dataclass
class Server:
    """A server under test."""

    port: int
    stage: Stage
    log: Path

    def wire(self, timeout: float = 30) -> socket.socket:
        """A new connection."""
        return socket.create_connection((HOST, self.port), timeout)

    def head(self, size: object, extra: str = "", method: str = "POST", path: str = "/api/v1/submissions") -> bytes:
        """The head of a request."""
        length = "" if size is None else f"Content-Length: {size}\r\n"
        return (
            f"{method} {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {self.stage.key}\r\nContent-Type: application/json\r\n{length}{extra}\r\n"
        ).encode()

    def send(self, data: bytes, timeout: float = 30) -> "Heard":
        """One request over a connection of its own."""
        with self.wire(timeout) as wire:
            with suppress(BrokenPipeError, ConnectionResetError):
                wire.sendall(data)
            return hear(wire)

    def submit(self, body: bytes, timeout: float = 30) -> "Heard":
        return self.send(self.head(len(body)) + body, timeout)

    def get(self, path: str, timeout: float = 30) -> "Heard":
        return self.send(self.head(None, method="GET", path=path), timeout)


@dataclass
class Heard:
    """An answer as it came; status 0 when the line broke without one."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


def hear(wire: socket.socket) -> Heard:
    """Read one answer."""
    begun, data = time.monotonic(), b""
    try:
        while b"\r\n\r\n" not in data:
            if not (more := wire.recv(1)):
                return Heard(0, {}, data, time.monotonic() - begun)
            data += more
        head, *lines = data.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body, size = b"", int(headers.get("content-length", 0))
        while len(body) < size and (more := wire.recv(size - len(body))):
            body += more
    except (ConnectionError, TimeoutError):
        return Heard(0, {}, data, time.monotonic() - begun)
    return Heard(int(head.split()[1]), headers, body, time.monotonic() - begun)


def closed(wire: socket.socket, within: float) -> bool:
    """Whether the other side hangs up in time, whatever it says before."""
    wire.settimeout(within)
    try:
        while wire.recv(65_536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@pytest.fixture(scope="session")
def stage(_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stage]:
    from tests.support import postgres

    cluster, name, folder = postgres.session_cluster(tmp_path_factory, worker_id), f"wire_{worker_id}", tmp_path_factory.mktemp("wire")
    cluster.clone("template_tests", name)
    sockets = Path(tempfile.mkdtemp(prefix="backoffice-wire-", dir="/tmp"))  # a socket's path is short
    relay = Relay(cluster.sockets, sockets)
    environment = {
        **os.environ, **_environment, "DATABASE_URL": f"postgresql+psycopg://backoffice_app@/{name}?host={sockets}", "BACKOFFICE_DATA": str(folder),
        "DATABASE_OWNER_URL": cluster.url(name, "backoffice_owner"), "KEYS_FOLDER": str(folder / "keys"), "STORAGE_URL": (folder / "files").as_uri(),
    }  # fmt: skip
    staged = subprocess.run(
        [sys.executable, "-m", "bench.burst", "--stage", "100000"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert staged.returncode == 0, staged.stderr
    url = cluster.url(name, "backoffice_owner").replace("+psycopg", "")
    yield Stage(environment, staged.stdout.split()[-1], relay, url, folder)
    (sockets / ".s.PGSQL.5432").unlink()
    sockets.rmdir()


@contextmanager
def running(stage: Stage, part: str = "intake", **settings: str) -> Iterator[Server]:
    """One server process, started with the very words of the supervisor."""
    from backoffice.supervisor import plan
    from backoffice.supervisor.instance import Instance

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16_384), hard))
    port, environment = free_port(), {**stage.environment, **settings}
    chosen = plan.read({**environment, "PORT": str(port), "BACKOFFICE_DATA": str(stage.folder)})
    program = Instance(chosen)._server("intake", port, 1, part)
    log = stage.folder / f"{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            program.argv, cwd=ROOT, env={**environment, "BACKOFFICE_PART": part, "BACKOFFICE_WEB_THREADS": "4"}, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    server = Server(port, stage, log)
    try:
        until(lambda: healthy(server), 60)
        yield server
    finally:
        stage.relay.thaw(), stage.relay.mend()
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def healthy(server: Server) -> bool:
    try:
        return server.get("/healthz", 5).status == 200
    except OSError:
        return False


def until(true: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def intake(stage: Stage) -> Iterator[Server]:
    """The intake, as patient as on a real day but for bodies: they have two seconds."""
    with running(stage, BACKOFFICE_BODY_SECONDS="2") as server:
        yield server
        assert healthy(server)
        assert "Traceback" not in server.log.read_text()
