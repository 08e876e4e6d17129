"""What supervisors count, read from the features below."""

from datetime import date, timedelta

from sqlalchemy import BigInteger, cast, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case, CaseHold
from backoffice.cases.queries import WORKABLE
from backoffice.cases.states import FINAL
from backoffice.core.db import db
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.staff import queries as staff_queries
from backoffice.staff.permissions import Role
from backoffice.workload.values import Load, Oldest

HORIZONS = (7, 14, 30)
"""Days ahead that a supervisor looks at."""


def loads(nobody: str) -> list[Load]:
    """What each caseworker holds, those without anything included, and what nobody holds last."""
    held: dict[int | None, dict[bool, int]] = {}
    for officer_id, _status, on_hold, many in case_queries.load_by_officer():
        counts = held.setdefault(officer_id, {True: 0, False: 0})
        counts[on_hold] += many
    accounts = {account.id: account for account in staff_queries.all_accounts()}
    wanted = [a.id for a in accounts.values() if (a.active and a.role in {Role.CASEWORKER, Role.SUPERVISOR}) or a.id in held]
    found = [_load(key, accounts[key].name, held.get(key, {})) for key in wanted]
    return [*sorted(found, key=lambda load: (-load.total, load.name)), _load(None, nobody, held.get(None, {}))]


def _load(officer_id: int | None, name: str, counts: dict[bool, int]) -> Load:
    return Load(officer_id, name, counts.get(False, 0), counts.get(True, 0))


def oldest_by_class() -> list[Oldest]:
    """For each class, the case that has waited longest for a caseworker."""
    held = exists().where(CaseHold.case_id == Case.id, CaseHold.lifted_at.is_(None))
    waiting = [Case.officer_id.is_(None), Case.status.in_(WORKABLE), ~held]
    counts = {r[0]: r[1] for r in db.session.execute(select(Case.processing_class, func.count()).where(*waiting).group_by(Case.processing_class))}
    first = select(Case.processing_class, Case.number, Case.legal_received_on).where(*waiting).ext(distinct_on(Case.processing_class))
    rows = db.session.execute(first.order_by(*case_queries.ORDER))
    return [Oldest(row[0], row[1], row[2], counts[row[0]]) for row in rows]


def ending_within(today: date) -> dict[int, int]:
    """How many open cases have a clock that ends within 7, 14 and 30 days."""
    return {days: _ending(today, today + timedelta(days=days)) for days in HORIZONS}


def _ending(first: date, last: date) -> int:
    running = select(cast(Term.subject_id, BigInteger)).where(Term.subject_kind == "case", Term.state == TermState.RUNNING)
    query = select(func.count()).select_from(Case).where(Case.status.not_in(FINAL), Case.id.in_(running.where(Term.last_day.between(first, last))))
    return db.session.scalar(query) or 0
