"""Changing a decision: the dry run first, then a second person; and every version side by side."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.desk.forms_windows import AmendForm, typed_instant
from backoffice.desk.views.blueprint import bp
from backoffice.desk.views.windows.tabs import tabs
from backoffice.desk.windows import acts, amendment, versions
from backoffice.desk.windows.acts import Name
from backoffice.desk.windows.amendment import Changes
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.route("/windows/<code>/amendments/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def window_amendment(code: str) -> ResponseReturnValue:
    """New terms: who would move is shown first; only what was foreseen can be asked for."""
    window = quota_queries.window(code)
    form, changes, foreseen = AmendForm(), {}, None
    act = acts.find(Name.AMEND)
    assert act is not None
    two = acts.needs_second(act, window, clock.now())
    if request.method == "GET":
        fill(form, window)
    elif form.submitted():
        changes = amendment.changed(window, form.terms())
        try:
            if not changes:
                raise NothingChanges
            if request.form.get("step") == "ask" and form.foreseen.data == amendment.mark(changes):
                return _ask(window, changes, form.reason.data, two=two)
            foreseen = amendment.foreseen(window, changes)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            form.foreseen.data = amendment.mark(changes)
    return page(
        "desk/window_amendment.html", window=window, form=form, foreseen=foreseen, changes=amendment.differences(window, changes), two=two, act=act,
        fits=act.fits(window),
    )  # fmt: skip


class NothingChanges(DomainError):
    """A change changes something."""

    code = "nothing-changes"

    def __init__(self) -> None:
        super().__init__(_("Nothing differs from the decision as it stands."))


def _ask(window: Window, changes: Changes, reason: str, *, two: bool) -> ResponseReturnValue:
    act, at = acts.find(Name.AMEND), clock.now()
    assert act is not None
    before = {name: getattr(window, name) for name in changes}
    with transaction():
        if two:
            seen = amendment.foreseen(window, changes)
            facts: Changes = {"changes": acts.as_facts(changes), "before": acts.as_facts(before), "foreseen": [dict(row) for row in seen.rows]}
            where = url_for(".window_asked", code=window.code, approval_id=0).replace("/0", "/{id}")
            acts.ask(act, window, facts, reason, where, by=current_account(), at=at)
        else:
            acts.carry_out(Name.AMEND, window, {"changes": acts.as_facts(changes)}, reason, by=current_actor(), second=None, at=at)
    flash(_("Asked for: another person must approve it before it happens.") if two else _("The draft was changed."))
    return redirect(url_for(".window", code=window.code), 303)


def fill(form: AmendForm, window: Window) -> None:
    """The form with the decision as it stands."""
    form.decision.data, form.opens_at.data, form.closes_at.data = window.decision, typed_instant(window.opens_at), typed_instant(window.closes_at)
    form.capacity.data, form.margin.data, form.reserve.data = str(window.capacity), str(window.margin), str(window.reserve)
    form.paper_share.data = None if window.paper_share is None else str(window.paper_share)
    default = window.country_caps.get("default")
    form.cap_default.data = None if default is None else str(default)
    form.caps.data = "\n".join(f"{country} {most}" for country, most in sorted((window.country_caps.get("by_country") or {}).items()))
    form.waiting_list.data, form.channels.data, form.exempt_grounds.data = window.waiting_list, list(window.channels), list(window.exempt_grounds)


@bp.get("/windows/<code>/versions")
@requires(Permission.READ_WINDOWS)
def window_versions(code: str) -> ResponseReturnValue:
    """Every version of the decision side by side: what changed, by whom, with whom, why; and what happened to the period."""
    window = quota_queries.window(code)
    return page(
        "desk/window_versions.html",
        window=window,
        tabs=tabs(window, "window_versions"),
        versions=versions.side_by_side(window),
        facts=versions.history(window),
    )
