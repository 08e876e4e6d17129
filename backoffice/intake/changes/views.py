"""Recording a change of a case: what changed, where it was said, the old beside the new, and what it may call for."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import FINAL
from backoffice.core import clock, formats
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import page, requires
from backoffice.documents import queries as document_queries
from backoffice.documents.states import RequestState
from backoffice.fees.tariff import TARIFFS
from backoffice.intake.changes import queries, rules, service, words
from backoffice.intake.changes.forms import FORMS, ChangeForm
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("changes", __name__)
bp.add_app_template_filter(words.kind, "changekind")
bp.add_app_template_filter(words.source, "changesource")
bp.add_app_template_filter(words.field, "changefield")
bp.add_app_template_global(words.value, "changevalue")
bp.add_app_template_global(queries.changes_of, "changes_of")


@bp.get("/cases/<number>/changes/new")
@requires(Permission.WORK_CASE)
def new(number: str) -> ResponseReturnValue:
    """The form of one kind of change; an address first, the commonest."""
    case = _open(number)
    kind = _kind()
    form = FORMS[kind](formdata=None)
    _offer(form, case)
    if form.received_on.data is None:
        form.received_on.data = clock.today()
    if (chosen := request.args.get("source", "")) in {str(choice.value) for choice in form.source.choices}:
        form.source.data = chosen
    return _show(case, kind, form)


@bp.post("/cases/<number>/changes/new")
@requires(Permission.WORK_CASE)
def record(number: str) -> ResponseReturnValue:
    """Keep it; or give the form back with what was typed."""
    kind = _kind()
    case, form = case_queries.case(number), FORMS[kind]()
    _offer(form, case)
    if form.submitted():
        try:
            with transaction():
                change = service.record_change(case.id, form.change(), by=current_actor(), at=clock.now())
                change_id = change.id
        except NotFound:
            raise
        except DomainError as refusal:
            form.refuse(refusal)
            db.session.expire_all()
        else:
            flash(_("Change recorded; the applicant is told. Neither the rank of admission nor the turn has moved."), "success")
            return redirect(url_for(".show", number=number, change_id=change_id), 303)
    return _show(_open(number), kind, form)


@bp.get("/cases/<number>/changes/<int:change_id>")
@requires(Permission.READ_CASE)
def show(number: str, change_id: int) -> ResponseReturnValue:
    """One change: the old, the new, where it was said, and what it may call for."""
    case = _open(number)
    change = next((one for one in queries.changes_of(case.id) if one.id == change_id), None)
    if change is None:
        raise NotFound
    replaceable = _replaceable(case)
    principal = change.person_id == case_queries.principal(case).id
    person = next((one for one in case.people if one.id == change.person_id), None)
    return page(
        "intake/changes/change.html", case=case, change=change, person=person, listed=replaceable, tariff=_tariff(),
        follow=rules.follow_ups(change.kind, has_request=replaceable is not None, principal=principal),
    )  # fmt: skip


def _kind() -> str:
    kind = request.args.get("kind", "address")
    if kind not in FORMS:
        raise NotFound
    return kind


def _open(number: str) -> Case:
    """A case to be shown: the reading is logged first."""
    with transaction():
        case_id = case_queries.case(number).id
        staff.log_read(current_account(), case_subject(case_id), "changes", at=clock.now())
    return case_queries.case_by_id(case_id)


def _offer(form: ChangeForm, case: Case) -> None:
    written = [
        (f"message:{key}", _("message of %(day)s: %(words)s", day=formats.day(day), words=body[:60])) for key, day, body in queries.messages(case.id)
    ]
    mailed = [
        (f"envelope:{key}", _("envelope %(number)s, stamped on %(day)s", number=key, day=formats.day(day)))
        for key, day in queries.envelopes(case.id).items()
    ]
    form.offer(case, [*written, *mailed])


def _show(case: Case, kind: str, form: ChangeForm) -> ResponseReturnValue:
    kinds = {
        "address": _("Address or contact"), "name": _("Name"), "family_added": _("Person added"), "family_removed": _("Person removed"),
        "other": _("Work or other"), "correction": _("Correct an entry"),
    }  # fmt: skip
    tabs = [
        {"label": label, "url": url_for(".new", number=case.number, kind=one, source=request.args.get("source")), "current": one == kind}
        for one, label in kinds.items()
    ]
    return page(
        "intake/changes/new.html", case=case, kind=kind, form=form, tabs=tabs, changes=queries.changes_of(case.id)[:5], ended=case.status in FINAL
    )


def _replaceable(case: Case) -> object:
    """The list that another may take the place of."""
    standing = [one for one in document_queries.requests_of(case.id) if one.state in {RequestState.OPEN, RequestState.SATISFIED}]
    return standing[0] if standing else None


def _tariff() -> object:
    """The tariff of the year, for who joins."""
    return TARIFFS.get(clock.today().year)
