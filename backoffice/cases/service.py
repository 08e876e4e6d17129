"""Operations on cases: open, hold, move on, take, assign. The processing order is recomputed, never typed."""

from datetime import datetime

from backoffice.cases import queries, ranking
from backoffice.cases.errors import NothingToTake, NotYours
from backoffice.cases.events import (
    CaseAssigned,
    CaseGivenBack,
    CaseTaken,
    FactsChanged,
    HoldLifted,
    HoldPlaced,
    NoteAdded,
    StatusChanged,
    UrgencyChanged,
    case_subject,
)
from backoffice.cases.models import Case, CaseHold, Note
from backoffice.cases.opening import POLICY, open_cases
from backoffice.cases.states import TRANSITIONS, CaseAction, CaseStatus
from backoffice.cases.values import Hold, NewCase
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.errors import Stale
from backoffice.core.states import move


def open_case(new: NewCase, status: CaseStatus, *, by: Actor, at: datetime) -> Case:
    """Open the case of a submission under a new file number, at its place in the processing order."""
    return open_cases([new], status, by=by, at=at)[0]


def place_hold(case_id: int, hold: Hold, *, by: Actor, at: datetime) -> None:
    """Keep the case from being worked on, for a reason; the same reason twice is one."""
    case = queries.lock_case(case_id)
    if any(h.kind is hold and h.lifted_at is None for h in case.holds):
        return
    case.holds.append(CaseHold(kind=hold, placed_at=at))
    events.record(case_subject(case_id), HoldPlaced(hold.value), by=by, at=at)


def lift_hold(case_id: int, hold: Hold, *, by: Actor, at: datetime) -> None:
    """The reason is gone; without it there is nothing to lift."""
    case = queries.lock_case(case_id)
    for standing in case.holds:
        if standing.kind is hold and standing.lifted_at is None:
            standing.lifted_at = at
            events.record(case_subject(case_id), HoldLifted(hold.value), by=by, at=at)


def advance(case_id: int, action: CaseAction, *, by: Actor, at: datetime) -> Case:
    """Move a case on, if the act exists at its stage."""
    case = queries.lock_case(case_id)
    before, after = case.status, move(TRANSITIONS, case.status, action)
    if after is not before:
        case.status, case.status_changed_at = after, at
        events.record(case_subject(case_id), StatusChanged(before.value, after.value), by=by, at=at)
    return case


def take_next(officer_id: int, *, by: Actor, at: datetime) -> Case:
    """Give a caseworker the first case that waits; two who press at once get two cases."""
    case = queries.lock_next()
    if case is None:
        raise NothingToTake
    case.officer_id, case.taken_at = officer_id, at
    events.record(case_subject(case.id), CaseTaken(officer_id), by=by, at=at)
    return case


def give_back(case_id: int, reason: str, officer_id: int, *, by: Actor, at: datetime) -> Case:
    """Put one's case back in the queue; its place there does not change."""
    case = queries.lock_case(case_id)
    if case.officer_id != officer_id:
        raise NotYours
    case.officer_id, case.taken_at = None, None
    events.record(case_subject(case_id), CaseGivenBack(officer_id, reason), by=by, at=at)
    return case


def assign(case_id: int, officer_id: int | None, reason: str, *, by: Actor, at: datetime) -> Case:
    """Give a case to a caseworker, or to nobody; its place in the order does not change."""
    case = queries.lock_case(case_id)
    before, case.officer_id = case.officer_id, officer_id
    case.taken_at = at if officer_id else None
    events.record(case_subject(case_id), CaseAssigned(officer_id, before, reason), by=by, at=at)
    return case


def mark_urgent(case_id: int, reason: str | None, *, by: Actor, at: datetime) -> Case:
    """Put a case in the urgent class for a human reason, or take it out; a person answers for it."""
    case = queries.lock_case(case_id)
    case.urgent_reason = reason or None
    case.processing_class = ranking.processing_class(case.facts, POLICY)
    events.record(case_subject(case_id), UrgencyChanged(bool(reason), case.processing_class), by=by, at=at)
    return case


def change_facts(case_id: int, *, validated_offer: bool, temporary_resident: bool, reason: str, by: Actor, at: datetime) -> Case:
    """A ground was verified, denied or lost: the facts change, and the processing class follows from them; its day and tie do not."""
    case = queries.lock_case(case_id)
    if (case.validated_offer, case.temporary_resident) == (validated_offer, temporary_resident):
        return case
    before = case.processing_class
    case.validated_offer, case.temporary_resident = validated_offer, temporary_resident
    case.processing_class = ranking.processing_class(case.facts, POLICY)
    fact = FactsChanged(validated_offer, temporary_resident, before, case.processing_class, reason)
    events.record(case_subject(case_id), fact, by=by, at=at)
    return case


def add_note(case_id: int, body: str, author_id: int, *, by: Actor, at: datetime) -> Note:
    """Write an internal note; no act sends it."""
    note = Note(case_id=case_id, author_id=author_id, body=body, written_at=at)
    db.session.add(note)
    db.session.flush()
    events.record(case_subject(case_id), NoteAdded(note.id), by=by, at=at)
    return note


def check_version(case: Case, version: int | None) -> None:
    """Refuse to act on what has changed since the page was read."""
    if version is not None and case.version != version:
        raise Stale
