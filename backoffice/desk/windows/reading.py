"""What the pages of a period read: its arrivals counted and listed by the same rules, so that each list adds up to its number."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVarTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, tuple_

from backoffice.cases.models import Case
from backoffice.core import deliveries
from backoffice.core.db import db
from backoffice.core.events import Delivery, EventRow
from backoffice.intake.models import RefusedArrival, Submission
from backoffice.intake.states import SubmissionState
from backoffice.quota.models import Admission, Window
from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import AdmissionStatus
from backoffice.staff.models import Account, Approval

AROUND = timedelta(days=1)
"""Attempts of the day before the opening and of the day after the closing speak of this period too."""

_sequence = func.coalesce(Admission.sequence, Submission.sequence)
_instant = func.coalesce(Admission.arrived_at, Submission.received_at)
_RELEASED = Admission.pool.is_not(None) & Admission.status.not_in(TAKES_A_PLACE)
"""Places that were given and are taken no more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which arrivals of a period are listed; nothing given means all."""

    status: str | None = None
    reason: str | None = None
    channel: str | None = None
    country: str | None = None
    pool: str | None = None
    minute: datetime | None = None
    released: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """How many arrivals of a period are alike."""

    status: str
    reason: str | None
    channel: str
    country: str | None
    pool: str | None
    many: int

    @property
    def takes(self) -> bool:
        """Whether these take a place now."""
        return self.status in TAKES_A_PLACE

    @property
    def released(self) -> bool:
        """Whether these were given a place and take none any more."""
        return self.pool is not None and not self.takes


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """One arrival, without anybody's name."""

    id: UUID
    sequence: int
    received_at: datetime
    channel: str
    country: str | None
    status: str
    reason: str | None
    rank: int | None
    pool: str | None
    case_number: str | None


Key = tuple[int, UUID]
Columns = TypeVarTuple("Columns")


def cells(window: Window) -> list[Cell]:
    """Every arrival of a period, counted by what the page compares.

    Read from the admissions and the few that wait, never from the applications themselves, which are large: on the
    opening day this page is renewed every few seconds.
    """
    parts = (Admission.status, Admission.reason, Admission.channel, Admission.country, Admission.pool)
    decided = select(*parts, func.count()).where(Admission.window_id == window.id).group_by(*parts)
    found = [Cell(row[0].value, _code(row[1]), row[2], row[3], _code(row[4]), row[5]) for row in db.session.execute(decided)]
    waiting = select(Submission.channel, func.count()).where(*_waiting(window)).group_by(Submission.channel)
    return found + [Cell("pending", None, row[0].value, None, None, row[1]) for row in db.session.execute(waiting)]


def _waiting(window: Window) -> tuple[ColumnElement[bool], ...]:
    return Submission.window_code == window.code, Submission.state == SubmissionState.PENDING


def total(found: Iterable[Cell], alike: Callable[[Cell], bool] = lambda _: True) -> int:
    """How many of the cells' arrivals are of a kind."""
    return sum(cell.many for cell in found if alike(cell))


def arrivals(window: Window, wanted: Wanted, *, after: Key | None = None, before: Key | None = None, limit: int = 50) -> list[ArrivalRow]:
    """A page of the list behind a number, by number of arrival."""
    columns = (
        Submission.id, _sequence, _instant, Submission.channel, Admission.country, Admission.status, Admission.reason, Admission.rank, Admission.pool,
        Case.number,
    )  # fmt: skip
    query = _base(window, select(*columns)).outerjoin(Case, Case.submission_id == Submission.id).where(*_where(wanted))
    key = tuple_(_sequence, Submission.id)
    if before:
        rows = list(db.session.execute(query.where(key < before).order_by(_sequence.desc(), Submission.id.desc()).limit(limit)))[::-1]
    else:
        query = query.where(key > after) if after else query
        rows = list(db.session.execute(query.order_by(_sequence, Submission.id).limit(limit)))
    return [_arrival(row) for row in rows]


def count(window: Window, wanted: Wanted) -> int:
    """How many the list behind a number holds."""
    return db.session.scalar(_base(window, select(func.count())).where(*_where(wanted))) or 0


def _base(window: Window, query: Select[*Columns]) -> Select[*Columns]:
    """The arrivals of a period: whoever has an admission in it, and whoever waits for one."""
    joined = query.select_from(Submission).outerjoin(Admission, Admission.submission_id == Submission.id)
    return joined.where(or_(Admission.window_id == window.id, and_(*_waiting(window), Admission.submission_id.is_(None))))


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status == AdmissionStatus.PENDING:
        found.append(Admission.status.is_(None))
    elif wanted.status:
        found.append(Admission.status == wanted.status)
    if wanted.reason:
        found.append(Admission.reason == wanted.reason)
    if wanted.channel:
        found.append(Submission.channel == wanted.channel)
    if wanted.country:
        found.append(Admission.country == wanted.country)
    if wanted.pool:
        found.append(Admission.pool == wanted.pool)
    if wanted.released:
        found.append(_RELEASED)
    if wanted.minute:
        found += [_instant >= wanted.minute, _instant < wanted.minute + timedelta(minutes=1)]
    return found


def _arrival(row: Row[*tuple[object, ...]]) -> ArrivalRow:
    id_, sequence, received_at, channel, country, status, reason, rank, pool, number = row
    return ArrivalRow(
        cast("UUID", id_), cast("int", sequence), cast("datetime", received_at), _code(channel) or "", cast("str | None", country),
        _code(status) or "pending", _code(reason), cast("int | None", rank), _code(pool), cast("str | None", number),
    )  # fmt: skip


def _code(value: object) -> str | None:
    return None if value is None else str(getattr(value, "value", value))


def by_minute(window: Window, start: datetime, minutes: int) -> dict[datetime, dict[str, int]]:
    """Arrivals of each minute from an instant: given a place or outside the quota, without a place, or still waiting."""
    end = start + timedelta(minutes=minutes)
    minute = func.date_trunc("minute", Admission.arrived_at)
    kind = case((Admission.status.in_(_UNDECIDED), "waiting"), (Admission.status.in_(_WITHOUT), "without"), else_="given")
    decided = select(minute, kind, func.count()).where(Admission.window_id == window.id, Admission.arrived_at >= start, Admission.arrived_at < end)
    arrived = func.date_trunc("minute", Submission.received_at)
    waiting = select(arrived, func.count()).where(*_waiting(window), Submission.received_at >= start, Submission.received_at < end)
    found: dict[datetime, dict[str, int]] = {}
    for at, name, many in db.session.execute(decided.group_by(minute, kind)):
        found.setdefault(at, {})[name] = many
    for at, many in db.session.execute(waiting.group_by(arrived)):
        counts = found.setdefault(at, {})
        counts["waiting"] = counts.get("waiting", 0) + many
    return found


_UNDECIDED = (AdmissionStatus.REGISTERED, AdmissionStatus.WAITLISTED)
_WITHOUT = (AdmissionStatus.REFUSED, AdmissionStatus.LAPSED, AdmissionStatus.WITHDRAWN, AdmissionStatus.ANNULLED)


def oldest_pending(window: Window) -> datetime | None:
    """Since when the first arrival that nobody decided yet waits."""
    return db.session.scalar(select(func.min(Submission.received_at)).where(*_waiting(window)))


def _attempts(window: Window) -> tuple[ColumnElement[bool], ...]:
    start, end = (window.opened_at or window.opens_at) - AROUND, (window.closed_at or window.closes_at) + AROUND
    return RefusedArrival.programme == window.programme, RefusedArrival.at >= start, RefusedArrival.at < end


def attempts(window: Window) -> dict[str, int]:
    """Attempts that were not accepted around this period, by what was answered."""
    query = select(RefusedArrival.code, func.count()).where(*_attempts(window)).group_by(RefusedArrival.code)
    return {row[0]: row[1] for row in db.session.execute(query)}


def attempt_rows(window: Window, code: str | None, *, before: int | None = None, limit: int = 50) -> list[RefusedArrival]:
    """The attempts behind such a number, latest first."""
    query = select(RefusedArrival).where(*_attempts(window))
    query = query.where(RefusedArrival.code == code) if code else query
    query = query.where(RefusedArrival.id < before) if before else query
    return list(db.session.scalars(query.order_by(RefusedArrival.id.desc()).limit(limit)))


def given_up(limit: int = 50) -> list[tuple[Delivery, EventRow]]:
    """What facts owed and nobody could do: each waits for a person."""
    query = select(Delivery, EventRow).join(EventRow, EventRow.id == Delivery.event_id)
    query = query.where(Delivery.done_at.is_(None), Delivery.attempts >= deliveries.MAX_ATTEMPTS)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Delivery.id.desc()).limit(limit))]


def asked(window: Window) -> list[tuple[Approval, Account]]:
    """The acts on this period that were put before a second person, latest first."""
    query = select(Approval, Account).join(Account, Account.id == Approval.asked_by_id)
    query = query.where(Approval.subject_kind == "window", Approval.subject_id == window.code)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Approval.id.desc()).limit(20))]


def drawn(window: Window, *, after: int = 0, limit: int = 50) -> list[ArrivalRow]:
    """The applications of a draw, in the drawn order."""
    columns = (
        Submission.id, _sequence, _instant, Submission.channel, Admission.country, Admission.status, Admission.reason, Admission.rank, Admission.pool,
        Case.number,
    )  # fmt: skip
    query = _base(window, select(*columns)).outerjoin(Case, Case.submission_id == Submission.id).where(Admission.rank > after)
    return [_arrival(row) for row in db.session.execute(query.order_by(Admission.rank).limit(limit))]
