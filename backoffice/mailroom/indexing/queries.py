"""Every SELECT of indexing: a fixed number of statements, however many clues and cases there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, Select, Text, cast, func, lateral, or_, select, true, union
from sqlalchemy.orm import selectinload

from backoffice.cases.models import Case, Person
from backoffice.core.db import db
from backoffice.core.events import EventRow
from backoffice.documents.models import DocumentRequest, PageText
from backoffice.documents.states import RequestState
from backoffice.mailroom.indexing.values import Clues, PageRead
from backoffice.mailroom.models import Envelope, Scan, ScanPage
from backoffice.mailroom.states import EnvelopeState, PageState
from backoffice.staff.models import Account

NEAREST = 25
"""People taken for each name, the nearest first."""
MOST_PEOPLE, MOST_FOREIGN = 200, 6
_EITHER_WAY = str.maketrans(dict.fromkeys("ةهىيؤئء%_", "_"))
"""Letters that are written one way or the other, as a LIKE pattern takes them."""


def pages_read(envelope_id: int) -> list[PageRead]:
    """What was recognised on the pages of an envelope that are not left out, in order."""
    query = (
        select(ScanPage.position, PageText.text, PageText.confidence)
        .join(Scan, Scan.id == ScanPage.scan_id)
        .join(PageText, (PageText.original_sha256 == Scan.sha256) & (PageText.number == ScanPage.number))
        .where(ScanPage.envelope_id == envelope_id, ScanPage.state != PageState.EXCLUDED, PageText.text != "")
    )
    return [PageRead(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(ScanPage.position).limit(40))]


def people(clues: Clues) -> list[Person]:
    """People that clues may name: by passport, by birth date, by a name that is near (trigrams)."""
    wanted: list[Select[int]] = []
    if clues.passports:
        wanted.append(select(Person.id).where(Person.passport_number.in_([clue.value for clue in clues.passports])))
    if clues.births:
        wanted.append(select(Person.id).where(Person.birth_date.in_([clue.day for clue in clues.births])).limit(MOST_PEOPLE))
    if names := [clue.value for clue in clues.names]:
        wanted.append(_by_name(names))
        wanted.extend(_in_other_letters(names))
    if not wanted:
        return []
    found = union(*(select(one.subquery()) for one in wanted)).subquery()
    return list(db.session.scalars(select(Person).where(Person.id.in_(select(found.c[0]))).order_by(Person.id).limit(MOST_PEOPLE * 3)))


def _by_name(names: Sequence[str]) -> Select[int]:
    """The nearest people of each name, through the index."""
    asked = func.unnest(cast(list(names), ARRAY(Text))).table_valued("name").alias("asked")
    name = asked.c.name
    alike = Person.search_name.op("%>", is_comparison=True)(name)  # the slip of a letter is within the threshold, which app.py sets
    near = (func.word_similarity(name, Person.search_name).desc(), func.similarity(name, Person.search_name).desc(), Person.id)
    nearest = lateral(select(Person.id).where(alike).order_by(*near).limit(NEAREST)).alias("nearest")
    return select(nearest.c.id).select_from(asked.join(nearest, true()))


def _in_other_letters(names: Sequence[str]) -> list[Select[int]]:
    """Names that are not in Latin letters, of which a database of the C locale has no trigrams: any of their words stands in the name."""
    words = [word for name in names for word in name.split() if not word.isascii() and len(word) > 2][:MOST_FOREIGN]
    if not words:
        return []
    return [select(Person.id).where(or_(*(Person.search_name.like(f"%{word.translate(_EITHER_WAY)}%") for word in words))).limit(MOST_PEOPLE)]


def cases(numbers: Iterable[str], ids: Iterable[int]) -> list[Case]:
    """Cases by number or by key, with their people."""
    query = select(Case).where(or_(Case.number.in_(list(numbers)), Case.id.in_(set(ids))))
    return list(db.session.scalars(query.options(selectinload(Case.people)).order_by(Case.id)))


def open_requests(case_ids: Iterable[int]) -> dict[int, DocumentRequest]:
    """The request of each case that still waits for something."""
    query = select(DocumentRequest).where(DocumentRequest.case_id.in_(list(case_ids)), DocumentRequest.state == RequestState.OPEN)
    found = db.session.scalars(query.options(selectinload(DocumentRequest.items)).order_by(DocumentRequest.id.desc()))
    return {one.case_id: one for one in found}


def given_names(person_ids: Iterable[int]) -> dict[int, str]:
    """What each of these people is called at home, to tell one birth certificate of a family from another."""
    wanted = set(person_ids)
    query = select(Person.id, func.coalesce(Person.given_names, Person.family_name)).where(Person.id.in_(wanted))
    return {row[0]: row[1] for row in db.session.execute(query)} if wanted else {}


@dataclass(frozen=True)
class Doubted:
    """An envelope in doubt, with who took it."""

    envelope: Envelope
    owner: str | None


def doubted(owner_id: int | None = None, number: str | None = None, limit: int = 200) -> list[Doubted]:
    """The pile: the longest in doubt first, all of it, what one person has, or one envelope of it."""
    query = select(Envelope, Account.name).outerjoin(Account, Account.id == Envelope.owner_id).where(Envelope.state == EnvelopeState.IN_DOUBT)
    if owner_id is not None:
        query = query.where(Envelope.owner_id == owner_id)
    if number is not None:
        query = query.where(Envelope.number == number)
    oldest = query.order_by(func.coalesce(Envelope.doubted_at, Envelope.registered_at), Envelope.id).limit(limit)
    rows = db.session.execute(oldest.options(selectinload(Envelope.pages), selectinload(Envelope.scans)))
    return [Doubted(row[0], row[1]) for row in rows]


def count_doubted(before: datetime | None = None, owner_id: int | None = None) -> int:
    """How many envelopes are in doubt: in all, since before an instant, one person's."""
    query = select(func.count()).select_from(Envelope).where(Envelope.state == EnvelopeState.IN_DOUBT)
    if before is not None:
        query = query.where(func.coalesce(Envelope.doubted_at, Envelope.registered_at) < before)
    if owner_id is not None:
        query = query.where(Envelope.owner_id == owner_id)
    return db.session.scalar(query) or 0


def notes(numbers: Iterable[str], kind: str) -> dict[str, EventRow]:
    """The last fact of a kind on each of these envelopes."""
    query = select(EventRow).where(EventRow.subject_kind == "envelope", EventRow.subject_id.in_(list(numbers)), EventRow.kind == kind)
    return {row.subject_id: row for row in db.session.scalars(query.order_by(EventRow.subject_id, EventRow.position))}
