"""The queue: both doors in one lawful order; filters never change the order."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.cases import numbers, ranking
from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.errors import NothingToTake
from backoffice.cases.models import Case
from backoffice.cases.queries import MOST, Filter
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Channel
from backoffice.core import clock, formats
from backoffice.core.db import transaction
from backoffice.core.web import page, requires
from backoffice.desk import queries
from backoffice.desk.rows import rows
from backoffice.desk.views.blueprint import bp, log_list
from backoffice.desk.words import CHANNEL, STATUS
from backoffice.intake.backlog import queries as backlog_queries
from backoffice.staff import queries as staff_queries
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission, Role

LIMIT = 50
Key = tuple[int, date, str, str]
FILTERS = ("q", "channel", "status", "officer", "from", "to", "held")
"""The parameters that narrow the queue; each has its chip."""


@bp.get("/cases")
@requires(Permission.READ_CASE)
def queue() -> ResponseReturnValue:
    """The queue, whole or narrowed, always in the processing order."""
    view = _view()
    shown = _wanted(view)
    log_list("queue", request.full_path)
    found, before, after = _page(shown)
    return page(
        "desk/queue.html", rows=rows(found), view=view, tabs=_tabs(view), total=_most(shown), chips=_chips(view),
        previous_url=_link(view, before=before), next_url=_link(view, after=after), args=request.args, statuses=STATUS, channels=CHANNEL,
        officers=staff_queries.accounts(Role.CASEWORKER, Role.SUPERVISOR), rule=ranking.RULE_VERSION, may_take=current_account().may(Permission.WORK_CASE),
        may_assign=current_account().may(Permission.ASSIGN_CASE), narrowed=bool(_chips(view)) or view != "all",
    )  # fmt: skip


@bp.post("/cases/next")
@requires(Permission.WORK_CASE)
def take_next() -> ResponseReturnValue:
    """The first case that waits is mine: nobody picks, and two who press at once get two cases."""
    try:
        with transaction():
            number = cases.take_next(current_account().id, by=current_actor(), at=clock.now()).number
    except NothingToTake as refusal:
        flash(refusal.message, "warning")
        return redirect(url_for("desk.queue", view="unassigned"), 303)
    flash(_("Case %(number)s is yours.", number=number), "success")
    return redirect(url_for("desk.case", number=number), 303)


def wanted() -> Filter:
    """What the queue shows under this address, for whoever acts on all of it."""
    return _wanted(_view())


def in_words() -> list[str]:
    """What the address narrows the queue to, in words; the saved view first."""
    view = _view()
    saved = [str(tab["label"]) for tab in _tabs(view) if tab["current"]]
    return [*saved, *(label for label, _address in _chips(view))]


def how_many() -> str:
    """How many cases the address matches."""
    return _most(wanted())


def _view() -> str:
    view = request.args.get("view", "all")
    return view if view in queries.VIEWS else "all"


def _wanted(view: str) -> Filter:
    """What the address asks for, on top of the saved view."""
    base, args = queries.view_filter(view, current_account().id, clock.today()), request.args
    text, extra = args.get("q", "").strip()[:200], base.extra
    if number := numbers.normalise(text):
        text, extra = "", (*extra, Case.number == number)
    elif ids := backlog_queries.case_ids_by_number(text):
        text, extra = "", (*extra, Case.id.in_(ids))
    first, last = _day(args.get("from")), _day(args.get("to"))
    if first and last:
        extra = (*extra, *queries.ending_between(first, last).extra)
    officer = args.get("officer", "")
    return Filter(
        text=text, channel=Channel(args["channel"]) if args.get("channel") in CHANNEL else None,
        status=CaseStatus(args["status"]) if args.get("status") in STATUS else None,
        officer_id=int(officer) if re.fullmatch(r"[0-9]{1,9}", officer) else base.officer_id,
        unassigned=base.unassigned or officer == "none", held={"yes": True, "no": False}.get(args.get("held", "")), closed=base.closed, extra=extra,
    )  # fmt: skip


def _page(shown: Filter) -> tuple[list[Case], Key | None, Key | None]:
    """A page, with the keys from which the pages before and after it start, if there are any."""
    after, before = _key(request.args.get("after")), _key(request.args.get("before"))
    if before:
        found = case_queries.page_before(shown, before, LIMIT + 1)
        earlier, found = len(found) > LIMIT, found[-LIMIT:]
        later = True
    else:
        found = case_queries.page(shown, after, LIMIT + 1)
        later, found = len(found) > LIMIT, found[:LIMIT]
        earlier = after is not None
    if not found:
        return [], None, None
    return found, case_queries.key_of(found[0]) if earlier else None, case_queries.key_of(found[-1]) if later else None


def _key(text: str | None) -> Key | None:
    """A place in the order, as the address of a page names it; anything else is the beginning."""
    match = re.fullmatch(r"([0-9]{1,3})_([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9a-f]{1,64})_([0-9]{8}-[0-9])", text or "")
    day = _day(match[2]) if match else None
    return (int(match[1]), day, match[3], match[4]) if match and day else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _link(view: str, **key: Key | None) -> str | None:
    """The address of another page of the same list."""
    (name, place), *_none = key.items()
    if place is None:
        return None
    text = f"{place[0]}_{place[1].isoformat()}_{place[2]}_{place[3]}"
    return _address(view, {**_kept(), name: text})


def _address(view: str, parameters: Mapping[str, str]) -> str:
    """The address of the queue with these filters."""
    return f"{url_for('desk.queue')}?{urlencode({'view': view, **parameters})}"


def _kept(*without: str) -> dict[str, str]:
    return {name: request.args[name] for name in FILTERS if request.args.get(name) and name not in without}


def _chips(view: str) -> list[tuple[str, str]]:
    """What narrows the list, each with the address that clears it."""
    args = request.args
    words: dict[str, Callable[[str], str]] = {
        "q": lambda text: f"« {text} »",
        "channel": lambda code: str(CHANNEL.get(code, code)),
        "status": lambda code: str(STATUS.get(code, code)),
        "officer": _officer_name,
        "from": lambda day: _("term ending from %(day)s", day=day),
        "to": lambda day: _("to %(day)s", day=day),
        "held": lambda yes: _("kept on hold") if yes == "yes" else _("without hold"),
    }
    return [(words[name](args[name]), _address(view, _kept(name))) for name in FILTERS if args.get(name)]


def _officer_name(key: str) -> str:
    known = queries.names([int(key)]) if re.fullmatch(r"[0-9]{1,9}", key) else {}
    return _("without caseworker") if key == "none" else next(iter(known.values()), key)


def _most(shown: Filter) -> str:
    many = case_queries.count(shown)
    return _("more than %(many)s", many=formats.number(MOST)) if many > MOST else formats.number(many)


def _tabs(view: str) -> list[dict[str, object]]:
    labels = {
        "all": _("All"),
        "mine": _("My cases"),
        "unassigned": _("Without caseworker"),
        "due": _("Ending within 7 days, or over"),
        "answered": _("Answer received"),
        "held": _("Suspended or on hold"),
        "closed": _("Finished"),
    }
    counted = {"mine", "due", "answered"}
    return [
        {
            "label": label, "url": url_for("desk.queue", view=name), "current": name == view,
            "count": case_queries.count(queries.view_filter(name, current_account().id, clock.today()), 999) if name in counted else None,
        }
        for name, label in labels.items()
    ]  # fmt: skip
