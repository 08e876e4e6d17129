"""The opening day: everybody at once, and the machine failing under them. Afterwards every receipt must be worth what it says.

`python -m bench.burst --submissions 20000 --clients 2000 --kills` starts the whole product in a throwaway folder, sends distinct
applications over as many connections as there are clients (10 % sent again after their acknowledgment, 2 % wrong), and kills, while
they come, a process of the intake, the job worker and the clerk, Valkey and PostgreSQL. Then it asks for everything it was promised.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bench import bodies, load, servers
from bench.load import Call, Result
from bench.product import Product, product
from bench.promises import CODE, CONSOLE, KILLS, Crowd, Report, until_settled, verify
from bench.servers import HOST

AGAIN, WRONG = 0.10, 0.02


def stage(capacity: int) -> None:
    """Inside the product's environment: the key that signs, an open window, the portal's key, which is printed."""
    from backoffice.app import create_app
    from backoffice.core import clock
    from backoffice.core.actors import SYSTEM
    from backoffice.core.db import transaction
    from backoffice.core.settings import settings
    from backoffice.demo import history
    from backoffice.intake import receipts
    from backoffice.quota import service as quota
    from backoffice.staff import service as staff
    from backoffice.staff.permissions import Scope

    receipts.make_key(settings().keys_folder)
    with create_app().app_context():
        now = clock.now()
        with transaction():
            quota.load_window(history.window(CODE, now - timedelta(minutes=1), now + timedelta(days=7), capacity), None, by=SYSTEM, at=now)
        with transaction():
            print(staff.issue_key("burst", [Scope.PORTAL], by=SYSTEM, at=now)[1])


# The crowd


def crowd(submissions: int, clients: int, key: str, seed: int) -> Crowd:
    """Distinct applications spread over the clients, some sent again later, and some wrong ones besides."""
    draw = random.Random(seed)
    made = Crowd([[] for _ in range(clients)], set(), set(), 0)
    for number, (name, body) in enumerate(bodies.applications(submissions, seed)):
        client = made.calls[number % clients]
        client.append(_call(key, body, name))
        made.valid.add(name)
        if draw.random() < WRONG:
            made.wrong += 1
            client.append(_call(key, _spoilt(body, draw), f"wrong:{made.wrong}"))
        if draw.random() < AGAIN:
            made.again.add(name)
            client.append(_call(key, body, f"again:{name}"))
    return made


def _call(key: str, body: bytes, name: str) -> Call:
    return load.post(HOST, "/api/v1/submissions", key, body, name)


def _spoilt(body: bytes, draw: random.Random) -> bytes:
    content = json.loads(body)
    content["submission_id"] = f"{draw.getrandbits(32):08x}-0000-4000-8000-{draw.getrandbits(48):012x}"
    content["principal_applicant"]["birth_date"] = "1980-02-30"
    return json.dumps(content).encode()


class Reaper:
    """Kills what is to be killed, each once its share of the answers has come."""

    def __init__(self, made: Product, total: int, report: Report) -> None:
        self._made, self._total, self._report, self._left = made, total, report, list(KILLS)

    def __call__(self, answers: int) -> None:
        if self._left and answers >= self._left[0][0] * self._total and self._may():
            share, names = self._left.pop(0)
            for name in names:
                pid = self._victim(name)
                os.kill(pid, signal.SIGKILL)
                self._report.killed.append(f"{name} at {share:.0%} ({answers} answers)")

    def _may(self) -> bool:
        """A small day goes by so fast that a program may still be missing from the kill before."""
        try:
            return all(self._victim(name) for name in self._left[0][1])
        except (OSError, LookupError, ValueError):
            return False

    def _victim(self, name: str) -> int:
        pid = self._made.pid(name)
        if name != "intake":
            return pid
        below = [one for one in servers.tree(pid)[1:] if b"resource_tracker" not in Path(f"/proc/{one}/cmdline").read_bytes()]
        if not below:
            raise LookupError(name)
        return below[0]


# The day


def run(submissions: int, clients: int, *, kills: bool, seed: int, say: bool = False) -> Report:
    """An opening day from beginning to end, and all that must hold after it."""
    report = Report(submissions, clients)
    with tempfile.TemporaryDirectory(prefix="burst-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        with product(Path(folder)) as made:
            _open(made, max(1, submissions // 4))
            day = crowd(submissions, clients, made.key, seed)
            report.busy = (os.getloadavg()[0], 0.0)
            total = sum(map(len, day.calls))
            result = load.run(
                HOST,
                made.api_port,
                day.calls,
                insist=True,
                watch=Reaper(made, total, report) if kills else None,
                pulse=0.2 if total > 5_000 else 0.01,
            )
            report.settled_after = until_settled(made)
            report.busy = (report.busy[0], os.getloadavg()[0])
            _measure(report, result)
            if say:
                print(f"… all answered in {result.seconds:.1f} s, settled {report.settled_after:.1f} s later", flush=True)
            verify(made, day, result, report, kills=kills)
            if report.faults:
                _keep_logs(made, report)
    return report


def _open(made: Product, capacity: int) -> None:
    staged = made.command("bench.burst", "--stage", str(capacity))
    out, err = staged.communicate()
    if staged.returncode:
        raise RuntimeError(err)
    made.key = out.split()[-1]


def _measure(report: Report, result: Result) -> None:
    accepted = [one for one in result.answers if one.status in {200, 201}]
    report.seconds, report.rate = result.seconds, len(accepted) / result.seconds
    report.p50, report.p99, report.worst = (result.latency(share) for share in (0.5, 0.99, 1))
    report.longest_wait = max((one.waited for one in result.answers), default=0.0)
    report.retries = Counter(status for one in result.answers for status in one.failures)
    report.errors = Counter(one.status for one in result.answers if one.status not in {200, 201, 422})
    report.errors += Counter({status: many for status, many in report.retries.items() if status not in {0, 503}})


def _keep_logs(made: Product, report: Report) -> None:
    """What the programs said, when something is wrong."""
    for log in sorted((made.data / "logs").glob("*.log")):
        words = [line for line in log.read_text(errors="replace").splitlines() if "rror" in line or "xception" in line]
        if words:
            report.said.append(f"{log.name}: {' | '.join(words[-3:])[:600]}")


def examine() -> None:
    """Inside the product's environment: what the operators' console says, as JSON; one process for all, as starting each takes seconds."""
    from click.testing import CliRunner

    from backoffice.cli import operations, windows  # noqa: F401 - they add their commands to the root
    from backoffice.cli.main import cli

    said = {}
    for what, words in CONSOLE.items():
        done = CliRunner().invoke(cli, words)
        said[what] = (done.exit_code, done.output, done.stdout)
    print(json.dumps(said))


def main() -> int:
    """The command."""
    words = argparse.ArgumentParser(prog="bench.burst", description="An opening day, with or without the machine failing under it.")
    words.add_argument("--submissions", type=int, default=2_000)
    words.add_argument("--clients", type=int, default=200)
    words.add_argument("--kills", action="store_true")
    words.add_argument("--seed", type=int, default=2016)
    words.add_argument("--stage", type=int, help=argparse.SUPPRESS)
    words.add_argument("--examine", action="store_true", help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.stage:
        stage(asked.stage)
        return 0
    if asked.examine:
        examine()
        return 0
    report = run(asked.submissions, asked.clients, kills=asked.kills, seed=asked.seed, say=True)
    print("\n".join(report.lines()))
    if report.faults:
        print(f"The opening day does not hold: {report.faults[0]}", file=sys.stderr)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
