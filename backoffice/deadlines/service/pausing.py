"""Pauses written afterwards for days on which nobody could act (an outage), and taken back with trace."""

from datetime import date, datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.deadlines import queries
from backoffice.deadlines.events import PauseAdded, PauseRemoved
from backoffice.deadlines.models import Term, TermPause
from backoffice.deadlines.service.counting import work_out


def add_pause(term_id: int, first: date, last: date | None, ground: str, ref: str, *, by: Actor, at: datetime) -> Term:
    """Take days out of the count; the same reference twice changes nothing, one taken back is entered again."""
    term = queries.lock_term_by_id(term_id)
    known = next((pause for pause in term.pauses if pause.ref == ref), None)
    if known and known.removed_at is None:
        return term
    if known:
        known.first, known.last, known.ground, known.removed_at = first, last, ground, None
    else:
        term.pauses.append(TermPause(term_id=term.id, first=first, last=last, ground=ground, ref=ref))
    work_out(term)
    events.record(term.subject, PauseAdded(term.id, term.kind.value, *_days(first, last), ground, ref, term.last_day.isoformat()), by=by, at=at)
    return term


def remove_pause(term_id: int, ref: str, *, by: Actor, at: datetime) -> Term:
    """Put the days back into the count; the pause stays in the record, and doing it twice changes nothing."""
    term = queries.lock_term_by_id(term_id)
    known = next((pause for pause in term.pauses if pause.ref == ref and pause.removed_at is None), None)
    if known is None:
        return term
    known.removed_at = at
    work_out(term)
    fact = PauseRemoved(term.id, term.kind.value, *_days(known.first, known.last), known.ground, ref, term.last_day.isoformat())
    events.record(term.subject, fact, by=by, at=at)
    return term


def _days(first: date, last: date | None) -> tuple[str, str | None]:
    return first.isoformat(), last.isoformat() if last else None
