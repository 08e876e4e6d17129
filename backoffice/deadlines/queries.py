"""Every SELECT on terms and on what is not settled yet."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.events import Subject
from backoffice.deadlines.models import Term, TermBar, TermPastStart, Unsettled
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind


def term_of(owner: Subject) -> Term | None:
    """The term of a fee, of a request."""
    return db.session.scalars(select(Term).filter_by(owner_kind=owner.kind, owner_id=owner.id)).first()


def lock_term(owner: Subject) -> Term:
    """The same, held, with its facts."""
    return _held(select(Term).filter_by(owner_kind=owner.kind, owner_id=owner.id))


def lock_term_by_id(term_id: int) -> Term:
    """A term by its key, held, with its facts."""
    return _held(select(Term).filter_by(id=term_id))


def _held(query: Select[Term]) -> Term:
    query = query.with_for_update().execution_options(populate_existing=True)
    term = db.session.scalars(query.options(selectinload(Term.extensions), selectinload(Term.pauses))).first()
    if term is None:
        raise NotFound
    return term


def term(subject: Subject, term_id: int) -> Term:
    """One term of a case with its facts, to be shown."""
    query = select(Term).filter_by(id=term_id, subject_kind=subject.kind, subject_id=subject.id)
    found = db.session.scalars(query.options(selectinload(Term.extensions), selectinload(Term.pauses))).first()
    if found is None:
        raise NotFound
    return found


def past_starts(term_id: int) -> list[TermPastStart]:
    """The days zero that no longer count, the oldest first."""
    return list(db.session.scalars(select(TermPastStart).filter_by(term_id=term_id).order_by(TermPastStart.id)))


def bars_of(subject: Subject) -> list[TermBar]:
    """What keeps, or kept, the terms of a case from ending; those that stand first."""
    query = select(TermBar).filter_by(subject_kind=subject.kind, subject_id=subject.id)
    return list(db.session.scalars(query.order_by(TermBar.lifted_at.desc().nulls_first(), TermBar.id)))


def lock_bar(subject: Subject, ground: str, ref: str) -> TermBar | None:
    """One bar, held."""
    return db.session.scalars(
        select(TermBar).filter_by(subject_kind=subject.kind, subject_id=subject.id, ground=ground, ref=ref).with_for_update()
    ).first()


def standing_bars(subject: Subject) -> list[TermBar]:
    """What keeps them from ending now."""
    return [bar for bar in bars_of(subject) if bar.lifted_at is None]


def terms_of(subject: Subject) -> list[Term]:
    """Every term of a case, the one that ends first on top."""
    query = select(Term).filter_by(subject_kind=subject.kind, subject_id=subject.id)
    return list(db.session.scalars(query.order_by(Term.last_day, Term.id)))


def lapsed_while_barred() -> list[Term]:
    """Terms that ended although something barred it: there are none, and the doctor looks."""
    barred = (
        select(TermBar.id)
        .where(TermBar.subject_kind == Term.subject_kind, TermBar.subject_id == Term.subject_id, TermBar.placed_at < Term.ended_at)
        .where(or_(TermBar.lifted_at.is_(None), TermBar.lifted_at > Term.ended_at))
        .exists()
    )
    return list(db.session.scalars(select(Term).where(Term.state == TermState.LAPSED, barred).order_by(Term.id)))


def running_terms(subject_kind: str, ids: Iterable[int]) -> dict[int, Term]:
    """The next term to end of each case."""
    wanted = [str(i) for i in ids]
    query = select(Term).where(Term.subject_kind == subject_kind, Term.subject_id.in_(wanted), Term.state == TermState.RUNNING)
    found: dict[int, Term] = {}
    for term in db.session.scalars(query.order_by(Term.last_day.desc(), Term.id.desc())):
        found[int(term.subject_id)] = term
    return found


def over(kind: TermKind, as_of: date) -> list[Term]:
    """Running terms whose last day is past, oldest first."""
    query = select(Term).where(Term.kind == kind, Term.state == TermState.RUNNING, Term.last_day < as_of)
    return list(db.session.scalars(query.order_by(Term.last_day, Term.id)))


def unsettled_between(first: date, last: date) -> list[Unsettled]:
    """Mail and money stamped within a term that nobody has put to a case yet."""
    query = select(Unsettled).where(Unsettled.settled_at.is_(None), Unsettled.stamped_on.between(first, last))
    return list(db.session.scalars(query.order_by(Unsettled.stamped_on, Unsettled.ref)))


def all_terms() -> list[Term]:
    """Every term with its facts, for the doctor."""
    return list(db.session.scalars(select(Term).options(selectinload(Term.extensions), selectinload(Term.pauses)).order_by(Term.id)))
