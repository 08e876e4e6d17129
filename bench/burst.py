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
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from bench import bodies, load, servers
from bench.load import Answered, Call, Result
from bench.servers import HOST

ROOT = Path(__file__).resolve().parents[1]
CODE = "OUVERTURE"
AGAIN, WRONG = 0.10, 0.02
OURS = ("BACKOFFICE_", "DATABASE_", "REDIS_", "STORAGE_", "KEYS_", "SECRET_", "DROP_", "PORT", "API_PORT", "MAKELEVEL", "BENCH_")
READY_SECONDS, SETTLE_SECONDS = 180, 600
READERS = 32
KILLS: tuple[tuple[float, tuple[str, ...]], ...] = ((0.15, ("intake",)), (0.35, ("worker-1", "clerk")), (0.55, ("valkey",)), (0.75, ("postgres",)))
"""At which share of the answers what is killed, without warning."""


@dataclass
class Report:
    """What the day was like, and what is wrong."""

    submissions: int = 0
    clients: int = 0
    acknowledged: int = 0
    resent: int = 0
    refused: int = 0
    seconds: float = 0.0
    rate: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    worst: float = 0.0
    longest_wait: float = 0.0
    retries: Counter[int] = field(default_factory=Counter)
    errors: Counter[int] = field(default_factory=Counter)
    killed: list[str] = field(default_factory=list)
    settled_after: float = 0.0
    places: int = 0
    exempt: int = 0
    kept_refusals: int = 0
    checks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    busy: tuple[float, float] = (0.0, 0.0)

    def check(self, what: str, *, holds: bool, else_: str = "") -> None:
        """Note what was verified, and what does not hold."""
        self.checks.append(what)
        if not holds:
            self.faults.append(f"{what}: {else_ or 'no'}")

    def lines(self) -> Iterator[str]:
        """The report as it is printed."""
        yield f"{self.submissions} applications from {self.clients} clients; load of the machine {self.busy[0]:.1f} before, {self.busy[1]:.1f} after"
        yield f"acknowledged {self.acknowledged}, sent again {self.resent}, refused for form {self.refused} (kept: {self.kept_refusals})"
        yield f"{self.seconds:.1f} s, {self.rate:.0f} acknowledgments a second; latency p50 {self.p50:.0f} ms, p99 {self.p99:.0f} ms, max {self.worst:.0f} ms"
        yield f"longest from the first attempt to the answer {self.longest_wait:.1f} s; attempts that had to be made again: {_counted(self.retries)}"
        yield f"errors: {_counted(self.errors)}"
        yield f"killed: {'; '.join(self.killed) or 'nothing'}"
        yield f"last pending settled {self.settled_after:.1f} s after the last answer; {self.places} places given, {self.exempt} exempt"
        yield from (f"  ok    {what}" for what in self.checks if not any(fault.startswith(what) for fault in self.faults))
        yield from (f"  FAULT {fault}" for fault in self.faults)
        yield from self.said


def _counted(some: Counter[int]) -> str:
    return ", ".join(f"{many} × {status or 'broken connection'}" for status, many in sorted(some.items())) or "none"


# The product


@dataclass
class Product:
    """The whole of it, running in a folder of its own."""

    data: Path
    port: int
    environment: dict[str, str]
    key: str = ""

    @property
    def api_port(self) -> int:
        """Where the API's own processes listen."""
        return self.port + 1

    def pid(self, name: str) -> int:
        """The process of a program, as the supervisor notes it."""
        return int(json.loads((self.data / "run" / f"{name}.json").read_text())["pid"])

    def command(self, *words: str) -> "subprocess.Popen[str]":
        """The operators' console, begun."""
        argv = [sys.executable, "-m", *words]
        return subprocess.Popen(argv, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def database(self) -> psycopg.Connection:
        """A look at the tables, as their owner."""
        known = dict(line.split("=", 1) for line in (self.data / "env").read_text().splitlines())
        return psycopg.connect(known["DATABASE_OWNER_URL"].replace("+psycopg", ""), autocommit=True)


@contextmanager
def product(folder: Path) -> Iterator[Product]:
    """Start everything by the supervisor, as it is started for people; nothing of it outlives this."""
    port, data = _two_free_ports(), folder / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment |= {"BACKOFFICE_DATA": str(data), "BACKOFFICE_DEMO": "0", "PORT": str(port), "BACKOFFICE_WEB_WORKERS": "1"}
    log = (folder / "supervisor.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "backoffice.supervisor"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        made = Product(data, port, environment)
        _await_ready(process, folder / "supervisor.log")
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _two_free_ports() -> int:
    while True:
        port = servers.free_port()
        try:
            with servers.socket.socket() as probe:
                probe.bind((HOST, port + 1))
        except (OSError, OverflowError):
            continue
        return port


def _await_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while "Ready:" not in log.read_text():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the product did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.1)


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


@dataclass
class Crowd:
    """Who sends what: for each client its calls, in the order in which it sends them."""

    calls: list[list[Call]]
    valid: set[str]
    again: set[str]
    wrong: int


def crowd(submissions: int, clients: int, key: str, seed: int) -> Crowd:
    """Distinct applications spread over the clients, some sent again later, and some wrong ones besides."""
    draw, calls = random.Random(seed), [[] for _ in range(clients)]  # type: list[list[Call]]
    made, again, wrong = Crowd(calls, set(), set(), 0), set(), 0
    for number, (name, body) in enumerate(bodies.applications(submissions, seed)):
        client = calls[number % clients]
        client.append(_call(key, body, name))
        made.valid.add(name)
        if draw.random() < WRONG:
            wrong += 1
            client.append(_call(key, _spoilt(body, draw), f"wrong:{wrong}"))
        if draw.random() < AGAIN:
            again.add(name)
            client.append(_call(key, body, f"again:{name}"))
    made.again, made.wrong = again, wrong
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
            report.settled_after = _until_settled(made)
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


# What must hold


def verify(made: Product, day: Crowd, result: Result, report: Report, *, kills: bool) -> None:
    """Everything that was promised, and everything that must always be true."""
    firsts = {one.name: one for one in result.answers if one.name in day.valid}
    _answers(report, day, firsts, result)
    if kills:
        report.check(
            "everything was killed that was to be", holds=len(report.killed) == sum(len(names) for _, names in KILLS), else_=str(report.killed)
        )
    report.check("nobody is left pending", holds=report.settled_after >= 0, else_=f"some still are after {SETTLE_SECONDS} s")
    receipts = {name: one.json()["receipt"] for name, one in firsts.items() if one.status in {200, 201}}
    _promises(made, report, receipts)
    _rows(made, report, day, receipts)
    _order_of_each(report, day, receipts)
    _console(made, report)


def _answers(report: Report, day: Crowd, firsts: dict[str, Answered], result: Result) -> None:
    good = {name for name, one in firsts.items() if one.status in {200, 201}}
    report.acknowledged = len(good)
    report.check("every application was acknowledged", holds=good == day.valid, else_=f"{len(day.valid - good)} were not")
    report.check("no answer was anything but a receipt, a refusal of form or «send again»", holds=not report.errors, else_=_counted(report.errors))
    again = {one.name.removeprefix("again:"): one for one in result.answers if one.name.startswith("again:")}
    report.resent = len(again)
    same = [name for name, one in again.items() if one.status == 200 and name in good and one.json()["receipt"] == firsts[name].json()["receipt"]]
    report.check("the same again got 200 and the first receipt", holds=set(same) == day.again, else_=f"{len(day.again) - len(same)} did not")
    wrong = [one for one in result.answers if one.name.startswith("wrong:")]
    report.refused = len(wrong)
    bad = [one for one in wrong if one.status != 422]
    report.check("every wrong one was refused with 422", holds=len(wrong) == day.wrong and not bad, else_=f"{len(bad)} were not")


def _until_settled(made: Product) -> float:
    begun = time.monotonic()
    with made.database() as connection:
        while time.monotonic() < begun + SETTLE_SECONDS:
            if not connection.execute("SELECT 1 FROM submission WHERE state = 'pending' LIMIT 1").fetchone():
                return time.monotonic() - begun
            time.sleep(0.1)
    return -1.0


def _promises(made: Product, report: Report, receipts: dict[str, dict[str, object]]) -> None:
    """Each receipt is given again, to the letter, by whoever asks for it; and its signature holds."""
    calls = [load.get(HOST, f"/api/v1/submissions/{name}", made.key, name) for name in receipts]
    told = load.run(HOST, made.api_port, [calls[place::READERS] for place in range(READERS)], insist=True).answers
    lost = [one.name for one in told if one.status != 200 or one.json()["receipt"] != receipts[one.name]]
    report.check(
        "every receipt is there afterwards, identical", holds=len(told) == len(receipts) and not lost, else_=f"{len(lost)} are not: {lost[:3]}"
    )
    early = [one.name for one in told if one.status == 200 and one.json()["admission"]["status"] == "pending"]
    report.check("every one of them is told its outcome", holds=not early, else_=f"{len(early)} are still told «pending»")
    report.check("every signature holds", holds=_signatures(made, receipts), else_="one does not")


def _signatures(made: Product, receipts: dict[str, dict[str, object]]) -> bool:
    """By a stranger's means: the published keys, and what the receipt says of itself."""
    from joserfc import jws
    from joserfc.jwk import KeySet

    with urllib.request.urlopen(f"http://{HOST}:{made.api_port}/.well-known/jwks.json", timeout=30) as answer:
        keys = KeySet.import_key_set(json.load(answer))
    for name, one in receipts.items():
        said = json.loads(jws.deserialize_compact(str(one["jws"]), keys, algorithms=["EdDSA"]).payload)
        if said != {"submission_id": name, **{member: one[member] for member in ("receipt_id", "received_at", "sequence", "content_sha256")}}:
            return False
    return True


def _rows(made: Product, report: Report, day: Crowd, receipts: dict[str, dict[str, object]]) -> None:
    with made.database() as connection:
        rows = connection.execute(
            "SELECT s.id::text, s.sequence, s.received_at, a.status, a.reason, a.rank FROM submission s LEFT JOIN admission a ON a.submission_id = s.id "
            "ORDER BY s.sequence"
        ).fetchall()
        report.kept_refusals = _number(connection, "SELECT count(*) FROM kept_arrival")
        cases = _number(connection, 'SELECT count(*) FROM "case"')
        twice = _number(connection, "SELECT count(*) - count(DISTINCT submission_id) FROM admission")
        capacity = _number(connection, "SELECT capacity FROM \"window\" WHERE code = 'OUVERTURE'")
    report.check(
        "one row for each, none twice, none besides",
        holds=sorted(row[0] for row in rows) == sorted(receipts) and not twice,
        else_=f"{len(rows)} rows",
    )
    report.check(
        "nobody is lost", holds=set(receipts) == day.valid == {row[0] for row in rows}, else_=f"{len(day.valid - {row[0] for row in rows})} are"
    )
    stamps = [row[2] for row in rows]
    report.check("the instants never go back along the order", holds=stamps == sorted(stamps))
    told = sorted((one["sequence"], datetime.fromisoformat(str(one["received_at"]))) for one in receipts.values())
    report.check("the order of the receipts is the order of the rows", holds=told == [(row[1], row[2]) for row in rows])
    _places(report, rows, capacity, cases)
    report.check("what was refused for its form is kept", holds=report.kept_refusals == day.wrong, else_=f"{report.kept_refusals} of {day.wrong}")


def _places(report: Report, rows: Sequence[tuple], capacity: int, cases: int) -> None:
    placed = [row for row in rows if row[3] in {"provisional", "confirmed"}]
    report.places, report.exempt = len(placed), sum(1 for row in rows if row[3] == "exempt")
    wanted = min(capacity, len(rows) - report.exempt)
    report.check("as many places are given as there are", holds=len(placed) == wanted, else_=f"{len(placed)} of {wanted}")
    report.check("a case for each who has a place or is exempt", holds=cases == len(placed) + report.exempt, else_=f"{cases} cases")
    ranked = sorted((row[5], row[1]) for row in rows if row[5] is not None)
    report.check("ranks follow the order of the receipts", holds=bool(ranked) and [s for _, s in ranked] == sorted(s for _, s in ranked))
    last = max((row[1] for row in placed), default=0)
    before = [row for row in rows if row[1] < last and row[3] not in {"provisional", "confirmed", "exempt"}]
    report.check("nobody is refused before somebody who is placed", holds=not before, else_=f"{len(before)} are, as {before[:1]}")


def _order_of_each(report: Report, day: Crowd, receipts: dict[str, dict[str, object]]) -> None:
    """Whoever waits for one answer before sending the next has them in that order: the number is given before the answer."""
    wrong = 0
    for calls in day.calls:
        mine = [int(str(receipts[call.name]["sequence"])) for call in calls if call.name in receipts]
        wrong += mine != sorted(mine)
    report.check("each client's receipts are in the order in which it sent", holds=not wrong, else_=f"not those of {wrong} clients")


def _number(connection: psycopg.Connection, question: str) -> int:
    row = connection.execute(question).fetchone()
    return int(row[0]) if row else 0


def _console(made: Product, report: Report) -> None:
    """What the operators' own tools say, and the verifier that anybody may run."""
    commands = {
        "the trail is whole": made.command("backoffice.cli", "audit", "verify"),
        "every invariant holds": made.command("backoffice.cli", "doctor", "--invariants"),
    }
    export = made.command("backoffice.cli", "ledger", "export", CODE)
    ledger, said = export.communicate()
    file = made.data / "ledger.jsonl"
    file.write_text(ledger)
    checked = subprocess.run([sys.executable, "tools/verify_admission.py", str(file)], cwd=ROOT, capture_output=True, text=True, check=False)
    report.check("the ledger holds", holds=export.returncode == 0 and checked.returncode == 0, else_=(said + checked.stdout + checked.stderr)[-600:])
    for what, command in commands.items():
        out, err = command.communicate()
        report.check(what, holds=command.returncode == 0, else_=(out + err)[-600:])


def main() -> int:
    """The command."""
    words = argparse.ArgumentParser(prog="bench.burst", description="An opening day, with or without the machine failing under it.")
    words.add_argument("--submissions", type=int, default=2_000)
    words.add_argument("--clients", type=int, default=200)
    words.add_argument("--kills", action="store_true")
    words.add_argument("--seed", type=int, default=2016)
    words.add_argument("--stage", type=int, help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.stage:
        stage(asked.stage)
        return 0
    report = run(asked.submissions, asked.clients, kills=asked.kills, seed=asked.seed, say=True)
    print("\n".join(report.lines()))
    if report.faults:
        print(f"The opening day does not hold: {report.faults[0]}", file=sys.stderr)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
