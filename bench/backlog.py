"""Files of another system taken over, beside a bare COPY of the same values (goal 11), each with its whole of checks, facts and indexes."""

import csv
import json
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random

LINES, ROUNDS = 20_000, 3


def measure(connection) -> None:
    """Import and floor in turn, a new source each time, so that every line is new; prints the rates and their ratio."""
    product, floor = [], []
    with tempfile.TemporaryDirectory(prefix="bench-backlog-") as folder:
        for turn in range(ROUNDS):
            path = Path(folder) / f"{turn}.csv"
            rows = generate(path, turn, LINES)
            product.append(taken_over(path, f"bench-{turn}"))
            floor.append(copied(connection, rows))
    mine, least = statistics.median(product), statistics.median(floor)
    print(
        f"{f'backlog, {LINES} files imported':<34}{LINES / mine:>9.0f}/s{LINES / least:>9.0f}/s{least / mine:>8.2f}"
        f"   (bare COPY of the same values; goal ≥ 0.25; [{LINES / max(product):.0f}–{LINES / min(product):.0f}] [{LINES / max(floor):.0f}–{LINES / min(floor):.0f}])"
    )


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


def taken_over(path: Path, source: str) -> float:
    """Seconds to take the file over."""
    from backoffice.core import clock
    from backoffice.core.actors import SYSTEM
    from backoffice.intake.backlog import importing

    begun = time.perf_counter()
    run = importing.take_over(importing.order(path, source, None, by=SYSTEM), Silent(), at=clock.now())
    spent = time.perf_counter() - begun
    assert run.tally.opened == run.tally.lines == LINES, run.tally
    return spent


def copied(connection, rows: list[tuple[str, str]]) -> float:
    """Seconds to COPY the same values into one table with one primary key."""
    connection.execute("CREATE TABLE IF NOT EXISTS floor_backlog (number text PRIMARY KEY, content jsonb)")
    connection.execute("TRUNCATE floor_backlog")
    begun = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy("COPY floor_backlog FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return time.perf_counter() - begun
