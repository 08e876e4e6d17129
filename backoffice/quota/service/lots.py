"""What is decided for many at once: the days of paper, the draw, a round of invitations."""

from datetime import date, datetime
from secrets import token_hex

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.quota import queries, rules
from backoffice.quota.errors import NoDraw, NoPaperShare, NoRound, SecretKept
from backoffice.quota.events import DrawCommitted, DrawRevealed, PaperRegistered, RoundOpened, window_subject
from backoffice.quota.models import Admission, Draw, InvitationRound
from backoffice.quota.rules.inputs import Draw as Drawn
from backoffice.quota.rules.inputs import DrawCommit, PaperThrough, Round
from backoffice.quota.service.checks import two_people
from backoffice.quota.service.pen import Pen
from backoffice.quota.states import TAKES_A_PLACE
from backoffice.quota.values import AdmissionStatus, Order, WindowState

__all__ = ["commit_draw", "declare_paper_through", "open_round", "reveal_draw"]

_INVITING = frozenset({WindowState.OPEN, WindowState.SUSPENDED, WindowState.CLOSED})


def declare_paper_through(window_id: int, day: date, *, by: Actor, at: datetime) -> list[Admission]:
    """Say that every envelope stamped up to a day is registered and keyed: their places are given, by legal day."""
    window = queries.lock_window(window_id)
    share = window.terms.order is Order.FIRST_COME and window.paper_share is not None and not window.is_settled
    if not share or (window.paper_through is not None and day < window.paper_through):
        raise NoPaperShare
    if window.terms.paper_day_drawn and window.tie_revealed_at is None:
        raise SecretKept
    pen = Pen(window, by=by, at=at)
    pen.write(PaperThrough(day))
    window.paper_through = day
    given = pen.admissions()
    events.record(window_subject(window.code), PaperRegistered(window.code, day.isoformat(), len(given)), by=by, at=at)
    return given


def commit_draw(window_id: int, public_source: str, *, by: Actor, at: datetime) -> Draw:
    """Freeze the list of a draw, choose the secret and commit to it, and name the public value to come."""
    window = queries.lock_window(window_id)
    if window.terms.order is not Order.DRAW or window.state is not WindowState.CLOSED or queries.draw(window_id) is not None:
        raise NoDraw
    pen = Pen(window, by=by, at=at)
    listed = pen.shelf.standing(AdmissionStatus.REGISTERED)
    secret = token_hex(32)
    given = DrawCommit(rules.list_sha256(entry.id for entry in listed), len(listed), rules.sha256(secret), public_source)
    pen.write(given)
    pen.finish()
    draw = Draw(
        window_id=window_id, list_sha256=given.list_sha256, count=given.count, commitment=given.commitment, secret=secret,
        public_source=public_source, by=by.label, committed_at=at,
    )  # fmt: skip
    db.session.add(draw)
    db.session.flush()
    fact = DrawCommitted(window.code, given.list_sha256, given.count, given.commitment, public_source)
    events.record(window_subject(window.code), fact, by=by, at=at)
    return draw


def reveal_draw(window_id: int, public_value: str, *, by: Actor, witness: Actor, at: datetime) -> list[Admission]:
    """Make the draw: the secret is revealed beside the public value, and a witness signs."""
    window = queries.lock_window(window_id)
    draw = queries.draw(window_id)
    if draw is None or draw.revealed_at is not None or window.state is not WindowState.CLOSED:
        raise NoDraw
    two_people(by, witness)
    pen = Pen(window, by=by, at=at)
    pen.write(Drawn(draw.secret, public_value, int(witness.id)))
    draw.public_value, draw.witness, draw.revealed_at = public_value, witness.label, at
    decided = pen.admissions()
    given = sum(one.status in TAKES_A_PLACE for one in decided)
    events.record(window_subject(window.code), DrawRevealed(window.code, public_value, witness.label, given), by=by, at=at)
    return decided


def open_round(
    window_id: int, *, best: int | None = None, cut_off: int | None = None, by: Actor, second: Actor, at: datetime
) -> list[Admission]:  # fmt: skip
    """Invite the best so many, or down to a score; two people sign."""
    window = queries.lock_window(window_id)
    if window.terms.order is not Order.RANKED or window.state not in _INVITING or (best is None) == (cut_off is None):
        raise NoRound
    two_people(by, second)
    number = max((one.number for one in queries.rounds(window_id)), default=0) + 1
    pen = Pen(window, by=by, at=at)
    pen.write(Round(number, best, cut_off))
    invited = pen.admissions()
    row = InvitationRound(
        window_id=window_id, number=number, best=best, cut_off=cut_off, invited=len(invited), by=by.label, second=second.label, at=at
    )  # fmt: skip
    db.session.add(row)
    fact = RoundOpened(window.code, number, best, cut_off, len(invited), second.label)
    events.record(window_subject(window.code), fact, by=by, at=at)
    return invited
