"""Arrivals that were refused: for their form, kept in their place until a person decides; or because no period received them."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.core import clock, events
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.pages import Section, section
from backoffice.core.problems import Problem
from backoffice.core.states import allows
from backoffice.core.web import page, requires
from backoffice.intake import door_queries, programmes
from backoffice.intake.events import kept_subject
from backoffice.intake.forms import AcceptForm, DismissForm
from backoffice.intake.models import KeptArrival
from backoffice.intake.service import kept
from backoffice.intake.states import KEPT_TRANSITIONS, KeptAction
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

bp = Blueprint("intake", __name__)

section(Section(_l("Refused arrivals"), "intake.arrivals", Permission.READ_WINDOWS, 21, door_queries.count_waiting, "/arrivals"))

VIEWS = {
    "waiting": _l("To look at"),
    "resent": _l("Received since"),
    "accepted": _l("Those accepted"),
    "dismissed": _l("Those set aside"),
}
PAGE = 50
SHOWN = 20_000
"""Characters of a body on its page; the whole is to be saved."""


def _check_reader() -> None:
    """What is kept holds personal data: only those who read cases see it."""
    if not current_account().may(Permission.READ_CASE):
        abort(403)


@bp.get("/arrivals")
@requires(Permission.READ_WINDOWS)
def arrivals() -> ResponseReturnValue:
    """Those refused for their form, by what became of them, the first that came first."""
    _check_reader()
    view = request.args.get("view", "waiting")
    if view not in VIEWS:
        abort(404)
    after = request.args.get("after", default=0, type=int)
    found = door_queries.kept_arrivals(view, after, PAGE + 1)
    more = url_for(".arrivals", view=view, after=found[PAGE - 1][0].sequence) if len(found) > PAGE else None
    rows = [{"kept": one, "received_at": received, "days": _days(one)} for one, received in found[:PAGE]]
    return page("intake/arrivals.html", rows=rows, views=_tabs(view), view=view, next_url=more, **_standing())


@bp.get("/arrivals/closed")
@requires(Permission.READ_WINDOWS)
def closed() -> ResponseReturnValue:
    """Attempts that no period received, counted by reason and programme; those of another programme were told its door."""
    _check_reader()
    rows = [{"refusals": one, "door": programmes.door(one.programme or "")} for one in door_queries.refusals_by_reason()]
    return page("intake/closed.html", rows=rows, views=_tabs("closed"), drafts=door_queries.drafts_by_programme(), **_standing())


def _days(one: KeptArrival) -> int:
    return (clock.now() - one.received_at).days


def _tabs(current: str) -> list[dict[str, object]]:
    counts = door_queries.count_by_view()
    tabs: list[dict[str, object]] = [
        {"label": words, "url": url_for(".arrivals", view=name), "current": name == current, "count": counts[name]} for name, words in VIEWS.items()
    ]
    unreceived = {
        "label": _("No period received them"),
        "url": url_for(".closed"),
        "current": current == "closed",
        "count": door_queries.count_refusals(),
    }
    return [*tabs, unreceived]


def _standing() -> dict[str, object]:
    """The figures above every list."""
    oldest = door_queries.oldest_waiting()
    return {
        "waiting": door_queries.count_waiting(),
        "oldest_days": (clock.now() - oldest).days if oldest else None,
        "draft_count": door_queries.count_drafts(),
        "beyond": door_queries.tallies_beyond(),
        "key_names": {str(key.id): key.name for key in staff_queries.api_keys()},
    }


@bp.get("/arrivals/<int:kept_id>")
@requires(Permission.READ_WINDOWS)
def arrival(kept_id: int) -> ResponseReturnValue:
    """One of them: as it came, what is wrong with it, what can be done."""
    _check_reader()
    one = door_queries.kept(kept_id)
    with transaction():
        staff.log_read(current_account(), kept_subject(kept_id), "kept_arrival", at=clock.now())
    one = door_queries.kept(kept_id)
    form = AcceptForm(content=kept.to_correct(one.raw))
    return _show(one, form, DismissForm())


def _show(one: KeptArrival, form: AcceptForm, dismiss_form: DismissForm) -> ResponseReturnValue:
    text = kept.text_of(one.raw)
    problem = kept.faults_now(one.raw, one.received_at)
    may = current_account().may(Permission.MANAGE_WINDOWS)
    case = case_queries.case_of_submission(one.submission_id) if one.submission_id else None
    return page(
        "intake/arrival.html", one=one, form=form, dismiss_form=dismiss_form, text=text[:SHOWN], longer=len(text) > SHOWN, size=len(one.raw),
        problem=problem, days=_days(one), case=case, received_at=door_queries.received_at(one),
        may_accept=may and allows(KEPT_TRANSITIONS, one.state, KeptAction.ACCEPT), may_dismiss=may and allows(KEPT_TRANSITIONS, one.state, KeptAction.DISMISS),
        names={account.id: account.name for account in staff_queries.all_accounts()}, history=events.history(kept_subject(one.id)),
        key_names={str(key.id): key.name for key in staff_queries.api_keys()},
    )  # fmt: skip


@bp.get("/arrivals/<int:kept_id>/bytes")
@requires(Permission.READ_WINDOWS)
def raw(kept_id: int) -> ResponseReturnValue:
    """The bytes as they came, to be saved, never shown by a browser."""
    _check_reader()
    one = door_queries.kept(kept_id)
    answer = Response(one.raw, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=f"arrival-{one.sequence}.txt")
    with transaction():
        staff.log_read(current_account(), kept_subject(kept_id), "kept_arrival_bytes", at=clock.now())
    return answer


@bp.post("/arrivals/<int:kept_id>/acceptance")
@requires(Permission.MANAGE_WINDOWS)
def accept(kept_id: int) -> ResponseReturnValue:
    """Receive it as corrected, in the place of its first arrival."""
    form = AcceptForm()
    if form.submitted():
        try:
            with transaction():
                kept.accept_kept(kept_id, form.content.data, form.reason.data, by=current_account(), at=clock.now())
        except Problem as problem:
            form.wrong(problem)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("Accepted: it is received in the place of its first arrival."))
            return redirect(url_for(".arrival", kept_id=kept_id), 303)
    return _show(door_queries.kept(kept_id), form, DismissForm(formdata=None))


@bp.post("/arrivals/<int:kept_id>/dismissal")
@requires(Permission.MANAGE_WINDOWS)
def dismiss(kept_id: int) -> ResponseReturnValue:
    """Set it aside; it stays, and may still be accepted."""
    form = DismissForm()
    if form.submitted():
        try:
            with transaction():
                kept.dismiss_kept(kept_id, form.reason.data, by=current_account(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("Set aside: it stays in its list."))
            return redirect(url_for(".arrivals"), 303)
    one = door_queries.kept(kept_id)
    return _show(one, AcceptForm(formdata=None, content=kept.to_correct(one.raw)), form)
