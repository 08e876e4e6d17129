"""The whole of it: services, migrations, demonstration, web server, workers and scheduler, from start to stop."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from backoffice.core import vault

from . import children, processes, readiness
from .alone import alone, note
from .children import Child, Program
from .plan import ROOT, Plan, PlanError, write_environment
from .services import ServiceError, Services
from .terminal import say, step

READY = 90.0
PULSE = 0.2
STOPS_MAKE = 1 << (signal.SIGINT - 1) | 1 << (signal.SIGHUP - 1)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked to stop while it was starting."""


@dataclass
class Instance:
    """One running back office."""

    plan: Plan
    stopping: threading.Event = field(default_factory=threading.Event)
    children: list[Child] = field(default_factory=list)
    make: int | None = None
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.held_back = processes.holds_back(self.make) if self.make else 0
        self.services = Services(self.plan, os.environ, self.tend)

    def run(self) -> None:
        """Start everything, keep it running, stop it when asked."""
        with alone(self.plan.run), self._signals():
            try:
                self.start()
                self.watch()
            except Stopped:
                pass
            finally:
                say("Stopping …")
                self.stop()
                say("Stopped.")

    def run_command(self, command: Sequence[str]) -> int:
        """Start the services only, run one command with them, stop them; the command's own code."""
        with alone(self.plan.run), self._signals():
            try:
                self.services.clear_leftovers()
                self.services.start()
                with subprocess.Popen(command, env=self.environment()) as process:
                    processes.wait_until(lambda: process.poll() is not None or self.stopping.is_set(), float("inf"))
                    process.terminate()
            except Stopped:
                return 128 + signal.SIGINT
            else:
                return process.returncode
            finally:
                self.stop()

    def start(self) -> None:
        """From nothing to ready."""
        note(self.plan.run, "starting", self.plan.url)
        if left := self.services.clear_leftovers():
            say(f"An earlier run was cut off; stopped what it left: {', '.join(left)}")
        self._choose_ports()
        with step("Starting PostgreSQL and Valkey"):
            self.services.start()
        write_environment(self.plan.environment_file, self.services.environment())
        self._prepare()
        self.services.start_clock()  # the time that the loading took has not passed in the product
        write_environment(self.plan.environment_file, self.services.environment())
        with step("Starting the web server"):
            self._open_files()
            web, intake = self._launch(self._web()), self._launch(self._intake())
            self._await(web, self.plan.port)
            self._await(intake, self.plan.api_port)
        for program in (self._clerk(), *self._workers(), self._scheduler()):
            self._launch(program)
        note(self.plan.run, "running", self.plan.url)
        self._announce()

    def watch(self) -> None:
        """Keep everything running until somebody asks to stop."""
        while not self.stopping.wait(PULSE):
            self.tend()

    def tend(self) -> None:
        """Look after each program once."""
        if self.make and processes.holds_back(self.make) & ~self.held_back & STOPS_MAKE:
            self.stopping.set()
        if self.stopping.is_set():
            raise Stopped
        for child in (*self.services.children, *self.children):
            child.tend(say)

    def stop(self) -> None:
        """Stop in order: what takes requests and jobs, then the queue, then the database."""
        note(self.plan.run, "stopping", self.plan.url)
        self.plan.environment_file.unlink(missing_ok=True)
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop()
        self.services.stop()
        note(self.plan.run, "stopped", self.plan.url)

    def environment(self) -> dict[str, str]:
        """The operator's environment and, over it, how the services are found."""
        return {**os.environ, **self.services.environment(), "PYTHONUNBUFFERED": "1"}

    def _prepare(self) -> None:
        """Bring the tables up to date, and fill an empty demonstration."""
        self._first_key()
        if not readiness.tables_are_current(self.environment()["DATABASE_OWNER_URL"], ROOT / "backoffice/migrations"):
            with step("Migrating the database"):
                self._once("db", "upgrade")
        if self.plan.demo and not self.plan.demo_file.exists():
            with step("Loading the demonstration"):
                self._once("demo", "init")
        readiness.correct_addresses(self.plan.demo_file, self.plan.url, self.plan.api_url)

    def _first_key(self) -> None:
        """A new instance gets the key that its files are sealed under; one that has files must bring its own."""
        environment = self.environment()
        path = Path(environment.get("FILE_KEYS") or self.plan.keys / "files.json")
        if not any((self.plan.data / "files").iterdir()):
            vault.first_key(path, date.today().isoformat())  # noqa: DTZ011 - only a name for the key

    def _once(self, *words: str) -> None:
        """Run one `backoffice` command to its end."""
        child = self._child(self._program("-".join(words), "backoffice.cli", *words, owner=True))
        child.log.unlink(missing_ok=True)
        child.start()
        try:
            while child.process is not None and child.process.poll() is None:
                self.tend()
                time.sleep(0.02)  # meanwhile the other children are looked after
            code = child.process.returncode if child.process else 1
        finally:
            child.stop()
        if code != 0:
            raise ServiceError(f"backoffice {' '.join(words)} failed:\n{children.last_words(child.log, 30)}")

    def _choose_ports(self) -> None:
        """The pages' port must be free; the API takes the next one, or another when nobody asked for that very one."""
        if not readiness.port_is_free(self.plan.host, self.plan.port):
            raise PlanError(f"Port {self.plan.port} is taken by another program; choose one: PORT=8011 make run")
        if readiness.port_is_free(self.plan.host, self.plan.api_port):
            return
        if os.environ.get("API_PORT"):
            raise PlanError(f"Port {self.plan.api_port} is taken by another program; choose one: API_PORT=8012 make run")
        self.plan = replace(self.plan, api_port=readiness.any_free_port(self.plan.host))

    def _open_files(self) -> None:
        """Let each process hold as many connections as the system allows: ten thousand that say nothing must cost nobody else."""
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def _await(self, web: Child, port: int) -> None:
        """Wait until the application answers."""

        def settled() -> bool:
            self.tend()
            return web.back_off.deaths > 1 or readiness.answers(self.plan.host, port)

        if not processes.wait_until(settled, READY, 0.05) or web.back_off.deaths > 1:
            raise ServiceError(f"The web server did not start:\n{children.last_words(web.log, 30)}")

    def _announce(self) -> None:
        """Say where it is and who may sign in."""
        say("")
        for role, email, password in readiness.accounts(self.plan.demo_file) if self.plan.demo else ():
            say(f"  {role:<12} {email:<36} {password}")
        say(f"\nAPI:   {self.plan.api_url}/api/v1")
        say(f"Ready: {self.plan.url}")
        say("Ctrl-C stops it; what it says is in " + str(self.plan.logs))

    # What is run

    def _web(self) -> Program:
        """The staff's pages: few processes with few threads each, all state being elsewhere."""
        return self._server("web", self.plan.port, self.plan.web_workers, "all")

    def _intake(self) -> Program:
        """The API of other systems, in processes of its own."""
        return self._server("intake", self.plan.api_port, self.plan.intake_workers, "intake")

    def _server(self, name: str, port: int, workers: int, part: str) -> Program:
        """One Granian; a request reaches a thread only once the door has all of it (`backoffice.door`)."""
        options = {
            "--interface": "rsgi",
            "--http": "1",  # while Granian finds out the version itself, nothing limits how long a silent connection stays
            "--host": self.plan.host,
            "--port": str(port),
            "--workers": str(workers),
            "--backlog": "4096",
            "--backpressure": "20000",
            "--http1-header-read-timeout": "10000",
            "--workers-kill-timeout": "8",
            "--log-level": "warning",
        }
        words = [word for pair in options.items() for word in pair]
        words += ["--no-ws", "--respawn-failed-workers", "wsgi:door"]
        return self._program(name, "granian", *words, BACKOFFICE_PART=part, BACKOFFICE_WEB_THREADS=str(self.plan.web_threads))

    def _clerk(self) -> Program:
        """The one who gives arrivals their places."""
        return self._program("clerk", "backoffice.cli", "clerk")

    def _workers(self) -> Iterator[Program]:
        """The processes that do what happens later; one of them only reads scanned files, so that no page waits for the text of another."""
        for number in range(1, self.plan.job_workers + 1):
            yield self._program(f"worker-{number}", "backoffice.cli", "worker")
        yield self._program("scans", "backoffice.cli", "scan-worker", "--only", "read")
        for number in range(1, self.plan.scan_workers + 1):
            yield self._program(f"texts-{number}", "backoffice.cli", "scan-worker")

    def _scheduler(self) -> Program:
        """The clock of the daily sweeps, which follow Montréal's time."""
        return self._program("scheduler", "backoffice.cli", "scheduler", TZ="America/Toronto")

    def _program(self, name: str, module: str, *words: str, owner: bool = False, **more: str) -> Program:
        """A program of ours, run by this very interpreter; only a migration is told the owner's address."""
        environment = {**self.environment(), **more}
        if not owner:
            environment.pop("DATABASE_OWNER_URL")
        return Program(name, (sys.executable, "-m", module, *words), environment, ROOT)

    def _launch(self, program: Program) -> Child:
        """Start a program and look after it from now on."""
        child = self._child(program)
        self.children.append(child)
        child.start()
        return child

    def _child(self, program: Program) -> Child:
        return Child(program, self.plan.run, self.plan.logs, self.services.home.mark)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Take Ctrl-C, SIGTERM and a closed terminal as one wish to stop; asking twice changes nothing."""
        before = {sign: signal.signal(sign, lambda *_: self.stopping.set()) for sign in SIGNALS}
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)
