"""Asking for documents: compose, read exactly what the applicant will read, send; everything stands in the form itself."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.core import clock, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.desk import ident
from backoffice.desk.forms import RequestForm
from backoffice.desk.values import Line
from backoffice.desk.views.blueprint import bp, open_case
from backoffice.desk.words import word
from backoffice.documents import composing
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.catalogue import CATALOGUE
from backoffice.documents.errors import NothingAsked
from backoffice.documents.values import NewItem
from backoffice.mail import addresses
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

LONGEST_REASON = 500


@bp.get("/cases/<number>/requests/new")
@requires(Permission.REQUEST_DOCUMENTS)
def new_request(number: str) -> ResponseReturnValue:
    """The list proposed from the application, everything ticked."""
    case = open_case(number, "request")
    lines = [Line(_key(item.code, item.person_id), item.code, item.person_id, ticked=True, reason="") for item in composing.proposal(case)]
    return _compose(case, RequestForm(formdata=None, version=case.version), lines)


@bp.post("/cases/<number>/requests/new")
@requires(Permission.REQUEST_DOCUMENTS)
def send_request(number: str) -> ResponseReturnValue:
    """A step: add a line, see what will be read, change it again, or send."""
    case, form = open_case(number, "request"), RequestForm()
    lines = _lines(case)
    if not form.submitted():
        return _compose(case, form, lines)
    if form.step.data == "add":
        return _compose(case, form, _with_added(case, form, lines))
    try:
        cases.check_version(case, form.read_version)
        items = [NewItem(line.code, line.person_id, line.reason) for line in lines if line.ticked]
        if not items and form.step.data in {"preview", "send"}:
            raise NothingAsked
        if form.step.data == "preview":
            return _preview(case, form, lines, items)
        if form.step.data == "send":
            with transaction():
                cases.check_version(case_queries.lock_case(case.id), form.read_version)
                documents.send_request(case.id, items, by=current_actor(), at=clock.now())
            flash(_("Request sent. The 90 days run from the moment it is readable."), "success")
            return redirect(url_for(".case", number=number, tab="documents"), 303)
    except DomainError as refusal:
        form.refuse(refusal)
        case = open_case(number, "request")
        form.version.data = str(case.version)
    return _compose(case, form, lines)


def _key(code: str, person_id: int | None) -> str:
    return f"{code}:{person_id or 'family'}"


def _lines(case: Case) -> list[Line]:
    """The lines that the form carries; what is not in the catalogue or not of this family is not read."""
    people = {str(person.id): person.id for person in case.people}
    ticked, found = set(request.form.getlist("item")), []
    for key in dict.fromkeys(request.form.getlist("line")):
        code, _colon, who = key.partition(":")
        if code in CATALOGUE and (who == "family" or who in people):
            reason = request.form.get(f"reason:{key}", "").replace("\x00", "").strip()[:LONGEST_REASON]
            found.append(Line(key, code, people.get(who), ticked=key in ticked, reason=reason))
    return found


def _with_added(case: Case, form: RequestForm, lines: list[Line]) -> list[Line]:
    code, who = str(form.add_code.data or ""), str(form.add_person.data or "")
    people = {str(person.id): person.id for person in case.people}
    if code not in CATALOGUE or (who != "family" and who not in people):
        return lines
    key = f"{code}:{who}"
    kept = [line if line.key != key else Line(key, code, line.person_id, ticked=True, reason=line.reason) for line in lines]
    return kept if any(line.key == key for line in kept) else [*kept, Line(key, code, people.get(who), ticked=True, reason="")]


def _compose(case: Case, form: RequestForm, lines: list[Line]) -> ResponseReturnValue:
    language = formats.locale_code()
    form.add_code.choices = [SelectChoice("", _("choose…")), *(SelectChoice(code, item.label(language)) for code, item in CATALOGUE.items())]
    people = [(str(p.id), f"{addresses.name(p)} ({word(p.kind, 'person')})") for p in case.people]
    form.add_person.choices = [SelectChoice(key, name) for key, name in [*people, ("family", _("the family"))]]
    form.add_code.data = ""
    groups = [(name, [line for line in lines if str(line.person_id or "family") == key]) for key, name in [("family", _("The family")), *people]]
    return page(
        "desk/request.html", case=case, top=ident.top(case, current_account().id), form=form, groups=[g for g in groups if g[1]], catalogue=CATALOGUE,
        language=language, open_request=document_queries.open_request(case.id),
    )  # fmt: skip


def _preview(case: Case, form: RequestForm, lines: list[Line], items: list[NewItem]) -> ResponseReturnValue:
    seen = composing.preview(case, items, at=clock.now())
    return page(
        "desk/request_preview.html", case=case, top=ident.top(case, current_account().id), form=form, lines=lines, preview=seen,
        address=addresses.lines(case), online=bool(case.contact.get("email")), officer=current_account().name,
    )  # fmt: skip
