"""Signing in and out, the language of the screens, approvals by a second person, keys of other systems."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
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
from backoffice.staff.forms import ApprovalForm, NewKeyForm, RotateKeyForm, SignInForm
from backoffice.staff.guard import SignedInStaff, current_account, current_actor
from backoffice.staff.models import ApiKey
from backoffice.staff.permissions import Permission, Scope

bp = Blueprint("staff", __name__)
section(Section(_l("Approvals"), "staff.approvals", Permission.APPROVE, 22, queries.count_waiting_approvals, "/approvals"))
section(Section(_l("Access keys"), "staff.keys", Permission.MANAGE_ACCOUNTS, 24, prefix="/keys"))


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


# Keys of other systems


@bp.route("/keys", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def keys() -> ResponseReturnValue:
    """Every key of another system, and a form to give a new one, which is shown once."""
    form = NewKeyForm()
    if form.submitted():
        scopes = [Scope(name) for name in form.scopes.data]
        with transaction():
            key, plain = service.issue_key(form.name.data, scopes, rate_per_minute=form.rate_per_minute.data, by=current_actor(), at=clock.now())
        return _shown_once(key, plain)
    return page("staff/keys.html", keys=queries.api_keys(), now=clock.now(), form=form)


def _shown_once(key: ApiKey, plain: str) -> ResponseReturnValue:
    """The new key, on the answer itself: it is kept nowhere, so no other page could show it."""
    return render_template("staff/key.html", key=key, plain=plain), 201


@bp.route("/keys/<int:key_id>/rotation", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
def rotate_key(key_id: int) -> ResponseReturnValue:
    """Replace a key by a new one; both are accepted for the hours chosen, so that no call is lost."""
    form = RotateKeyForm()
    if form.submitted():
        try:
            with transaction():
                key, plain = service.rotate_key(key_id, timedelta(hours=form.overlap_hours.data), by=current_actor(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _shown_once(key, plain)
    return page("staff/key_rotation.html", key=queries.api_key(key_id), form=form)


@bp.post("/keys/<int:key_id>/revocation")
@requires(Permission.MANAGE_ACCOUNTS)
def revoke_key(key_id: int) -> ResponseReturnValue:
    """Take a key back, at once."""
    with transaction():
        service.revoke_key(key_id, by=current_actor(), at=clock.now())
    flash(_("The key was taken back: it opens nothing any more."))
    return redirect(url_for(".keys"), 303)
