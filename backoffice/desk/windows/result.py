"""One application's admission, gathered for « Pourquoi ce résultat ? »: its steps, its lines, its neighbours, and its lot if it was drawn."""

import itertools
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.desk.windows import acts, why
from backoffice.desk.windows.why import Line, Step
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules
from backoffice.quota.models import Admission, Draw, Window


@dataclass(frozen=True, slots=True)
class Explained:
    """One step with the name of its rule, and its instant."""

    step: Step
    rule: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the ledger, and whether its digest, computed again, is the one written."""

    entry: Line
    at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class Result:
    """Everything the page says of one admission."""

    admission: Admission
    window: Window
    steps: list[Explained]
    lines: list[LineShown]
    sound: bool
    before: Admission | None
    after: Admission | None
    by_rank: bool
    draw: Draw | None
    key: str | None
    ties: str | None


def of(submission_id: UUID) -> Result | None:
    """The admission of a submission, explained from the ledger; nothing while it is being decided."""
    admission = quota_queries.admission(submission_id)
    if admission is None:
        return None
    window = quota_queries.window_by_id(admission.window_id)
    own = {line.position: line.entry for line in quota_queries.lines_of(submission_id) if line.window_id == window.id}
    ledger, sound = _read(window, max(own, default=0))
    steps = why.explain(ledger, str(submission_id))
    explained = [Explained(step, why.rule_of(step, acts.order(window)), instant_of(step.at)) for step in steps]
    shown = own | {int(str(step.cause["n"])): step.cause for step in steps}
    lines = [LineShown(line, instant_of(str(line["at"])), rules.entry_digest(line) == line["digest"]) for _, line in sorted(shown.items())]
    draw = quota_queries.draw(window.id) if acts.order(window) == "draw" else None
    key = rules.draw_key(draw.secret, draw.public_value, str(submission_id)) if draw and draw.public_value else None
    before, after = _neighbours(admission)
    return Result(admission, window, explained, lines, sound, before, after, admission.rank is not None, draw, key, _lot(window, admission))


def _read(window: Window, upto: int) -> tuple[list[Line], bool]:
    """The ledger up to a line, and whether each line stands on the one before it and holds."""
    ledger: list[Line] = []
    previous, sound = rules.GENESIS, True
    for place, line in enumerate(itertools.takewhile(lambda one: int(str(one["n"])) <= upto, quota_queries.entries(window.id)), 1):
        sound = sound and line["n"] == place and line["previous"] == previous and rules.entry_digest(line) == line["digest"]
        previous = str(line["digest"])
        ledger.append(line)
    return ledger, sound


def instant_of(text: str) -> datetime:
    """An instant as the ledger writes it."""
    return datetime.fromisoformat(text)


def _neighbours(admission: Admission) -> tuple[Admission | None, Admission | None]:
    """Who is just before and after: by rank where there is one, else by number of arrival."""
    column = Admission.rank if admission.rank is not None else Admission.sequence
    own = admission.rank if admission.rank is not None else admission.sequence

    query = select(Admission).where(Admission.window_id == admission.window_id).limit(1)
    before = db.session.scalars(query.where(column < own).order_by(column.desc())).first()
    return before, db.session.scalars(query.where(column > own).order_by(column)).first()


def _lot(window: Window, admission: Admission) -> str | None:
    """The lot among those of the same interval, once the secret of the ties is known to all."""
    ties = window.ties
    if ties is None or window.tie_revealed_at is None or admission.late:
        return None
    return rules.arrival_key(ties, admission.sequence, admission.arrived_at, str(admission.submission_id))[1]
