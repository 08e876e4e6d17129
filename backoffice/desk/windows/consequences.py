"""What an act will do, in sentences with their numbers, read before anybody presses the button."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.core.calendar import montreal_day
from backoffice.core.formats import instant, number
from backoffice.desk.windows import acts, reading, standing
from backoffice.desk.windows.acts import Act, Name
from backoffice.desk.windows.reading import Cell
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.quota.values import WindowState

Facts = Mapping[str, object]


def of(act: Act, window: Window, at: datetime, facts: Facts | None = None) -> list[str]:
    """The sentences for an act on a period as it stands."""
    if act.name not in SAYERS:
        return []
    cells = reading.cells(window)
    return [sentence for sentence in SAYERS[act.name](window, cells, at, facts or {}) if sentence]


def _many(cells: list[Cell], *statuses: str) -> int:
    return reading.total(cells, lambda c: c.status in statuses)


def _announce(window: Window, _cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    return [
        _("The period opens by itself on %(at)s, if the notice was published at least 24 hours before.", at=instant(window.opens_at)),
        _("From now on the decision changes only by two people, with a reason."),
        _("The notice can be quoted from its instant on; it is never changed, a later one replaces it."),
    ]


def _open(window: Window, _cells: list[Cell], at: datetime, _facts: Facts) -> list[str]:
    early = _("It was announced for %(at)s; the actual opening is kept apart.", at=instant(window.opens_at))
    two = at < window.opens_at or not quota_queries.may_open(window.id)
    short = _(
        "Before its announced instant, or without a notice published 24 hours before it, a period opens only with a reason and a second person."
    )
    return [_("Applications are accepted from this instant on."), early, short if two else ""]


def _suspend(window: Window, cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    kept = ngettext(
        "%(num)s application that arrived keeps its instant and its place.",
        "%(num)s applications that arrived keep their instants and their places.",
        reading.total(cells),
    )
    return [
        _("Applications are refused as « suspended » until it resumes; each attempt is recorded, and the same application may be sent again."),
        kept,
        _("The closing stays at %(at)s: move it by a change of the decision if the time lost is to be given back.", at=instant(window.closes_at)),
    ]


def _resume(window: Window, _cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    turned = reading.attempts(window).get("window-suspended", 0)
    back = ngettext("%(num)s attempt was turned away meanwhile.", "%(num)s attempts were turned away meanwhile.", turned) if turned else ""
    return [_("Applications are accepted again from this instant on, after those that arrived before."), back]


def _close(window: Window, cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    return [
        _("No application is accepted any more; the announced closing was %(at)s.", at=instant(window.closes_at)),
        _("A place released after this is not given to anybody, unless the decision keeps a waiting list."),
        _("A closed period does not open again."),
        _pending(cells),
    ]


def _pending(cells: list[Cell]) -> str:
    pending = _many(cells, "pending")
    return (
        ngettext(
            "%(num)s arrival still waits for its outcome; it keeps its turn.",
            "%(num)s arrivals still wait for their outcome; they keep their turn.",
            pending,
        )
        if pending
        else ""
    )


def _paper(window: Window, cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    registered = reading.total(cells, lambda c: c.status == "registered" and c.channel == "paper")
    places = standing.places(window)
    return [
        ngettext(
            "%(num)s application on paper is registered and not decided.", "%(num)s applications on paper are registered and not decided.", registered
        ),
        _("%(places)s places of the share of paper are left: they are given by legal day, ties as the decision says.", places=number(places.paper)),
        _("The day never goes back: an envelope stamped earlier and found later is decided at the settlement."),
    ]


def _commit(_window: Window, cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    registered = _many(cells, "registered")
    return [
        ngettext(
            "The list of %(num)s registered application is frozen; its digest is written to the ledger.",
            "The list of %(num)s registered applications is frozen; its digest is written to the ledger.",
            registered,
        ),
        _("A secret is drawn here; its commitment is published now, the secret itself with the draw."),
        _("Name a public value that nobody knows yet and that everybody will be able to check."),
    ]


def _reveal(window: Window, cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    places = standing.places(window)
    return [
        _(
            "The order is computed from the secret and the public value; %(places)s places are free for %(many)s registered applications.",
            places=number(places.free),
            many=number(_many(cells, "registered")),
        ),
        _("Whoever has no place is refused, or waits in the drawn order if the decision keeps a waiting list."),
        _("A draw is made once. The second person signs it as a witness."),
    ]


def _round(window: Window, cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    places = standing.places(window)
    return [
        ngettext("%(num)s declaration is in the pool.", "%(num)s declarations are in the pool.", _many(cells, "registered")),
        _("%(places)s places are free and not promised; nobody beyond them, or beyond the cap of a country, is invited.", places=number(places.free)),
        _("Each one invited has 60 days to file."),
    ]


def _settle(window: Window, cells: list[Cell], _at: datetime, _facts: Facts) -> list[str]:
    waiting = _many(cells, "registered", "waitlisted")
    share = ""
    if acts.keeps_paper_share(window):
        share = _(
            "What remains of the share of paper (%(places)s places) returns to the others, in the order of their arrival; nothing told to anybody is taken back.",
            places=number(standing.places(window).paper),
        )
    last = montreal_day(window.closed_at or window.closes_at)
    missing = ""
    if acts.keeps_paper_share(window) and (window.paper_through is None or window.paper_through < last):
        missing = _("First declare every envelope stamped up to %(day)s registered: until then it cannot be settled.", day=last.isoformat())
    return [
        missing,
        share,
        ngettext(
            "%(num)s application that still waits is given a place if one is due to it, else refused.",
            "%(num)s applications that still wait are given a place if one is due to them, else refused.",
            waiting,
        )
        if waiting
        else "",
        _("A settled period moves no more, except by annulment."),
        _pending(cells),
    ]


def _abort(window: Window, cells: list[Cell], _at: datetime, facts: Facts) -> list[str]:
    standing_now = _many(cells, "registered", "provisional", "confirmed", "exempt", "waitlisted", "invited")
    rule = {
        "keep": _("Rule chosen: the applications are kept, each as it stands."),
        "annul": _("Rule chosen: all admissions of this period are to be annulled, by an act on many with its refunds and messages."),
    }
    if window.state in {WindowState.DRAFTED, WindowState.ANNOUNCED}:
        return [_("The period never opens. A notice that was published must be followed by another one.")]
    return [
        _("No application is accepted any more, and this period does not open again."),
        ngettext(
            "%(num)s application stands in it; its instant is kept whatever the rule.",
            "%(num)s applications stand in it; their instants are kept whatever the rule.",
            standing_now,
        ),
        rule.get(str(facts.get("rule")), _("Choose the rule below: it is recorded with the act.")),
    ]


SAYERS: Mapping[Name, Callable[[Window, list[Cell], datetime, Facts], list[str]]] = {
    Name.ANNOUNCE: _announce, Name.OPEN: _open, Name.SUSPEND: _suspend, Name.RESUME: _resume, Name.CLOSE: _close, Name.PAPER: _paper,
    Name.COMMIT: _commit, Name.REVEAL: _reveal, Name.ROUND: _round, Name.SETTLE: _settle, Name.ABORT: _abort,
}  # fmt: skip
