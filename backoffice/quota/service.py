"""Operations on windows and places. The ledger decides: an admission is what its last line says, and the lines are chained."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.core.events import GENESIS
from backoffice.core.states import move
from backoffice.quota import queries, rules
from backoffice.quota.errors import AnotherWindowOpen, NoPlaceLeft, NoticeTooShort, WindowExists
from backoffice.quota.events import AdmissionDecided, WindowLoaded, WindowMoved, window_subject
from backoffice.quota.models import Admission, LedgerLine, Window, WindowNotice
from backoffice.quota.states import TAKES_A_PLACE, TRANSITIONS, WINDOW_TRANSITIONS
from backoffice.quota.values import (
    AdmissionAction,
    AdmissionReason,
    AdmissionStatus,
    Decision,
    Standing,
    WindowAction,
    WindowState,
)

NOTICE = timedelta(hours=24)
"""The least time between the public notice and the opening (promise of 2016-02-16)."""


FIRST_COME = "first_come"
"""The order in which a place is given at once; any other one waits for the end of the window."""


@dataclass(frozen=True)
class NewWindow:
    """A window as a decision sets it."""

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
    announced_at: datetime
    opens_at: datetime
    closes_at: datetime
    notice_fr: str
    notice_en: str


@dataclass(frozen=True)
class Override:
    """Why a window opens without its notice, signed by two people."""

    reason: str
    by: str
    second: str


@dataclass(frozen=True)
class Arrival:
    """What admission looks at in a submission: when it came, by which door, from where, what it claims."""

    submission_id: UUID
    sequence: int
    received_at: datetime
    channel: str
    country: str
    exempt_ground: str | None
    doubt: AdmissionReason | None = None


def load_window(new: NewWindow, override: Override | None, *, by: Actor, at: datetime) -> Window:
    """Create an announced window from data; it opens by itself at its instant (at once if that has passed)."""
    if any(w.code == new.code for w in queries.windows()):
        raise WindowExists(new.code)
    for other in queries.windows():
        live = other.state in {WindowState.ANNOUNCED, WindowState.OPEN, WindowState.SUSPENDED}
        if live and other.programme == new.programme and other.opens_at < new.closes_at and new.opens_at < other.closes_at:
            raise AnotherWindowOpen(other.code)
    if override is None and new.announced_at + NOTICE > new.opens_at:
        raise NoticeTooShort
    window = Window(
        code=new.code, programme=new.programme, decision=new.decision, policy=new.policy, capacity=new.capacity, margin=new.margin,
        reserve=new.reserve, country_caps=new.country_caps, waiting_list=new.waiting_list, channels=list(new.channels),
        exempt_grounds=list(new.exempt_grounds), state=WindowState.ANNOUNCED, announced_at=new.announced_at,
        opens_at=new.opens_at, closes_at=new.closes_at,
    )  # fmt: skip
    db.session.add(window)
    db.session.flush()
    db.session.add(WindowNotice(window_id=window.id, published_at=new.announced_at, text_fr=new.notice_fr, text_en=new.notice_en))
    fact = WindowLoaded(
        new.code, new.capacity, _iso(new.opens_at), _iso(new.closes_at),
        override.reason if override else None, f"{override.by}, {override.second}" if override else None,
    )  # fmt: skip
    events.record(window_subject(new.code), fact, by=by, at=at)
    if window.opens_at <= at < window.closes_at:
        move_window(window.id, WindowAction.OPEN, by=SYSTEM, at=at)
    return window


def move_window(window_id: int, action: WindowAction, reason: str | None = None, *, by: Actor, at: datetime) -> Window:
    """Announce, open, suspend, resume, close…: an act with the counts of its instant."""
    window = queries.lock_window(window_id)
    state = move(WINDOW_TRANSITIONS, window.state, action)
    if action is WindowAction.OPEN:
        _refuse_a_second(window)
        window.opened_at = at
    window.state = state
    if action is WindowAction.CLOSE:
        window.closed_at = at
    standing = queries.standing(window_id)
    fact = WindowMoved(window.code, action.value, window.state.value, standing.held, standing.confirmed, reason)
    events.record(window_subject(window.code), fact, by=by, at=at)
    return window


def _refuse_a_second(window: Window) -> None:
    """A programme has one door open at a time."""
    for other in queries.windows():
        if other.id != window.id and other.programme == window.programme and other.state in {WindowState.OPEN, WindowState.SUSPENDED}:
            raise AnotherWindowOpen(other.code)


def decide_arrivals(window: Window, arrivals: list[Arrival], *, at: datetime) -> list[Admission]:
    """Give each arrival its outcome, in the order of their sequence; the window's row is locked by the caller."""
    standing, rank = queries.standing(window.id), queries.next_rank(window.id)
    decided = []
    for arrival in sorted(arrivals, key=lambda one: one.sequence):
        decision = _decision(window, standing, arrival)
        takes = decision.status in TAKES_A_PLACE
        admission = Admission(
            submission_id=arrival.submission_id, window_id=window.id, status=AdmissionStatus.PENDING, reason=None,
            sequence=arrival.sequence, rank=rank if takes else None, channel=arrival.channel, country=arrival.country,
            exempt_ground=arrival.exempt_ground, arrived_at=arrival.received_at, decided_at=at,
        )  # fmt: skip
        db.session.add(admission)
        _write(window, admission, _FIRST_ACTS[decision.status], decision.reason, by=SYSTEM, at=at)
        if takes:
            standing, rank = _with_one_more(standing, arrival.country), rank + 1
        decided.append(admission)
    return decided


_FIRST_ACTS = {
    AdmissionStatus.PROVISIONAL: AdmissionAction.HOLD_PLACE,
    AdmissionStatus.REGISTERED: AdmissionAction.REGISTER,
    AdmissionStatus.EXEMPT: AdmissionAction.EXEMPT,
    AdmissionStatus.WAITLISTED: AdmissionAction.WAITLIST,
    AdmissionStatus.REFUSED: AdmissionAction.REFUSE,
}


def _decision(window: Window, standing: Standing, arrival: Arrival) -> Decision:
    if arrival.doubt is AdmissionReason.DUPLICATE_PERSON:
        return Decision(AdmissionStatus.REFUSED, AdmissionReason.DUPLICATE_PERSON)
    decision = rules.decide(window.terms, standing, exempt_ground=arrival.exempt_ground, country=arrival.country)
    if window.policy.get("order", FIRST_COME) != FIRST_COME and decision.status is not AdmissionStatus.EXEMPT:
        return Decision(AdmissionStatus.REGISTERED, arrival.doubt)  # drawn or ranked once the window is closed
    if arrival.doubt and decision.status is AdmissionStatus.PROVISIONAL:
        return Decision(decision.status, arrival.doubt)
    return decision


def _with_one_more(standing: Standing, country: str) -> Standing:
    by_country = {**standing.by_country, country: standing.by_country.get(country, 0) + 1}
    return Standing(held=standing.held + 1, confirmed=standing.confirmed, by_country=by_country)


def confirm_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """The fee was paid in time: the place is counted."""
    return _change(submission_id, AdmissionAction.CONFIRM, _kept, by=by, at=at)


def unconfirm_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """The payment came back: the place is only held again."""
    return _change(submission_id, AdmissionAction.UNCONFIRM, lambda reason: reason, by=by, at=at)


def release_unpaid_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """Unpaid after its last day: the place is released, and returns to the cap while the window is open."""
    return _change(submission_id, AdmissionAction.LAPSE, lambda _: AdmissionReason.UNPAID, by=by, at=at)


def reinstate_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """Give a lapsed application a place again, if one is free; a person decided it."""
    admission = queries.admission(submission_id)
    assert admission is not None
    window = queries.lock_window(admission.window_id)
    if rules.is_exempt(window.terms, admission.exempt_ground):  # it took no place and takes none
        return _change(submission_id, AdmissionAction.EXEMPT, lambda _: AdmissionReason.EXEMPTION_CLAIMED, by=by, at=at)
    standing = queries.standing(window.id)
    if rules.decide(window.terms, standing, exempt_ground=None, country=admission.country).status is not AdmissionStatus.PROVISIONAL:
        raise NoPlaceLeft
    return _change(submission_id, AdmissionAction.REINSTATE, lambda _: None, by=by, at=at)


def _kept(reason: AdmissionReason | None) -> AdmissionReason | None:
    return None if reason is AdmissionReason.UNPAID else reason


def _change(
    submission_id: UUID,
    action: AdmissionAction,
    reason: Callable[[AdmissionReason | None], AdmissionReason | None],
    *,
    by: Actor,
    at: datetime,
) -> Admission:
    known = queries.admission(submission_id)
    assert known is not None, "every submission that owes a fee was decided first"
    window = queries.lock_window(known.window_id)
    db.session.refresh(known)
    _write(window, known, action, reason(known.reason), by=by, at=at)
    return known


def _write(window: Window, admission: Admission, action: AdmissionAction, reason: AdmissionReason | None, *, by: Actor, at: datetime) -> None:
    """One act: the ledger's next line, the admission it makes, and its fact."""
    admission.status = move(TRANSITIONS, admission.status, action)
    admission.reason, admission.decided_at = reason, at
    last = queries.last_line(window.id)
    line = LedgerLine(
        window_id=window.id, position=last.position + 1 if last else 1, submission_id=admission.submission_id, act=action,
        sequence=admission.sequence, status=admission.status, reason=reason, country=admission.country, at=at,
        previous=last.digest if last else GENESIS,
    )  # fmt: skip
    line.digest = line_digest(window.code, line)
    db.session.add(line)
    db.session.flush()
    fact = AdmissionDecided(
        str(admission.submission_id), window.code, action.value, admission.status.value,
        reason.value if reason else None, admission.rank, line.position,
    )  # fmt: skip
    events.record(window_subject(window.code), fact, by=by, at=at)


def line_fields(code: str, line: LedgerLine) -> dict[str, object]:
    """A line of the ledger as it is exported and digested (docs/ledger.md)."""
    return {
        "window": code,
        "position": line.position,
        "submission_id": str(line.submission_id),
        "act": line.act.value,
        "sequence": line.sequence,
        "status": line.status.value,
        "reason": line.reason.value if line.reason else None,
        "country": line.country,
        "at": _iso(line.at),
        "previous": line.previous,
    }


def line_digest(code: str, line: LedgerLine) -> str:
    """The digest of a line, over the line before it."""
    return digest(line_fields(code, line))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
