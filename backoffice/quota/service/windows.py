"""Operations on windows: from the decision to the settlement, each act with its notice, its reason and who signed it."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.quota import queries
from backoffice.quota.errors import (
    ArrivalsRuleMissing,
    NoDraw,
    NoticeTooShort,
    PaperNotIn,
    ReasonMissing,
    WindowExists,
)
from backoffice.quota.events import NoticeRecorded, TieSecretRevealed, WindowLoaded, WindowMoved, window_subject
from backoffice.quota.models import Admission, Window, WindowNotice
from backoffice.quota.rules.inputs import Moved, TieSecret, instant
from backoffice.quota.service.checks import check_terms, commit_to_ties, refuse_a_second, refuse_to_overlap, two_people
from backoffice.quota.service.pen import Pen, terms_input
from backoffice.quota.service.versions import keep_version
from backoffice.quota.states import WINDOW_TRANSITIONS
from backoffice.quota.values import ArrivalsRule, Order, WindowAction, WindowState

_ENDS = frozenset({WindowAction.CLOSE, WindowAction.ABORT, WindowAction.ANNUL})


@dataclass(frozen=True)
class NewWindow:
    """A window as a decision sets it; without the day of its announcement it is a draft."""

    code: str
    programme: str
    decision: str
    policy: dict[str, object]
    capacity: int
    margin: int
    reserve: int
    country_caps: dict[str, object]
    waiting_list: bool
    channels: tuple[str, ...]
    exempt_grounds: tuple[str, ...]
    announced_at: datetime | None
    opens_at: datetime
    closes_at: datetime
    notice_fr: str
    notice_en: str
    paper_share: int | None = None
    tariff_rule: str | None = None


@dataclass(frozen=True)
class NewNotice:
    """What is said to the public, when and where."""

    text_fr: str
    text_en: str
    published_at: datetime
    where: str


@dataclass(frozen=True)
class Override:
    """Why a window opens without its notice, signed by two people."""

    reason: str
    by: str
    second: str


def load_window(new: NewWindow, override: Override | None, *, by: Actor, at: datetime) -> Window:
    """Create a window from data; announced, it opens by itself at its instant (at once if that has passed)."""
    if any(w.code == new.code for w in queries.windows()):
        raise WindowExists(new.code)
    if override is None and new.announced_at is not None and new.announced_at + queries.NOTICE > new.opens_at:
        raise NoticeTooShort
    window = Window(
        code=new.code, programme=new.programme, decision=new.decision, version=1, policy=new.policy, capacity=new.capacity, margin=new.margin,
        reserve=new.reserve, reserve_used=0, paper_share=new.paper_share, country_caps=new.country_caps, waiting_list=new.waiting_list,
        channels=list(new.channels), exempt_grounds=list(new.exempt_grounds), tariff_rule=new.tariff_rule, state=WindowState.DRAFTED,
        opens_at=new.opens_at, first_opens_at=new.opens_at, closes_at=new.closes_at,
        notice_override=f"{override.reason} ({override.by}, {override.second})" if override else None,
    )  # fmt: skip
    check_terms(terms_input(window))
    db.session.add(window)
    db.session.flush()
    keep_version(window, None, by=by, second=None, at=at)
    pen = Pen(window, by=by, at=at, new=True)
    pen.write(terms_input(window))
    pen.finish()
    fact = WindowLoaded(
        new.code, new.capacity, instant(new.opens_at), instant(new.closes_at),
        override.reason if override else None, f"{override.by}, {override.second}" if override else None,
    )  # fmt: skip
    events.record(window_subject(new.code), fact, by=by, at=at)
    if new.announced_at is not None:
        notice = NewNotice(new.notice_fr, new.notice_en, new.announced_at, "")
        announce_window(window.id, notice, by=by, at=at)
        if window.opens_at <= at < window.closes_at and queries.may_open(window.id):
            move_window(window.id, WindowAction.OPEN, by=SYSTEM, at=at)
    return window


def announce_window(window_id: int, notice: NewNotice, *, by: Actor, at: datetime) -> Window:
    """Announce a draft, or announce again a window whose dates were moved, with the notice that says so."""
    window = queries.lock_window(window_id)
    state = move(WINDOW_TRANSITIONS, window.state, WindowAction.ANNOUNCE)
    refuse_to_overlap(window)
    record_notice(window_id, notice, by=by, at=at)
    window.announced_at = notice.published_at
    _enter(window, WindowAction.ANNOUNCE, state, by=by, at=at)
    return window


def record_notice(window_id: int, notice: NewNotice, *, by: Actor, at: datetime) -> WindowNotice:
    """Keep what was said to the public of a window, so that staff can quote it."""
    window = queries.window_by_id(window_id)
    row = WindowNotice(
        window_id=window_id, published_at=notice.published_at, recorded_at=at, where_published=notice.where or None, text_fr=notice.text_fr,
        text_en=notice.text_en,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    fact = NoticeRecorded(window.code, row.id, montreal_day(notice.published_at).isoformat(), notice.where)
    events.record(window_subject(window.code), fact, by=by, at=at)
    return row


def move_window(
    window_id: int, action: WindowAction, reason: str | None = None, *, by: Actor, at: datetime, second: Actor | None = None,
    arrivals: ArrivalsRule | None = None,
) -> Window:  # fmt: skip
    """Open, suspend, resume, close, settle, abort, annul: an act with the counts of its instant.

    Opening before its instant, or without a notice of 24 hours, needs a reason and a second person. What is called off
    or annulled says why; those who had arrived keep their instants, and are kept or annulled as the rule chosen says.
    """
    window = queries.lock_window(window_id)
    state = move(WINDOW_TRANSITIONS, window.state, action)
    if action is WindowAction.OPEN:
        _check_opening(window, reason, by=by, second=second, at=at)
    elif action in {WindowAction.ABORT, WindowAction.ANNUL, WindowAction.SUSPEND}:
        _note_arrivals_rule(window, action, reason, arrivals)
    elif action is WindowAction.SETTLE:
        _check_settlement(window)
    _enter(window, action, state, reason, by=by, second=second, at=at)
    return window


def settle_window(window_id: int, *, by: Actor, at: datetime) -> list[Admission]:
    """Settle a closed window: what one side left unused goes to the other, nothing is taken back, and whoever still waits is refused."""
    window = queries.lock_window(window_id)
    state = move(WINDOW_TRANSITIONS, window.state, WindowAction.SETTLE)
    _check_settlement(window)
    return _enter(window, WindowAction.SETTLE, state, by=by, at=at)


def _enter(
    window: Window, action: WindowAction, state: WindowState, reason: str | None = None, *, by: Actor, second: Actor | None = None, at: datetime
) -> list[Admission]:
    """Write the move in the ledger, with what it makes of those who wait, and its fact."""
    pen = Pen(window, by=by, at=at)
    pen.write(Moved(action, state))
    window.state = state
    if action is WindowAction.OPEN:
        window.opened_at = at
    if action is WindowAction.CLOSE:
        window.closed_at = at
    if action is WindowAction.SETTLE:
        window.settled_at = at
    if action is WindowAction.ANNOUNCE:
        commit_to_ties(window, pen)
    revealed = action in _ENDS and window.tie_secret is not None and window.tie_revealed_at is None
    if revealed and window.tie_secret is not None:
        pen.write(TieSecret(window.tie_secret))
        window.tie_revealed_at = at
    changed = pen.admissions()
    standing = queries.standing(window.id)
    rule = window.arrivals_rule.value if window.arrivals_rule and action in {WindowAction.SUSPEND, WindowAction.ABORT, WindowAction.ANNUL} else None
    fact = WindowMoved(
        window.code, action.value, state.value, standing.held, standing.confirmed, reason, second.label if second else None, rule
    )  # fmt: skip
    events.record(window_subject(window.code), fact, by=by, at=at)
    if revealed:
        events.record(window_subject(window.code), TieSecretRevealed(window.code, window.tie_commitment or ""), by=by, at=at)
    return changed


def _check_opening(window: Window, reason: str | None, *, by: Actor, second: Actor | None, at: datetime) -> None:
    refuse_a_second(window)
    if at >= window.opens_at and queries.may_open(window.id):
        return
    if second is None:
        raise NoticeTooShort
    if not reason:
        raise ReasonMissing
    two_people(by, second)
    window.notice_override = f"{reason} ({by.label}, {second.label})"


def _note_arrivals_rule(window: Window, action: WindowAction, reason: str | None, arrivals: ArrivalsRule | None) -> None:
    if action is WindowAction.SUSPEND:
        window.arrivals_rule = arrivals or ArrivalsRule.KEEP
        return
    if not reason:
        raise ReasonMissing
    if action is WindowAction.ABORT and arrivals is None and queries.by_status(window.id):
        raise ArrivalsRuleMissing
    window.arrivals_rule = arrivals or (ArrivalsRule.ANNUL if action is WindowAction.ANNUL else ArrivalsRule.KEEP)


def _check_settlement(window: Window) -> None:
    """Nothing is settled before every envelope stamped in the window is in, nor before the draw."""
    order = window.terms.order
    if order is Order.FIRST_COME and window.paper_share is not None:
        last = montreal_day(window.closed_at or window.closes_at)
        if window.paper_through is None or window.paper_through < last:
            raise PaperNotIn
    if order is Order.DRAW:
        draw = queries.draw(window.id)
        if draw is None or draw.revealed_at is None:
            raise NoDraw
