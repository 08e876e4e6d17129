"""Deposit slips: made, printed, counted by finance, reversed."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.mailroom.opening import printing, queries, service, showing, words
from backoffice.mailroom.opening.events import deposit_subject
from backoffice.mailroom.opening.forms import AcceptForm, ReasonForm
from backoffice.mailroom.opening.models import Deposit
from backoffice.mailroom.opening.queries import Found
from backoffice.mailroom.opening.states import DepositState
from backoffice.mailroom.opening.values import Line, by_kind
from backoffice.mailroom.opening.views.room import act, bp, pdf
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission, grants


@bp.post("/mailroom/money/deposits")
@requires(Permission.WORK_MAILROOM)
def make() -> ResponseReturnValue:
    """Gather what waits on a slip."""
    try:
        with transaction():
            number = service.make_deposit(by=current_actor(), at=clock.now()).number
    except DomainError as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".money"), 303)
    flash(_("Deposit slip %(number)s is made: print it, sign it, hand it to finance.", number=number))
    return redirect(url_for(".deposit", number=number), 303)


@bp.get("/mailroom/money/deposits/<number>")
@requires(Permission.READ_MAILROOM, Permission.READ_FEES)
def deposit(number: str) -> ResponseReturnValue:
    """One slip: its instruments, its totals, what finance counted."""
    return _page(number)


def _lines(slip: Deposit) -> list[Found]:
    return [queries.found(line.receipt_id) for line in slip.lines]


def _page(number: str, **refused: Form) -> ResponseReturnValue:
    queries.deposit(number)
    with transaction():
        staff.log_read(current_account(), deposit_subject(number), "mailroom.deposit", at=clock.now())
    slip = queries.deposit(number)
    totals = by_kind([Line(one.receipt_id, one.method.value, one.currency, one.amount_cents) for one in slip.lines])
    finance = grants(current_account().role, Permission.RECORD_PAYMENT)
    counts = finance and slip.state in {DepositState.MADE, DepositState.DIFFERS}
    forms: dict[str, Form] = {
        "accept_form": AcceptForm(formdata=None, prefix="accept-"),
        "reverse_form": ReasonForm(formdata=None, prefix="reverse-"),
    } | refused
    return page(
        "mailroom/opening/deposit.html", slip=slip, row=showing.deposit_row(slip), lines=[showing.instrument(one) for one in _lines(slip)],
        totals=totals, labels={method.value: label for method, label in words.METHODS.items()}, counts=counts,
        difference=showing.difference_of_slip(slip), history=showing.history(deposit_subject(number)), may_reverse=_may_reverse(slip), **forms,
    )  # fmt: skip


def _may_reverse(slip: Deposit) -> bool:
    """The mailroom voids what it still holds, finance what it took over."""
    role = current_account().role
    if slip.state is DepositState.ACCEPTED:
        return grants(role, Permission.RECORD_PAYMENT)
    return slip.state is not DepositState.REVERSED and grants(role, Permission.WORK_MAILROOM)


@bp.get("/mailroom/money/deposits/<number>.pdf")
@requires(Permission.READ_MAILROOM, Permission.READ_FEES)
def deposit_pdf(number: str) -> ResponseReturnValue:
    """The slip, to be printed and signed."""
    slip = queries.deposit(number)
    return pdf(printing.deposit_pdf(slip, _lines(slip)), f"{number}.pdf")


@bp.post("/mailroom/money/deposits/<number>/acceptance")
@requires(Permission.RECORD_PAYMENT)
def accept(number: str) -> ResponseReturnValue:
    """Finance says what it counted."""
    form = AcceptForm(prefix="accept-")
    if form.submitted():
        counted, cents, note = form.instruments.data, form.total.cents or 0, form.note.data or ""
        done = act(
            lambda: service.accept_deposit(number, counted, cents, note, by=current_actor(), at=clock.now()), _("Your count is written."),
            url_for(".deposit", number=number), form,
        )  # fmt: skip
        if done:
            return done
    return _page(number, accept_form=form)


@bp.post("/mailroom/money/deposits/<number>/reversal")
@requires(Permission.WORK_MAILROOM, Permission.RECORD_PAYMENT)
def reverse(number: str) -> ResponseReturnValue:
    """Void the slip; its instruments wait for another."""
    form = ReasonForm(prefix="reverse-")
    if not _may_reverse(queries.deposit(number)):
        flash(_("This slip is in other hands now: they must reverse it."), "error")
        return redirect(url_for(".deposit", number=number), 303)
    if form.submitted():
        here = url_for(".deposit", number=number)
        done = act(
            lambda: service.reverse_deposit(number, form.reason.data, by=current_actor(), at=clock.now()), _("The slip is reversed."), here, form
        )
        if done:
            return done
    return _page(number, reverse_form=form)
