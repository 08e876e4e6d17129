"""The supervisor's pages of acts on many: choose, see everything before anybody is touched, ask for the second signature, follow."""

import csv
import io
from http import HTTPStatus

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases.states import CaseStatus
from backoffice.core import clock, events, pages
from backoffice.core.calendar import montreal_day
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.fees import queries as fee_queries
from backoffice.intake.acts import queries, service, telling
from backoffice.intake.acts.events import act_subject
from backoffice.intake.acts.forms import ActForm
from backoffice.intake.acts.models import MassAct, MassActItem
from backoffice.intake.acts.states import UNDER_WAY, ActState
from backoffice.intake.acts.values import UNDOES, ActKind, ItemState
from backoffice.intake.acts.words import WHY
from backoffice.mail.texts import MessageText
from backoffice.quota import queries as quota_queries
from backoffice.staff import queries as staff_queries
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("acts", __name__)
PER_PAGE = 50
READERS = (Permission.ACT_ON_MANY, Permission.READ_TRAIL)

for reader in READERS:
    pages.section(pages.Section(_l("Acts on many"), "acts.overview", reader, 24, prefix="/acts"))


@bp.get("/acts")
@requires(*READERS)
def overview() -> ResponseReturnValue:
    """Every act there was, the latest first."""
    every = queries.acts()
    names = {account.id: account.name for account in staff_queries.all_accounts()}
    return page("intake/acts/overview.html", acts=every, names=names, progress={act.id: queries.progress(act.id) for act in every[:20]})


@bp.route("/acts/new", methods=["GET", "POST"])
@requires(Permission.ACT_ON_MANY)
def new() -> ResponseReturnValue:
    """Choose whom an act reaches; sending it freezes the list and shows it, and touches nobody."""
    wanted = {name: request.args.get(name) for name in ("kind", "window", "undoes")}
    form = ActForm(data={name: value for name, value in wanted.items() if value})
    known = str(form.undoes.data or "")
    undone = queries.act(int(known)) if known.isdigit() else None
    codes = [window.code for window in quota_queries.windows()]
    form.offer(codes, {status.value: _status(status) for status in CaseStatus}, undone.kind if undone else None)
    if form.submitted():
        try:
            with transaction():
                act = service.prepare(form.act(), by=current_account(), at=clock.now())
                number = act.id
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".show", act_id=number), 303)
    return page("intake/acts/new.html", form=form, undone=undone)


def _status(status: CaseStatus) -> str:
    """A stage in the words of the desk, which knows them all."""
    return str(current_app.jinja_env.filters["word"](status, "status"))


@bp.get("/acts/<int:act_id>")
@requires(*READERS)
def show(act_id: int) -> ResponseReturnValue:
    """One act: its list before it is signed, its progress while it is carried out, its results afterwards."""
    act = queries.act(act_id)
    state = request.args.get("state", "")
    chosen = ItemState(state) if state in set(ItemState) else None
    after = request.args.get("after", 0, int)
    rows = queries.page(act_id, chosen, after, PER_PAGE + 1)
    return page(
        "intake/acts/act.html", act=act, progress=queries.progress(act_id), totals=queries.totals(act_id), rows=rows[:PER_PAGE], chosen=chosen,
        tabs=_tabs(act_id, chosen), next_url=url_for(".show", act_id=act_id, state=state, after=rows[PER_PAGE - 1].position) if len(rows) > PER_PAGE else None,
        first_url=url_for(".show", act_id=act_id, state=state) if after else None, readings=_readings(act), **_around(act),
    )  # fmt: skip


def _around(act: MassAct) -> dict[str, object]:
    """Who signed, what undoes it, what became of its money, and its history."""
    undoing = [kind for kind, undoable in UNDOES.items() if act.kind in undoable]
    return {
        "names": {account.id: account.name for account in staff_queries.all_accounts()},
        "undone_by": queries.undoing(act.id),
        "may_undo": bool(undoing) and act.state in {ActState.DONE, ActState.TELLING} and current_account().may(Permission.ACT_ON_MANY),
        "refunds": fee_queries.refund_sums(act.origin),
        "sent": queries.sent_before_stay(act.id) if act.kind is ActKind.STAY else [],
        "under_way": act.state in UNDER_WAY,
        "since": queries.arrived_since(act),
        "history": events.history(act_subject(act.id))[::-1][:60],
    }


def _tabs(act_id: int, chosen: ItemState | None) -> list[dict[str, object]]:
    counts = queries.progress(act_id).by_state
    words = {
        ItemState.WAITING: _("To be done"), ItemState.DONE: _("Done"), ItemState.SKIPPED: _("Skipped"), ItemState.REFUSED: _("Not possible"),
        ItemState.LEFT_OUT: _("Left out"),
    }  # fmt: skip
    tabs: list[dict[str, object]] = [{"label": _("The whole list"), "url": url_for(".show", act_id=act_id), "current": chosen is None}]
    tabs += [
        {"label": label, "url": url_for(".show", act_id=act_id, state=state.value), "current": chosen is state, "count": counts[state]}
        for state, label in words.items()
        if counts.get(state)
    ]
    return tabs


def _readings(act: MassAct) -> list[tuple[str, MassActItem, MessageText, MessageText]]:
    """What each will read, in both languages: somebody of the list who is refunded, and somebody who is not."""
    found: list[tuple[str, MassActItem, MessageText, MessageText]] = []
    for refund, words in ((True, _("Whoever has paid")), (False, _("Whoever has not paid"))):
        item = queries.first_with(act.id, refund=refund)
        if item is not None and (refund or act.kind in {ActKind.ANNUL, ActKind.END_BY_LAW} or not found):
            label = words if act.kind in {ActKind.ANNUL, ActKind.END_BY_LAW} else _("Everybody of the list")
            day = montreal_day(item.done_at or clock.now())
            name = _("[name of the person]")
            found.append((label, item, telling.preview(act, item, name, day, "fr"), telling.preview(act, item, name, day, "en")))
            if act.kind not in {ActKind.ANNUL, ActKind.END_BY_LAW}:
                break
    return found


@bp.get("/acts/<int:act_id>/progress")
@requires(*READERS)
def progress(act_id: int) -> ResponseReturnValue:
    """How far it is, as a part of the page; once it is signed, and once it is finished, the whole page is read again."""
    act = queries.act(act_id)
    under_way = act.state in UNDER_WAY
    answer = make_response(page("intake/acts/progress.html", act=act, progress=queries.progress(act_id), under_way=under_way))
    if act.state is not ActState.ASKED and (not under_way or request.args.get("seen") == ActState.ASKED.value):
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.post("/acts/<int:act_id>/approval")
@requires(Permission.ACT_ON_MANY)
def ask(act_id: int) -> ResponseReturnValue:
    """Ask for the second signature."""
    with transaction():
        service.ask(act_id, by=current_account(), at=clock.now())
    flash(_("The second signature was asked for: another supervisor finds it among the approvals."))
    return redirect(url_for(".show", act_id=act_id), HTTPStatus.SEE_OTHER)


@bp.post("/acts/<int:act_id>/abandonment")
@requires(Permission.ACT_ON_MANY)
def abandon(act_id: int) -> ResponseReturnValue:
    """Give it up before anybody signed."""
    with transaction():
        service.abandon(act_id, by=current_actor(), at=clock.now())
    flash(_("Given up: nobody was touched, and the list stays in the history."))
    return redirect(url_for(".show", act_id=act_id), HTTPStatus.SEE_OTHER)


COLUMNS = (
    "position", "case_number", "submission_id", "channel", "country", "legal_received_on", "case_status", "admission_status", "fee_state",
    "refund_cents", "elsewhere_cents", "state", "why", "done_at", "told_at",
)  # fmt: skip


@bp.get("/acts/<int:act_id>/list.csv")
@requires(*READERS)
def as_csv(act_id: int) -> ResponseReturnValue:
    """The list with its results, those left out included; it names nobody."""
    act = queries.act(act_id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "sentence"])
    for state in (None, ItemState.LEFT_OUT):
        for item in queries.page(act.id, state, limit=1_000_000):
            values = [getattr(item, name) for name in COLUMNS]
            writer.writerow([*(getattr(value, "value", value) for value in values), str(WHY.get(item.why or "", ""))])
    return Response(out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename=acte-{act.id}.csv"})
