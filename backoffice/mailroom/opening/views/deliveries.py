"""Deliveries: what came, what is registered of it, what differs."""

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.mailroom import forms as room_forms
from backoffice.mailroom import showing as room_showing
from backoffice.mailroom.opening import queries, service, showing
from backoffice.mailroom.opening.errors import OldStamp
from backoffice.mailroom.opening.events import delivery_subject
from backoffice.mailroom.opening.forms import DeliveryForm, ReasonForm, RecountForm
from backoffice.mailroom.opening.views.room import act, bp
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.get("/mailroom/deliveries")
@requires(Permission.READ_MAILROOM)
def deliveries() -> ResponseReturnValue:
    """Every delivery with its account, the latest first; what differs is said first."""
    found = queries.deliveries()
    rows = [showing.delivery_row(one) for one in found]
    return page("mailroom/opening/deliveries.html", rows=rows, differing=[showing.delivery_row(one) for one in found if one.differs])


@bp.route("/mailroom/deliveries/new", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def new_delivery() -> ResponseReturnValue:
    """The carrier came: what was counted at the door."""
    form = DeliveryForm()
    if not form.is_submitted():
        form.delivered_on.data = clock.today()
    if form.submitted():
        try:
            with transaction():
                made = service.record_delivery(form.delivery(), old_confirmed=bool(form.confirm_old.data), by=current_actor(), at=clock.now())
                session["delivery"] = made.id
                here = url_for(".delivery", delivery_id=made.id)
        except OldStamp as refusal:
            form.confirm_old.errors = [refusal.message]
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(here, 303)
    return page("mailroom/opening/delivery_new.html", form=form)


@bp.get("/mailroom/deliveries/<int:delivery_id>")
@requires(Permission.READ_MAILROOM)
def delivery(delivery_id: int) -> ResponseReturnValue:
    """One delivery: counted against registered, and its envelopes."""
    return _page(delivery_id)


def _page(delivery_id: int, **refused: Form) -> ResponseReturnValue:
    one = queries.delivered(delivery_id)
    with transaction():
        staff.log_read(current_account(), delivery_subject(delivery_id), "mailroom.delivery", at=clock.now())
    one, today = queries.delivered(delivery_id), clock.today()
    envelopes = [
        {"number": e.number, "kind": room_forms.KINDS[e.kind], "sender": e.sender, "sheets": e.declared_sheets, "state": room_showing.STATES[e.state],
         "code": e.state.value} for e in queries.registered_in(delivery_id)
    ]  # fmt: skip
    forms: dict[str, Form] = {"count_form": RecountForm(formdata=None), "reason_form": ReasonForm(formdata=None)} | refused
    return page(
        "mailroom/opening/delivery.html", one=one, row=showing.delivery_row(one), words=showing.difference(one.count), envelopes=envelopes,
        age=(today - one.delivery.delivered_on).days, history=showing.history(delivery_subject(delivery_id)), **forms,
    )  # fmt: skip


@bp.post("/mailroom/deliveries/<int:delivery_id>/count")
@requires(Permission.WORK_MAILROOM)
def recount(delivery_id: int) -> ResponseReturnValue:
    """Count the envelopes again."""
    form = RecountForm()
    if form.submitted():
        here = url_for(".delivery", delivery_id=delivery_id)
        done = act(lambda: service.recount(delivery_id, form.counted.data, by=current_actor(), at=clock.now()), _("Counted again."), here, form)
        if done:
            return done
    return _page(delivery_id, count_form=form)


@bp.post("/mailroom/deliveries/<int:delivery_id>/settlement")
@requires(Permission.WORK_MAILROOM)
def settle(delivery_id: int) -> ResponseReturnValue:
    """Say why the numbers differ."""
    form = ReasonForm()
    if form.submitted():
        here = url_for(".delivery", delivery_id=delivery_id)
        done = act(lambda: service.settle_delivery(delivery_id, form.reason.data, by=current_actor(), at=clock.now()), _("Settled."), here, form)
        if done:
            return done
    return _page(delivery_id, reason_form=form)


@bp.post("/mailroom/deliveries/<int:delivery_id>/choice")
@requires(Permission.WORK_MAILROOM)
def choose(delivery_id: int) -> ResponseReturnValue:
    """Register envelopes of this delivery from now on."""
    session["delivery"] = queries.delivered(delivery_id).delivery.id
    return redirect(url_for("mailroom.new_envelope"), 303)
