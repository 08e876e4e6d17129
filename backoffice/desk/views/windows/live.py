"""One period as it stands: failures first, places, arrivals by minute; and the lists behind its numbers."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.canonical import digest
from backoffice.core.web import page, requires
from backoffice.desk.views.blueprint import bp
from backoffice.desk.views.windows.tabs import tabs
from backoffice.desk.windows import acts, board, reading
from backoffice.desk.windows.reading import Key, Wanted
from backoffice.desk.words import ADMISSION, ADMISSION_REASON, ATTEMPT, CHANNEL, POOL
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.quota.values import WindowState
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

LIMIT = 50
RUNNING = {WindowState.OPEN, WindowState.SUSPENDED}


@bp.get("/windows/<code>")
@requires(Permission.READ_WINDOWS)
def window(code: str) -> ResponseReturnValue:
    """One period: what failed, where the places stand, how people arrive, and what can be done."""
    one = quota_queries.window(code)
    if one.state in {WindowState.DRAFTED, WindowState.ANNOUNCED}:
        return page("desk/window_before.html", **_common(one))
    shown = board.board(one, hour=request.args.get("hour", ""), at=clock.now())
    to_annul = board.left_to_annul(one, shown)
    return page("desk/window.html", board=shown, seen=_seen(shown), live=one.state in RUNNING, to_annul=to_annul, **_common(one))


@bp.get("/windows/<code>/live")
@requires(Permission.READ_WINDOWS)
def window_live(code: str) -> ResponseReturnValue:
    """The counts and the drawings alone, for a page that stays open; nothing (204) when nothing changed."""
    one = quota_queries.window(code)
    shown = board.board(one, hour=request.args.get("hour", ""), at=clock.now())
    if request.args.get("seen") == _seen(shown):
        return "", 204
    return render_template("desk/_window_live.html", window=one, board=shown, seen=_seen(shown))


def _seen(shown: board.Board) -> str:
    return digest(shown.numbers)[:16]


def _common(one: Window) -> dict[str, object]:
    """What every page of a period says at its top."""
    may = current_account().may(Permission.MANAGE_WINDOWS)
    return {
        "window": one, "tabs": tabs(one, "window"), "acts": acts.available(one) if may else [], "asked": board.asked(one), "now": clock.now(),
        "notices": quota_queries.notices(one.id), "has_notice": quota_queries.may_open(one.id),
    }  # fmt: skip


@bp.get("/windows/<code>/arrivals")
@requires(Permission.READ_WINDOWS)
def window_arrivals(code: str) -> ResponseReturnValue:
    """The list behind a number: it adds up to it."""
    one, wanted = quota_queries.window(code), _wanted()
    rows, before, after = _page(one, wanted)
    return page(
        "desk/window_arrivals.html", window=one, tabs=tabs(one, "window_arrivals"), rows=rows, total=reading.count(one, wanted), chips=_chips(one, wanted),
        statuses=ADMISSION, reasons=ADMISSION_REASON, channels=CHANNEL, args=request.args, previous_url=_link(one, before=before), next_url=_link(one, after=after),
    )  # fmt: skip


def _wanted() -> Wanted:
    args = request.args
    country = args.get("country", "")
    return Wanted(
        status=args["status"] if args.get("status") in ADMISSION else None, reason=args["reason"] if args.get("reason") in ADMISSION_REASON else None,
        channel=args["channel"] if args.get("channel") in CHANNEL else None, country=country if re.fullmatch("[A-Z]{2}", country) else None,
        pool=args["pool"] if args.get("pool") in POOL else None, minute=_minute(args.get("minute", "")), released=args.get("released") == "yes",
    )  # fmt: skip


def _minute(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _page(one: Window, wanted: Wanted) -> tuple[list[reading.ArrivalRow], Key | None, Key | None]:
    after, before = _key(request.args.get("after")), _key(request.args.get("before"))
    rows = reading.arrivals(one, wanted, after=after, before=before, limit=LIMIT + 1)
    more = len(rows) > LIMIT
    rows = (rows[-LIMIT:] if before else rows[:LIMIT]) if more else rows
    if not rows:
        return [], None, None
    earlier, later = (more, True) if before else (after is not None, more)
    return rows, (rows[0].sequence, rows[0].id) if earlier else None, (rows[-1].sequence, rows[-1].id) if later else None


def _key(text: str | None) -> Key | None:
    found = re.fullmatch(r"(\d{1,15})\.([0-9a-f-]{36})", text or "")
    try:
        return (int(found[1]), UUID(found[2])) if found else None
    except ValueError:
        return None


FILTERS = ("status", "reason", "channel", "country", "pool", "minute", "released")


def _link(one: Window, *, after: Key | None = None, before: Key | None = None) -> str | None:
    key = after or before
    if key is None:
        return None
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return _address(one, kept | {"after" if after else "before": f"{key[0]}.{key[1]}"})


def _address(one: Window, narrow: dict[str, str]) -> str:
    path = url_for(".window_arrivals", code=one.code)
    return f"{path}?{urlencode(narrow)}" if narrow else path


def _chips(one: Window, wanted: Wanted) -> list[tuple[str, str]]:
    """What narrows the list, each with the address without it."""
    words = {
        "status": ADMISSION.get(wanted.status or ""), "reason": ADMISSION_REASON.get(wanted.reason or ""), "channel": CHANNEL.get(wanted.channel or ""),
        "country": wanted.country, "pool": POOL.get(wanted.pool or ""), "minute": wanted.minute and request.args["minute"],
        "released": _("places released") if wanted.released else None,
    }  # fmt: skip
    kept = {name: request.args[name] for name in FILTERS if words[name]}
    return [(str(words[name]), _address(one, {n: v for n, v in kept.items() if n != name})) for name in kept]


@bp.get("/windows/<code>/attempts")
@requires(Permission.READ_WINDOWS)
def window_attempts(code: str) -> ResponseReturnValue:
    """Attempts answered « closed » or « suspended » around this period, latest first."""
    one, wanted = quota_queries.window(code), request.args.get("answer", "")
    before = int(request.args["before"]) if re.fullmatch(r"\d{1,15}", request.args.get("before", "")) else None
    rows = reading.attempt_rows(one, wanted if wanted in ATTEMPT else None, before=before, limit=LIMIT + 1)
    following = url_for(".window_attempts", code=code, answer=wanted or None, before=rows[LIMIT - 1].id) if len(rows) > LIMIT else None
    return page(
        "desk/window_attempts.html",
        window=one,
        tabs=tabs(one, ""),
        rows=rows[:LIMIT],
        next_url=following,
        counts=reading.attempts(one),
        wanted=wanted,
    )
