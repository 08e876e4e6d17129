"""Signing in and out, the language of the screens, and approvals by a second person."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.pages import Section, section
from backoffice.core.web import page, public, requires, safe_next
from backoffice.staff import queries, service
from backoffice.staff.errors import TooManyAttempts, WrongCredentials
from backoffice.staff.forms import ApprovalForm, SignInForm
from backoffice.staff.guard import SignedInStaff, current_account
from backoffice.staff.permissions import Permission

bp = Blueprint("staff", __name__)
section(Section(_l("Approvals"), "staff.approvals", Permission.APPROVE, 22, queries.count_waiting_approvals, "/approvals"))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The door."""
    form = SignInForm()
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")) or "/", 303)
    if form.submitted():
        email, address = form.email.data, request.remote_addr or ""
        try:
            service.check_throttle(email, address, at=clock.now())
            account = service.check_password(email, form.password.data)
        except WrongCredentials as refusal:
            with transaction():
                service.record_failed_attempt(email, address, at=clock.now())
            form.refuse(refusal)
        except TooManyAttempts as refusal:
            form.refuse(refusal)
        else:
            with transaction():
                started = service.start_session(account, at=clock.now())
            session.clear()  # nothing of before the door goes through it
            session["language"] = account.language
            login_user(SignedInStaff(started.id, account))
            return redirect(safe_next(request.args.get("next")) or "/", 303)
    return page("staff/sign_in.html", form=form)


@bp.post("/sign-out")
@requires(Permission.SEE_OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the session, here and on the server."""
    with transaction():
        service.end_session(current_user.session_id, current_account(), at=clock.now())
    logout_user()
    session.clear()
    return redirect(url_for("staff.sign_in"), 303)


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    """Change the language of the screens."""
    session["language"] = "en" if request.form.get("language") == "en" else "fr"
    return redirect(safe_next(request.form.get("next")) or "/", 303)


@bp.get("/approvals")
@requires(Permission.APPROVE)
def approvals() -> ResponseReturnValue:
    """What waits for a second person."""
    return page("staff/approvals.html", waiting=queries.waiting_approvals(), decided=queries.decided_approvals(), form=ApprovalForm())


@bp.post("/approvals/<int:approval_id>")
@requires(Permission.APPROVE)
def decide(approval_id: int) -> ResponseReturnValue:
    """Answer one."""
    form = ApprovalForm()
    approve = request.form.get("decision") == "approve"
    if form.submitted():
        try:
            with transaction():
                service.decide_approval(approval_id, approve=approve, answer=form.answer.data, by=current_account(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("Approved.") if approve else _("Declined."))
            return redirect(url_for(".approvals"), 303)
    return page("staff/approvals.html", waiting=queries.waiting_approvals(), decided=queries.decided_approvals(), form=form)
