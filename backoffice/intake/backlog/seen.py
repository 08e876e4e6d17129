"""What a dry run has seen so far, in temporary tables of its own connection: memory stays constant, and nothing is written."""

from collections.abc import Sequence

from psycopg import Cursor

from backoffice.intake.backlog.loading import connection
from backoffice.intake.backlog.queries import Known
from backoffice.intake.backlog.values import Checked, Fault, Somebody

_TABLES = (
    "DROP TABLE IF EXISTS pg_temp.backlog_seen",
    "DROP TABLE IF EXISTS pg_temp.backlog_seen_person",
    "CREATE TEMPORARY TABLE backlog_seen (number text PRIMARY KEY, sha256 text NOT NULL) ON COMMIT DROP",
    "CREATE TEMPORARY TABLE backlog_seen_person (name text, birth text, sex text, passport text, programme text, line bigint) ON COMMIT DROP",
    "CREATE INDEX ON backlog_seen_person (name, birth)",
    "CREATE INDEX ON backlog_seen_person (passport)",
)
_PEOPLE = "SELECT s.name, s.birth, s.sex, s.passport, s.programme, s.line FROM backlog_seen_person s"


def start() -> None:
    """Tables that the end of the transaction takes away."""
    with connection().cursor() as cursor:
        for statement in _TABLES:
            cursor.execute(statement)


def numbers(wanted: Sequence[str]) -> dict[str, Known]:
    """Numbers that an earlier part of the file would have taken over."""
    with connection().cursor() as cursor:
        rows = cursor.execute("SELECT number, sha256 FROM backlog_seen WHERE number = ANY(%s)", (list(wanted),))
        return {row[0]: Known(row[1]) for row in rows}


def people(names: Sequence[tuple[str, str]], passports: Sequence[str]) -> list[Somebody]:
    """People of earlier parts of the file with one of these names and days of birth, or passports."""
    with connection().cursor() as cursor:
        joined = f"{_PEOPLE} JOIN unnest(%s::text[], %s::text[]) AS w(n, b) ON w.n = s.name AND w.b = s.birth"
        found = _somebody(cursor.execute(joined, ([n for n, _b in names], [b for _n, b in names])))
        return found + _somebody(cursor.execute(f"{_PEOPLE} WHERE s.passport = ANY(%s)", (list(passports),)))


def _somebody(cursor: Cursor[tuple[str, str, str, str | None, str, int]]) -> list[Somebody]:
    return [Somebody((row[0], row[1], row[2], row[3]), row[4], Fault("", "same_line", str(row[5]))) for row in cursor]


def remember(lines: Sequence[Checked], members: Sequence[Somebody]) -> None:
    """These would have been taken over; the people of those still in process would be found again."""
    with connection().cursor() as cursor:
        with cursor.copy("COPY backlog_seen FROM STDIN") as copy:
            for line in lines:
                copy.write_row((line.number, line.sha256))
        with cursor.copy("COPY backlog_seen_person FROM STDIN") as copy:
            for one in members:
                copy.write_row((*one.person, one.programme, one.at.value))
