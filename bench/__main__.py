"""`make bench`: each operation beside the least code that does the same work on the same server, as a ratio.

Starts its own PostgreSQL and Valkey in a throwaway folder, alternates product and floor in rounds and prints medians:
submissions over HTTP (`bench.intake`), their settling, a small opening day with kills (`bench.burst`), the import of other
systems' files (`bench.backlog`), then pages, queue, print runs and letters (`bench.letters`) in this process, whose processor time is this process's alone.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from random import Random

import psycopg

from bench import backlog, intake, jobs, letters, ocr, scans, vault

ROUNDS, REPEATS = 5, 20


def main() -> int:
    """Start the services around this program, then measure."""
    if os.environ.get("BENCH_INSIDE"):
        measure()
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.chmod(folder, 0o755)
        environment = {**os.environ, "BACKOFFICE_DATA": f"{folder}/data", "BENCH_INSIDE": "1"}
        inside = [sys.executable, "-m", "bench"]
        return subprocess.run([sys.executable, "-m", "backoffice.supervisor", "services", "--", *inside], env=environment, check=False).returncode


def measure() -> None:
    """Every pair."""
    subprocess.run([sys.executable, "-m", "backoffice.cli", "db", "upgrade"], check=True, capture_output=True)
    from backoffice.app import create_app
    from backoffice.core.settings import settings
    from backoffice.intake import receipts

    receipts.make_key(settings().keys_folder)
    app = create_app()
    with app.app_context():
        stage = Stage()
        intake.measure(settings().database_owner_url, stage.key)
        intake.settling(settings().database_owner_url, _settle_all, 1)
        with psycopg.connect(settings().database_url.replace("+psycopg", ""), autocommit=True) as connection:
            backlog.measure(connection)
        print(
            f"\n{'operation':<34}{'product':>12}{'floor':>12}{'ratio':>8}   (medians of {ROUNDS} alternating rounds; ms of wall time, CPU in brackets)"
        )
        for name, product, least, repeats in stage.pairs(app):
            report(name, *rounds(product, least, repeats))
        jobs.measure()
        letters.goal_10()
        letters.no_ops()
    letters.measure()
    scans.measure()
    ocr.measure()
    vault.measure()
    burst = subprocess.run([sys.executable, "-m", "bench.burst", "--submissions", "2000", "--clients", "200", "--kills"], check=False)
    if burst.returncode:
        sys.exit(burst.returncode)


def _settle_all() -> int:
    """Everybody who waits is given an outcome."""
    from backoffice.core.db import db
    from backoffice.intake.clerks import Clerk

    clerk, done = Clerk(), 0
    while turned := clerk.turn():
        done += turned
        db.session.remove()
    return done


def rounds(product: Callable[[], object], floor: Callable[[], object], repeats: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Product and floor in turn, so that what else the machine does falls on both."""
    product(), floor()
    return tuple(zip(*((timed(product, repeats), timed(floor, repeats)) for _ in range(ROUNDS)), strict=True))  # type: ignore[return-value]


def timed(operation: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Milliseconds of wall time and of this process's CPU, for one."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        operation()
    return (time.perf_counter() - wall) / repeats * 1000, (time.process_time() - cpu) / repeats * 1000


def report(name: str, product: list[tuple[float, float]], floor: list[tuple[float, float]]) -> None:
    """One line of the table."""
    mine, least = [statistics.median(column) for column in zip(*product, strict=True)], [statistics.median(c) for c in zip(*floor, strict=True)]
    print(f"{name:<34}{mine[0]:>7.1f} [{mine[1]:.1f}]{least[0]:>6.1f} [{least[1]:.1f}]{mine[0] / least[0]:>7.1f}x")


class Stage:
    """A window, keys, a caseworker, some cases; and the floors' own connection."""

    def __init__(self) -> None:
        from backoffice.core import clock
        from backoffice.core.actors import SYSTEM
        from backoffice.core.db import transaction
        from backoffice.core.settings import settings
        from backoffice.demo import history
        from backoffice.quota import queries, service
        from backoffice.staff import service as staff
        from backoffice.staff.permissions import Role, Scope

        now = clock.now()
        with transaction():
            service.load_window(history.window("B", now - timedelta(days=1), now + timedelta(days=9), 5_000), None, by=SYSTEM, at=now)
            self.key = staff.issue_key("bench", [Scope.PORTAL], by=SYSTEM, at=now)[1]
            staff.create_account("bench@exemple.test", "Banc d’essai", Role.CASEWORKER, "banc d’essai", by=SYSTEM, at=now)
        assert queries.windows()
        self.draw = Random(1)
        self.connection = psycopg.connect(settings().database_owner_url.replace("+psycopg", ""), autocommit=True)

    def pairs(self, app):
        """Name, product, floor, repeats."""
        client = app.test_client()
        headers = {"Authorization": f"Bearer {self.key}"}
        for _ in range(60):
            self.paid(client, headers)
        caseworker = app.test_client()
        page = caseworker.get("/sign-in").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        assert caseworker.post("/sign-in", data={"email": "bench@exemple.test", "password": "banc d’essai", "csrf_token": token}).status_code == 303
        yield "queue page of 50, rights included", lambda: self.page(caseworker), self.page_floor, 5
        yield "next case taken, with its fact", self.take, self.take_floor, 5

    def content(self):
        from backoffice.core import clock
        from backoffice.demo import people

        content = people.application(self.draw, clock.today(), paper=False)
        content["submission_id"] = str(uuid.uuid4())
        content["principal_applicant"]["family_name"] += f" {uuid.uuid4().hex[:8]}"
        return content

    def submit(self, client, headers):
        answer = client.post("/api/v1/submissions", json=self.content(), headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json

    def paid(self, client, headers):
        from uuid import UUID

        from backoffice.cases import queries
        from backoffice.core import clock
        from backoffice.demo import history

        submission_id = self.submit(client, headers)["submission_id"]
        _settle_all()
        case = queries.case_of_submission(UUID(submission_id))
        if case:
            history.pay(case.id, clock.now())

    def page(self, client):
        answer = client.get("/cases")
        assert answer.status_code == 200, answer.status

    def page_floor(self):
        rows = self.connection.execute(
            'SELECT c.number, p.family_name, p.given_names, c.channel, c.status, c.legal_received_on FROM "case" c JOIN person p ON p.case_id = c.id AND p.position = 0 '
            "ORDER BY c.processing_class, c.legal_received_on, c.tie, c.number LIMIT 50"
        ).fetchall()
        return "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td><td>{d}</td><td>{e}</td><td>{f}</td></tr>" for a, b, c, d, e, f in rows)

    def take(self):
        from backoffice.cases import service
        from backoffice.core import clock
        from backoffice.core.actors import SYSTEM
        from backoffice.core.db import transaction

        with transaction():
            service.take_next(1, by=SYSTEM, at=clock.now())

    def take_floor(self):
        self.connection.execute(
            'UPDATE "case" SET officer_id = 1 WHERE id = (SELECT id FROM "case" WHERE officer_id IS NULL '
            "ORDER BY processing_class, legal_received_on, tie, number LIMIT 1 FOR UPDATE SKIP LOCKED)"
        )


if __name__ == "__main__":
    sys.exit(main())
