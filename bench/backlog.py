"""Files of another system taken over, beside a bare COPY of the same values (goal 11), each with its whole of checks, facts and indexes."""

import csv
import json
import os
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random

LINES, ROUNDS = 20_000, 3


def measure(connection) -> None:
    """Import and floor in turn, a new source each time, so that every line is new; prints both rates, CPU for one line, and the ratio."""
    product, floor = [], []
    with tempfile.TemporaryDirectory(prefix="bench-backlog-") as folder:
        for turn in range(ROUNDS):
            path = Path(folder) / f"{turn}.csv"
            rows = generate(path, turn, LINES)
            product.append(spent(own_backend(), lambda path=path, turn=turn: taken_over(path, f"bench-{turn}")))
            floor.append(spent(connection.info.backend_pid, lambda rows=rows: copied(connection, rows)))
    (mine, my_cpu), (least, least_cpu) = (tuple(map(statistics.median, zip(*one, strict=True))) for one in (product, floor))
    print(
        f"{f'backlog, {LINES} files imported':<34}{LINES / mine:>10.0f}/s{LINES / least:>10.0f}/s{least / mine:>8.2f}"
        f"   (floor: bare COPY of the same values; goal >= 0.25; CPU of both processes {my_cpu / LINES * 1e6:.0f} and {least_cpu / LINES * 1e6:.0f} us a line)"
    )


def spent(backend: int, operation) -> tuple[float, float]:
    """Seconds of wall time, and of CPU in this process and in the database's."""
    wall, cpu = time.perf_counter(), time.process_time() + backend_cpu(backend)
    operation()
    return time.perf_counter() - wall, time.process_time() + backend_cpu(backend) - cpu


def backend_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_backend() -> int:
    """The process that serves the product's connection, which the pool gives back each time."""
    from backoffice.core.db import db

    pid = db.session.connection().connection.driver_connection.info.backend_pid
    db.session.rollback()
    return pid


def generate(path: Path, seed: int, many: int) -> list[tuple[str, str]]:
    """A file of fictitious families, six in ten with a spouse; gives the same values as rows of (key, JSON)."""
    from backoffice.demo import people

    draw, rows = Random(seed), []
    columns = ["number", "programme", "received_on", "language", "status", "fee_paid_cents", "fee_paid_on", "family_name", "given_names", "sex",
               "birth_date", "birth_country", "citizenships", "passport_number", "address_1", "locality", "postal_code", "country",
               *(f"spouse_{m}" for m in ("family_name", "given_names", "sex", "birth_date", "citizenships", "passport_number"))]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(columns)
        for n in range(many):
            row = _line(draw, people, seed, n)
            writer.writerow(row)
            rows.append((row[0], json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)))
    return rows


def _line(draw: Random, people, seed: int, n: int) -> list[str]:
    country = draw.choice(sorted(people.FAMILY_NAMES))
    day = (date(2013, 1, 1) + timedelta(days=draw.randrange(1000))).isoformat()
    principal = _person(draw, people, country, seed, n, "P")
    spouse = _person(draw, people, country, seed, n, "S") if draw.random() < 0.6 else None
    other = [spouse[0], spouse[1], spouse[2], spouse[3], spouse[5], spouse[6]] if spouse else [""] * 6
    return [f"DCS-{seed}-{n:07d}", "PRTQ", day, "fr", "PAYEE_EN_FILE", "125700", day, *principal,
            f"{n % 300}, rue de l’Exemple", "Ville fictive", f"{n % 99999:05d}", country, *other]  # fmt: skip


def _person(draw: Random, people, country: str, seed: int, n: int, kind: str) -> list[str]:
    sex = draw.choice("FM")
    family = f"{draw.choice(people.FAMILY_NAMES[country])} {draw.choice(people.FAMILY_NAMES['FR'])}"
    born = (date(1960, 1, 1) + timedelta(days=draw.randrange(12_000))).isoformat()
    return [family, draw.choice(people.GIVEN_NAMES[sex]), sex, born, country, country, f"{kind}{seed}{n:07d}"]


class Silent:
    """A report that only counts: the console's own is written to a file."""

    def begin(self) -> None:
        self.lines = 0

    def add(self, results) -> None:
        self.lines += len(results)


def taken_over(path: Path, source: str) -> None:
    """The whole of an import: every line new."""
    from backoffice.core import clock
    from backoffice.core.actors import SYSTEM
    from backoffice.intake.backlog import importing

    run = importing.take_over(importing.order(path, source, None, by=SYSTEM), Silent(), at=clock.now())
    assert run.tally.opened == run.tally.lines == LINES, run.tally


def copied(connection, rows: list[tuple[str, str]]) -> None:
    """The same values into one table with one primary key."""
    connection.execute("CREATE TABLE IF NOT EXISTS floor_backlog (number text PRIMARY KEY, content jsonb)")
    connection.execute("TRUNCATE floor_backlog")
    with connection.cursor() as cursor, cursor.copy("COPY floor_backlog FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
