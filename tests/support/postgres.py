"""A throwaway PostgreSQL and Valkey for the tests, one of each for the whole session, however many workers it has.

The first worker that asks starts a keeper: a small process that starts the server and stops it when pytest itself has
ended, in whatever way. Nothing is left to the workers, of which none outlives the others for certain.

    cluster = session_cluster(tmp_path_factory, worker_id)
    cluster.create("template_tests")                      # an empty database of the owner's
    cluster.clone("template_tests", f"tests_{worker_id}") # a copy, in hundredths of a second
    cluster.url(f"tests_{worker_id}", "backoffice_app")   # its address
"""

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":  # the keeper, started below
    sys.path.insert(0, str(ROOT))

from backoffice.supervisor import accounts, children, postgres, processes, valkey  # noqa: E402 - needs the path above
from backoffice.supervisor.postgres import Cluster  # noqa: E402

UNSAFE = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "autovacuum_naptime=1h",
    "max_wal_size=2GB",
)
"""Faster, and lost if the machine stops: nobody keeps a test's data."""
START = 60.0


def session_cluster(tmp_path_factory: pytest.TempPathFactory, worker_id: str = "master") -> Cluster:
    """The session's PostgreSQL, with both roles; the same for each worker."""
    return start_cluster(_shared(tmp_path_factory, worker_id))


def session_valkey(tmp_path_factory: pytest.TempPathFactory, worker_id: str = "master") -> str:
    """The address of the session's Valkey: one database for each worker, so that each may empty its own."""
    folder = _kept(_shared(tmp_path_factory, worker_id), "valkey")
    return f"{valkey.url(folder / 'sockets' / 'valkey')}?db={int(worker_id.removeprefix('gw')) + 1 if worker_id != 'master' else 0}"


def start_cluster(shared: Path) -> Cluster:
    """The cluster noted in a shared folder, started by whoever asks first."""
    return Cluster(_kept(shared, "postgres") / "sockets")


def create_database(cluster: Cluster, template: str, name: str, role: str = postgres.APPLICATION) -> str:
    """A copy of a template, and its address."""
    cluster.clone(template, name)
    return cluster.url(name, role)


@contextmanager
def locked(shared: Path, name: str) -> Iterator[None]:
    """One worker at a time; for what is done once in a session, such as migrating the template."""
    with (shared / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str, name: str, act: Callable[[], None]) -> None:
    """Do something once in a session, by the worker that comes first; the others wait for it."""
    shared = _shared(tmp_path_factory, worker_id)
    done = shared / f"{name}.done"
    with locked(shared, name):
        if not done.exists():
            act()
            done.touch()


def _shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder all workers of this session have in common."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


def _kept(shared: Path, service: str) -> Path:
    """The folder of a service, started by a keeper unless it is there."""
    note = shared / f"{service}.json"
    with locked(shared, service):
        if not note.exists():
            parent = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
            command = [sys.executable, __file__, service, str(parent), str(note)]
            log = shared / f"{service}.log"
            with log.open("wb") as output:
                keeper = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, cwd=ROOT)
            ready = processes.wait_until(lambda: note.exists() or keeper.poll() is not None, START)
            if not ready or not note.exists():
                raise RuntimeError(f"The {service} of the tests did not start:\n{children.last_words(log)}")
            keeper.returncode = 0  # it outlives us on purpose: say nothing about it when we end
    return Path(str(json.loads(note.read_text())["folder"]))


# The keeper


def keep(service: str, parent: int, note: Path) -> None:
    """Run a service as long as a process lives; its folder goes with it."""
    for sign in (signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)  # Ctrl-C is pytest's; we follow when it has ended
    watched = os.pidfd_open(parent)
    folder = Path(tempfile.mkdtemp(prefix="backoffice-tests-", dir="/tmp"))
    folder.chmod(0o711)
    start: Mapping[str, Callable[[Path], tuple[children.Program, Callable[[], bool]]]] = {
        "postgres": _postgres,
        "valkey": _valkey,
    }
    program, ready = start[service](folder)
    child = children.Child(program, folder, note.parent, folder.name)
    try:
        child.start()
        if processes.wait_until(lambda: ready() or _ended(child), START) and not _ended(child):
            if service == "postgres":
                Cluster(folder / "sockets").create(postgres.DATABASE)
            processes.write_private(note, json.dumps({"folder": str(folder)}))
            select.select([watched], [], [])
    finally:
        child.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _postgres(folder: Path) -> tuple[children.Program, Callable[[], bool]]:
    account = accounts.account_for(folder / "postgres")
    binaries = postgres.programs(account, folder)
    sockets = folder / "sockets"
    sockets.mkdir(mode=0o700)
    accounts.give(sockets, account)
    postgres.initialise(folder / "postgres", binaries, account, safe=False)
    return postgres.program(folder / "postgres", binaries, sockets, account, UNSAFE), Cluster(sockets).ready


def _valkey(folder: Path) -> tuple[children.Program, Callable[[], bool]]:
    address = folder / "sockets" / "valkey"
    address.parent.mkdir(mode=0o700)
    (folder / "valkey").mkdir(mode=0o700)
    return valkey.program(folder / "valkey", address, {"PATH": "/usr/bin:/bin"}), lambda: valkey.ready(address)


def _ended(child: children.Child) -> bool:
    return child.process is None or child.process.poll() is not None


if __name__ == "__main__":
    keep(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
