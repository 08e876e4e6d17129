"""The first pass: image left, fields right; every button keeps what is typed."""

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import page, requires
from backoffice.mailroom import queries as room
from backoffice.mailroom import showing
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.keying import forms, imaging, queries, rules, service
from backoffice.mailroom.keying.errors import KeyingFaults
from backoffice.mailroom.keying.values import Typed
from backoffice.mailroom.keying.views.room import bp
from backoffice.mailroom.keying.views.sent import act, typed
from backoffice.mailroom.models import Keying
from backoffice.mailroom.states import KeyingState
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


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
    what, about = act()
    try:
        with transaction():
            service.save(number, typed(forms.TICKS), by=current_actor(), at=clock.now())
            _also(number, what, about)
        if what != "finish":
            return _stay(number, what, about)
        with transaction():
            state = service.finish(number, by=current_account(), at=clock.now()).state
    except KeyingFaults as faults:
        return _keying_page(number, faults.faults, faults.message)
    except DomainError as refusal:
        return _keying_page(number, {}, refusal.message)
    return after(number, state)


def _also(number: str, what: str, about: str) -> None:
    """What a button does besides saving."""
    by, at = current_actor(), clock.now()
    if what == "add_child":
        service.add_child(number, by=by, at=at)
    elif what == "aside":
        service.put_aside(number, by=by, at=at)
    elif what == "take" and (read := imaging.image(room.envelope(number)).suggestions.get(about)):
        service.save(number, Typed({about: read.text}, {}, about, {about: read.text}), by=by, at=at)


def _stay(number: str, what: str, about: str) -> ResponseReturnValue:
    if what == "aside":
        flash(_("Put aside: everything typed is kept."))
        return redirect(url_for(".work"), 303)
    if what == "save":
        flash(_("Saved."))
    return redirect(url_for(".key_application", number=number, page=about if what == "page" else None), 303)


def after(number: str, state: KeyingState) -> ResponseReturnValue:
    """Where an application stands once a pass is done, and where to go on."""
    said = {
        KeyingState.SECOND: _("First keying done. Somebody else will key the critical fields without seeing it."),
        KeyingState.DIFFERS: _("Two readings differ: a third person looks at them with the image."),
    }
    if state in said:
        flash(said[state])
        return redirect(url_for(".work"), 303)
    if state is KeyingState.WAITING_APPROVAL:
        flash(_("The application waits for a supervisor’s approval."))
        return redirect(url_for("mailroom.envelope", number=number), 303)
    found = service.settle_now(number, by=current_actor())
    flash(_("The application is received: case %(number)s.", number=found) if found else _("The application is received; its outcome follows."))
    return redirect(url_for("mailroom.envelope", number=number), 303)


def _keying_page(number: str, faults: dict[str, str], refusal: str = "") -> ResponseReturnValue:
    one = room.envelope(number)
    kept = room.keying(one.id)
    if kept is None:
        raise NotFound
    held = kept.state is KeyingState.DRAFT and service.is_held_by_another(kept, current_account().id, clock.now())
    draft = kept.state is KeyingState.DRAFT and not held
    form = forms.keying_form(kept.fields, faults)
    if refusal:
        form.form_errors.append(refusal)
    approval = staff_queries.approval_for(service.APPROVAL, "envelope", number) if kept.approval_id else None
    return page(
        "mailroom/keying/first.html", envelope=one, keying=kept, form=form, groups=forms.groups(kept.fields), money=showing.money(one), approval=approval,
        image=imaging.image(one, request.args.get("page", "")), countries=_countries(), filled=_filled(kept), draft=draft, focus=kept.focus or forms.FIRST, owner=current_account().id,
        holder=queries.name_of(kept.hand_id) if held else None, sent_back=queries.sent_back(number) if draft else None,
        always=min(service.percents(clock.today()).values()) == 100, marks=forms.markable(kept.fields),
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
            kept = service.save(number, typed(), by=current_actor(), at=clock.now())
            saved_at = kept.saved_at
    except DomainError as refusal:
        return Response(refusal.message, refusal.status, mimetype="text/plain")
    return jsonify(saved_at=saved_at.isoformat(), text=_("Saved %(instant)s", instant=formats.instant(saved_at)))
