"""Writing a part in bulk: ids and file numbers reserved in one go, then COPY straight into the tables, indexes included.

The object-relational layer would cost ten times the work itself; nothing else writes these tables this way. What is
computed (place in the processing order, folded names) is computed by the same functions as for a case opened alone.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Any, Final

from psycopg import Connection

from backoffice.cases import numbers, ranking
from backoffice.cases.opening import POLICY
from backoffice.cases.values import Channel, PriorityFacts
from backoffice.core.clock import MONTREAL
from backoffice.core.db import db
from backoffice.intake.backlog.errors import NumbersExhausted
from backoffice.intake.backlog.values import Checked

OURS: Final = uuid.UUID("6f7f8a52-9d0e-4a43-9a55-2b8f2b1a6c01")
"""The namespace in which a source and a number give the submission's id that a case needs."""

NOTHING: Final = r"\N"
"""No value, in COPY's format."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_CASE: Final = (
    'COPY "case" (id, number, submission_id, programme, channel, language, status, status_changed_at, received_at, legal_received_on, opened_at,'
    " contact, destination_region, validated_offer, temporary_resident, processing_class, tie, version) FROM STDIN"
)
_PERSON: Final = (
    "COPY person (case_id, kind, position, family_name, given_names, search_name, sex, birth_date, birth_country, citizenships,"
    " passport_number, details) FROM STDIN"
)
_FILE: Final = (
    "COPY backlog_file (external_number, source, case_id, import_id, part, line, content_sha256, status, fee_paid_cents, fee_paid_on) FROM STDIN"
)
_NUMBERS: Final = (
    "INSERT INTO number_series (year, last) VALUES (%(year)s, %(many)s)"
    " ON CONFLICT (year) DO UPDATE SET last = number_series.last + %(many)s RETURNING last"
)
_IDS: Final = "SELECT nextval(pg_get_serial_sequence('\"case\"', 'id')) FROM generate_series(1, %s)"
_SEEDS: Final = "INSERT INTO day_seed (day, seed) SELECT * FROM unnest(%s::date[], %s::text[]) ON CONFLICT DO NOTHING"


def connection() -> Connection[Any]:
    """The driver's own connection, in the transaction of the session."""
    return db.session.connection().connection.driver_connection  # type: ignore[return-value]


def submission_id(source: str, number: str) -> uuid.UUID:
    """The id of ours under which a file of another system is known: always the same for a source and a number."""
    return uuid.uuid5(OURS, f"{source}\n{number}")


def open_cases(source: str, lines: Sequence[Checked], drawn: dict[str, str], *, import_id: int, part: int, at: datetime) -> list[tuple[int, str]]:
    """Open a case for each line, in order; gives each one's id and file number."""
    if not lines:
        return []
    year = at.astimezone(MONTREAL).year
    ids, serials = _reserve(year, len(lines))
    seeds = _seeds({line.content["received_on"] for line in lines}, drawn)
    given = [numbers.case_number(year, serial) for serial in serials]
    opened = list(zip(ids, given, strict=True))
    stamp = at.isoformat()
    _copy(_CASE, (_case(line, source, one, seeds, stamp) for line, one in zip(lines, opened, strict=True)))
    _copy(_PERSON, (row for line, (case_id, _number) in zip(lines, opened, strict=True) for row in _people(line, case_id)))
    _copy(_FILE, (_file(line, source, case_id, import_id, part) for line, (case_id, _number) in zip(lines, opened, strict=True)))
    return opened


def _reserve(year: int, many: int) -> tuple[list[int], range]:
    """As many ids and serials as there are cases to open, in one statement each."""
    with connection().cursor() as cursor:
        row = cursor.execute(_NUMBERS, {"year": year, "many": many}).fetchone()
        last = int(row[0]) if row else 0
        if last >= numbers.SERIALS:
            raise NumbersExhausted
        ids = [int(row[0]) for row in cursor.execute(_IDS, (many,))]
    return ids, range(last - many + 1, last + 1)


def _seeds(days: set[str], drawn: dict[str, str]) -> dict[str, str]:
    """The seed of each day, drawn now for a day that has none yet; those of earlier parts are remembered."""
    wanted = sorted(days - drawn.keys())
    if wanted:
        with connection().cursor() as cursor:
            cursor.execute(_SEEDS, (wanted, [secrets.token_hex(16) for _day in wanted]))
            rows = cursor.execute("SELECT day, seed FROM day_seed WHERE day = ANY(%s::date[])", (wanted,))
            drawn.update((row[0].isoformat(), row[1]) for row in rows)
    return drawn


def _copy(statement: str, rows: Iterable[str]) -> None:
    with connection().cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(rows))


def _case(line: Checked, source: str, opened: tuple[int, str], seeds: dict[str, str], stamp: str) -> str:
    content, (case_id, number) = line.content, opened
    day, ground, region = content["received_on"], content.get("exempt_ground"), content.get("destination_region") or NOTHING
    return (
        f"{case_id}\t{number}\t{submission_id(source, content['number'])}\t{content['programme']}\t{content['channel']}\t{content['language']}\t"
        f"{content['status']}\t{stamp}\t{_received_at(day)}\t{day}\t{stamp}\t{_text(_encode(content['contact']))}\t{region}\t"
        f"{ground == 'validated_job_offer'}\t{ground == 'temporary_resident_in_quebec'}\t"
        f"{_class(day, content['channel'], ground)}\t{ranking.tie(seeds[day], number)}\t1\n"
    )


@cache
def _received_at(day: str) -> str:
    """The first instant of a legal day: of those times only the stamp's day is known."""
    return datetime.combine(date.fromisoformat(day), time(), MONTREAL).isoformat()


@cache
def _class(day: str, channel: str, ground: str | None) -> str:
    """The processing class, by the same rule as for any case."""
    facts = PriorityFacts(None, ground == "validated_job_offer", ground == "temporary_resident_in_quebec", Channel(channel), date.fromisoformat(day))
    return str(ranking.processing_class(facts, POLICY))


def _people(line: Checked, case_id: int) -> Iterable[str]:
    for position, (one, (search_name, birth, sex, passport)) in enumerate(zip(line.content["people"], line.people, strict=True)):
        given, civil = one.get("given_names"), one.get("civil_status")
        yield (
            f"{case_id}\t{one['kind']}\t{position}\t{_text(one['family_name'])}\t{_text(given) if given else NOTHING}\t{search_name}\t{sex}\t{birth}\t"
            f"{one.get('birth_country') or NOTHING}\t{_codes(one['citizenships'])}\t{passport or NOTHING}\t"
            f"{_encode({'civil_status': civil}) if civil else '{}'}\n"
        )


def _codes(citizenships: list[str]) -> str:
    return f'["{citizenships[0]}"]' if len(citizenships) == 1 else _encode(citizenships)


def _file(line: Checked, source: str, case_id: int, import_id: int, part: int) -> str:
    content = line.content
    return (
        f"{_text(content['number'])}\t{_text(source)}\t{case_id}\t{import_id}\t{part}\t{line.raw.line}\t{line.sha256}\t{content['status']}\t"
        f"{content.get('fee_paid_cents') or NOTHING}\t{content.get('fee_paid_on') or NOTHING}\n"
    )


def _text(value: str) -> str:
    """A text in COPY's format: what means something to it is written with a backslash. Codes, days and digests need none."""
    if value.isprintable() and "\\" not in value:
        return value
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def digest(lines: Iterable[Checked]) -> str:
    """A digest of the numbers and contents of a part, for the trail."""
    whole = hashlib.sha256()
    for line in lines:
        whole.update(f"{line.number}:{line.sha256}\n".encode())
    return whole.hexdigest()
