"""One application and the acts on it: its ground of exemption, its withdrawal, the review of what a machine decided."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock, events
from backoffice.core.db import db
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.fees import queries as fee_queries
from backoffice.intake.between import effects, queries
from backoffice.intake.between.forms import ExemptionForm, RefundForm, ReviewForm, WithdrawalForm
from backoffice.intake.between.queries import Side
from backoffice.intake.between.values import FeeOutcome
from backoffice.intake.between.views.blueprint import READ, WORK, bp, done, log_list, open_side, tabs
from backoffice.intake.events import submission_subject
from backoffice.intake.service import reviews, verdicts, withdrawals
from backoffice.quota import queries as quota_queries
from backoffice.quota.values import AdmissionStatus
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

SHOWN = (AdmissionStatus.REGISTERED, AdmissionStatus.WAITLISTED, AdmissionStatus.INVITED, AdmissionStatus.REFUSED, AdmissionStatus.WITHDRAWN)


@bp.get("/exemptions")
@requires(READ)
def exemptions() -> ResponseReturnValue:
    """Grounds that were claimed and that nobody looked at yet, in order of arrival."""
    log_list("exemptions")
    rows = queries.exemptions_claimed()
    numbers = queries.case_numbers(admission.submission_id for admission, _ in rows)
    return page("intake/between/exemptions.html", tabs=tabs("exemptions"), rows=rows, numbers=numbers, total=queries.count_exemptions())


@bp.get("/withdrawals", endpoint="withdrawals")
@requires(READ)
def withdrawn() -> ResponseReturnValue:
    """Paid, withdrawn before the examination: whether the fee goes back is decided by a person."""
    log_list("withdrawals")
    rows = queries.refunds_to_decide()
    ids = [one.submission_id for one in rows]
    return page("intake/between/withdrawals.html", tabs=tabs("withdrawals"), rows=rows, numbers=queries.case_numbers(ids), today=clock.today())


@bp.get("/applications")
@requires(READ)
def applications() -> ResponseReturnValue:
    """Applications without a case: in a draw, on a waiting list, refused at the door."""
    text = request.args.get("q", "").replace("\x00", "").strip()[:100]
    status = _status(request.args.get("status", ""))
    if found := _by_number(text):
        return redirect(url_for(".application", submission_id=found), 303)
    log_list("applications")
    rows = queries.standing_without_case(status, text)
    return page("intake/between/applications.html", tabs=tabs("applications"), rows=rows, q=text, status=status, statuses=SHOWN, most=queries.MOST)


def _status(text: str) -> AdmissionStatus | None:
    return AdmissionStatus(text) if text in {one.value for one in SHOWN} else None


def _by_number(text: str) -> UUID | None:
    try:
        return queries.side(UUID(text)).submission_id if text else None
    except (ValueError, NotFound):
        return None


@bp.get("/applications/<uuid:submission_id>")
@requires(READ)
def application(submission_id: UUID) -> ResponseReturnValue:
    """Where it stands, and each act with what it would do."""
    return _show(open_side(submission_id, "application"))


def _show(side: Side, **forms: Form) -> ResponseReturnValue:
    worker, at, submission_id = current_account().may(WORK), clock.now(), side.submission_id
    denial = _rehearsed(lambda: effects.of_denial(side, by=current_actor(), at=at)) if worker else None
    side = queries.side(submission_id)
    reviewable = side.admission is not None and side.admission.status in reviews.REVIEWABLE
    reinstatement = effects.of_reinstatement(side, by=current_actor(), at=at) if worker and reviewable else None
    side = queries.side(submission_id)
    withdrawal = queries.withdrawal_of(submission_id)
    blank: dict[str, object] = {
        "exemption_form": ExemptionForm(formdata=None), "withdrawal_form": WithdrawalForm(formdata=None, reference=request.args.get("reference", "")[:80]), "review_form": ReviewForm(formdata=None),
        "refund_form": RefundForm(formdata=None),
    }  # fmt: skip
    return page(
        "intake/between/application.html", side=side, window=quota_queries.window_by_id(side.admission.window_id) if side.admission else None,
        fee=fee_queries.fee_of_case(side.case.id) if side.case else None, denial=denial, reviewable=reviewable,
        reinstatement=None if isinstance(reinstatement, DomainError) else reinstatement,
        no_reinstatement=reinstatement.message if isinstance(reinstatement, DomainError) else None,
        withdrawing=effects.of_withdrawal(side), withdrawal=withdrawal, checks=queries.checks_of(submission_id),
        doubted=queries.is_doubted(submission_id), messages=queries.messages_of(submission_id), may_work=worker,
        to_decide=withdrawal is not None and withdrawal.fee is FeeOutcome.TO_DECIDE and current_account().may(Permission.ASSIGN_CASE),
        facts=events.history(submission_subject(submission_id))[::-1], exemption=_claimed(side),
        may_judge=bool(side.admission and side.admission.exempt_ground and side.admission.status in verdicts.JUDGED), **(blank | forms),
    )  # fmt: skip


def _rehearsed(act: Callable[[], object]) -> object:
    """What an act would do; nothing when the application changed at this very moment."""
    try:
        return act()
    except DomainError:
        db.session.rollback()
        return None


def _claimed(side: Side) -> dict[str, object]:
    return dict((side.submission.content.get("quota_exemption") or {}) if side.submission else {})


def _done(submission_id: UUID, form: Form, name: str, operation: Callable[[], object], sentence: str) -> ResponseReturnValue:
    queries.side(submission_id)  # nothing there: not found, before the form is read
    if done(form, operation):
        flash(sentence, "success")
        return redirect(url_for(".application", submission_id=submission_id), 303)
    return _show(open_side(submission_id, "application"), **{name: form})


@bp.post("/applications/<uuid:submission_id>/exemption")
@requires(WORK)
def judge_exemption(submission_id: UUID) -> ResponseReturnValue:
    """The ground is recognized, or not."""
    form = ExemptionForm()

    def judge() -> object:
        return verdicts.judge_exemption(
            submission_id,
            verified=form.verdict.data == "verified",
            reason=form.reason.data,
            proof=form.proof.data,
            by=current_actor(),
            at=clock.now(),
        )

    return _done(submission_id, form, "exemption_form", judge, _("Verdict kept; the applicant is told."))


@bp.post("/applications/<uuid:submission_id>/withdrawal")
@requires(WORK)
def withdraw(submission_id: UUID) -> ResponseReturnValue:
    """By a written request."""
    form = WithdrawalForm()

    def end() -> object:
        return withdrawals.withdraw(submission_id, form.request(), by=current_actor(), at=clock.now())

    return _done(submission_id, form, "withdrawal_form", end, _("Withdrawn; the applicant is told."))


@bp.post("/applications/<uuid:submission_id>/review")
@requires(WORK)
def review(submission_id: UUID) -> ResponseReturnValue:
    """Reinstate, or maintain, with reasons."""
    form = ReviewForm()

    def look() -> object:
        return reviews.review(submission_id, reinstate=form.verdict.data == "reinstate", reason=form.reason.data, by=current_actor(), at=clock.now())

    return _done(submission_id, form, "review_form", look, _("Review kept; the applicant is told."))


@bp.post("/applications/<uuid:submission_id>/refund")
@requires(Permission.ASSIGN_CASE)
def answer_refund(submission_id: UUID) -> ResponseReturnValue:
    """Whether the fee of a withdrawn application goes back."""
    form = RefundForm()

    def answer() -> object:
        found = queries.withdrawal_of(submission_id)
        if found is None:
            raise NotFound
        return withdrawals.answer_refund(found.id, refund=form.verdict.data == "refund", reason=form.reason.data, by=current_actor(), at=clock.now())

    return _done(submission_id, form, "refund_form", answer, _("Decided; the applicant is told."))
