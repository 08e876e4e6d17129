"""Servers to be measured, on the embedded services, and the processor time that they and the database use."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

HOST = "127.0.0.1"
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A web server under measure: its port and its processes."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Processor seconds used so far by it and its children."""
        return sum(cpu_of(pid) for pid in tree(self.process.pid))

    def memory_kb(self) -> int:
        """Proportional memory of its workers, in kB."""
        return sum(pss_of(pid) for pid in tree(self.process.pid))


@contextmanager
def granian(target: str, *, interface: str, workers: int = 2, threads: int = 4, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A Granian with a target of ours, ready to answer."""
    port = free_port()
    words = ["--interface", interface, "--host", HOST, "--port", str(port), "--workers", str(workers), "--no-ws", "--log-level", "warning"]
    words += ["--http", "1", "--backlog", "4096", "--backpressure", "20000"]
    if interface == "wsgi":
        words += ["--blocking-threads", str(threads)]
    command = [sys.executable, "-m", "granian", *words, target]
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, start_new_session=True)
    try:
        _await(port, process)
        yield Server(port, process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server to be measured did not start")
        try:
            with socket.create_connection((HOST, port), 1) as wire:
                wire.settimeout(5)
                wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if wire.recv(12):
                    return
        except OSError:
            pass
        time.sleep(0.1)  # a server tells nobody that it listens
    raise RuntimeError("the server to be measured does not answer")


def tree(pid: int) -> list[int]:
    """A process and everything below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(below for child in children for below in tree(int(child)))]


def cpu_of(pid: int) -> float:
    """Processor seconds of one process, those of its ended children included."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(one) for one in fields[11:13]) / TICK


def pss_of(pid: int) -> int:
    """Proportional set size of one process, in kB."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


@dataclass(frozen=True)
class Database:
    """The cluster behind an address, as the processor sees it."""

    postmaster: int

    @classmethod
    def at(cls, url: str) -> "Database":
        """The one that answers there, and no other of this machine."""
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            pid = connection.info.backend_pid
            return cls(int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]))

    def cpu(self) -> float:
        """Processor seconds of its processes, and of those that ended."""
        return sum(cpu_of(pid) for pid in tree(self.postmaster)) + _ended(self.postmaster)


def _ended(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(one) for one in fields[13:15]) / TICK
