"""The acts on a period: each says what will happen before it happens; those that need two people are put before a second one."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError, IllegalMove, NotFound
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.desk.forms_windows import ActForm, CommitForm, NoticeForm, PaperDayForm, RevealForm, RoundForm, StopForm, typed_instant
from backoffice.desk.views.blueprint import bp
from backoffice.desk.windows import acts, amendment, board, consequences
from backoffice.desk.windows.acts import Act, Facts, Name
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.staff.forms import ApprovalForm
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.models import Account, Approval
from backoffice.staff.permissions import Permission

FORMS: dict[Name, type[Form]] = {
    Name.ANNOUNCE: NoticeForm, Name.NOTICE: NoticeForm, Name.ABORT: StopForm, Name.SUSPEND: StopForm, Name.PAPER: PaperDayForm, Name.COMMIT: CommitForm,
    Name.REVEAL: RevealForm, Name.ROUND: RoundForm,
}  # fmt: skip
"""What each act asks for; the others ask for a reason."""


@bp.route("/windows/<code>/acts/<name>", methods=["GET", "POST"])
@requires(Permission.MANAGE_WINDOWS)
def window_act(code: str, name: str) -> ResponseReturnValue:
    """One act: what it will do, its reason, and then done, or asked of a second person."""
    window, act = quota_queries.window(code), acts.find(name)
    if act is None or act.name is Name.AMEND:
        abort(404)
    form = FORMS.get(act.name, ActForm)()
    if isinstance(form, NoticeForm) and request.method == "GET":
        form.published_at.data = typed_instant(clock.now())
    two = acts.needs_second(act, window, clock.now())
    if form.submitted():
        try:
            return _do(act, window, form, two=two)
        except DomainError as refusal:
            form.refuse(refusal)
    if not act.fits(window) and not form.form_errors:
        form.refuse(IllegalMove(window.state.value, act.name.value))
    shown = consequences.of(act, window, clock.now())
    return page("desk/window_act.html", window=window, act=act, form=form, two=two, consequences=shown)


def _do(act: Act, window: Window, form: Form, *, two: bool) -> ResponseReturnValue:
    facts, at = values(form), clock.now()
    reason = str(facts.pop("reason", "") or "")
    if not act.fits(window):
        raise IllegalMove(window.state.value, act.name.value)
    with transaction():
        if two:
            where = url_for(".window_asked", code=window.code, approval_id=0).replace("/0", "/{id}")
            acts.ask(act, window, facts, reason, where, by=current_account(), at=at)
        else:
            acts.carry_out(act.name, window, facts, reason, by=current_actor(), second=None, at=at)
    flash(_("Asked for: another person must approve it before it happens.") if two else _("Done: %(act)s.", act=act.title))
    return redirect(url_for(".window", code=window.code), 303)


def values(form: Form) -> Facts:
    """What was typed, as facts that can wait."""
    found: Facts = {}
    for field in form:
        if field.type == "CSRFTokenField":
            continue
        read = (
            getattr(field, "count", None)
            if field.type == "CountField"
            else getattr(field, "instant", None)
            if field.type == "InstantField"
            else field.data
        )
        found[field.name] = read
    return acts.as_facts(found)


@bp.get("/windows/<code>/asked/<int:approval_id>")
@requires(Permission.READ_WINDOWS)
def window_asked(code: str, approval_id: int) -> ResponseReturnValue:
    """An act that waits for a second person, whole: what was asked, what would happen now, and the answer to give."""
    window = quota_queries.window(code)
    approval = db.session.get(Approval, approval_id)
    if approval is None or (approval.subject_kind, approval.subject_id) != ("window", code) or approval.kind not in acts.BY_KIND:
        raise NotFound
    act = acts.find(acts.BY_KIND[approval.kind])
    assert act is not None
    waiting = approval.decided_at is None
    foreseen = amendment.foreseen(window, acts.revived(approval.facts["changes"])) if act.name is Name.AMEND and waiting else None
    return page(
        "desk/window_asked.html", window=window, approval=approval, act=act, asker=db.session.get_one(Account, approval.asked_by_id), outcome=board.outcome(approval),
        consequences=consequences.of(act, window, clock.now(), approval.facts) if waiting else [], foreseen=foreseen, form=ApprovalForm(), waiting=waiting,
        same_forecast=foreseen is not None and [dict(row) for row in foreseen.rows] == approval.facts.get("foreseen"),
        changes=amendment.described(approval.facts) if act.name is Name.AMEND else [],
    )  # fmt: skip
