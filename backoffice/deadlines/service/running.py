"""Terms begin, end and run on; what is in the house and not yet put to a case is noted beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.deadlines import queries
from backoffice.deadlines.errors import TermsBarred
from backoffice.deadlines.events import TermEnded, TermRevived, TermStarted
from backoffice.deadlines.models import Term, Unsettled
from backoffice.deadlines.service.counting import calendar_in_force, planned
from backoffice.deadlines.states import TRANSITIONS, TermAction, TermState
from backoffice.deadlines.values import TermKind


@dataclass(frozen=True)
class Starting:
    """A term to start: whose it is, for what, its day zero and why then; its own number of days if one was granted."""

    subject: Subject
    owner: Subject
    start: date
    reason: str
    days: int | None = None


def start_term(
    kind: TermKind, subject: Subject, owner: Subject, start: date, reason: str, *, days: int | None = None, by: Actor, at: datetime
) -> Term:
    """Start a term on its day zero, for a fee or a request of this subject."""
    return start_terms(kind, [Starting(subject, owner, start, reason, days)], by=by, at=at)[0]


def start_terms(kind: TermKind, starting: Sequence[Starting], *, by: Actor, at: datetime) -> list[Term]:
    """The same for many at once."""
    calendar = calendar_in_force().to_json()
    terms = [_term(kind, one, calendar) for one in starting]
    db.session.add_all(terms)
    db.session.flush()
    for one, term in zip(starting, terms, strict=True):
        fact = TermStarted(term.id, kind.value, one.start.isoformat(), term.workings["days"], term.last_day.isoformat())
        events.record(one.subject, fact, by=by, at=at)
    return terms


def _term(kind: TermKind, one: Starting, calendar: dict[str, object]) -> Term:
    worked = planned(kind, one.start, one.days, one.reason)
    return Term(
        kind=kind, subject_kind=one.subject.kind, subject_id=one.subject.id, owner_kind=one.owner.kind, owner_id=one.owner.id,
        start=one.start, start_reason=one.reason, run=1, own_days=one.days, calendar=calendar, state=TermState.RUNNING,
        last_day=worked.last_day, workings=worked.to_json(),
    )  # fmt: skip


def end_term(owner: Subject, action: TermAction, *, by: Actor, at: datetime) -> Term:
    """End a term: satisfied, lapsed or cancelled. It does not lapse while something bars the ends of its case."""
    term = queries.lock_term(owner)
    if action is TermAction.LAPSE and queries.standing_bars(term.subject):
        raise TermsBarred
    term.state = move(TRANSITIONS, term.state, action)
    term.ended_at = at
    events.record(term.subject, TermEnded(term.id, term.kind.value, term.state.value), by=by, at=at)
    return term


def revive_term(owner: Subject, *, by: Actor, at: datetime) -> Term:
    """Let a satisfied term run again with its first day (a cheque came back, a document was refused)."""
    term = queries.lock_term(owner)
    term.state = move(TRANSITIONS, term.state, TermAction.REVIVE)
    term.ended_at = None
    events.record(term.subject, TermRevived(term.id, term.kind.value, term.last_day.isoformat()), by=by, at=at)
    return term


def note_unsettled(source: str, ref: str, stamped_on: date) -> None:
    """Something of this day is in the house and not yet put to a case: no term it may answer ends before."""
    db.session.merge(Unsettled(source=source, ref=ref, stamped_on=stamped_on, settled_at=None))


def note_settled(source: str, ref: str, *, at: datetime) -> None:
    """It has been put to a case, or sent back."""
    found = db.session.get(Unsettled, (source, ref))
    if found is not None and found.settled_at is None:
        found.settled_at = at
