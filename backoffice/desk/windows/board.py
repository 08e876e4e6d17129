"""The board of a period: what failed, first; then its counts, its places, its doors and countries, and the hour of arrivals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from backoffice.desk.windows import acts, figures, reading, standing
from backoffice.desk.windows.reading import Cell
from backoffice.desk.words import ADMISSION, ADMISSION_REASON, ATTEMPT
from backoffice.intake import door_queries
from backoffice.quota import rules
from backoffice.quota.models import Window
from backoffice.quota.values import ArrivalsRule, WindowState
from backoffice.staff.models import Account, Approval

LATE = timedelta(seconds=10)
"""An arrival that waits longer for its outcome is a failure, not a queue."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its words, the list behind it, and whether it is bad news."""

    name: str
    label: str
    many: int
    url: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A door or a country: how many came, and what became of them."""

    code: str
    arrivals: int
    taken: int
    waiting: int
    without: int
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the live page shows."""

    failures: tuple[Figure, ...]
    oldest: int | None
    counts: tuple[Figure, ...]
    refusals: tuple[Figure, ...]
    statuses: tuple[Figure, ...]
    total: int
    places: standing.Places
    parts: tuple[figures.Part, ...]
    channels: tuple[Group, ...]
    countries: tuple[Group, ...]
    chart: figures.Chart
    opening_hour: bool
    given_up: list[tuple[object, object]]
    at: datetime

    @property
    def numbers(self) -> list[object]:
        """What a reader would see change: the same numbers, the same page."""
        named = (*self.failures, *self.counts, *self.refusals, *self.statuses)
        minutes = [minute.total for minute in self.chart.minutes]
        return [[one.name, one.many] for one in named] + [
            self.oldest,
            self.total,
            [part.many for part in self.parts],
            minutes,
            str(self.chart.minutes[0].at),
        ]


def board(window: Window, *, hour: str, at: datetime) -> Board:
    """Read a period once, and count everything from the same rows."""
    cells = reading.cells(window)
    places = standing.places(window)
    start, opening = _hour(window, hour, at)
    lost = reading.given_up()
    oldest = reading.oldest_pending(window)
    age = int((at - oldest).total_seconds()) if oldest else None
    return Board(
        failures=_failures(window, age, len(lost)), oldest=age, counts=_counts(window, cells, places), refusals=_refusals(window, cells),
        statuses=_statuses(window, cells), total=reading.total(cells), places=places, parts=figures.places(places.parts),
        channels=_groups(cells, "channel"), countries=_countries(window, cells),
        chart=figures.chart(start, 60, reading.by_minute(window, start, 60)), opening_hour=opening, given_up=list(lost), at=at,
    )  # fmt: skip


def _hour(window: Window, asked: str, at: datetime) -> tuple[datetime, bool]:
    """The hour that is drawn: the last one while applications come, else the one of the opening."""
    first = (window.opened_at or window.opens_at).replace(second=0, microsecond=0)
    last = at.replace(second=0, microsecond=0) - timedelta(minutes=59)
    running = window.state.value in {"open", "suspended"}
    opening = asked == "opening" or last <= first if running else asked != "last"
    return (first, True) if opening else (last, False)


def _failures(window: Window, age: int | None, lost: int) -> tuple[Figure, ...]:
    """What went wrong, before anything that went well (S-40)."""
    found = []
    if age is not None and age > LATE.total_seconds():
        url = url_for("desk.window_arrivals", code=window.code, status="pending")
        found.append(Figure("late", _("seconds that the oldest arrival waits for its outcome"), age, url, "bad"))
    for code, many in sorted(reading.attempts(window).items()):
        words = _("attempts refused: %(why)s", why=ATTEMPT.get(code, code))
        found.append(Figure(f"attempt-{code}", words, many, url_for("desk.window_attempts", code=window.code, answer=code), "warn"))
    if kept := door_queries.count_waiting():
        found.append(Figure("kept", _("refused for their form, kept, waiting for a person"), kept, url_for("intake.arrivals"), "warn"))
    if lost:
        found.append(Figure("given-up", _("deliveries given up"), lost, "#given-up", "bad"))
    return tuple(found)


def left_to_annul(window: Window, shown: Board) -> int:
    """How many admissions still stand in a period that was stopped with the rule that they be annulled."""
    if window.state not in {WindowState.ABORTED, WindowState.SUSPENDED} or window.arrivals_rule is not ArrivalsRule.ANNUL:
        return 0
    return sum(one.many for one in shown.statuses if one.name not in {"annulled", "withdrawn"})


def _counts(window: Window, cells: list[Cell], places: standing.Places) -> tuple[Figure, ...]:
    def listed(name: str, label: str, many: int, **narrow: str) -> Figure:
        return Figure(name, label, many, f"{every_arrival}?{urlencode(narrow)}" if narrow else None)

    def of(status: str) -> int:
        return reading.total(cells, lambda c: c.status == status)

    order, every_arrival = acts.order(window), url_for("desk.window_arrivals", code=window.code)
    every = [
        (listed("confirmed", _("places confirmed"), places.confirmed, status="confirmed"), True),
        (listed("provisional", _("places held, unpaid"), places.provisional, status="provisional"), True),
        (listed("free", _("places free"), places.free), True),
        (listed("reserve", _("left in the reserve"), places.reserve), window.reserve > 0),
        (listed("released", _("places released"), reading.total(cells, lambda c: c.released), released="yes"), True),
        (listed("waitlisted", _("on the waiting list"), of("waitlisted"), status="waitlisted"), window.waiting_list),
        (listed("registered", _("registered, not decided"), of("registered"), status="registered"), order != "first_come" or of("registered") > 0),
        (listed("invited", _("invited"), of("invited"), status="invited"), order == "ranked"),
        (listed("exempt", _("outside the quota"), of("exempt"), status="exempt"), True),
        (listed("pending", _("being decided"), of("pending"), status="pending"), True),
    ]
    return tuple(one for one, shown in every if shown)


def _refusals(window: Window, cells: list[Cell]) -> tuple[Figure, ...]:
    """Those without a place, by reason."""
    return tuple(
        Figure(code, str(words), many, url_for("desk.window_arrivals", code=window.code, status="refused", reason=code))
        for code, words in ADMISSION_REASON.items()
        if (many := sum(cell.many for cell in cells if cell.status == "refused" and cell.reason == code))
    )


def _statuses(window: Window, cells: list[Cell]) -> tuple[Figure, ...]:
    return tuple(
        Figure(code, str(words), many, url_for("desk.window_arrivals", code=window.code, status=code))
        for code, words in ADMISSION.items()
        if (many := sum(cell.many for cell in cells if cell.status == code))
    )


def _groups(cells: Iterable[Cell], name: str) -> tuple[Group, ...]:
    by_code: dict[str, list[Cell]] = {}
    for cell in cells:
        if code := getattr(cell, name):
            by_code.setdefault(code, []).append(cell)
    return tuple(_group(code, alike) for code, alike in sorted(by_code.items()))


WITHOUT = {"refused", "lapsed", "withdrawn", "annulled"}


def _group(code: str, alike: list[Cell]) -> Group:
    taken = reading.total(alike, lambda c: c.takes)
    without = reading.total(alike, lambda c: c.status in WITHOUT)
    return Group(code, reading.total(alike), taken, reading.total(alike) - taken - without, without)


def _countries(window: Window, cells: list[Cell]) -> tuple[Group, ...]:
    """Countries by the places they take, each with its cap if it has one."""
    groups = sorted(_groups(cells, "country"), key=lambda group: (-group.taken, -group.arrivals, group.code))
    terms = window.terms
    return tuple(Group(g.code, g.arrivals, g.taken, g.waiting, g.without, rules.country_cap(terms, g.code)) for g in groups)


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that was put before a second person, and what became of it."""

    approval: Approval
    by: Account
    outcome: str
    """waiting, declined, under way, done or refused."""


def asked(window: Window) -> list[Asked]:
    """The acts put before a second person: those that wait, and those whose carrying out was refused."""
    return [Asked(approval, account, outcome(approval)) for approval, account in reading.asked(window)]


def outcome(approval: Approval) -> str:
    """Where an asked act stands; one that was approved is carried out just after, and may be refused then."""
    if approval.decided_at is None:
        return "waiting"
    if approval.state.value == "declined":
        return "declined"
    return str(approval.facts.get("outcome") or "under way")
