"""The first page of the room, its lists, and the box that takes any code."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.core import clock
from backoffice.core.errors import NotFound
from backoffice.core.web import page, requires
from backoffice.mail import addresses
from backoffice.mailroom import panels, queries, showing
from backoffice.mailroom.views.room import bp
from backoffice.staff.permissions import Permission

VIEWS = ("open", "in_doubt", "to_key", "waiting", "today", "done")
VIEW_LABELS = {
    "open": _l("Open envelopes"), "in_doubt": _l("In doubt"), "to_key": _l("To key"), "waiting": _l("Waiting"), "today": _l("Opened today"),
    "done": _l("Closed or sent back"),
}  # fmt: skip


@bp.get("/mailroom")
@requires(Permission.READ_MAILROOM)
def home() -> ResponseReturnValue:
    """What the room has to do: counts that open their list, the pile in doubt with its age, letters to post."""
    today = clock.today()
    tiles = [
        {"label": VIEW_LABELS[name], "count": queries.count(queries.view(name, today)), "url": url_for(".envelopes", view=name)} for name in VIEWS[:5]
    ]
    doubts = [showing.row(one, today) for one in queries.envelopes(queries.view("in_doubt", today), 50)]
    return page("mailroom/home.html", tiles=tiles, doubts=doubts, letters=showing.letters(), panels=panels.for_home())


@bp.get("/mailroom/envelopes")
@requires(Permission.READ_MAILROOM)
def envelopes() -> ResponseReturnValue:
    """One list of envelopes; the numbers of the first page open it."""
    today, chosen = clock.today(), request.args.get("view", "open")
    wanted = queries.view(chosen, today)
    tabs = [{"label": VIEW_LABELS[n], "url": url_for(".envelopes", view=n), "current": n == chosen, "count": None} for n in VIEWS]
    rows = [showing.row(one, today) for one in queries.envelopes(wanted)]
    return page("mailroom/envelopes.html", rows=rows, tabs=tabs, total=queries.count(wanted), title=VIEW_LABELS[chosen])


@bp.post("/mailroom/codes")
@requires(Permission.READ_MAILROOM)
def codes() -> ResponseReturnValue:
    """The scan box: an envelope's number, a case's number, or the code of a return sheet, and Enter."""
    typed = request.form.get("code", "").strip()[:300]
    if (number := queries.normalise(typed)) and queries.find_envelope(number):
        return redirect(url_for(".envelope", number=number), 303)
    code = addresses.read_return_code(typed)
    if code is not None:
        return redirect(url_for(".new_envelope", kind="payment" if code.kind == "fee" else "documents", case=code.case_number), 303)
    try:
        found = queries.envelopes_of_case(case_queries.case(typed).id)
    except NotFound:
        found = []
    if found:
        return redirect(url_for(".envelope", number=found[0].number), 303)
    flash(_("Nothing answers to « %(code)s »: it is neither an envelope, a case with mail, nor one of our codes.", code=typed), "warn")
    return redirect(url_for(".home"), 303)
