"""The terms of many cases at once: cancelled when their case ends, revived when that is undone, paused and resumed by decision.

A pause takes whole days out of the count (I-0.2.1 s. 50: processing is suspended for the period that the decision sets), so that
nobody is late for days on which they could not act.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.deadlines.events import TermEnded, TermPaused, TermResumed, TermRevived
from backoffice.deadlines.models import Term, TermPause
from backoffice.deadlines.service.counting import work_out
from backoffice.deadlines.states import TRANSITIONS, TermAction, TermState

_DAY = timedelta(days=1)


def lock_terms(subject_kind: str, ids: Iterable[int], *states: TermState) -> dict[int, list[Term]]:
    """The terms of many subjects that stand in one of these states, with their facts, held until the end of the operation."""
    query = select(Term).where(Term.subject_kind == subject_kind, Term.subject_id.in_([str(i) for i in ids]), Term.state.in_(states))
    query = query.options(selectinload(Term.extensions), selectinload(Term.pauses)).order_by(Term.id).with_for_update(of=Term)
    found: dict[int, list[Term]] = {}
    for term in db.session.scalars(query.execution_options(populate_existing=True)):
        found.setdefault(int(term.subject_id), []).append(term)
    return found


def cancel(term: Term, *, by: Actor, at: datetime) -> None:
    """Its case has ended: nobody is waited for any more."""
    term.state, term.ended_at = move(TRANSITIONS, term.state, TermAction.CANCEL), at
    events.record(term.subject, TermEnded(term.id, term.kind.value, term.state.value), by=by, at=at)


def revive(term: Term, cancelled_on: date, ground: str, *, by: Actor, at: datetime) -> None:
    """Its case lives again: the term runs on, and the days since it was cancelled do not count against the person."""
    term.state, term.ended_at = move(TRANSITIONS, term.state, TermAction.REVIVE), None
    last = montreal_day(at) - _DAY
    if last >= cancelled_on:
        term.pauses.append(TermPause(term_id=term.id, first=cancelled_on, last=last, ground=ground))
        work_out(term)
    events.record(term.subject, TermRevived(term.id, term.kind.value, term.last_day.isoformat()), by=by, at=at)


def pause(term: Term, ground: str, *, by: Actor, at: datetime) -> None:
    """Stop the clock from today until it is resumed."""
    first = montreal_day(at)
    term.pauses.append(TermPause(term_id=term.id, first=first, last=None, ground=ground))
    work_out(term)
    events.record(term.subject, TermPaused(term.id, term.kind.value, first.isoformat(), ground), by=by, at=at)


def resume(term: Term, ground: str, *, by: Actor, at: datetime) -> None:
    """Let the clock that this ground stopped run again from today; stopped and resumed on one day, it never stopped."""
    last = montreal_day(at) - _DAY
    for standing in [p for p in term.pauses if p.ground == ground and p.last is None and p.removed_at is None]:
        if last < standing.first:
            term.pauses.remove(standing)
            db.session.delete(standing)
        else:
            standing.last = last
    work_out(term)
    fact = TermResumed(term.id, term.kind.value, int(str(term.workings["paused_days"])), term.last_day.isoformat())
    events.record(term.subject, fact, by=by, at=at)
