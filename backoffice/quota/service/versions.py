"""Versions of a decision: what may change, its dry run, and who signs it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, cast

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.quota import queries, rules
from backoffice.quota.errors import AmendmentRefused, ReasonMissing
from backoffice.quota.events import WindowAmended, window_subject
from backoffice.quota.models import Window, WindowVersion
from backoffice.quota.rules.inputs import Terms, instant
from backoffice.quota.service.checks import check_terms, commit_to_ties, refuse_to_overlap, two_people
from backoffice.quota.service.pen import Pen, terms_input
from backoffice.quota.values import AdmissionStatus, WindowState

AMENDABLE: Final = (
    "decision", "policy", "capacity", "margin", "reserve", "paper_share", "country_caps", "waiting_list", "channels", "exempt_grounds", "tariff_rule",
    "opens_at", "closes_at",
)  # fmt: skip
"""What a decision says that its next version may say otherwise. What was given stays given."""

_BEFORE_OPENING: Final = frozenset({WindowState.DRAFTED, WindowState.ANNOUNCED})
_AMENDABLE_STATES: Final = _BEFORE_OPENING | {WindowState.OPEN, WindowState.SUSPENDED, WindowState.CLOSED}
_FIXED_ONCE_OPEN: Final = ("order", "tie_seconds", "paper_day")


@dataclass(frozen=True)
class Moved:
    """So many applications of one door and one country that would move from one state to another."""

    channel: str
    country: str
    before: str
    after: str
    count: int


@dataclass(frozen=True)
class Forecast:
    """What an amendment would do, nothing of it done."""

    rows: list[Moved]
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    free_before: int = 0
    free_after: int = 0

    @property
    def moved(self) -> int:
        """How many applications would move."""
        return sum(row.count for row in self.rows)

    @property
    def totals(self) -> dict[str, int]:
        """How many more, or fewer, would stand in each state."""
        names = sorted({*self.before, *self.after})
        return {name: self.after.get(name, 0) - self.before.get(name, 0) for name in names if self.after.get(name, 0) != self.before.get(name, 0)}


def foresee(window_id: int, changes: dict[str, object]) -> Forecast:
    """The dry run of an amendment: the whole ledger read again, the changed terms put at its end, and nothing written."""
    window = queries.window_by_id(window_id)
    _check_changes(window, changes)
    book = rules.replay(queries.entries(window_id))
    before = {entry.id: entry.status for entry in book.shelf.entries.values()}
    free_before = book.places.left
    book.apply(_changed_terms(window, changes))
    moved: Counter[tuple[str, str, str, str]] = Counter()
    for entry in book.shelf.entries.values():
        if entry.status is not before[entry.id]:
            moved[entry.channel, entry.country, before[entry.id].value, entry.status.value] += 1
    return Forecast(
        [Moved(*key, count) for key, count in sorted(moved.items())], _count(before.values()),
        _count(entry.status for entry in book.shelf.entries.values()), free_before, book.places.left,
    )  # fmt: skip


def _count(statuses: Iterable[AdmissionStatus]) -> dict[str, int]:
    return {status.value: many for status, many in Counter(statuses).items()}


def amend_window(window_id: int, changes: dict[str, object], reason: str, *, by: Actor, second: Actor | None = None, at: datetime) -> Window:
    """Give a decision its next version: after the announcement two people sign, with a reason. Nothing given is taken back."""
    window = queries.lock_window(window_id)
    _check_changes(window, changes)
    if window.state is not WindowState.DRAFTED:
        if not reason:
            raise ReasonMissing
        two_people(by, second)
    pen = Pen(window, by=by, at=at)
    for name, value in changes.items():
        setattr(window, name, value)
    if "opens_at" in changes or "closes_at" in changes:
        refuse_to_overlap(window)
    window.version += 1
    pen.write(terms_input(window))
    if window.state is WindowState.ANNOUNCED:
        commit_to_ties(window, pen)
    given = len(pen.outcomes)
    pen.finish()
    keep_version(window, reason or None, by=by, second=second, at=at)
    changed = ", ".join(f"{name} = {_plain(value)}" for name, value in changes.items())
    fact = WindowAmended(window.code, window.version, changed, reason, second.label if second else None, given)
    events.record(window_subject(window.code), fact, by=by, at=at)
    return window


def keep_version(window: Window, reason: str | None, *, by: Actor, second: Actor | None, at: datetime) -> None:
    """Keep what a version says, beside the one before."""
    values = {name: _plain(getattr(window, name)) for name in AMENDABLE}
    db.session.add(
        WindowVersion(
            window_id=window.id, version=window.version, values=values, reason=reason, by=by.label, second=second.label if second else None, at=at
        )
    )  # fmt: skip
    db.session.flush()


def _check_changes(window: Window, changes: Mapping[str, object]) -> None:
    """Refuse what is no member of a decision, changes nothing, or cannot change any more."""
    if unknown := [name for name in changes if name not in AMENDABLE]:
        raise AmendmentRefused(", ".join(unknown))
    if window.state not in _AMENDABLE_STATES or all(getattr(window, name) == value for name, value in changes.items()):
        raise AmendmentRefused(", ".join(changes))
    if window.state not in _BEFORE_OPENING:
        policy = cast("Mapping[str, object]", changes.get("policy", window.policy))
        fixed = [name for name in _FIXED_ONCE_OPEN if (policy.get(name) or None) != (window.policy.get(name) or None)]
        fixed += ["opens_at"] if changes.get("opens_at", window.opens_at) != window.opens_at else []
        if fixed:
            raise AmendmentRefused(", ".join(fixed))
    check_terms(_changed_terms(window, changes))


def _changed_terms(window: Window, changes: Mapping[str, object]) -> Terms:
    """The terms that an amendment would write."""
    of_ledger = {name: value for name, value in changes.items() if name not in {"decision", "tariff_rule"}}
    return replace(terms_input(window), version=window.version + 1, **of_ledger)  # type: ignore[arg-type]  # checked next


def _plain(value: object) -> object:
    return instant(value) if isinstance(value, datetime) else value
