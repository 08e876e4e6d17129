"""« Équipe »: the load of each, what is oldest, which clocks end; and many cases moved at once, each with its result."""

from datetime import timedelta

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.core import clock, formats, pages
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires, safe_next
from backoffice.mailroom.keying import forms as mailroom_words
from backoffice.staff import queries as staff_queries
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission, Role
from backoffice.workload import parity as parity_queries
from backoffice.workload import queries
from backoffice.workload.forms import ReassignForm
from backoffice.workload.values import Outcome

bp = Blueprint("workload", __name__)
MOST = 100
"""As many cases as two pages of the queue."""

pages.section(pages.Section(_l("Team"), "workload.team", Permission.SEE_LOAD, 23, prefix="/team"))


@bp.get("/team")
@requires(Permission.SEE_LOAD)
def team() -> ResponseReturnValue:
    """The supervisor's page."""
    loads = queries.loads(_("Nobody yet"))
    today = clock.today()
    return page(
        "workload/team.html", loads=loads, oldest=queries.oldest_by_class(), ending=queries.ending_within(today), today_=today,
        ends={days: today + timedelta(days=days) for days in queries.HORIZONS}, total=sum(load.total for load in loads),
        held=sum(load.held for load in loads), unassigned=next(load for load in loads if load.officer_id is None),
    )  # fmt: skip


@bp.post("/team/reassignment")
@requires(Permission.ASSIGN_CASE)
def reassign() -> ResponseReturnValue:
    """The ticked cases, one operation each, and what became of each."""
    form = ReassignForm()
    form.offer([(a.id, a.name) for a in staff_queries.accounts(Role.CASEWORKER, Role.SUPERVISOR)], _("choose…"), _("Nobody: back to the queue"))
    numbers = list(dict.fromkeys(request.form.getlist("case")))[:MOST]
    outcomes = []
    if form.submitted() and numbers:
        officer_id = None if form.officer.data == "none" else int(form.officer.data)
        outcomes = [_move(number, officer_id, form.reason.data) for number in numbers]
    back = safe_next(request.form.get("next")) or "/cases"
    return page("workload/reassigned.html", form=form, outcomes=outcomes, numbers=numbers, back=back, by=current_account().name)


def _move(number: str, officer_id: int | None, reason: str) -> Outcome:
    try:
        with transaction():
            case = case_queries.case(number)
            if case.officer_id == officer_id:
                return Outcome(number, done=False, sentence=_("Was already there: nothing changed."))
            cases.assign(case.id, officer_id, reason, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        return Outcome(number, done=False, sentence=refusal.message)
    return Outcome(number, done=True, sentence=_("Moved."))


STAGES = {
    "registered": _l("Registered, with its number"),
    "answered": _l("Given its outcome"),
    "opened": _l("Case opened"),
    "taken": _l("Taken by a caseworker"),
    "requested": _l("Documents asked for"),
}
"""The stages of the work, from the legal day of receipt."""

PERIODS = (30, 90, 365)


@bp.get("/team/parity")
@requires(Permission.SEE_LOAD)
def parity() -> ResponseReturnValue:
    """Paper beside online: whether the door by which somebody came costs them time."""
    today = clock.today()
    days = request.args.get("days", type=int)
    chosen = days if days in PERIODS else PERIODS[1]
    first = today - timedelta(days=chosen)
    views = [
        {"label": ngettext("Last %(num)s day", "Last %(num)s days", n), "url": url_for(".parity", days=n), "current": n == chosen} for n in PERIODS
    ]
    words = {ground.value: label for ground, label in mailroom_words.GROUNDS.items()}
    return page(
        "workload/parity.html", stages=parity_queries.stages(first, today), stage_words=STAGES, views=views, first=first, today_=today,
        grounds=[(words.get(one.ground, one.ground), one) for one in parity_queries.grounds(first, today)],
        places=parity_queries.places(first, today), tolerated=parity_queries.TOLERATED_DAYS, country=formats.country,
    )  # fmt: skip
