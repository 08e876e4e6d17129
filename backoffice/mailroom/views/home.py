"""The first page of the room, its lists, and the box that takes any code."""

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import clock
from backoffice.core.web import page, requires
from backoffice.mailroom import lists, panels, queries, scanbox, showing
from backoffice.mailroom.indexing import queries as indexing_queries
from backoffice.mailroom.indexing import service as indexing
from backoffice.mailroom.views.room import bp
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

VIEWS = ("open", "to_balance", "in_doubt", "to_return", "to_key", "to_rescan", "waiting", "today", "done")
VIEW_LABELS = {
    "open": _l("Open envelopes"), "to_balance": _l("To balance and close"), "in_doubt": _l("In doubt"), "to_return": _l("To send back"),
    "to_key": _l("To key"), "to_rescan": _l("To scan again"), "waiting": _l("Waiting"), "today": _l("Opened today"), "done": _l("Closed or sent back"),
}  # fmt: skip
TILES = ("open", "to_balance", "in_doubt", "to_return", "to_key", "to_rescan")


@bp.get("/mailroom")
@requires(Permission.READ_MAILROOM)
def home() -> ResponseReturnValue:
    """What the room has to do: counts that open their list, today's work, what waits longest in doubt, letters to post."""
    today = clock.today()
    late = indexing_queries.count_doubted(indexing.late_before(today))
    tiles = [_tile(name, queries.count(lists.view(name, today)), late) for name in TILES]
    return page(
        "mailroom/home.html", tiles=tiles, day=_day(lists.scanned_today(today)), opened=queries.count(lists.view("today", today)), late=late,
        doubts=[showing.doubt_row(one, today) for one in indexing_queries.doubted(limit=8)], letters=showing.letters(), panels=panels.for_home(),
    )  # fmt: skip


def _tile(name: str, count: int, late: int) -> dict[str, object]:
    url = url_for("indexing.doubt") if name == "in_doubt" else url_for(".envelopes", view=name)
    tone = "bad" if name == "in_doubt" and late else "warn" if count and name in {"in_doubt", "to_return", "to_rescan"} else ""
    return {"label": VIEW_LABELS[name], "count": count, "url": url, "tone": tone}


def _day(rows: list[lists.Today]) -> dict[str, int]:
    """Today's pages: scanned = filed + left out + to file."""
    return {name: sum(getattr(one, name) for one in rows) for name in ("scanned", "filed", "excluded", "to_file")}


@bp.get("/mailroom/today")
@requires(Permission.READ_MAILROOM)
def scanned_today() -> ResponseReturnValue:
    """The pages scanned today, envelope by envelope; the totals are the numbers of the first page."""
    rows = lists.scanned_today(clock.today())
    return page("mailroom/today.html", rows=rows, total=_day(rows), day=clock.today())


@bp.get("/mailroom/envelopes")
@requires(Permission.READ_MAILROOM)
def envelopes() -> ResponseReturnValue:
    """One list of envelopes; the numbers of the first page open it."""
    today, chosen = clock.today(), request.args.get("view", "open")
    wanted = lists.view(chosen, today)
    tabs = [{"label": VIEW_LABELS[n], "url": url_for(".envelopes", view=n), "current": n == chosen, "count": None} for n in VIEWS]
    rows = showing.rows(queries.envelopes(wanted), today)
    return page("mailroom/envelopes.html", rows=rows, tabs=tabs, total=queries.count(wanted), title=VIEW_LABELS[chosen])


@bp.post("/mailroom/codes")
@requires(Permission.READ_MAILROOM)
def codes() -> ResponseReturnValue:
    """The scan box: any of our codes, and Enter; a page with scripts asks for the address, to say it aloud first.

    Enter in the empty box goes to the next envelope to work on.
    """
    typed = "".join(c for c in request.form.get("code", "") if c.isprintable()).strip()[:300]  # some guns send control characters
    if not request.form.get("code", "").strip() and current_account().may(Permission.WORK_MAILROOM):
        return redirect(url_for(".next_envelope"), 303)
    found = scanbox.find(typed)
    unknown = _("Nothing answers to « %(code)s »: it is neither an envelope, a case with mail, nor one of our codes.", code=typed)
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(url=found.url if found else None, text=found.words if found else unknown)
    if found is None:
        flash(unknown, "warn")
    return redirect(found.url if found else url_for(".home"), 303)
