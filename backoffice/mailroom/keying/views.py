"""Keying an application from its image: every button keeps what is typed."""

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import page, requires
from backoffice.mailroom import queries, showing
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.keying import forms, rules, service
from backoffice.mailroom.keying.errors import KeyingFaults
from backoffice.mailroom.models import Keying
from backoffice.mailroom.states import KeyingState, PageState
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("keying", __name__)


@bp.route("/mailroom/envelopes/<number>/keying", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def key_application(number: str) -> ResponseReturnValue:
    """Key the application: image left, fields right; every button keeps what is typed."""
    if request.method == "POST":
        return _key(number)
    with transaction():
        service.begin(number, by=current_actor(), at=clock.now())
        staff.log_read(current_account(), envelope_subject(number), "mailroom.keying", at=clock.now())
    return _keying_page(number, {})


def _key(number: str) -> ResponseReturnValue:
    here = redirect(url_for(".key_application", number=number), 303)
    try:
        with transaction():
            service.save(number, _typed(whole=True), by=current_actor(), at=clock.now())
            if request.form.get("do") == "add_child":
                service.add_child(number, by=current_actor(), at=clock.now())
        if request.form.get("do") != "finish":
            if request.form.get("do") == "save":
                flash(_("Saved."))
            return here
        with transaction():
            state = service.finish(number, by=current_account(), at=clock.now()).state
    except KeyingFaults as faults:
        return _keying_page(number, faults.faults, faults.message)
    except DomainError as refusal:
        return _keying_page(number, {}, refusal.message)
    if state is KeyingState.WAITING_APPROVAL:
        flash(_("The application waits for a supervisor’s approval."))
        return here
    case = service.settle_now(number, by=current_actor())
    flash(_("The application is received: case %(number)s.", number=case) if case else _("The application is received; its outcome follows."))
    return redirect(url_for("mailroom.envelope", number=number), 303)


def _typed(*, whole: bool) -> service.Typed:
    """What the form sends: whole, or one field as it is typed. A tick that is not sent is not ticked."""
    sent = {name: request.form[name] for name in request.form}
    if whole:
        sent = dict.fromkeys(forms.TICKS, "") | sent
    if "name" in sent:
        sent |= {sent["name"]: sent.get("value", "")}
    marks = {name.removeprefix("mark:"): value for name, value in sent.items() if name.startswith("mark:")}
    return service.Typed(sent, marks, sent.get("focus") or sent.get("name"))


def _keying_page(number: str, faults: dict[str, str], refusal: str = "") -> ResponseReturnValue:
    one = queries.envelope(number)
    kept = queries.keying(one.id)
    if kept is None:
        raise NotFound
    form = forms.keying_form(kept.fields, faults)
    if refusal:
        form.form_errors.append(refusal)
    shown = [p for p in one.pages if p.state is not PageState.EXCLUDED] or one.pages
    wanted = request.args.get("page", "")
    current = next((p for p in shown if str(p.position) == wanted), shown[0] if shown else None)
    approval = staff_queries.approval_for(service.APPROVAL, "envelope", number) if kept.approval_id else None
    return page(
        "mailroom/keying/first.html", envelope=one, keying=kept, form=form, groups=forms.groups(kept.fields), pages=shown, current=current,
        money=showing.money(one), approval=approval, countries=_countries(), filled=_filled(kept), draft=kept.state is KeyingState.DRAFT,
    )  # fmt: skip


def _filled(kept: Keying) -> tuple[int, int]:
    return service.filled(kept.fields, [name for group in forms.groups(kept.fields) for name in group.names])


def _countries() -> list[str]:
    return [name for name, _code in rules.country_names("en" if formats.locale_code() == "en" else "fr_CA")]


@bp.post("/mailroom/envelopes/<number>/keying/fields")
@requires(Permission.WORK_MAILROOM)
def key_field(number: str) -> ResponseReturnValue:
    """Keep fields as they are typed; the answer says since when they are safe."""
    try:
        with transaction():
            kept = service.save(number, _typed(whole=False), by=current_actor(), at=clock.now())
            saved_at = kept.saved_at
    except DomainError as refusal:
        return jsonify(error=refusal.message), refusal.status
    return jsonify(saved_at=saved_at.isoformat(), text=_("Saved %(instant)s", instant=formats.instant(saved_at)))
