"""Every SELECT on cases: the queue in its lawful order, the search, and the locks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select, tuple_
from sqlalchemy.orm import selectinload

from backoffice.cases import numbers
from backoffice.cases.models import Case, CaseHold, DaySeed, Note, Person
from backoffice.cases.names import fold, passport
from backoffice.cases.states import FINAL, CaseStatus
from backoffice.cases.values import Channel, Hold, PersonKind
from backoffice.core.db import db
from backoffice.core.errors import NotFound

ORDER = (Case.processing_class, Case.legal_received_on, Case.tie, Case.number)
"""The processing order: class, legal day of receipt, the day's draw, number. Nothing of admission is in it."""

WORKABLE = frozenset({CaseStatus.PAYEE_EN_FILE, CaseStatus.DOCS_RECUS, CaseStatus.EXAMEN_PRELIM, CaseStatus.VERIFICATION})
"""Stages in which the next move is a caseworker's."""

MOST = 10_000
"""Counts beyond this are shown as « more than »: exact ones cost the page its speed."""


@dataclass(frozen=True)
class Filter:
    """What a caseworker asked to see of the queue."""

    text: str = ""
    channel: Channel | None = None
    status: CaseStatus | None = None
    officer_id: int | None = None
    unassigned: bool = False
    held: bool | None = None
    closed: bool = False
    ids: frozenset[int] | None = None
    extra: tuple[ColumnElement[bool], ...] = field(default=())


def case(number: str) -> Case:
    """A case by its number, with its people and holds."""
    query = select(Case).where(Case.number == (numbers.normalise(number) or ""))
    found = db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))).first()
    if found is None:
        raise NotFound
    return found


def by_numbers(wanted: Iterable[str]) -> list[Case]:
    """Cases by their numbers, as they are written."""
    query = select(Case).where(Case.number.in_(list(wanted)))
    return list(db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))))


def case_by_id(case_id: int) -> Case:
    """A case by its key, with its people and holds."""
    query = select(Case).where(Case.id == case_id).options(selectinload(Case.people), selectinload(Case.holds))
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def case_of_submission(submission_id: UUID) -> Case | None:
    """The case a submission became."""
    query = select(Case).where(Case.submission_id == submission_id)
    return db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))).first()


def cases_of_submissions(submission_ids: Iterable[UUID]) -> list[Case]:
    """The cases that several submissions became."""
    query = select(Case).where(Case.submission_id.in_(list(submission_ids)))
    return list(db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))))


def lock_case(case_id: int) -> Case:
    """A case held until the end of the operation; always before anything that belongs to it."""
    held: dict[int, Case] = db.session.info.setdefault("locked_cases", {})
    if case_id in held:  # locked earlier in this transaction: nobody else can have changed it
        return held[case_id]
    query = select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))).first()
    if found is None:
        raise NotFound
    if db.session.info.get("in_operation"):
        held[case_id] = found
    return found


def _held() -> ColumnElement[bool]:
    return exists().where(CaseHold.case_id == Case.id, CaseHold.lifted_at.is_(None))


def lock_next() -> Case | None:
    """The first case of the order that waits for a caseworker; one that another is taking right now is stepped over."""
    query = select(Case).where(Case.officer_id.is_(None), Case.status.in_(WORKABLE), ~_held()).order_by(*ORDER)
    return db.session.scalars(query.limit(1).with_for_update(skip_locked=True, of=Case)).first()


def _matching(wanted: Filter) -> Select[Case]:
    query = select(Case)
    if not wanted.closed:
        query = query.where(Case.status.not_in(FINAL))
    if wanted.channel:
        query = query.where(Case.channel == wanted.channel)
    if wanted.status:
        query = query.where(Case.status == wanted.status)
    if wanted.officer_id is not None:
        query = query.where(Case.officer_id == wanted.officer_id)
    if wanted.unassigned:
        query = query.where(Case.officer_id.is_(None))
    if wanted.held is not None:
        query = query.where(_held() if wanted.held else ~_held())
    if wanted.ids is not None:
        query = query.where(Case.id.in_(wanted.ids))
    if wanted.text:
        query = query.where(Case.id.in_(select(_found(wanted.text).subquery().c.case_id)))
    return query.where(*wanted.extra)


def page(wanted: Filter, after: tuple[int, date, str, str] | None = None, limit: int = 50) -> list[Case]:
    """One page of the queue in processing order, from just after a key."""
    query = _matching(wanted).order_by(*ORDER).limit(limit)
    if after:
        query = query.where(tuple_(*ORDER) > tuple_(*after))
    return list(db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))))


def page_before(wanted: Filter, before: tuple[int, date, str, str], limit: int = 50) -> list[Case]:
    """One page of the queue that ends just before a key."""
    query = _matching(wanted).where(tuple_(*ORDER) < tuple_(*before)).order_by(*(column.desc() for column in ORDER)).limit(limit)
    found = list(db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))))
    return found[::-1]


def count(wanted: Filter, most: int = MOST) -> int:
    """How many cases match, counted up to a limit."""
    return db.session.scalar(select(func.count()).select_from(_matching(wanted).with_only_columns(Case.id).limit(most + 1).subquery())) or 0


def key_of(one: Case) -> tuple[int, date, str, str]:
    """A case's place in the order, as a key."""
    return one.processing_class, one.legal_received_on, one.tie, one.number


def rank(one: Case) -> int:
    """The place of a case among those still in process, from 1."""
    ahead = select(func.count()).select_from(Case).where(Case.status.not_in(FINAL), tuple_(*ORDER) < tuple_(*key_of(one)))
    return (db.session.scalar(ahead) or 0) + 1


def in_process() -> int:
    """How many cases are still in process."""
    return db.session.scalar(select(func.count()).select_from(Case).where(Case.status.not_in(FINAL))) or 0


def neighbours(one: Case) -> tuple[Case | None, Case | None]:
    """The cases just before and just after in the order, among those still in process."""
    going = select(Case).where(Case.status.not_in(FINAL)).options(selectinload(Case.people), selectinload(Case.holds))
    key = tuple_(*key_of(one))
    before = going.where(tuple_(*ORDER) < key).order_by(*(column.desc() for column in ORDER)).limit(1)
    after = going.where(tuple_(*ORDER) > key).order_by(*ORDER).limit(1)
    return db.session.scalars(before).first(), db.session.scalars(after).first()


def seed_of(day: date) -> str | None:
    """The published seed of a day of receipt."""
    return db.session.scalar(select(DaySeed.seed).where(DaySeed.day == day))


def _found(text: str) -> Select[int, float]:
    """People that a line of search means: a number, a passport, or a name, one letter wrong forgiven."""
    name = fold(text)
    near = func.strict_word_similarity(name, Person.search_name)
    conditions: list[ColumnElement[bool]] = [and_(*(Person.search_name.contains(word, autoescape=True) for word in name.split()))] if name else []
    if len(name) >= 3:
        conditions.append(Person.search_name.op("%>>", is_comparison=True)(name))  # thresholds: core.db
        conditions.append(Person.search_name.op("%", is_comparison=True)(name))
    if bare := passport(text):
        conditions.append(Person.passport_number == bare)
    if not conditions:
        return select(Person.case_id, near).where(cast(Person.id, String) == "")
    return select(Person.case_id, near).where(or_(*conditions))


def search(text: str, limit: int = 50) -> list[Case]:
    """Cases that a line of search means, the likeliest first; the exact number alone when it is one."""
    if number := numbers.normalise(text):
        exact = select(Case).where(Case.number == number).options(selectinload(Case.people), selectinload(Case.holds))
        if found := list(db.session.scalars(exact)):
            return found
    hits = _found(text).subquery("hits")
    near = select(hits.c[0].label("case_id"), func.max(hits.c[1]).label("near")).group_by(hits.c[0]).subquery("near")
    query = select(Case).join(near, near.c.case_id == Case.id).order_by(near.c.near.desc(), *ORDER).limit(limit)
    return list(db.session.scalars(query.options(selectinload(Case.people), selectinload(Case.holds))))


def same_names(people: Iterable[tuple[str, date]], programme: str) -> list[tuple[Person, Case]]:
    """People of active cases of a programme with one of these folded names and days of birth."""
    wanted = list(people)
    query = select(Person, Case).join(Case, Case.id == Person.case_id).where(Case.programme == programme, Case.status.not_in(FINAL))
    return [(r[0], r[1]) for r in db.session.execute(query.where(tuple_(Person.search_name, Person.birth_date).in_(wanted)))] if wanted else []


def same_passports(passports: Iterable[str], programme: str) -> list[tuple[Person, Case]]:
    """People of active cases of a programme with one of these passports."""
    wanted = list(passports)
    query = select(Person, Case).join(Case, Case.id == Person.case_id).where(Case.programme == programme, Case.status.not_in(FINAL))
    return [(r[0], r[1]) for r in db.session.execute(query.where(Person.passport_number.in_(wanted)))] if wanted else []


def notes(case_id: int) -> list[Note]:
    """Internal notes, newest first."""
    return list(db.session.scalars(select(Note).where(Note.case_id == case_id).order_by(Note.id.desc())))


def load_by_officer() -> list[tuple[int | None, CaseStatus, bool, int]]:
    """How many cases each caseworker holds, by stage, those on hold apart."""
    held = _held()
    query = select(Case.officer_id, Case.status, held, func.count()).where(Case.status.not_in(FINAL)).group_by(Case.officer_id, Case.status, held)
    return [(r[0], r[1], r[2], r[3]) for r in db.session.execute(query)]


def count_by_status() -> dict[CaseStatus, int]:
    """How many cases stand at each stage."""
    return {r[0]: r[1] for r in db.session.execute(select(Case.status, func.count()).group_by(Case.status))}


def person(person_id: int) -> Person:
    """One person."""
    return db.session.get_one(Person, person_id)


def standing_holds(case_id: int) -> set[Hold]:
    """Why a case is not worked on now."""
    return set(db.session.scalars(select(CaseHold.kind).where(CaseHold.case_id == case_id, CaseHold.lifted_at.is_(None))))


def principal(one: Case) -> Person:
    """The principal applicant."""
    return next(p for p in one.people if p.kind is PersonKind.PRINCIPAL)
