"""The register of false declarations from a file: every line checked, every fault named, nothing entered twice."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from backoffice.cases.names import search_name
from backoffice.core.actors import Actor
from backoffice.intake.between import queries
from backoffice.intake.between.values import NewDeclaration
from backoffice.intake.service import registers

COLUMNS = ("family_name", "given_names", "birth_date", "passport_number", "decided_on", "reference")
REQUIRED = ("family_name", "birth_date", "decided_on", "reference")
LONGEST = 200


@dataclass(frozen=True)
class Line:
    """One line of the file: an entry, or what is wrong with it."""

    number: int
    entry: NewDeclaration | None
    fault: str | None


@dataclass
class Counts:
    """What became of the lines."""

    entered: int = 0
    known: int = 0
    wrong: int = 0


class NotTheRegister(ValueError):
    """The file's first line is not the one expected."""


def read(data: bytes, today: date) -> Iterator[Line]:
    """Read a CSV file (UTF-8, first line with the names of the columns)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotTheRegister("the file is not UTF-8") from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise NotTheRegister(f"columns missing: {', '.join(missing)}")
    for row in rows:
        yield _line(rows.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}, today)


def _line(number: int, row: dict[str, str], today: date) -> Line:
    if empty := [name for name in REQUIRED if not row[name]]:
        return Line(number, None, f"empty: {', '.join(empty)}")
    if strange := [name for name, value in row.items() if len(value) > LONGEST or "\x00" in value]:
        return Line(number, None, f"too long, or with a null character: {', '.join(strange)}")
    try:
        birth, decided = date.fromisoformat(row["birth_date"]), date.fromisoformat(row["decided_on"])
    except ValueError:
        return Line(number, None, "a day is written as 2016-07-13")
    if birth > today or decided > today or decided < birth:
        return Line(number, None, "a day has not come yet, or the decision comes before the birth")
    entry = NewDeclaration(row["family_name"], row["given_names"] or None, birth, row["passport_number"] or None, decided, row["reference"])
    return Line(number, entry, None)


def enter(lines: list[Line], *, by: Actor, at: datetime) -> Counts:
    """Enter what is new; the same file again enters nothing."""
    counts = Counts()
    for line in lines:
        if line.entry is None:
            counts.wrong += 1
        elif queries.declaration_known(line.entry.reference, search_name(line.entry.family_name, line.entry.given_names), line.entry.birth_date):
            counts.known += 1
        else:
            registers.enter_declaration(line.entry, by=by, at=at)
            counts.entered += 1
    return counts
