"""What a report reads of a period: one statement for all its counts, so that they add up even while applications arrive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select

from backoffice.core.db import db
from backoffice.desk.report.figures import Cell
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Admission, Window
from backoffice.quota.values import AdmissionReason, AdmissionStatus, Order, Pool

_PLACE = select(Admission.rank, Admission.sequence, Admission.arrived_at)
_WITHOUT = (AdmissionStatus.REFUSED, AdmissionStatus.WAITLISTED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application stood: its rank, its number over all periods, and the instant at which it was received."""

    rank: int | None
    sequence: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class CutOff:
    """The last that was given a place, and the first that came too late."""

    last_place: Place | None = None
    first_without: Place | None = None
    last_paper_day: date | None = None
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class InvitedRound:
    """A round of invitations: how many it invited, down to which score."""

    number: int
    at: datetime
    best: int | None
    cut_off: int | None
    invited: int
    lowest: int | None


def cells(window_id: int) -> list[Cell]:
    """Every application of a period, those that are alike in one minute counted together."""
    minute = func.date_trunc("minute", Admission.arrived_at)
    keys = (Admission.status, Admission.reason, Admission.channel, Admission.country, minute)
    rows = db.session.execute(select(*keys, func.count()).where(Admission.window_id == window_id).group_by(*keys))
    return [Cell(status.value, reason.value if reason else None, channel, country, at, many) for status, reason, channel, country, at, many in rows]


def cut_off(window: Window) -> CutOff:
    """Where the places ended."""
    order = window.terms.order
    if order is Order.RANKED:
        return CutOff()
    given = _PLACE.where(Admission.window_id == window.id, Admission.rank.is_not(None), Admission.first_pool == Pool.OPEN)
    given = given.order_by(Admission.rank.desc())
    if order is Order.DRAW:
        drawn = db.session.scalar(select(func.max(Admission.rank)).where(Admission.window_id == window.id)) or 0
        return CutOff(_first(given), drawn=drawn)
    full = (Admission.status.in_(_WITHOUT), Admission.reason == AdmissionReason.CAP_REACHED, Admission.late.is_(False))
    without = _PLACE.where(Admission.window_id == window.id, *full)
    running = given.where(Admission.late.is_(False))  # paper stands by its day, apart
    return CutOff(_first(running), _first(without.order_by(Admission.sequence)), _last_paper_day(window.id))


def _first(query: "Select[int | None, int, datetime]") -> Place | None:
    row = db.session.execute(query.limit(1)).first()
    return Place(row.rank, row.sequence, row.arrived_at) if row else None


def _last_paper_day(window_id: int) -> date | None:
    query = select(func.max(Admission.legal_day)).where(Admission.window_id == window_id, Admission.first_pool == Pool.PAPER)
    return db.session.scalar(query)


def rounds(window: Window) -> list[InvitedRound]:
    """The rounds of a period by invitation, each with the lowest score it invited, as the ledger has it."""
    held = sorted(quota_queries.rounds(window.id), key=lambda one: one.number)
    scores = invited_scores(quota_queries.entries(window.id)) if held else {}
    return [InvitedRound(r.number, r.at, r.best, r.cut_off, r.invited, min(scores.get(r.number, []), default=None)) for r in held]


def invited_scores(entries: Iterable[Mapping[str, object]]) -> dict[int, list[int]]:
    """The scores that each round invited: those in force when it was held."""
    scores: dict[object, int] = {}
    invited: dict[int, list[int]] = {}
    current = 0
    for entry in entries:
        if entry["kind"] == "in":
            current = int(str(entry["round"])) if entry["type"] == "round" else 0
        if entry["type"] == "score":
            scores[entry["id"]] = int(str(entry["score"]))
        elif current and entry["type"] == "admission":
            invited.setdefault(current, []).append(scores[entry["id"]])
    return invited


def ledger_end(window_id: int) -> tuple[int, str]:
    """How many entries the ledger has, and the digest of the last."""
    last = quota_queries.last_line(window_id)
    return (last.position, last.digest) if last else (0, "0" * 64)
