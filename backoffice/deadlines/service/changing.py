"""What moves a running term by a person's act: days granted, the letter issued again, a start corrected, a new calendar.

Whatever stood before stays in the record: each old day zero is kept whole, with its workings, and a fact says old and new.
"""

from datetime import date, datetime
from typing import Final

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import Calendar, montreal_day
from backoffice.core.db import db
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.deadlines import queries, rules
from backoffice.deadlines.errors import (
    ExtensionTooLong,
    ReasonMissing,
    SameCalendar,
    ShortenedByReissue,
    StartToCome,
    StartTooEarly,
    StartUnchanged,
    TermNotRunning,
    TermOver,
)
from backoffice.deadlines.events import StartCorrected, TermExtended, TermRecomputed, TermReissued, TermStarted
from backoffice.deadlines.models import Term, TermExtension, TermPastStart
from backoffice.deadlines.service.counting import calendar_in_force, extensions_of, tried, work_out
from backoffice.deadlines.states import TRANSITIONS, StartChange, TermAction, TermState
from backoffice.deadlines.values import Extension, Workings

LONGEST_EXTENSION: Final = rules.EXTENSION_LIMIT_DAYS


def extend_term(owner: Subject, days: int, reason: str, *, by: Actor, at: datetime) -> Term:
    """Grant days before the term ends: once, thirty at most, with a reason."""
    term, reason = queries.lock_term(owner), _given(reason)
    if_extended(term, days, at=at)
    term.extensions.append(TermExtension(term_id=term.id, days=days, granted_on=montreal_day(at), reason=reason, run=term.run))
    work_out(term)
    events.record(term.subject, TermExtended(term.id, term.kind.value, days, reason, term.last_day.isoformat()), by=by, at=at)
    return term


def if_extended(term: Term, days: int, *, at: datetime) -> Workings:
    """What an extension would give, to be read before it is granted; refused where it would be."""
    today = montreal_day(at)
    if term.state is not TermState.RUNNING or today > term.last_day:
        raise TermOver
    if extensions_of(term) or not 1 <= days <= LONGEST_EXTENSION:
        raise ExtensionTooLong(LONGEST_EXTENSION)
    return tried(term, granted=[Extension(days, today, "")])


def renew_term(owner: Subject, start: date, reason: str, *, by: Actor, at: datetime) -> Term:
    """Give a whole term again from a new first day (a lapse that a person undid); what was granted on the old one is over."""
    term = queries.lock_term(owner)
    term.state = move(TRANSITIONS, term.state, TermAction.RENEW)
    _keep(term, StartChange.RENEWED, reason, by=by, at=at)
    term.start, term.start_reason, term.ended_at = start, reason, None
    term.run, term.calendar = term.run + 1, calendar_in_force().to_json()
    work_out(term)
    fact = TermStarted(term.id, term.kind.value, start.isoformat(), term.workings["days"], term.last_day.isoformat())
    events.record(term.subject, fact, by=by, at=at)
    return term


def reissue_term(owner: Subject, start: date, reason: str, *, by: Actor, at: datetime) -> Term:
    """Give the whole term again because its letter was issued again; twice from one day changes nothing.

    Pauses still count wherever they touch the new term; an extension is carried over only where the person would lose days
    without it.
    """
    term, reason = queries.lock_term(owner), _given(reason)
    if term.state is not TermState.RUNNING:
        raise TermNotRunning
    if start == term.start:
        return term
    old_start, old_last_day = term.start, term.last_day
    _keep(term, StartChange.REISSUED, reason, by=by, at=at)
    _restart(term, _possible(term, start, at=at))
    if term.last_day < old_last_day:
        raise ShortenedByReissue
    fact = TermReissued(term.id, term.kind.value, *_moved(old_start, old_last_day, term), reason)
    events.record(term.subject, fact, by=by, at=at)
    return term


def _restart(term: Term, start: date) -> None:
    """The whole term from a new day zero, under the calendar in force now."""
    old_last_day, granted = term.last_day, [e for e in term.extensions if e.run == term.run]
    term.start, term.start_reason = start, "reissued"
    term.run, term.calendar = term.run + 1, calendar_in_force().to_json()
    work_out(term)
    if term.last_day < old_last_day and granted:
        for extension in granted:
            extension.run = term.run
        work_out(term)


def correct_start(term_id: int, start: date, reason: str, *, by: Actor, at: datetime) -> Term:
    """Put right a day zero that was recorded wrong: the same term, with all that was granted on it and every pause."""
    term, reason = queries.lock_term_by_id(term_id), _given(reason)
    if_corrected(term, start, at=at)
    old_start, old_last_day = term.start, term.last_day
    _keep(term, StartChange.CORRECTED, reason, by=by, at=at)
    term.start = start
    work_out(term)
    fact = StartCorrected(term.id, term.kind.value, *_moved(old_start, old_last_day, term), reason)
    events.record(term.subject, fact, by=by, at=at)
    return term


def if_corrected(term: Term, start: date, *, at: datetime) -> Workings:
    """What another day zero would give, to be read before it is put right; refused where it would be."""
    if term.state is not TermState.RUNNING:
        raise TermNotRunning
    if start == term.start:
        raise StartUnchanged
    return tried(term, start=_possible(term, start, at=at))


def recompute_term(term_id: int, reason: str, *, by: Actor, at: datetime) -> Term:
    """Count a running term again under the calendar now in force (a holiday proclaimed since, another Saturday setting)."""
    term, reason = queries.lock_term_by_id(term_id), _given(reason)
    if_recomputed(term)
    old, calendar = Calendar.from_json(term.calendar), calendar_in_force()
    old_last_day, term.calendar = term.last_day, calendar.to_json()
    work_out(term)
    moved = old_last_day.isoformat(), calendar.version, term.last_day.isoformat()
    events.record(term.subject, TermRecomputed(term.id, term.kind.value, old.version, *moved, reason), by=by, at=at)
    return term


def if_recomputed(term: Term) -> Workings:
    """What the calendar now in force would give, to be read before it is done; refused where nothing differs."""
    if term.state is not TermState.RUNNING:
        raise TermNotRunning
    if Calendar.from_json(term.calendar) == calendar_in_force():
        raise SameCalendar
    return tried(term, calendar=calendar_in_force())


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def _possible(term: Term, start: date, *, at: datetime) -> date:
    """A day zero that can be: past or today, and under a text that gave such a term."""
    if start > montreal_day(at):
        raise StartToCome
    try:
        rules.rule_for(term.kind, start)
    except rules.NoTermInForceError:
        raise StartTooEarly from None
    return start


def _keep(term: Term, change: StartChange, reason: str, *, by: Actor, at: datetime) -> None:
    """Keep the day zero that is about to be replaced, with all that stood on it."""
    db.session.add(
        TermPastStart(
            term_id=term.id, run=term.run, start=term.start, start_reason=term.start_reason, last_day=term.last_day,
            workings=term.workings, change=change, reason=reason, replaced_at=at, replaced_by=by.label,
        )
    )  # fmt: skip


def _moved(old_start: date, old_last_day: date, term: Term) -> tuple[str, str, str, str]:
    return old_start.isoformat(), old_last_day.isoformat(), term.start.isoformat(), term.last_day.isoformat()
