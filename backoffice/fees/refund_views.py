"""« Remboursements »: money that goes back, its sum, who asked and who approved; batches approved, sent or withdrawn together."""

import csv
import io
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from backoffice.cases import queries as case_queries
from backoffice.core import clock, pages
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.fees import queries, refunds
from backoffice.fees.forms import BatchForm
from backoffice.fees.models import Refund
from backoffice.fees.states import RefundState
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("refunds", __name__)
PER_PAGE = 100

pages.section(pages.Section(_l("Refunds"), "refunds.overview", Permission.APPROVE_REFUND, 25, queries.count_refunds_to_do, "/refunds"))


@bp.get("/refunds")
@requires(Permission.READ_FEES)
def overview() -> ResponseReturnValue:
    """Every refund of a state, the oldest first, with the sum of all of that state."""
    return _show(BatchForm(formdata=None))


def _show(form: BatchForm) -> ResponseReturnValue:
    wanted = request.args.get("state") or RefundState.ASKED.value
    again = wanted == "again"
    state = RefundState(wanted) if wanted in set(RefundState) else RefundState.ASKED
    after, origin = request.args.get("after", 0, int), request.args.get("origin") or None
    rows = queries.sent_then_stayed() if again else queries.refunds(state, after, PER_PAGE + 1, origin)
    sums = queries.refund_sums(origin)
    more = not again and len(rows) > PER_PAGE
    return page(
        "fees/refunds.html", rows=rows if again else rows[:PER_PAGE], state="again" if again else state.value, sums=sums, origin=origin, form=form,
        tabs=_tabs(wanted, sums, origin), numbers=_numbers(rows), first_url=url_for(".overview", state=wanted, origin=origin) if after else None,
        next_url=url_for(".overview", state=wanted, origin=origin, after=rows[PER_PAGE - 1].id) if more else None, sum=_sum(rows, sums, state, again=again),
        may_approve=current_account().may(Permission.APPROVE_REFUND), mine=str(current_account().id),
    )  # fmt: skip


def _sum(rows: list[Refund], sums: dict[RefundState, tuple[int, int]], state: RefundState, *, again: bool) -> int:
    return sum(one.amount_cents for one in rows) if again else sums.get(state, (0, 0))[1]


def _tabs(wanted: str, sums: dict[RefundState, tuple[int, int]], origin: str | None) -> list[dict[str, object]]:
    words = {
        RefundState.ASKED: _("To be approved"), RefundState.APPROVED: _("To be sent"), RefundState.SENT: _("Refund sent"),
        RefundState.WITHDRAWN: _("Refund withdrawn"),
    }  # fmt: skip
    tabs: list[dict[str, object]] = [
        {
            "label": label,
            "url": url_for(".overview", state=state.value, origin=origin),
            "current": wanted == state.value,
            "count": sums.get(state, (0, 0))[0],
        }
        for state, label in words.items()
    ]
    if asked_anew := len(queries.sent_then_stayed()):
        tabs.append(
            {"label": _("To be asked for anew"), "url": url_for(".overview", state="again"), "current": wanted == "again", "count": asked_anew}
        )
    return tabs


def _numbers(rows: list[Refund]) -> dict[int, str]:
    """The case number of each refund that has one."""
    ids = frozenset(one.case_id for one in rows if one.case_id)
    return {case.id: case.number for case in case_queries.page(case_queries.Filter(closed=True, ids=ids), limit=1000)} if ids else {}


@bp.post("/refunds")
@requires(Permission.APPROVE_REFUND)
def batch() -> ResponseReturnValue:
    """Approve, send or withdraw those that are ticked, all or none."""
    form, act = BatchForm(), request.form.get("act", "")
    ids = [int(one) for one in request.form.getlist("refund") if one.isdigit()]
    if form.submitted():
        try:
            with transaction():
                many = _do(act, ids, form.words.data or "")
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(ngettext("%(num)s refund changed.", "%(num)s refunds changed.", many))
            return redirect(url_for(".overview", state=request.args.get("state"), origin=request.args.get("origin")), HTTPStatus.SEE_OTHER)
    db.session.expire_all()
    return _show(form)


def _do(act: str, ids: list[int], words: str) -> int:
    by, at = current_actor(), clock.now()
    if not ids:
        raise DomainError(_l("Tick the refunds first."))
    if act == "approve":
        return len(refunds.approve_many(ids, by=by, at=at))
    if not words:
        raise DomainError(_l("Write the reference of the transfer, or why the refunds are withdrawn."))
    if act == "send":
        return len(refunds.mark_sent_many(ids, words, by=by, at=at))
    return len([refunds.withdraw(one, words, by=by, at=at) for one in queries.lock_refunds(ids)])


COLUMNS = (
    "id", "receipt_id", "amount_cents", "method", "payer", "provider_number", "cause", "origin", "state", "asked_by_label", "asked_at",
    "approved_by_label", "approved_at", "sent_reference", "sent_at", "withdrawn_reason", "withdrawn_at",
)  # fmt: skip


@bp.get("/refunds/list.csv")
@requires(Permission.APPROVE_REFUND)
def as_csv() -> ResponseReturnValue:
    """The refunds of a state, for the ministry's accounting."""
    wanted = request.args.get("state")
    state = RefundState(wanted) if wanted in set(RefundState) else None
    rows = queries.refunds(state, 0, 1_000_000, request.args.get("origin") or None)
    numbers = _all_numbers(rows)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "case", *COLUMNS[1:]])
    for one in rows:
        values = [getattr(one, name) for name in COLUMNS[1:]]
        writer.writerow([refunds.number(one), numbers.get(one.case_id or 0, ""), *(_cell(getattr(value, "value", value)) for value in values)])
    return Response(out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=remboursements.csv"})


def _all_numbers(rows: list[Refund]) -> dict[int, str]:
    numbers: dict[int, str] = {}
    for start in range(0, len(rows), 500):
        numbers |= _numbers(rows[start : start + 500])
    return numbers


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula is written as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value
