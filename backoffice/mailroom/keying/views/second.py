"""The second pass: the image and empty fields. Nothing of the first pass is read by these pages but which fields there are."""

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.keying import forms, imaging, queries, service
from backoffice.mailroom.keying.errors import KeyingFaults
from backoffice.mailroom.keying.views.first import after
from backoffice.mailroom.keying.views.room import bp
from backoffice.mailroom.keying.views.sent import act, typed
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission


@bp.route("/mailroom/envelopes/<number>/keying/second", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def key_second(number: str) -> ResponseReturnValue:
    """Key the critical fields again, from the image alone."""
    if request.method == "POST":
        return _key(number)
    try:
        with transaction():
            service.begin_second(number, by=current_account(), at=clock.now())
            staff.log_read(current_account(), envelope_subject(number), "mailroom.keying.second", at=clock.now())
    except DomainError as refusal:
        return turned_away(refusal)
    return _second_page(number, {})


def turned_away(refusal: DomainError) -> ResponseReturnValue:
    """Nothing here for this person: back to what waits, with the reason."""
    flash(refusal.message, "warn")
    return redirect(url_for(".work"), 303)


def _key(number: str) -> ResponseReturnValue:
    what, about = act()
    by, at = current_account(), clock.now()
    try:
        with transaction():
            service.save_second(number, typed(), by=by, at=at)
            if what == "aside":
                service.put_aside(number, by=by.actor, at=at)
            elif what == "back":
                service.send_back(number, request.form.get("why", ""), by=by, at=at)
        if what == "finish":
            with transaction():
                state = service.finish_second(number, _Unsaid(), by=by, at=at).state
            return after(number, state)
    except KeyingFaults as faults:
        return _second_page(number, faults.faults, faults.message)
    except DomainError as refusal:
        return _second_page(number, {}, refusal.message) if refusal.status == 422 else turned_away(refusal)
    if what in {"aside", "back"}:
        flash(_("Sent back: it is keyed again.") if what == "back" else _("Put aside: everything typed is kept."))
        return redirect(url_for(".work"), 303)
    return redirect(url_for(".key_second", number=number, page=about if what == "page" else None), 303)


class _Unsaid(dict[str, str]):
    """The sentence of any field that was left without a word."""

    def __missing__(self, _name: str) -> str:
        return str(_("Key it, or mark it illegible or blank on the form."))


def _second_page(number: str, faults: dict[str, str], refusal: str = "") -> ResponseReturnValue:
    one = room.envelope(number)
    under_way = queries.second(one.id)
    names = queries.fields_to_key_twice(one.id)
    form = forms.second_form(names, under_way.fields if under_way else {}, faults)
    if refusal:
        form.form_errors.append(refusal)
    return page(
        "mailroom/keying/second.html", envelope=one, form=form, groups=forms.second_groups(names), owner=current_account().id,
        image=imaging.image(one, request.args.get("page", "")), focus=under_way.focus if under_way else None,
        marked=under_way.marks if under_way else {}, saved_at=under_way.saved_at if under_way and under_way.saved_at > under_way.started_at else None, marks=forms.labelled(names),
    )  # fmt: skip


@bp.post("/mailroom/envelopes/<number>/keying/second/fields")
@requires(Permission.WORK_MAILROOM)
def key_second_field(number: str) -> ResponseReturnValue:
    """Keep fields of the second pass as they are typed."""
    try:
        with transaction():
            saved_at = service.save_second(number, typed(), by=current_account(), at=clock.now()).saved_at
    except DomainError as refusal:
        return Response(refusal.message, refusal.status, mimetype="text/plain")
    return jsonify(saved_at=saved_at.isoformat(), text=_("Saved %(instant)s", instant=formats.instant(saved_at)))
