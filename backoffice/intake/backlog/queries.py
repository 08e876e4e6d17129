"""What is known already: numbers taken over, people of active cases, and the lines that wait for a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import selectinload

from backoffice.cases.models import Case, CaseHold, Person
from backoffice.cases.states import FINAL
from backoffice.cases.values import Hold
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.intake.backlog.models import BacklogFile, BacklogImport, BacklogLine
from backoffice.intake.backlog.values import Fault, Outcome, Somebody

ONE_AT_A_TIME = 7_281_031
"""The advisory lock under which a part is taken: two imports never work on the same number."""
_ENDED = sorted(status.value for status in FINAL)
# One look into the index for each person wanted, however large the table: a join would sometimes read it all.
_PEOPLE = (
    "SELECT p.search_name, p.birth_date::text, p.sex, p.passport_number, c.programme, c.number FROM {wanted}"
    " CROSS JOIN LATERAL (SELECT * FROM person WHERE {same} OFFSET 0) p"
    ' CROSS JOIN LATERAL (SELECT * FROM "case" WHERE id = p.case_id AND status <> ALL(:ended) OFFSET 0) c'
)
_BY_NAME = text(
    _PEOPLE.format(wanted="unnest(CAST(:names AS text[]), CAST(:births AS date[])) AS w(n, b)", same="search_name = w.n AND birth_date = w.b")
)
_BY_PASSPORT = text(_PEOPLE.format(wanted="unnest(CAST(:passports AS text[])) AS w(n)", same="passport_number = w.n"))
_KNOWN = text(
    "SELECT f.external_number, f.content_sha256, c.id, c.number FROM unnest(CAST(:numbers AS text[])) AS w(n)"
    " CROSS JOIN LATERAL (SELECT * FROM backlog_file WHERE external_number = w.n AND source = :source OFFSET 0) f"
    ' JOIN "case" c ON c.id = f.case_id'
)
_KEPT = text("SELECT raw_sha256 FROM backlog_line WHERE source = :source AND raw_sha256 = ANY(CAST(:digests AS text[]))")
_RETAKEN = text(
    "UPDATE backlog_line SET settled_at = :at, settled_by = :by, decision = 'retaken' WHERE source = :source AND settled_at IS NULL"
    " AND outcome = 'refused' AND external_number = ANY(CAST(:numbers AS text[]))"
)
_OPENED_MEANWHILE = text(
    'SELECT DISTINCT f.case_id FROM "case" other JOIN person theirs ON theirs.case_id = other.id'
    " JOIN person mine ON mine.birth_date = theirs.birth_date AND mine.search_name = theirs.search_name AND mine.case_id <> theirs.case_id"
    ' JOIN backlog_file f ON f.case_id = mine.case_id AND f.import_id = :import_id JOIN "case" c ON c.id = f.case_id'
    " WHERE other.opened_at >= :since AND other.status <> ALL(:ended) AND c.status <> ALL(:ended) AND other.programme = c.programme"
    " AND NOT EXISTS (SELECT FROM backlog_file b WHERE b.case_id = other.id) ORDER BY f.case_id"
)


_DOUBT = (CaseHold.kind == Hold.DUPLICATE_REVIEW, CaseHold.lifted_at.is_(None))


@dataclass(frozen=True)
class Known:
    """A number that was taken over: its content's digest and its case."""

    sha256: str
    case_id: int | None = None
    case_number: str | None = None


def lock() -> None:
    """Wait for another import's part, if one is being written."""
    db.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def known(source: str, numbers: Sequence[str]) -> dict[str, Known]:
    """Which of these numbers of a source were taken over."""
    rows = db.session.execute(_KNOWN, {"source": source, "numbers": list(numbers)}) if numbers else ()
    return {row[0]: Known(row[1], row[2], row[3]) for row in rows}


def contents(source: str, numbers: Sequence[str]) -> dict[str, dict[str, object]]:
    """What the cases taken over under these numbers say now, in the form of a line."""
    query = select(BacklogFile, Case).join(Case, Case.id == BacklogFile.case_id).options(selectinload(Case.people))
    query = query.where(BacklogFile.source == source, BacklogFile.external_number.in_(numbers))
    return {row[0].external_number: _content(row[0], row[1]) for row in db.session.execute(query)} if numbers else {}


def _content(taken: BacklogFile, case: Case) -> dict[str, object]:
    ground = "validated_job_offer" if case.validated_offer else "temporary_resident_in_quebec" if case.temporary_resident else None
    said: dict[str, object] = {
        "number": taken.external_number, "programme": case.programme, "received_on": case.legal_received_on.isoformat(), "channel": case.channel.value,
        "language": case.language, "status": taken.status.value, "fee_paid_cents": taken.fee_paid_cents,
        "fee_paid_on": taken.fee_paid_on.isoformat() if taken.fee_paid_on else None, "exempt_ground": ground,
        "destination_region": case.destination_region, "contact": case.contact, "people": [_person(one) for one in case.people],
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def _person(one: Person) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": one.kind.value, "family_name": one.family_name, "given_names": one.given_names, "sex": one.sex, "birth_date": one.birth_date.isoformat(),
        "birth_country": one.birth_country, "citizenships": one.citizenships, "passport_number": one.passport_number, **one.details,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def people(names: Sequence[tuple[str, str]], passports: Sequence[str]) -> list[Somebody]:
    """People of active cases with one of these folded names and days of birth, or one of these passports."""
    found: list[Row[str, str, str, str | None, str, str]] = []
    if names:
        wanted = {"names": [name for name, _birth in names], "births": [birth for _name, birth in names], "ended": _ENDED}
        found += db.session.execute(_BY_NAME, wanted).all()
    if passports:
        found += db.session.execute(_BY_PASSPORT, {"passports": list(passports), "ended": _ENDED}).all()
    return [Somebody((row[0], row[1], row[2], row[3]), row[4], Fault("", "same_person", row[5])) for row in found]


def opened_meanwhile(import_id: int, since: datetime) -> list[int]:
    """Cases of an import with somebody of a case that a door opened while it ran."""
    rows = db.session.execute(_OPENED_MEANWHILE, {"import_id": import_id, "since": since, "ended": _ENDED})
    return [row[0] for row in rows]


def kept(source: str, digests: Iterable[str]) -> set[str]:
    """Which of these lines are kept already."""
    return set(db.session.scalars(_KEPT, {"source": source, "digests": list(digests)}))


def settle_retaken(source: str, numbers: Sequence[str], by: str, at: datetime) -> None:
    """Lines that were refused, and came back mended, no longer wait."""
    db.session.execute(_RETAKEN, {"source": source, "numbers": list(numbers), "by": by, "at": at})


def file_of_case(case_id: int) -> BacklogFile | None:
    """What a case was taken over from, if it was."""
    return db.session.scalars(select(BacklogFile).where(BacklogFile.case_id == case_id)).first()


def case_ids_by_number(number: str) -> list[int]:
    """Cases that another system knows under this number, as written or in capitals."""
    bare = number.strip()
    query = select(BacklogFile.case_id).where(BacklogFile.external_number.in_({bare, bare.upper()}))
    return list(db.session.scalars(query.order_by(BacklogFile.case_id).limit(50))) if bare else []


def imports() -> list[tuple[BacklogImport, dict[Outcome, int]]]:
    """Every import, latest first, with what of it still waits for a person."""
    rows = list(db.session.scalars(select(BacklogImport).order_by(BacklogImport.id.desc()).limit(200)))
    counted = select(BacklogLine.import_id, BacklogLine.outcome, func.count()).where(BacklogLine.settled_at.is_(None))
    waiting: dict[int, dict[Outcome, int]] = {}
    for import_id, outcome, many in db.session.execute(counted.group_by(BacklogLine.import_id, BacklogLine.outcome)):
        waiting.setdefault(import_id, {})[outcome] = many
    doubted = select(BacklogFile.import_id, func.count()).join(CaseHold, CaseHold.case_id == BacklogFile.case_id).where(*_DOUBT)
    for import_id, many in db.session.execute(doubted.group_by(BacklogFile.import_id)):
        waiting.setdefault(import_id, {})[Outcome.SUSPECTED] = many
    return [(one, waiting.get(one.id, {})) for one in rows]


def doubted(import_id: int, limit: int = 100) -> list[tuple[BacklogFile, Case]]:
    """Cases of an import that are on hold, since somebody of them looks like somebody else."""
    query = select(BacklogFile, Case).join(Case, Case.id == BacklogFile.case_id).join(CaseHold, CaseHold.case_id == Case.id)
    rows = db.session.execute(query.where(BacklogFile.import_id == import_id, *_DOUBT).order_by(BacklogFile.line).limit(limit))
    return [(row[0], row[1]) for row in rows]


def import_by_id(import_id: int) -> BacklogImport:
    """One import."""
    found = db.session.get(BacklogImport, import_id)
    if found is None:
        raise NotFound
    return found


def waiting_lines(import_id: int, after: int = 0, limit: int = 50) -> list[BacklogLine]:
    """Lines of an import that wait for a person, in order, from just after a line."""
    query = select(BacklogLine).where(BacklogLine.import_id == import_id, BacklogLine.settled_at.is_(None), BacklogLine.line > after)
    return list(db.session.scalars(query.order_by(BacklogLine.line, BacklogLine.id).limit(limit)))


def settled_lines(import_id: int, limit: int = 20) -> list[BacklogLine]:
    """Lines of an import that were settled, latest first."""
    query = select(BacklogLine).where(BacklogLine.import_id == import_id, BacklogLine.settled_at.is_not(None))
    return list(db.session.scalars(query.order_by(BacklogLine.settled_at.desc(), BacklogLine.id).limit(limit)))


def count_waiting() -> int:
    """How many lines wait for a person."""
    return db.session.scalar(select(func.count()).select_from(BacklogLine).where(BacklogLine.settled_at.is_(None))) or 0


def line(line_id: int) -> BacklogLine:
    """A kept line."""
    found = db.session.get(BacklogLine, line_id)
    if found is None:
        raise NotFound
    return found


def lock_line(line_id: int) -> BacklogLine:
    """A kept line, held until the end of the operation."""
    found = db.session.scalars(select(BacklogLine).where(BacklogLine.id == line_id).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def case_numbers(ids: Iterable[int | None]) -> dict[int, tuple[str, str]]:
    """File numbers and legal days of cases, by key."""
    wanted = [i for i in ids if i]
    query = select(Case.id, Case.number, Case.legal_received_on).where(Case.id.in_(wanted))
    return {row[0]: (row[1], row[2].isoformat()) for row in db.session.execute(query)} if wanted else {}
