"""What can be done to a period, by its state; which acts need two people; and how each is carried out, at once or once approved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError
from backoffice.mailroom import declaring
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.events import window_subject
from backoffice.quota.models import Window
from backoffice.quota.service import NewNotice
from backoffice.quota.states import WINDOW_FINAL, WINDOW_TRANSITIONS
from backoffice.quota.values import ArrivalsRule, WindowAction, WindowState
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.models import Account, Approval

Facts = dict[str, object]


class Name(StrEnum):
    """The acts, as addresses name them."""

    ANNOUNCE = "announce"
    NOTICE = "notice"
    OPEN = "open"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"
    PAPER = "paper"
    COMMIT = "commit"
    REVEAL = "reveal"
    ROUND = "round"
    SETTLE = "settle"
    AMEND = "amend"
    ABORT = "abort"


class AlreadyAsked(DomainError):
    """One question at a time."""

    code = "already-asked"

    def __init__(self) -> None:
        super().__init__(_l("This was asked for already and waits for a second person: see the approvals."))


class NotASecond(DomainError):
    """The second person may do this themselves, and is another one."""

    code = "not-a-second"

    def __init__(self) -> None:
        super().__init__(_l("Whoever approves must be another person, and may manage periods."))


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its words, when it exists, and under which kind it is put before a second person."""

    name: Name
    button: object
    title: object
    fits: Callable[[Window], bool]
    kind: str | None = None
    grave: bool = False


def _moves(action: WindowAction) -> Callable[[Window], bool]:
    return lambda window: (window.state, action) in WINDOW_TRANSITIONS


def order(window: Window) -> str:
    """How places are given: first_come, draw or ranked."""
    return str(window.policy.get("order") or "first_come")


def keeps_paper_share(window: Window) -> bool:
    """Whether paper still has its own share of the places."""
    return order(window) == "first_come" and window.paper_share is not None and not window.is_settled


def _live(window: Window) -> bool:
    return window.state in {WindowState.OPEN, WindowState.SUSPENDED, WindowState.CLOSED}


def _to_commit(window: Window) -> bool:
    return order(window) == "draw" and window.state is WindowState.CLOSED and quota_queries.draw(window.id) is None


def _to_reveal(window: Window) -> bool:
    drawn = quota_queries.draw(window.id) if order(window) == "draw" and window.state is WindowState.CLOSED else None
    return drawn is not None and drawn.revealed_at is None


def _to_settle(window: Window) -> bool:
    if order(window) == "draw" and (_to_commit(window) or _to_reveal(window)):
        return False
    return window.state is WindowState.CLOSED


ACTS: tuple[Act, ...] = (
    Act(Name.ANNOUNCE, _l("Announce"), _l("Announce the period"), lambda w: w.state is WindowState.DRAFTED),
    Act(Name.OPEN, _l("Open now"), _l("Open the period now"), _moves(WindowAction.OPEN), "window_open"),
    Act(Name.SUSPEND, _l("Suspend intake"), _l("Suspend intake"), _moves(WindowAction.SUSPEND)),
    Act(Name.RESUME, _l("Resume intake"), _l("Resume intake"), _moves(WindowAction.RESUME)),
    Act(Name.CLOSE, _l("Close intake"), _l("Close intake now"), _moves(WindowAction.CLOSE), grave=True),
    Act(Name.PAPER, _l("Envelopes registered up to…"), _l("Declare the envelopes of a day registered"), lambda w: _live(w) and keeps_paper_share(w)),
    Act(Name.COMMIT, _l("Freeze the list of the draw"), _l("Freeze the list and commit to a secret"), _to_commit),
    Act(Name.REVEAL, _l("Draw the places"), _l("Reveal the secret and draw"), _to_reveal, "draw_reveal", grave=True),
    Act(Name.ROUND, _l("Open a round"), _l("Open a round of invitations"), lambda w: order(w) == "ranked" and _live(w), "round"),
    Act(Name.SETTLE, _l("Settle the period"), _l("Settle the period"), _to_settle, grave=True),
    Act(Name.NOTICE, _l("Record a notice"), _l("Record what was said"), lambda w: w.state not in {WindowState.DRAFTED, *WINDOW_FINAL}),
    Act(
        Name.AMEND,
        _l("Change the decision"),
        _l("Change the decision"),
        lambda w: w.state not in {WindowState.SETTLED, *WINDOW_FINAL},
        "window_amendment",
    ),
    Act(Name.ABORT, _l("Call off"), _l("Call the period off"), _moves(WindowAction.ABORT), "window_abort", grave=True),
)
"""In the order in which a period meets them."""

BY_KIND: Mapping[str, Name] = {act.kind: act.name for act in ACTS if act.kind}


def available(window: Window) -> list[Act]:
    """What can be done now."""
    return [act for act in ACTS if act.fits(window)]


def find(name: str) -> Act | None:
    """The act of an address."""
    return next((act for act in ACTS if act.name == name), None)


def needs_second(act: Act, window: Window, at: datetime) -> bool:
    """Whether another person must sign; an opening only before its instant or without its notice of 24 hours, a draft never."""
    if act.name is Name.OPEN:
        return at < window.opens_at or not quota_queries.may_open(window.id)
    if act.name in {Name.AMEND, Name.ABORT} and window.state is WindowState.DRAFTED:
        return False
    return act.kind is not None


def ask(act: Act, window: Window, facts: Facts, reason: str, page: str, *, by: Account, at: datetime) -> Approval:
    """Put an act before a second person, with the page where it is shown whole; the same act is asked for once."""
    assert act.kind is not None
    if _waits(act.kind, window.code):
        raise AlreadyAsked
    approval = staff.ask_approval(act.kind, window_subject(window.code), {"window": window.code, **facts}, reason, by=by, at=at)
    approval.facts = {**approval.facts, "page": page.replace("{id}", str(approval.id))}
    return approval


def _waits(kind: str, code: str) -> bool:
    """Whether such an act waits for its second person."""
    subject = window_subject(code)
    latest = staff_queries.approval_for(kind, subject.kind, subject.id)
    return latest is not None and latest.decided_at is None


def carry_out(name: Name, window: Window, facts: Facts, reason: str | None, *, by: Actor, second: Actor | None, at: datetime) -> None:
    """Do it: by whoever asked, with the second person where there is one."""
    match name:
        case Name.ANNOUNCE:
            quota.announce_window(window.id, _notice(facts), by=by, at=at)
        case Name.NOTICE:
            quota.record_notice(window.id, _notice(facts), by=by, at=at)
        case Name.OPEN | Name.SUSPEND | Name.RESUME | Name.CLOSE | Name.ABORT:
            quota.move_window(window.id, WindowAction(name.value), reason, by=by, at=at, second=second, arrivals=_rule(facts))
        case Name.PAPER:
            declaring.declare_paper_through(window.id, date.fromisoformat(str(facts["day"])), by=by, at=at)
        case Name.COMMIT:
            quota.commit_draw(window.id, str(facts["public_source"]), by=by, at=at)
        case Name.REVEAL:
            assert second is not None
            quota.reveal_draw(window.id, str(facts["public_value"]), by=by, witness=second, at=at)
        case Name.ROUND:
            assert second is not None
            quota.open_round(window.id, best=_number(facts.get("best")), cut_off=_number(facts.get("cut_off")), by=by, second=second, at=at)
        case Name.SETTLE:
            quota.settle_window(window.id, by=by, at=at)
        case Name.AMEND:
            quota.amend_window(window.id, revived(facts["changes"]), reason or "", by=by, second=second, at=at)


def _rule(facts: Facts) -> ArrivalsRule | None:
    """What becomes of those who had arrived, if it was chosen."""
    return ArrivalsRule(str(facts["rule"])) if facts.get("rule") else None


def _notice(facts: Facts) -> NewNotice:
    """What was said, as it was typed."""
    return NewNotice(str(facts["text_fr"]), str(facts["text_en"]), datetime.fromisoformat(str(facts["published_at"])), str(facts["where"]))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def as_facts(values: Mapping[str, object]) -> Facts:
    """Values that can wait: instants and days as text."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def revived(changes: object) -> dict[str, object]:
    """The changes of terms as they were asked for, their instants read again."""
    assert isinstance(changes, dict)
    return {
        name: datetime.fromisoformat(value) if name in {"opens_at", "closes_at"} and isinstance(value, str) else value
        for name, value in changes.items()
    }
