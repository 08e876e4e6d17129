"""The programs that are kept running: started, watched, started again when they die, stopped in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .accounts import Account

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
"""A program that ran this long is taken to be well; its next death is its first."""
LOG_LIMIT = 20_000_000


@dataclass(frozen=True)
class Program:
    """What is run, as whom, and how it likes to be stopped."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0
    account: Account | None = None


@dataclass
class BackOff:
    """How long to wait before the next try: longer after each early death, never for ever."""

    deaths: int = 0

    def pause_after(self, lived: float) -> float:
        """The pause before a program that lived so many seconds is started again."""
        self.deaths = 1 if lived >= STEADY_AFTER else self.deaths + 1
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self.deaths - 1))


@dataclass
class Child:
    """One program, and its present process if it has one."""

    program: Program
    records: Path
    logs: Path
    mark: str
    back_off: BackOff = field(default_factory=BackOff)
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    again_at: float | None = None

    @property
    def name(self) -> str:
        """What the operator calls it."""
        return self.program.name

    @property
    def log(self) -> Path:
        """Where its own words go."""
        return self.logs / f"{self.name}.log"

    def start(self) -> None:
        """Start the program, in a session of its own so that Ctrl-C reaches only the supervisor."""
        keep_short(self.log)
        with self.log.open("ab") as log:
            self.process = spawn(self.program, self.mark, log.fileno())
        self.began, self.again_at = time.monotonic(), None
        if who := processes.identify(self.process.pid):
            processes.write_record(self.records / f"{self.name}.json", who)

    def tend(self, say: Callable[[str], None]) -> None:
        """Notice a death, clear up after it, and start again once the pause is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            pause = self.back_off.pause_after(now - self.began)
            say(f"{self.name} {ending(self.process.returncode)}; starting it again in {pause:.1f} s (see {self.log})")
            self._clear(self.process.pid)
            self.process, self.again_at = None, now + pause
        if self.again_at is not None and now >= self.again_at:
            self.start()

    def ask_to_stop(self) -> None:
        """Let it finish what it has begun."""
        self.again_at = None
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        """Stop it, and whatever it started; returns when all is gone."""
        self.ask_to_stop()
        if self.process is not None:
            try:
                self.process.wait(self.program.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self._clear(self.process.pid)
            self.process = None
        (self.records / f"{self.name}.json").unlink(missing_ok=True)

    def _clear(self, session: int) -> None:
        for left in processes.survivors(session, self.mark):
            processes.stop(left, signal.SIGKILL, 1)


def spawn(program: Program, mark: str, output: int) -> subprocess.Popen[bytes]:
    """A process of a program, which ends when the supervisor does."""
    account = program.account
    return subprocess.Popen(
        program.argv,
        cwd=program.folder,
        env={**program.environment, processes.MARK: mark},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=processes.ends_with_parent(program.stop_signal),  # noqa: PLW1509 - no threads run here
    )


def stop_leftovers(records: Path, mark: str, how: Mapping[str, signal.Signals]) -> list[str]:
    """Stop what an earlier run that was killed left running; the names of what was found."""
    found = []
    for file in sorted(records.glob("*.json")):
        who = processes.read_record(file)
        name = file.stem.removesuffix(".json")
        if who is not None:
            if who.alive():
                found.append(name)
                processes.stop(who, how.get(name, signal.SIGTERM), 10)
            for left in processes.survivors(who.pid, mark):
                processes.stop(left, signal.SIGTERM, 2)
        file.unlink(missing_ok=True)
    return found


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def keep_short(log: Path) -> None:
    """Keep one earlier log and start a new one when the present is long."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def last_words(log: Path, lines: int = 15) -> str:
    """The end of a log, to show when a start fails."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
