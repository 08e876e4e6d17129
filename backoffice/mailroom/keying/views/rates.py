"""How much is keyed twice: the rates in force, the errors measured, the rate that they call for, and a supervisor's change."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom.keying import forms, measuring, queries, service
from backoffice.mailroom.keying.views.room import bp
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission


@bp.get("/mailroom/keying/rates")
@requires(Permission.APPROVE, Permission.READ_TRAIL)
def rates() -> ResponseReturnValue:
    """The rates, with the figures they stand on."""
    return _page(forms.RateForm(from_on=clock.today()))


@bp.post("/mailroom/keying/rates")
@requires(Permission.APPROVE)
def set_rate() -> ResponseReturnValue:
    """Change a rate from a day on, with the reason."""
    form = forms.RateForm()
    if form.submitted():
        try:
            with transaction():
                service.set_rate(*form.rate(), by=current_account(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("The rate is set."))
            return redirect(url_for(".rates"), 303)
    return _page(form)


def _page(form: forms.RateForm) -> ResponseReturnValue:
    may = current_account().may(Permission.APPROVE)
    return page(
        "mailroom/keying/rates.html", form=form, advice=service.advice(clock.now()), groups=forms.CRITICAL, history=queries.rates_set(),
        people=service.by_hand(clock.now()) if may else [], may=may, enough=measuring.ENOUGH, floor=measuring.FLOOR, tolerance=measuring.TOLERANCE,
    )  # fmt: skip
