"""Contingency kits: numbered, printed, entered later."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.mailroom.opening import printing, queries, service, showing
from backoffice.mailroom.opening.events import kit_subject
from backoffice.mailroom.opening.forms import KitForm, SlipForm
from backoffice.mailroom.opening.views.room import act, bp, pdf
from backoffice.staff.guard import current_actor
from backoffice.staff.permissions import Permission


@bp.get("/mailroom/kits")
@requires(Permission.READ_MAILROOM)
def kits() -> ResponseReturnValue:
    """The kits, and the slips that somebody looks for."""
    return _list(KitForm(formdata=None))


def _list(form: KitForm) -> ResponseReturnValue:
    found = queries.kits()
    missing = [(kit, slip.number) for kit in found for slip in queries.missing_slips(kit.slips)]
    return page("mailroom/opening/kits.html", rows=[showing.kit_row(one) for one in found], missing=missing, form=form)


@bp.post("/mailroom/kits")
@requires(Permission.WORK_MAILROOM)
def make_kit() -> ResponseReturnValue:
    """Number a kit; it is printed from its page."""
    form = KitForm()
    if not form.submitted():
        return _list(form)
    with transaction():
        kit_id = service.make_kit(form.slips.data, form.kept_at.data or "", by=current_actor(), at=clock.now()).id
    return redirect(url_for(".kit", kit_id=kit_id), 303)


@bp.get("/mailroom/kits/<int:kit_id>")
@requires(Permission.READ_MAILROOM)
def kit(kit_id: int) -> ResponseReturnValue:
    """One kit: its slips, those that are missing, what is done after an interruption."""
    return _page(kit_id)


def _page(kit_id: int, **refused: Form) -> ResponseReturnValue:
    one = queries.kit(kit_id)
    envelopes = queries.envelope_numbers([slip.envelope_id for slip in one.slips if slip.envelope_id])
    names = ("places_form", "spoil_form")
    forms: dict[str, Form] = {name: SlipForm(formdata=None, prefix=f"{name.partition('_')[0]}-") for name in names} | refused
    missing = [slip.number for slip in queries.missing_slips(one.slips)]
    return page(
        "mailroom/opening/kit.html", kit=one, row=showing.kit_row(one), slips=[showing.slip_row(slip, envelopes) for slip in one.slips],
        missing=missing, history=showing.history(kit_subject(kit_id)), **forms,
    )  # fmt: skip


@bp.get("/mailroom/kits/<int:kit_id>.pdf")
@requires(Permission.READ_MAILROOM)
def kit_pdf(kit_id: int) -> ResponseReturnValue:
    """The slips, to be printed and kept where people come."""
    one = queries.kit(kit_id)
    return pdf(printing.kit_pdf(one), f"{one.slips[0].number}.pdf")


@bp.post("/mailroom/kits/<int:kit_id>/places")
@requires(Permission.WORK_MAILROOM)
def keep_places(kit_id: int) -> ResponseReturnValue:
    """After an interruption: the last slip handed out keeps the places of all before it."""
    form = SlipForm(prefix="places-")
    kept: list[int] = []
    if form.submitted():
        here = url_for(".kit", kit_id=kit_id)
        done = act(lambda: kept.append(service.keep_places(form.slip.data or "", by=current_actor(), at=clock.now())), "", here, form)
        if done:
            _say(kept[0])
            return done
    return _page(kit_id, places_form=form)


def _say(count: int) -> None:
    flash(ngettext("%(num)s place is kept.", "%(num)s places are kept.", count))


@bp.post("/mailroom/kits/<int:kit_id>/spoiled")
@requires(Permission.WORK_MAILROOM)
def spoil(kit_id: int) -> ResponseReturnValue:
    """Note a slip that nobody holds, or take the note back."""
    form = SlipForm(prefix="spoil-")
    if form.submitted():
        if not form.reason.data:
            form.reason.errors = [_("Say why, in a sentence.")]
        else:
            done = _spoil(form, kit_id)
            if done:
                return done
    return _page(kit_id, spoil_form=form)


def _spoil(form: SlipForm, kit_id: int) -> ResponseReturnValue | None:
    does = service.restore_slip if request.form.get("do") == "restore" else service.spoil_slip
    typed, reason = form.slip.data or "", form.reason.data or ""
    return act(lambda: does(typed, reason, by=current_actor(), at=clock.now()), _("It is noted."), url_for(".kit", kit_id=kit_id), form)
