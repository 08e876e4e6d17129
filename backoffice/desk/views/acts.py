"""What is done on a case from its page: notes, assignment, urgency, and the review of documents."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.core import clock, formats
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.forms import Form
from backoffice.core.web import requires
from backoffice.desk.forms import AssignForm, GiveBackForm, NoteForm, OnCase, ReviewForm, UrgencyForm
from backoffice.desk.views.blueprint import bp, open_case
from backoffice.desk.views.case import offer_officers, show
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.states import ItemAction
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


def _done(number: str, form: Form, name: str, tab: str, operation: Callable[[int], object], sentence: str) -> ResponseReturnValue:
    """Do it and come back to the case; or show the case again, with what was typed and why it was refused."""
    if form.submitted():
        try:
            with transaction():
                case = case_queries.case(number)
                if isinstance(form, OnCase):
                    cases.check_version(case, form.read_version)
                operation(case.id)
        except NotFound:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(sentence, "success")
            return redirect(url_for(".case", number=number, tab=tab), 303)
    case = open_case(number, tab)
    if isinstance(form, OnCase):
        form.version.data = str(case.version)
    return show(case, tab, **{name: form})


@bp.post("/cases/<number>/notes")
@requires(Permission.WORK_CASE)
def add_note(number: str) -> ResponseReturnValue:
    """An internal note: written for colleagues, and no act of the product sends it."""
    form = NoteForm()

    def write(case_id: int) -> object:
        return cases.add_note(case_id, form.body.data, current_account().id, by=current_actor(), at=clock.now())

    return _done(number, form, "note_form", "summary", write, _("Note kept."))


@bp.post("/cases/<number>/return")
@requires(Permission.WORK_CASE)
def give_back(number: str) -> ResponseReturnValue:
    """Back to the queue, at the place it always had."""
    form = GiveBackForm()

    def give(case_id: int) -> object:
        return cases.give_back(case_id, form.reason.data, current_account().id, by=current_actor(), at=clock.now())

    return _done(number, form, "give_back_form", "summary", give, _("The case is back in the queue; its place there has not changed."))


@bp.post("/cases/<number>/assignment")
@requires(Permission.ASSIGN_CASE)
def assign(number: str) -> ResponseReturnValue:
    """To somebody, or to nobody."""
    form = AssignForm()
    offer_officers(form)

    def give(case_id: int) -> object:
        return cases.assign(case_id, form.officer_id, form.reason.data, by=current_actor(), at=clock.now())

    return _done(number, form, "assign_form", "summary", give, _("Assigned."))


@bp.post("/cases/<number>/urgency")
@requires(Permission.ASSIGN_CASE)
def mark_urgent(number: str) -> ResponseReturnValue:
    """Urgent for a human reason: the class changes, the admission does not."""
    form = UrgencyForm()

    def mark(case_id: int) -> object:
        return cases.mark_urgent(case_id, form.reason.data or None, by=current_actor(), at=clock.now())

    said = _("Marked urgent.") if form.reason.data else _("No longer urgent.")
    return _done(number, form, "urgency_form", "summary", mark, said)


@bp.post("/cases/<number>/items/<int:item_id>/review")
@requires(Permission.REVIEW_DOCUMENTS)
def review_item(number: str, item_id: int) -> ResponseReturnValue:
    """Accept, refuse with a reason the applicant reads, accept an explanation, or waive."""
    form = ReviewForm()
    form.offer(formats.locale_code(), _("choose…"))

    def review(case_id: int) -> object:
        item = document_queries.item(item_id)
        if item.request.case_id != case_id:
            raise NotFound
        db.session.expire(item)
        action = ItemAction(form.decision.data)
        said = form.message_id if action is ItemAction.EXPLAIN else None
        note, reason = form.note.data or "", form.reason.data or None
        return documents.review_item(item_id, action, reason=reason, note=note, message_id=said, by=current_actor(), at=clock.now())

    return _done(number, form, "review_form", "documents", review, _("Reviewed."))
