"""Processes of the product, each forked from one that has it loaded, so that none takes seconds to load it again.

What runs is mostly the console, `backoffice.cli.main`; each has its own arguments, environment, output and process group.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from typing import Any

from backoffice import cli

ROOT = Path(__file__).resolve().parents[2]

_loaded = get_context("forkserver")
_loaded.set_forkserver_preload([f"{cli.__name__}.{module.name}" for module in iter_modules(cli.__path__) if module.name != "__main__"])


class Running:
    """A process that goes on until it is stopped, with its whole group."""

    def __init__(
        self, environment: Mapping[str, str], work: Callable[..., None], *given: Any, out: Path | None = None, err: Path | None = None
    ) -> None:
        self.process = _loaded.Process(target=_run, args=(dict(environment), out, err or out, work, given))
        self.process.start()
        self.pid = self.process.pid or 0

    def wait(self, seconds: float | None = None) -> int:
        """Its answer, once it has ended."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("backoffice", seconds or 0)
        return self.process.exitcode

    def poll(self) -> int | None:
        """Its answer, if it has ended."""
        return self.process.exitcode

    def send(self, number: signal.Signals) -> None:
        """Tell its whole group, unless it has ended."""
        if self.process.is_alive():
            os.killpg(self.pid, number)


def start(environment: Mapping[str, str], *words: str, out: Path | None = None, err: Path | None = None) -> Running:
    """A command of the console that goes on."""
    return Running(environment, _console, words, out=out, err=err)


def run(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the console, to its end."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        answer = start(environment, *words, out=out, err=err).wait()
        return subprocess.CompletedProcess(words, answer, out.read_text(), err.read_text())


def pipe() -> tuple[Any, Any]:
    """Two ends of a line to a process of ours."""
    return _loaded.Pipe()


def _console(words: tuple[str, ...]) -> None:
    sys.argv = ["backoffice", *words]
    cli.main()


def _run(environment: dict[str, str], out: Path | None, err: Path | None, work: Callable[..., None], given: tuple[Any, ...]) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        if path:
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    work(*given)
