"""The command line: `python -m backoffice.supervisor`, or `… services -- CMD` for one command with the services."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from . import plan, processes
from .alone import AlreadyRunning
from .instance import Instance
from .postgres import PostgresError
from .services import ServiceError
from .valkey import ValkeyError

USAGE = "usage: python -m backoffice.supervisor [services -- COMMAND …]"


def main(words: Sequence[str]) -> int:
    """Run until stopped; 1 when it cannot, with the reason."""
    if words and (len(words) < 3 or list(words[:2]) != ["services", "--"]):
        print(USAGE, file=sys.stderr)
        return 2
    try:
        asked = plan.read(os.environ)
        return with_services(asked, words[2:]) if words else run(asked)
    except (plan.PlanError, ServiceError, PostgresError, ValkeyError, AlreadyRunning, PermissionError) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def run(asked: plan.Plan) -> int:
    """The whole product, in the foreground."""
    make = os.getppid() if "MAKELEVEL" in os.environ else None
    if make:  # a killed `make` must not leave us behind
        processes.end_with(make, signal.SIGTERM)
    try:
        Instance(asked, make=make).run()
    except AlreadyRunning as other:
        advice = "Stop it first, or choose another folder and port: BACKOFFICE_DATA=… PORT=… make run"
        print(f"{other}. {advice}", file=sys.stderr)
        return 1
    return 0


def with_services(asked: plan.Plan, command: Sequence[str]) -> int:
    """One command, with the services of the running instance or with services of its own."""
    try:
        return Instance(asked).run_command(command)
    except AlreadyRunning:
        environment = {**os.environ, **plan.read_environment(asked.environment_file)}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
