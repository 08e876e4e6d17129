"""The first answer to arrivals, many at once: the window's row is locked by the caller, and a batch is a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.quota import queries, rules
from backoffice.quota.events import DeclarationScored, admission_subject
from backoffice.quota.models import Admission, DeclarationScore, Window
from backoffice.quota.rules.inputs import Arrived, Scored
from backoffice.quota.service.pen import Pen
from backoffice.quota.values import PAPER, AdmissionReason, Doubt, Score

_DOUBTS: Final = {AdmissionReason.DUPLICATE_PERSON: Doubt.CERTAIN, AdmissionReason.DUPLICATE_REVIEW: Doubt.SUSPECTED}


@dataclass(frozen=True)
class Arrival:
    """What admission looks at in a submission: when it came, by which door, from where, what it claims.

    `day` is its legal day (of the stamp, for paper); `late` says that it is decided out of the running order, because a
    person accepted it afterwards (paper always is).
    """

    submission_id: UUID
    sequence: int
    received_at: datetime
    channel: str
    country: str
    exempt_ground: str | None
    doubt: AdmissionReason | None = None
    day: date | None = None
    late: bool = False
    score: Score | None = None


def admit(window: Window, arrivals: Sequence[Arrival], *, at: datetime) -> list[Admission]:
    """Give each arrival its first answer, in the running order (docs/ledger.md); the window's row is locked by the caller.

    The admissions given back are values: they are written, and none of them belongs to the session.
    """
    pen = Pen(window, by=SYSTEM, at=at)
    pen.shelf.expect([str(one.submission_id) for one in arrivals])
    last, ties = queries.last_arrival(window), window.ties
    for one in rules.order_of_arrivals(window, arrivals):
        id_ = str(one.submission_id)
        key = rules.arrival_key(ties, one.sequence, one.received_at, id_)
        late = one.late or one.channel == PAPER or (last is not None and key <= last)
        last = last if late else key
        day = one.day or montreal_day(one.received_at)
        doubt = _DOUBTS[one.doubt] if one.doubt else None
        pen.write(Arrived(id_, one.sequence, one.received_at, day, one.channel, one.country, one.exempt_ground, doubt, late))
        if one.score is not None:
            pen.write(Scored(id_, one.score.score, one.score.offer))
    decided = [Admission.of(entry, window.id, at) for entry in pen.finish()]
    _keep_scores(window, [(one.submission_id, one.score) for one in arrivals if one.score is not None], by=SYSTEM, at=at)
    return decided


def score_declaration(submission_id: UUID, score: Score, *, by: Actor, at: datetime) -> DeclarationScore:
    """Compute a declaration's score again; the score before stays in the ledger."""
    admission = queries.admission(submission_id)
    assert admission is not None, "a score is that of an application that arrived"
    pen = Pen(queries.lock_window(admission.window_id), by=by, at=at)
    pen.write(Scored(str(submission_id), score.score, score.offer))
    pen.finish()
    _keep_scores(pen.window, [(submission_id, score)], by=by, at=at)
    return db.session.get_one(DeclarationScore, submission_id, populate_existing=True)


def _keep_scores(window: Window, scores: list[tuple[UUID, Score]], *, by: Actor, at: datetime) -> None:
    for submission_id, score in scores:
        values = {"score": score.score, "offer": score.offer, "inputs": dict(score.inputs), "at": at}
        kept = insert(DeclarationScore).values(submission_id=submission_id, **values)
        db.session.execute(kept.on_conflict_do_update(index_elements=["submission_id"], set_=values))
        fact = DeclarationScored(str(submission_id), window.code, score.score, score.offer)
        events.record(admission_subject(submission_id), fact, by=by, at=at)
