"""PostgreSQL, the queue and the file store: embedded ones started, or the addresses of others passed on."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import accounts, children, plan, postgres, processes, valkey
from .children import Child, Program
from .plan import Home, Plan

START = 60.0
"""A server that reads back a long journal after a crash may take this long, in seconds."""


class ServiceError(Exception):
    """A service did not start; the message ends with its own last words."""


@dataclass
class Services:
    """What the application stands on, and the environment by which it finds it."""

    plan: Plan
    environ: Mapping[str, str]
    tend: Callable[[], None]
    home: Home = field(init=False)
    children: list[Child] = field(default_factory=list)
    clock: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan.make_folders()
        self.home = plan.home(self.plan.data)
        self.start_clock()

    def start_clock(self) -> None:
        """Begin a demonstration's moved clock now; every process started from here on shares it."""
        self.clock = plan.clock_offset(self.environ)

    @property
    def cluster(self) -> postgres.Cluster:
        """The embedded server."""
        return postgres.Cluster(self.home.sockets)

    def clear_leftovers(self) -> list[str]:
        """Stop what a killed supervisor left running; the application before what it stands on."""
        found = children.stop_leftovers(self.plan.run, self.home.mark, {"postgres": postgres.STOP})
        if postgres.stop_leftover(self.home.cluster):
            found.append("postgres")
        return found

    def start(self) -> None:
        """Start what is embedded and wait until it answers."""
        waiting: list[tuple[Child, Callable[[], bool]]] = []
        if self.plan.database_url is None:
            waiting.append((self._start(self._postgres()), self.cluster.ready))
        if self.plan.redis_url is None:
            address = self.home.sockets / "valkey"
            folder = self.plan.data / "valkey"
            program = valkey.program(folder, address, self._system_environment())
            waiting.append((self._start(program), lambda: valkey.ready(address)))
        for child, ready in waiting:
            self._wait(child, ready)
        if self.plan.database_url is None:
            self.cluster.create(postgres.DATABASE)

    def stop(self) -> None:
        """Stop them, the queue first."""
        for child in reversed(self.children):
            child.stop()

    def environment(self) -> dict[str, str]:
        """How the application finds its services; the owner's address is for migrations only."""
        given = self.plan
        cluster = self.cluster
        return {
            "DATABASE_URL": given.database_url or cluster.url(role=postgres.APPLICATION),
            "DATABASE_OWNER_URL": given.database_owner_url or given.database_url or cluster.url(role=postgres.OWNER),
            "REDIS_URL": given.redis_url or valkey.url(self.home.sockets / "valkey"),
            "STORAGE_URL": given.storage_url or (given.data / "files").as_uri(),
            "SECRET_KEY": self.environ.get("SECRET_KEY") or plan.secret_key(given.data),
            "KEYS_FOLDER": str(given.keys),
            **({"FILE_KEYS": self.environ["FILE_KEYS"]} if self.environ.get("FILE_KEYS") else {}),
            "BACKOFFICE_DATA": str(given.data),
            "BACKOFFICE_DEMO": "1" if given.demo else "0",
            "PORT": str(given.port),
            **({} if given.database_url else {"POSTGRES_BIN": str(self._binaries())}),
            **self.clock,
        }

    def _start(self, program: Program) -> Child:
        child = Child(program, self.plan.run, self.plan.logs, self.home.mark)
        self.children.append(child)
        child.start()
        return child

    def _wait(self, child: Child, ready: Callable[[], bool]) -> None:
        """Wait for one service; a start that fails is tried again, as after a crash PostgreSQL may need it."""

        def settled() -> bool:
            self.tend()
            return ready() or child.back_off.deaths > 3

        if not processes.wait_until(settled, START) or child.back_off.deaths > 3:
            raise ServiceError(f"{child.name} did not start:\n{children.last_words(child.log)}")

    def _postgres(self) -> Program:
        cluster = self.home.cluster
        account = accounts.account_for(cluster)
        if account is not None and not accounts.reachable(self.home.folder):
            raise ServiceError(f"PostgreSQL cannot run as root, and no other account can get to {self.home.folder}.")
        binaries = self._binaries()
        postgres.initialise(cluster, binaries, account)
        return postgres.program(cluster, binaries, self.home.sockets, account)

    def _binaries(self) -> Path:
        return postgres.programs(accounts.account_for(self.home.cluster), self.home.folder)

    def _system_environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}
