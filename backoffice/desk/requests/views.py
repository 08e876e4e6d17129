"""Asking for documents: compose, read exactly what the applicant will read, send; then call back, issue again, replace, attach."""

from collections.abc import Callable, Mapping
from dataclasses import replace as altered
from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.core import clock, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import page, requires
from backoffice.desk import ident
from backoffice.desk.requests.forms import AttachForm, Line, RequestForm, WhyForm, added, line_of, read_lines
from backoffice.desk.views.blueprint import open_case
from backoffice.desk.words import word
from backoffice.documents import composing, rules
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.catalogue import CATALOGUE
from backoffice.documents.models import DocumentRequest
from backoffice.documents.service.asking import KEPT, check, line_key, merged
from backoffice.documents.states import RequestState
from backoffice.documents.values import DocumentFormat
from backoffice.mail import addresses
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("requests", __name__)

RECENT = timedelta(days=30)
"""A draft older than this is not proposed again: the case has changed too much since."""


@bp.get("/cases/<number>/requests/new")
@requires(Permission.REQUEST_DOCUMENTS)
def new_request(number: str) -> ResponseReturnValue:
    """The list proposed from the application, everything ticked; or the one that this person was composing."""
    case = open_case(number, "request")
    return _begin(case, None)


@bp.get("/cases/<number>/requests/<int:request_id>/replacement")
@requires(Permission.REQUEST_DOCUMENTS)
def replace(number: str, request_id: int) -> ResponseReturnValue:
    """Another list in the place of one: proposed from the family as it is now, with what arrived already."""
    case = open_case(number, f"request {request_id}")
    return _begin(case, _request(case, request_id))


def _begin(case: Case, old: DocumentRequest | None) -> ResponseReturnValue:
    draft = document_queries.draft(case.id, current_account().id)
    fits = draft is not None and draft.form.get("replaces", [""])[0] == (str(old.id) if old else "") and clock.now() - draft.saved_at < RECENT
    if draft is None or not fits:
        return _compose(case, RequestForm(formdata=None, version=case.version), _proposed(case, old), old)
    form = RequestForm(formdata=None, version=case.version)
    for name in ("days_reason", "why"):
        form[name].data = _one(draft.form, name)
    form.days.data = int(_one(draft.form, "days")) if _one(draft.form, "days").isdecimal() else None
    return _compose(case, form, _beside(read_lines(case, draft.form), old), old, drafted_at=draft.saved_at)


def _one(form: Mapping[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[0][:500]


def _proposed(case: Case, old: DocumentRequest | None) -> list[Line]:
    """From the application's facts; what the old list still awaits or received stands there too, unless its person left."""
    lines = [line_of(item.code, item.person_id, translation=item.translation) for item in composing.proposal(case)]
    if old is None:
        return lines
    known = {line_key(line.code, line.person_id, "") for line in lines}
    present = {person.id for person in case.people if "left" not in person.details} | {None}
    for item in old.items:
        if item.person_id in present and (item.code == "other" or line_key(item.code, item.person_id, "") not in known):
            lines = added(lines, case, item.code, str(item.person_id or "family"))
            lines[-1] = altered(
                lines[-1], label_fr=item.label_fr if item.code == "other" else "", label_en=item.label_en if item.code == "other" else "",
                format=item.format, translation=item.translation,
            )  # fmt: skip
    return _beside(lines, old)


def _beside(lines: list[Line], old: DocumentRequest | None) -> list[Line]:
    """Beside each line, what arrived for it under the old list."""
    before = {line_key(i.code, i.person_id, i.label_fr): i for i in old.items if i.state in KEPT} if old else {}
    return [altered(line, kept=before.get(line_key(line.code, line.person_id, line.label_fr))) for line in lines]


@bp.post("/cases/<number>/requests/new")
@requires(Permission.REQUEST_DOCUMENTS)
def send_request(number: str) -> ResponseReturnValue:
    """A step: add a line, see what will be read, change it again, or send."""
    return _step(number, None)


@bp.post("/cases/<number>/requests/<int:request_id>/replacement")
@requires(Permission.REQUEST_DOCUMENTS)
def send_replacement(number: str, request_id: int) -> ResponseReturnValue:
    """The same for a list that takes the place of another."""
    return _step(number, request_id)


def _step(number: str, request_id: int | None) -> ResponseReturnValue:
    case, form = open_case(number, "request"), RequestForm()
    old = _request(case, request_id) if request_id else None
    lines = _beside(read_lines(case, _typed()), old)
    if form.submitted():
        if form.step.data == "add":
            lines = added(lines, case, str(form.add_code.data or ""), str(form.add_person.data or ""))
            return _compose(case, form, lines, old)
        try:
            cases.check_version(case, form.read_version)
            if form.step.data == "preview":
                return _preview(case, form, lines, old)
            if form.step.data == "send":
                _send(case, form, lines, old)
                flash(_("Request sent. The term runs from the moment it is readable."), "success")
                return redirect(url_for("desk.case", number=number, tab="documents"), 303)
        except DomainError as refusal:
            form.refuse(refusal)
            case = open_case(number, "request")
            form.version.data = str(case.version)
    return _compose(case, form, lines, old)


def _send(case: Case, form: RequestForm, lines: list[Line], old: DocumentRequest | None) -> None:
    items = [line.item() for line in lines if line.ticked]
    own = {"days": form.days.data, "days_reason": str(form.days_reason.data or "")}
    with transaction():
        cases.check_version(case_queries.lock_case(case.id), form.read_version)
        if old is None:
            documents.send_request(case.id, items, **own, by=current_actor(), at=clock.now())
        else:
            documents.replace_request(old.id, items, str(form.why.data or ""), **own, by=current_actor(), at=clock.now())
        documents.discard_draft(case.id, current_account().id)


@bp.post("/cases/<number>/requests/draft")
@requires(Permission.REQUEST_DOCUMENTS)
def keep_draft(number: str) -> ResponseReturnValue:
    """The list as it stands, kept while it is being composed; another window, another day, another machine finds it."""
    with transaction():
        case = case_queries.case(number)
        documents.save_draft(case.id, current_account().id, _typed(), at=clock.now())
    return "", 204


@bp.post("/cases/<number>/requests/draft/discard")
@requires(Permission.REQUEST_DOCUMENTS)
def discard_draft(number: str) -> ResponseReturnValue:
    """Begin again from what is proposed."""
    with transaction():
        documents.discard_draft(case_queries.case(number).id, current_account().id)
    return redirect(url_for(".new_request", number=number), 303)


def _typed() -> dict[str, list[str]]:
    return {name: values for name, values in request.form.lists() if name not in {"csrf_token", "step", "version"}}


def _request(case: Case, request_id: int) -> DocumentRequest:
    found = document_queries.request(request_id)
    if found.case_id != case.id:
        raise NotFound
    return found


def _compose(case: Case, form: RequestForm, lines: list[Line], old: DocumentRequest | None, **more: object) -> ResponseReturnValue:
    language = formats.locale_code()
    people = [(str(p.id), f"{addresses.name(p)} ({word(p.kind, 'person')})") for p in case.people]
    form.offer(people, language)
    groups = [(name, [line for line in lines if str(line.person_id or "family") == key]) for key, name in [("family", _("The family")), *people]]
    if request.method == "POST":
        with transaction():
            documents.save_draft(case.id, current_account().id, _as_form(lines, form, old), at=clock.now())
        case = case_queries.case_by_id(case.id)
    standing = document_queries.open_request(case.id)
    return page(
        "desk/requests/compose.html", case=case, top=ident.top(case, current_account().id), form=form, groups=[g for g in groups if g[1]],
        catalogue=CATALOGUE, formats=[one.value for one in DocumentFormat], language=language, old=old,
        open_request=standing if old is None or (standing and standing.id != old.id) else None, english=case.language == "en",
        fewest=rules.FEWEST_DAYS, most=rules.MOST_DAYS, action=_action(case, old), **{"drafted_at": None, **more},
    )  # fmt: skip


def _as_form(lines: list[Line], form: RequestForm, old: DocumentRequest | None) -> dict[str, list[str]]:
    """The list as the form carries it, so that a step without scripts keeps it too."""
    kept: dict[str, list[str]] = {"line": [line.key for line in lines], "item": [line.key for line in lines if line.ticked]}
    for line in lines:
        for name in ("reason", "reason_en", "label_fr", "label_en", "basis", "substitutes_fr", "substitutes_en", "format"):
            kept[f"{name}:{line.key}"] = [str(getattr(line, name))]
        if line.translation:
            kept[f"translation:{line.key}"] = ["y"]
    more = {"days": form.days.data or "", "days_reason": form.days_reason.data or "", "why": form.why.data or "", "replaces": old.id if old else ""}
    return kept | {name: [str(value)] for name, value in more.items()}


def _action(case: Case, old: DocumentRequest | None) -> str:
    if old is None:
        return url_for(".send_request", number=case.number)
    return url_for(".send_replacement", number=case.number, request_id=old.id)


def _preview(case: Case, form: RequestForm, lines: list[Line], old: DocumentRequest | None) -> ResponseReturnValue:
    items = [line.item() for line in lines if line.ticked]
    asked, _follows, kept = merged(old, items) if old else (items, {}, [])
    check(case, asked, form.days.data, str(form.days_reason.data or ""), at=clock.now())
    seen = composing.preview(case, asked, days=form.days.data, at=clock.now())
    with transaction():
        documents.save_draft(case.id, current_account().id, _as_form(lines, form, old), at=clock.now())
    case = case_queries.case_by_id(case.id)
    return page(
        "desk/requests/preview.html", case=case, top=ident.top(case, current_account().id), form=form, fields=_as_form(lines, form, old), preview=seen,
        address=addresses.lines(case), online=bool(case.contact.get("email")), officer=current_account().name, old=old, kept=kept,
        action=_action(case, old),
    )  # fmt: skip


@bp.route("/cases/<number>/requests/<int:request_id>/cancellation", methods=["GET", "POST"])
@requires(Permission.REQUEST_DOCUMENTS)
def cancel(number: str, request_id: int) -> ResponseReturnValue:
    """Call a list back."""

    def act(reason: str) -> object:
        return documents.cancel_request(request_id, reason, by=current_actor(), at=clock.now())

    return _whole(number, request_id, "cancel", act, _("Request called back; the applicant is told."))


@bp.route("/cases/<number>/requests/<int:request_id>/reissue", methods=["GET", "POST"])
@requires(Permission.REQUEST_DOCUMENTS)
def reissue(number: str, request_id: int) -> ResponseReturnValue:
    """Send the same list again, with its whole term, because it never arrived."""

    def act(reason: str) -> object:
        return documents.reissue_request(request_id, reason, by=current_actor(), at=clock.now())

    return _whole(number, request_id, "reissue", act, _("Request issued again, with its whole term."))


def _whole(number: str, request_id: int, what: str, act: Callable[[str], object], sentence: str) -> ResponseReturnValue:
    case, form = open_case(number, f"request {request_id}"), WhyForm()
    asked = _request(case, request_id)
    if form.submitted():
        try:
            with transaction():
                act(str(form.reason.data))
        except DomainError as refusal:
            form.refuse(refusal)
            case = open_case(number, f"request {request_id}")
            asked = _request(case, request_id)
        else:
            flash(sentence, "success")
            return redirect(url_for("desk.case", number=number, tab="documents"), 303)
    worked = composing.preview(case, [], days=asked.own_days, at=clock.now())
    return page(
        "desk/requests/whole.html", case=case, top=ident.top(case, current_account().id), form=form, asked=asked, what=what, preview=worked,
        running=asked.state is RequestState.OPEN, online=bool(case.contact.get("email")),
    )  # fmt: skip


@bp.post("/cases/<number>/documents/<int:document_id>/attachment")
@requires(Permission.REVIEW_DOCUMENTS)
def attach(number: str, document_id: int) -> ResponseReturnValue:
    """Which line a document answers; or that it answers none."""
    case, form = case_queries.case(number), AttachForm()
    if document_queries.document(document_id).case_id != case.id:
        raise NotFound
    form.item.choices = [SelectChoice(item.id, item.label_fr) for one in document_queries.requests_of(case.id) for item in one.items]
    aside = "aside" in request.form
    if aside:
        form.item.choices = [*form.item.choices, SelectChoice(0, "")]
        form.item.data = 0
    said = _("Answers nothing asked: it stays in the case.") if aside else _("Attached; the document is to be reviewed.")
    try:
        if not form.submitted():
            raise NotFound
        with transaction():
            if aside:
                documents.set_aside_document(document_id, str(form.reason.data or ""), by=current_actor(), at=clock.now())
            else:
                documents.attach_document(document_id, form.item.data, by=current_actor(), at=clock.now())
        flash(said, "success")
    except DomainError as refusal:
        flash(refusal.message, "error")
    return redirect(url_for("desk.case", number=number, tab="documents"), 303)
