"""The periods, the latest first; and a new one, typed or read from the decision's data."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.desk.forms_windows import DecisionFileForm, WindowForm
from backoffice.desk.views.blueprint import bp
from backoffice.desk.windows import decision, standing
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.models import Window
from backoffice.quota.service import NewNotice, NewWindow
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.get("/windows")
@requires(Permission.READ_WINDOWS)
def windows() -> ResponseReturnValue:
    """Every period, the latest first, with where its places stand."""
    every = quota_queries.windows()
    rows = [(window, standing.places(window)) for window in every]
    return page("desk/windows.html", rows=rows, may_manage=current_account().may(Permission.MANAGE_WINDOWS))


@bp.route("/windows/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def new_window() -> ResponseReturnValue:
    """A draft, from what was typed; data that were pasted or sent fill the form first, so that a person reads them."""
    file_form, form, read = DecisionFileForm(), WindowForm(), False
    if request.form.get("do") == "read":
        form, read = _from_data(file_form)
    elif form.submitted():
        try:
            window = _create(form)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(
                _("The draft %(code)s is kept.", code=window.code)
                if window.announced_at is None
                else _("The period %(code)s is announced.", code=window.code)
            )
            return redirect(url_for(".window", code=window.code), 303)
    elif request.method == "GET":
        form.channels.data = ["online", "paper"]
    return page("desk/windows_new.html", form=form, file_form=file_form, read=read)


def _from_data(file_form: DecisionFileForm) -> tuple[WindowForm, bool]:
    """The form as the data fill it, each fault on its field; and whether it is all right."""
    data = file_form.read() if file_form.submitted() else None
    if data is None:
        return WindowForm(formdata=None), False
    typed, wrong = decision.as_typed(data)
    if "pasted" in wrong:
        file_form.pasted.errors = [wrong.pop("pasted")]
    form = WindowForm(formdata=MultiDict([(name, value) for name, values in typed.items() for value in values]), meta={"csrf": False})
    form.validate()
    for name, why in wrong.items():
        form[name].errors = [why]
    return form, not form.errors and not file_form.errors


def _create(form: WindowForm) -> Window:
    at, opens, closes = clock.now(), form.opens_at.instant, form.closes_at.instant
    assert opens is not None
    assert closes is not None
    new = NewWindow(
        code=form.code.data, programme=form.programme.data, decision=form.decision.data, policy=form.policy(), capacity=form.capacity.count or 0,
        margin=form.margin.count or 0, reserve=form.reserve.count or 0, paper_share=form.paper_share.count,
        country_caps={"default": form.cap_default.count, "by_country": dict(form.caps.caps)}, waiting_list=bool(form.waiting_list.data),
        channels=tuple(form.channels.data), exempt_grounds=tuple(form.exempt_grounds.data or ()), tariff_rule=form.tariff_rule.data or None,
        announced_at=None, opens_at=opens, closes_at=closes, notice_fr="", notice_en="",
    )  # fmt: skip
    with transaction():
        window = quota.load_window(new, None, by=current_actor(), at=at)
        if form.announced_at.instant:
            notice = NewNotice(form.notice_fr.data, form.notice_en.data, form.announced_at.instant, form.where.data or "")
            quota.announce_window(window.id, notice, by=current_actor(), at=at)
    return window
