"""Operations on terms: start, extend, end. A last day is never typed: it is worked out from recorded facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import delete

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import Calendar, montreal_day
from backoffice.core.db import db
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.deadlines import queries, rules
from backoffice.deadlines.errors import ExtensionTooLong, TermOver
from backoffice.deadlines.events import TermEnded, TermExtended, TermRevived, TermStarted
from backoffice.deadlines.models import Term, TermExtension, TermPause, Unsettled
from backoffice.deadlines.states import TRANSITIONS, TermAction, TermState
from backoffice.deadlines.values import Extension, Pause, TermKind, Workings

CALENDAR = Calendar(version="I-16/2016", saturdays=True)
"""The calendar in force: holidays of I-16 s. 61(23); Saturdays skipped too, in the person's favour (a setting)."""

LONGEST_EXTENSION = 30


@lru_cache(maxsize=4096)
def planned(kind: TermKind, start: date) -> Workings:
    """What a term that started on this day would give, to be shown before it is sent."""
    return rules.workings(rules.rule_for(kind, start), start, calendar=CALENDAR)


@dataclass(frozen=True)
class Starting:
    """A term to start: whose it is, for what, its day zero and why then."""

    subject: Subject
    owner: Subject
    start: date
    reason: str


def start_term(kind: TermKind, subject: Subject, owner: Subject, start: date, reason: str, *, by: Actor, at: datetime) -> Term:
    """Start a term on its day zero, for a fee or a request of this subject."""
    return start_terms(kind, [Starting(subject, owner, start, reason)], by=by, at=at)[0]


def start_terms(kind: TermKind, starting: Sequence[Starting], *, by: Actor, at: datetime) -> list[Term]:
    """The same for many at once."""
    terms = [_term(kind, one) for one in starting]
    db.session.add_all(terms)
    db.session.flush()
    for one, term in zip(starting, terms, strict=True):
        worked = planned(kind, one.start)
        fact = TermStarted(term.id, kind.value, one.start.isoformat(), worked.days, worked.last_day.isoformat())
        events.record(one.subject, fact, by=by, at=at)
    return terms


def _term(kind: TermKind, one: Starting) -> Term:
    worked = planned(kind, one.start)
    return Term(
        kind=kind, subject_kind=one.subject.kind, subject_id=one.subject.id, owner_kind=one.owner.kind, owner_id=one.owner.id,
        start=one.start, start_reason=one.reason, state=TermState.RUNNING, last_day=worked.last_day, workings=worked.to_json(),
    )  # fmt: skip


def extend_term(owner: Subject, days: int, reason: str, *, by: Actor, at: datetime) -> Term:
    """Grant days before the term ends: once, and thirty at most."""
    term = queries.lock_term(owner)
    today = montreal_day(at)
    if term.state is not TermState.RUNNING or today > term.last_day:
        raise TermOver
    if term.extensions or not 1 <= days <= LONGEST_EXTENSION:
        raise ExtensionTooLong(LONGEST_EXTENSION)
    term.extensions.append(TermExtension(term_id=term.id, days=days, granted_on=today, reason=reason))
    _work_out(term)
    events.record(_subject(term), TermExtended(term.id, term.kind.value, days, reason, term.last_day.isoformat()), by=by, at=at)
    return term


def end_term(owner: Subject, action: TermAction, *, by: Actor, at: datetime) -> Term:
    """End a term: satisfied, lapsed or cancelled."""
    term = queries.lock_term(owner)
    term.state = move(TRANSITIONS, term.state, action)
    term.ended_at = at
    events.record(_subject(term), TermEnded(term.id, term.kind.value, term.state.value), by=by, at=at)
    return term


def revive_term(owner: Subject, *, by: Actor, at: datetime) -> Term:
    """Let a satisfied term run again with its first day (a cheque came back, a document was refused)."""
    term = queries.lock_term(owner)
    term.state = move(TRANSITIONS, term.state, TermAction.REVIVE)
    term.ended_at = None
    events.record(_subject(term), TermRevived(term.id, term.kind.value, term.last_day.isoformat()), by=by, at=at)
    return term


def renew_term(owner: Subject, start: date, reason: str, *, by: Actor, at: datetime) -> Term:
    """Give a whole term again from a new first day (a lapse that a person undid); what was granted on the old one is over."""
    term = queries.lock_term(owner)
    term.state = move(TRANSITIONS, term.state, TermAction.RENEW)
    db.session.execute(delete(TermExtension).where(TermExtension.term_id == term.id))
    db.session.execute(delete(TermPause).where(TermPause.term_id == term.id))
    db.session.expire(term, ["extensions", "pauses"])
    worked = planned(term.kind, start)
    term.start, term.start_reason, term.ended_at = start, reason, None
    term.last_day, term.workings = worked.last_day, worked.to_json()
    events.record(_subject(term), TermStarted(term.id, term.kind.value, start.isoformat(), worked.days, worked.last_day.isoformat()), by=by, at=at)
    return term


def note_unsettled(source: str, ref: str, stamped_on: date) -> None:
    """Something of this day is in the house and not yet put to a case: no term it may answer ends before."""
    db.session.merge(Unsettled(source=source, ref=ref, stamped_on=stamped_on, settled_at=None))


def note_settled(source: str, ref: str, *, at: datetime) -> None:
    """It has been put to a case, or sent back."""
    found = db.session.get(Unsettled, (source, ref))
    if found is not None and found.settled_at is None:
        found.settled_at = at


def derived(term: Term) -> Workings:
    """The workings of a term from its facts alone."""
    rule = rules.rule_for(term.kind, term.start)
    extensions = [Extension(e.days, e.granted_on, e.reason) for e in term.extensions]
    pauses = [Pause(p.first, p.last, p.ground) for p in term.pauses]
    return rules.workings(rule, term.start, extensions=extensions, pauses=pauses, calendar=CALENDAR)


def _work_out(term: Term) -> None:
    worked = derived(term)
    term.last_day, term.workings = worked.last_day, worked.to_json()


def _subject(term: Term) -> Subject:
    return Subject(term.subject_kind, term.subject_id)
