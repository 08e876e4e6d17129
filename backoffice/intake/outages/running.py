"""Carrying out a signed list part by part: each line once, whatever is killed in the middle, then each person told.

Cases are locked first, in the order of their keys, then each term, then the period: the order of every other operation. A term
that ended after the list was signed is skipped, and stands in the result; a line at fault is refused with its reason, and the
others go on.
"""

from collections.abc import Sequence
from datetime import date, datetime

import structlog
from sqlalchemy.exc import OperationalError

from backoffice.cases import many as cases
from backoffice.cases.events import case_subject
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import MONTREAL
from backoffice.core.db import attempt, db
from backoffice.core.errors import DomainError
from backoffice.core.states import move
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermState
from backoffice.intake.outages import queries, service, telling
from backoffice.intake.outages.events import ClosingMoved, ListAdvanced, ListFinished, ListTold, TermMoved, outage_subject
from backoffice.intake.outages.models import Outage, OutageLine, OutageList
from backoffice.intake.outages.states import TRANSITIONS, ListAction, ListState
from backoffice.intake.outages.values import LineKind, LineState, Why
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.events import window_subject
from backoffice.quota.values import WindowState
from backoffice.staff.models import Account

log = structlog.get_logger()

CHUNK, LETTERS = 100, 50
"""How many lines have their result, and how many people are written to, in one transaction."""

GROUND = "outage"

Terms = dict[int, tuple[TermState, date]]
"""How each term of a part stands, and its last day, as it was locked."""


def go_on(list_id: int, *, at: datetime, size: int = CHUNK) -> bool:
    """Do the next part of a signed list: results first, then what each is told; false when nothing is left to do.

    Each part is one transaction: a process killed in the middle leaves its part undone, and whoever comes next does it, once.
    """
    outage = queries.lock_outage(queries.find_list(list_id).outage_id)
    listed = queries.find_list(list_id)
    db.session.refresh(listed)
    if listed.state is ListState.APPROVED:
        _carry_out(outage, listed, size, at=at)
        return True
    if listed.state is ListState.TELLING:
        _tell(outage, listed, min(size, LETTERS), at=at)
        return True
    return False


def _carry_out(outage: Outage, listed: OutageList, size: int, *, at: datetime) -> None:
    if queries.progress(listed.id).with_result == 0:
        service.check_list(listed)
    lines = queries.waiting(listed.id, size)
    terms = _lock(lines)
    for line in lines:
        _one(outage, listed, line, terms, at=at)
    db.session.flush()
    now = queries.progress(listed.id).by_state
    if not now.get(LineState.WAITING):
        listed.state = move(TRANSITIONS, listed.state, ListAction.CARRY_OUT)
    many = [now.get(state, 0) for state in (LineState.DONE, LineState.SKIPPED, LineState.REFUSED, LineState.WAITING)]
    events.record(outage_subject(outage.id), ListAdvanced(outage.id, listed.id, *many), by=_signer(listed.by_id), at=at)


def _lock(lines: Sequence[OutageLine]) -> Terms:
    """Hold the cases of a part, then its terms; give each term as it stands."""
    found = cases.lock_cases(sorted({line.case_id for line in lines if line.case_id}))
    if db.session.info.get("in_operation"):
        db.session.info.setdefault("locked_cases", {}).update(found)
    return queries.lock_terms(line.term_id for line in lines if line.term_id)


def _signer(account_id: int | None) -> Actor:
    return db.session.get_one(Account, account_id).actor


def _one(outage: Outage, listed: OutageList, line: OutageLine, terms: Terms, *, at: datetime) -> None:
    """Give one line its result; a fault undoes that line alone, and its facts with it."""
    try:
        with attempt():
            if line.kind is LineKind.WINDOW:
                _window(outage, listed, line, at=at)
            else:
                _term(outage, listed, line, *terms[line.term_id or 0], at=at)
    except OperationalError:
        raise
    except Exception as fault:  # it stands in the result as refused, with its reason, and the others go on
        log.exception("a line of an outage failed", outage=outage.id, position=line.position)
        db.session.refresh(line)
        line.fault = str(fault.message) if isinstance(fault, DomainError) else None
        _result(line, LineState.REFUSED, at=at, why=Why.FAULT)


def _result(line: OutageLine, state: LineState, *, at: datetime, why: Why | None = None) -> None:
    line.state, line.done_at, line.why = state, at, why or line.why


def _term(outage: Outage, listed: OutageList, line: OutageLine, state: TermState, before: date, *, at: datetime) -> None:
    """Enter, change or take back the days of this outage on one term; its date follows from all its facts."""
    assert line.term_id is not None
    assert line.case_id is not None
    if state is not TermState.RUNNING:
        _result(line, LineState.SKIPPED, at=at, why=Why.ENDED)
        return
    by, after = _signer(listed.by_id), before
    if line.before:
        after = deadlines.remove_pause(line.term_id, outage.ref, by=by, at=at).last_day
    if line.after:
        after = deadlines.add_pause(line.term_id, line.after.first, line.after.last, GROUND, outage.ref, by=by, at=at).last_day
    line.found_day, line.given_day = before, after
    fact = TermMoved(outage.id, listed.id, line.term_id, line.term_kind or "", before.isoformat(), after.isoformat())
    events.record(case_subject(line.case_id), fact, by=by, at=at)
    _result(line, LineState.DONE, at=at)


def _window(outage: Outage, listed: OutageList, line: OutageLine, *, at: datetime) -> None:
    """Move the closing of a period by a new version of its decision, signed by the two people of the list."""
    assert line.window_id is not None
    assert line.new_closing is not None
    window = quota_queries.lock_window(line.window_id)
    if window.closes_at != line.old_closing or window.state is WindowState.CLOSED:
        closed = window.state is WindowState.CLOSED
        _result(line, LineState.SKIPPED, at=at, why=Why.CLOSED_BEFORE if closed else Why.CHANGED)
        return
    by, second = _signer(listed.by_id), _signer(listed.second_id)
    quota.amend_window(window.id, {"closes_at": line.new_closing}, listed.reason, by=by, second=second, at=at)
    fact = ClosingMoved(
        outage.id, listed.id, window.code, *(one.astimezone(MONTREAL).isoformat() for one in (line.old_closing or at, line.new_closing))
    )
    events.record(window_subject(window.code), fact, by=by, at=at)
    _result(line, LineState.DONE, at=at)


def _tell(outage: Outage, listed: OutageList, size: int, *, at: datetime) -> None:
    lines, by = queries.to_tell(listed.id, size), _signer(listed.by_id)
    if lines:
        telling.tell(outage, listed, lines, at=at)
        db.session.flush()
        now = queries.progress(listed.id)
        events.record(outage_subject(outage.id), ListTold(outage.id, listed.id, now.told, now.to_tell), by=by, at=at)
        return
    listed.state, listed.done_at = move(TRANSITIONS, listed.state, ListAction.TELL), at
    found = queries.progress(listed.id).by_state
    many = [found.get(state, 0) for state in (LineState.DONE, LineState.SKIPPED, LineState.REFUSED)]
    events.record(outage_subject(outage.id), ListFinished(outage.id, listed.id, listed.kind.value, *many), by=by, at=at)
