"""Many cases at once: locked in one statement, always in the order of their keys, then moved, held or given back one by one."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from backoffice.cases.events import HoldLifted, HoldPlaced, StatusChanged, case_subject
from backoffice.cases.models import Case, CaseHold
from backoffice.cases.states import TRANSITIONS, CaseAction, CaseStatus
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import move, undo


def lock_cases(case_ids: Iterable[int]) -> dict[int, Case]:
    """Cases held until the end of the operation, with their people and holds."""
    query = select(Case).where(Case.id.in_(list(case_ids))).order_by(Case.id).with_for_update(of=Case)
    query = query.options(selectinload(Case.people), selectinload(Case.holds)).execution_options(populate_existing=True)
    return {case.id: case for case in db.session.scalars(query)}


def advance(case: Case, action: CaseAction, *, by: Actor, at: datetime) -> None:
    """Move a locked case on."""
    before, case.status, case.status_changed_at = case.status, move(TRANSITIONS, case.status, action), at
    events.record(case_subject(case.id), StatusChanged(before.value, case.status.value), by=by, at=at)


def undo_advance(case: Case, action: CaseAction, before: CaseStatus, since: datetime, *, by: Actor, at: datetime) -> None:
    """The act that moved a locked case is undone (a court stays it): it stands where it stood, since when it stood there.

    Nothing reopens a returned application or one ended by law; here the ending itself is undone.
    """
    after, case.status, case.status_changed_at = case.status, undo(TRANSITIONS, case.status, action, before), since
    events.record(case_subject(case.id), StatusChanged(after.value, case.status.value), by=by, at=at)


def place_hold(case: Case, hold: Hold, *, by: Actor, at: datetime) -> None:
    """Keep a locked case from being worked on."""
    case.holds.append(CaseHold(kind=hold, placed_at=at))
    events.record(case_subject(case.id), HoldPlaced(hold.value), by=by, at=at)


def lift_hold(case: Case, hold: Hold, *, by: Actor, at: datetime) -> None:
    """Let a locked case be worked on again, at the place in the order that it never lost."""
    for standing in case.holds:
        if standing.kind is hold and standing.lifted_at is None:
            standing.lifted_at = at
            events.record(case_subject(case.id), HoldLifted(hold.value), by=by, at=at)
