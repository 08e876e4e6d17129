"""What an opening day promised, asked for afterwards: every receipt, every place, every order, and what must always be true."""

import json
import subprocess
import sys
import time
import urllib.request
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from bench import load
from bench.load import Answered, Call, Result
from bench.product import ROOT, Product
from bench.servers import HOST

CODE = "OUVERTURE"
READERS, SETTLE_SECONDS = 32, 600
KILLS: tuple[tuple[float, tuple[str, ...]], ...] = ((0.15, ("intake",)), (0.35, ("worker-1", "clerk")), (0.55, ("valkey",)), (0.75, ("postgres",)))
"""At which share of the answers what is killed, without warning."""

CONSOLE = {
    "the trail is whole": ("audit", "verify"),
    "every invariant holds": ("doctor", "--invariants"),
    "the ledger is written": ("ledger", "export", CODE),
}
"""What the operators' console is asked."""


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


@dataclass
class Crowd:
    """Who sends what: for each client its calls, in the order in which it sends them."""

    calls: list[list[Call]]
    valid: set[str]
    again: set[str]
    wrong: int


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


def until_settled(made: Product) -> float:
    """Seconds until the clerk has given everybody an outcome; negative if that takes too long."""
    begun = time.monotonic()
    with made.database() as connection:
        while time.monotonic() < begun + SETTLE_SECONDS:
            if not connection.execute("SELECT 1 FROM submission WHERE state = 'pending' LIMIT 1").fetchone():
                return time.monotonic() - begun
            time.sleep(0.1)  # asked of the database, so that the product is not measured twice
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

    warnings.filterwarnings("ignore", message="EdDSA is deprecated")  # the contract names it so
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
    out, err = made.command("bench.burst", "--examine").communicate()
    said = json.loads(out.splitlines()[-1]) if out else dict.fromkeys(CONSOLE, (1, err, ""))
    for what, (code, output, _) in said.items():
        report.check(what, holds=code == 0, else_=output[-600:])
    file = made.data / "ledger.jsonl"
    file.write_text(said["the ledger is written"][2])
    checked = subprocess.run([sys.executable, "tools/verify_admission.py", str(file)], cwd=ROOT, capture_output=True, text=True, check=False)
    report.check("the ledger holds", holds=checked.returncode == 0, else_=(checked.stdout + checked.stderr)[-600:])
