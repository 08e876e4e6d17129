"""Paper beside online, stage by stage: how long each takes from the legal day of receipt, and the gap (S-37, S-38, S-49 to S-52).

Both channels are measured from the legal day, so that nothing that happens to paper in the mailroom is left out of its wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from backoffice.cases.values import Channel
from backoffice.core.db import db

FEW = 5
"""Countries with fewer applications than this are told together: nobody is recognised in a line of the report."""

TOLERATED_DAYS = 2.0
"""Paper may take this much longer than online before the difference is marked: what opening and scanning is given."""


@dataclass(frozen=True)
class Times:
    """One channel at one stage, in days from the legal day of receipt."""

    count: int
    median: float | None
    ninth: float | None
    """Nine in ten took no longer."""


@dataclass(frozen=True)
class Stage:
    """A stage of the work, in both channels."""

    key: str
    paper: Times
    online: Times

    @property
    def gap(self) -> float | None:
        """How many days longer paper takes at the median."""
        if self.paper.median is None or self.online.median is None:
            return None
        return self.paper.median - self.online.median

    @property
    def late(self) -> bool:
        """Whether paper waits longer than may be."""
        return self.gap is not None and self.gap > TOLERATED_DAYS


@dataclass(frozen=True)
class Ground:
    """Applications on paper under one ground."""

    ground: str
    count: int
    waiting: int
    median: float | None


@dataclass(frozen=True)
class Place:
    """Applications from one country, by channel, and how many have a case."""

    country: str | None
    online: int
    online_admitted: int
    paper: int
    paper_admitted: int


_DAYS = "extract(epoch FROM ({at} - s.legal_received_on::timestamp AT TIME ZONE 'America/Toronto')) / 86400.0"

_STAGES = {
    "registered": ("s.received_at", ""),
    "answered": ("s.settled_at", ""),
    "opened": ("c.opened_at", 'JOIN "case" c ON c.submission_id = s.id'),
    "taken": (
        "t.at",
        """JOIN "case" c ON c.submission_id = s.id
           JOIN LATERAL (SELECT min(e.at) AS at FROM event e WHERE e.subject_kind = 'case' AND e.subject_id = c.id::text
                         AND e.kind IN ('cases.CaseTaken', 'cases.CaseAssigned')) t ON t.at IS NOT NULL""",
    ),
    "requested": (
        "t.at",
        """JOIN "case" c ON c.submission_id = s.id
           JOIN LATERAL (SELECT min(r.sent_at) AS at FROM document_request r WHERE r.case_id = c.id) t ON t.at IS NOT NULL""",
    ),
}
"""The stages in the order of the work: the instant that ends each, and where it is found."""


def stages(first: date, last: date) -> list[Stage]:
    """Every stage, for the applications whose legal day is within these."""
    return [_stage(key, at, joined, first, last) for key, (at, joined) in _STAGES.items()]


def _stage(key: str, at: str, joined: str, first: date, last: date) -> Stage:
    days = _DAYS.format(at=at)
    query = text(
        f"""SELECT s.channel, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {days}), percentile_cont(0.9) WITHIN GROUP (ORDER BY {days})
            FROM submission s {joined} WHERE s.legal_received_on BETWEEN :first AND :last AND {at} IS NOT NULL GROUP BY s.channel"""  # noqa: S608 - our own stages, nothing typed
    )
    found = {row[0]: Times(row[1], round(row[2], 1), round(row[3], 1)) for row in db.session.execute(query, {"first": first, "last": last})}
    nothing = Times(0, None, None)
    return Stage(key, found.get(Channel.PAPER.value, nothing), found.get(Channel.ONLINE.value, nothing))


def grounds(first: date, last: date) -> list[Ground]:
    """Applications on paper by the ground on which they were accepted, those still without outcome apart."""
    days = _DAYS.format(at="s.settled_at")
    query = text(
        f"""SELECT s.paper_ground, count(*), count(*) FILTER (WHERE s.settled_at IS NULL), percentile_cont(0.5) WITHIN GROUP (ORDER BY {days})
            FROM submission s WHERE s.channel = 'paper' AND s.legal_received_on BETWEEN :first AND :last
            GROUP BY s.paper_ground ORDER BY count(*) DESC, s.paper_ground"""  # noqa: S608 - our own words, nothing typed
    )
    rows = db.session.execute(query, {"first": first, "last": last})
    return [Ground(row[0] or "", row[1], row[2], None if row[3] is None else round(row[3], 1)) for row in rows]


def places(first: date, last: date) -> list[Place]:
    """Applications and cases by country of address and channel; small countries together, last."""
    query = text(
        """SELECT s.content #>> '{principal_applicant,contact,address,country}' AS country,
                  count(*) FILTER (WHERE s.channel <> 'paper'), count(c.id) FILTER (WHERE s.channel <> 'paper'),
                  count(*) FILTER (WHERE s.channel = 'paper'), count(c.id) FILTER (WHERE s.channel = 'paper')
           FROM submission s LEFT JOIN "case" c ON c.submission_id = s.id
           WHERE s.legal_received_on BETWEEN :first AND :last GROUP BY 1 ORDER BY count(*) DESC, 1"""
    )
    rows = [Place(*row) for row in db.session.execute(query, {"first": first, "last": last})]
    small = [one for one in rows if one.country is None or one.online + one.paper < FEW]
    return [*(one for one in rows if one not in small), *_together(small)]


def _together(small: Iterable[Place]) -> list[Place]:
    rows = list(small)
    if not rows:
        return []
    counts = (sum(values) for values in zip(*((p.online, p.online_admitted, p.paper, p.paper_admitted) for p in rows), strict=True))
    return [Place(None, *counts)]
