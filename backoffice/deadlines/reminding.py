"""Reminders before a term ends: which are due as of a day, each once for a term and its day zero.

The marks (60, 30 and 7 days before the end) are a setting; none counts that is as long as the term itself. After missed
nights only the latest mark reached is sent: nobody gets three reminders on one morning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, db
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind


class ReminderOutcome(StrEnum):
    """What became of a mark: a message left, a later one took its place, or a letter would have come too late."""

    SENT = "sent"
    PASSED_OVER = "passed_over"
    NOT_BY_POST = "not_by_post"


class TermReminder(Base):
    """One mark of one running of a term, dealt with once."""

    __tablename__ = "term_reminder"
    __table_args__ = (UniqueConstraint("term_id", "start", "days_before"),)

    id: Mapped[Id]
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    start: Mapped[date]
    days_before: Mapped[int]
    outcome: Mapped[ReminderOutcome]
    noted_on: Mapped[date]


@dataclass(frozen=True)
class Due:
    """A reminder to send now, and the earlier marks that it replaces."""

    term: Term
    days_before: int
    left: int
    replaces: tuple[int, ...]


def reached(length: int, left: int, marks: Iterable[int], noted: frozenset[int] = frozenset()) -> tuple[int, ...]:
    """The marks of a term of so many days that so few days left have reached, the latest first."""
    return tuple(sorted(mark for mark in set(marks) if left <= mark < length and mark not in noted))


def due(kind: TermKind, as_of: date, marks: Iterable[int]) -> list[Due]:
    """Every reminder to send as of a day, the term that ends first on top."""
    marks = tuple(marks)
    horizon = as_of + timedelta(days=max(marks, default=0))
    query = select(Term).where(Term.kind == kind, Term.state == TermState.RUNNING, Term.last_day.between(as_of, horizon))
    terms = list(db.session.scalars(query.order_by(Term.last_day, Term.id)))
    noted = _noted(term.id for term in terms)
    found = []
    for term in terms:
        left = (term.last_day - as_of).days
        length = int(term.workings["days"]) + int(term.workings["extended_by"])
        if marks_reached := reached(length, left, marks, frozenset(noted.get((term.id, term.start), ()))):
            found.append(Due(term, marks_reached[0], left, marks_reached[1:]))
    return found


def still_due(one: Due) -> bool:
    """Whether nobody dealt with it meanwhile; the caller holds the case, so two sweeps at once send one."""
    noted = _noted([one.term.id])
    return one.days_before not in noted.get((one.term.id, one.term.start), ())


def note(one: Due, outcome: ReminderOutcome, as_of: date) -> None:
    """Remember what became of a mark and of those it replaces."""
    rows = [(one.days_before, outcome), *((mark, ReminderOutcome.PASSED_OVER) for mark in one.replaces)]
    db.session.add_all(
        TermReminder(term_id=one.term.id, start=one.term.start, days_before=mark, outcome=became, noted_on=as_of) for mark, became in rows
    )
    db.session.flush()


def _noted(term_ids: Iterable[int]) -> dict[tuple[int, date], set[int]]:
    query = select(TermReminder.term_id, TermReminder.start, TermReminder.days_before).where(TermReminder.term_id.in_(list(term_ids)))
    found: dict[tuple[int, date], set[int]] = {}
    for term_id, start, mark in db.session.execute(query):
        found.setdefault((term_id, start), set()).add(mark)
    return found
