"""The third look: both readings and the image; a person says what is right."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.keying import forms, imaging, queries, service
from backoffice.mailroom.keying.errors import KeyingFaults
from backoffice.mailroom.keying.labels import field_label
from backoffice.mailroom.keying.views.first import after
from backoffice.mailroom.keying.views.room import bp
from backoffice.mailroom.keying.views.second import turned_away
from backoffice.mailroom.keying.views.sent import act
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission


@bp.route("/mailroom/envelopes/<number>/keying/differences", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM, Permission.APPROVE)
def settle_differences(number: str) -> ResponseReturnValue:
    """See both readings and the image, and choose or type what is right."""
    if request.method == "POST":
        return _settle(number)
    try:
        with transaction():
            service.begin_third(number, by=current_account(), at=clock.now())
            staff.log_read(current_account(), envelope_subject(number), "mailroom.keying.differences", at=clock.now())
    except DomainError as refusal:
        return turned_away(refusal)
    return _third_page(number, None, [])


def _settle(number: str) -> ResponseReturnValue:
    what, about = act()
    by, at = current_account(), clock.now()
    if what == "page":
        return redirect(url_for(".settle_differences", number=number, page=about), 303)
    kept = room.keying(room.envelope(number).id)
    form = forms.settle_form(queries.open_pairs(kept) if kept else [])
    try:
        if what == "back":
            with transaction():
                service.send_back(number, request.form.get("why", ""), by=by, at=at)
            flash(_("Sent back: it is keyed again."))
            return redirect(url_for(".work"), 303)
        if not form.submitted():
            return _third_page(number, form, [])
        with transaction():
            state = service.settle(number, form.values(), by=by, at=at).state
    except KeyingFaults as faults:
        return _third_page(number, form, [f"{field_label(name)} : {words}" for name, words in faults.faults.items()])
    except DomainError as refusal:
        return _third_page(number, form, [refusal.message]) if refusal.status == 422 else turned_away(refusal)
    return after(number, state)


def _third_page(number: str, form: forms.SettleForm | None, refusals: list[str]) -> ResponseReturnValue:
    one = room.envelope(number)
    kept = room.keying(one.id)
    pairs = queries.open_pairs(kept) if kept else []
    form = form or forms.settle_form(pairs)
    form.form_errors.extend(refusals)
    return page(
        "mailroom/keying/third.html", envelope=one, form=form, pairs=pairs, labels={pair.id: field_label(pair.field) for pair in pairs},
        image=imaging.image(one, request.args.get("page", "")), owner=current_account().id,
    )  # fmt: skip
