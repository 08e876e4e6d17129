"""The list of what waits for an answer, and the search over messages."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from backoffice.cases import numbers
from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.calendar import Calendar, montreal_day
from backoffice.deadlines.service import calendar_in_force
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message
from backoffice.mail.threads import presence
from backoffice.mail.threads import queries as thread_queries
from backoffice.mail.threads.values import Here
from backoffice.staff.models import Account

LIMIT, FOUND = 200, 60
SOON, LATE = 3, 5
"""Open days after which a message without answer is marked."""


class Line(NamedTuple):
    """One thread that waits: its first unanswered message, and who is on it."""

    message: Message
    case: Case
    name: str
    days: int
    many: int
    owner_id: int | None
    here: str


class Found(NamedTuple):
    """A message that a search found."""

    message: Message
    case: Case
    name: str


def shown(args: MultiDict[str, str], account: Account) -> dict[str, Any]:
    """What waits, or what was searched for."""
    text = args.get("q", "").replace("\x00", "").strip()[:200]
    view = args.get("view", "all")
    view = view if view in {"all", "mine", "queue"} else "all"
    lines = [] if text else waiting(view, account)
    return {
        "q": text, "view": view, "lines": lines, "found": search(text) if text else [], "tabs": _tabs(view if not text else "", account),
        "unowned": thread_queries.count_waiting(nobody=True), "soon": SOON, "late": LATE,
    }  # fmt: skip


def waiting(view: str, account: Account) -> list[Line]:
    """Threads without answer, the oldest first."""
    rows = thread_queries.waiting(account.id if view == "mine" else None, nobody=view == "queue", limit=LIMIT)
    cases = _cases(row.case.id for row in rows)
    here = presence.others([row.case.id for row in rows], account.id, clock.now())
    return [_line(row, cases[row.case.id], here.get(row.case.id, [])) for row in rows]


def _line(row: thread_queries.Waiting, case: Case, here: list[Here]) -> Line:
    age = open_days(montreal_day(row.message.sent_at), clock.today(), calendar_in_force())
    return Line(row.message, case, case_queries.principal(case).name, age, row.many, row.owner_id, presence.sentence(here))


def _cases(ids: Any) -> dict[int, Case]:
    wanted = frozenset(ids)
    found = case_queries.page(case_queries.Filter(closed=True, ids=wanted), limit=len(wanted)) if wanted else []
    return {case.id: case for case in found}


def open_days(since: date, today: date, calendar: Calendar) -> int:
    """Days on which the ministry was open after a message came; its own day is not counted."""
    return sum(calendar.is_open(since + timedelta(days=n)) for n in range(1, (today - since).days + 1))


def search(text: str) -> list[Found]:
    """Messages with these words, or of the cases of that number or name; the latest first."""
    by_name = case_queries.search(text, limit=20) if numbers.normalise(text) or len(text) > 2 else []
    messages = mail_queries.search(text, [case.id for case in by_name], limit=FOUND)
    cases = _cases(message.case_id for message in messages)
    return [Found(m, cases[m.case_id], case_queries.principal(cases[m.case_id]).name) for m in messages if m.case_id in cases]


def _tabs(view: str, account: Account) -> list[dict[str, object]]:
    labels = {"all": _("All"), "mine": _("Mine to answer"), "queue": _("Nobody’s yet")}
    counts = {
        "all": thread_queries.count_waiting(), "mine": thread_queries.count_waiting(account.id), "queue": thread_queries.count_waiting(nobody=True),
    }  # fmt: skip
    return [
        {"label": label, "url": url_for("desk.messages", view=name), "current": name == view, "count": counts[name], "key": str(place)}
        for place, (name, label) in enumerate(labels.items(), 1)
    ]
