"""One envelope: registered, its pieces and money, what can be done with it."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.mailroom import forms, panels, queries, service, showing
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.states import PageState
from backoffice.mailroom.values import Door, EnvelopeKind, Excluded
from backoffice.mailroom.views.room import bp
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.route("/mailroom/envelopes/new", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def new_envelope() -> ResponseReturnValue:
    """Register an envelope: the stamp, what is inside, its money, its scan."""
    form = forms.EnvelopeForm()
    if request.method == "GET":
        form.delivered_on.data = clock.today()
        if request.args.get("kind") in set(EnvelopeKind):
            form.kind.data = request.args["kind"]
        if case := request.args.get("case", "")[:20]:
            form.contents.data = _("Return sheet of case %(number)s", number=case)
    if form.submitted():
        try:
            with transaction():
                made = service.register_envelope(form.envelope(), by=current_actor(), at=clock.now())
                if money := form.money():
                    service.list_instrument(made.number, money, by=current_actor(), at=clock.now())
                number = made.number
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            keep_files(number, form.files.data)
            flash(_("Envelope %(number)s is registered: write this number on it.", number=number))
            return redirect(url_for(".envelope", number=number), 303)
    return page("mailroom/new.html", form=form)


@bp.get("/mailroom/envelopes/<number>")
@requires(Permission.READ_MAILROOM)
def envelope(number: str) -> ResponseReturnValue:
    """One envelope: its pieces, money, pages, balance, and what can be done."""
    return envelope_page(number)


def envelope_page(number: str, refused: dict[str, Form] | None = None) -> ResponseReturnValue:
    """The page of an envelope, with the forms that were refused."""
    one = queries.envelope(number)
    with transaction():
        staff.log_read(current_account(), envelope_subject(number), "mailroom.envelope", at=clock.now())
    one = queries.envelope(number)
    cases = queries.cases_of_pages(one)
    chosen = _chosen_case(one)
    shown: dict[str, Form] = {
        "upload_form": forms.UploadForm(formdata=None), "pages_form": forms.PagesForm(formdata=None), "money_form": forms.InstrumentForm(formdata=None),
        "close_form": forms.CloseForm(formdata=None), "return_form": forms.ReasonForm(formdata=None, prefix="return-"),
        "kind_form": forms.KindForm(formdata=None, kind=one.kind.value),
        "attach_form": forms.AttachForm(formdata=None, case=chosen.number if chosen else ""),
    } | (refused or {})  # fmt: skip
    return page(
        "mailroom/envelope.html", envelope=one, row=showing.row(one, clock.today()), balance=queries.balance(one), live=one.state in service.LIVE,
        pages=[showing.page_row(p, cases) for p in one.pages], scans=[showing.scan_row(s) for s in one.scans], money=showing.money(one), history=showing.history(number),
        case=queries.case_numbers([one.case_id]).get(one.case_id) if one.case_id else None, chosen=showing.case_card(chosen),
        exclusions=[(r.value, str(forms.EXCLUSIONS[r])) for r in Excluded], keying=queries.keying(one.id), panels=panels.for_envelope(one), **shown,
    )  # fmt: skip


def _chosen_case(one: Envelope) -> Case | None:
    typed = request.values.get("case", "").strip() or (queries.case_numbers([one.case_id]).get(one.case_id, "") if one.case_id else "")
    try:
        return case_queries.case(typed) if typed else None
    except NotFound:
        return None


def act_on(number: str, act: Callable[[], object], form: Form | None = None, name: str = "form") -> ResponseReturnValue:
    """One operation on an envelope; a refusal is shown where it was asked."""
    try:
        with transaction():
            act()
    except DomainError as refusal:
        if form is None:
            flash(refusal.message, "error")
            return redirect(url_for(".envelope", number=number), 303)
        form.refuse(refusal)
        return envelope_page(number, {name: form})
    return redirect(url_for(".envelope", number=number), 303)


def keep_files(number: str, sent: list[FileStorage] | None) -> int:
    """Keep the files sent with a form; how many."""
    kept = 0
    for file in sent or []:
        if not isinstance(file, FileStorage) or not file.filename:
            continue
        data = file.stream.read()
        with transaction():
            service.receive_scan(number, data, file.filename, Door.UPLOAD, by=current_actor(), at=clock.now())
        kept += 1
    return kept


@bp.post("/mailroom/envelopes/<number>/documents")
@requires(Permission.WORK_MAILROOM)
def attach(number: str) -> ResponseReturnValue:
    """Put pages to a case by its number, as a document or as the answer to its request."""
    form = forms.AttachForm()
    if not form.submitted() or request.form.get("do") == "look":
        return envelope_page(number, {"attach_form": form})
    chosen = form.pages.data or [p.id for p in queries.envelope(number).pages if p.state is PageState.TO_FILE]
    title = form.title.data or _("Mail received")
    return act_on(
        number,
        lambda: service.file_pages(number, chosen, form.case.data or "", title, form.items.data or [], by=current_actor(), at=clock.now()),
        form, "attach_form",
    )  # fmt: skip


@bp.post("/mailroom/envelopes/<number>/kind")
@requires(Permission.WORK_MAILROOM)
def reclassify(number: str) -> ResponseReturnValue:
    """Say what the envelope is."""
    form = forms.KindForm()
    if not form.submitted():
        return envelope_page(number, {"kind_form": form})
    return act_on(number, lambda: service.reclassify(number, EnvelopeKind(form.kind.data), by=current_actor(), at=clock.now()), form, "kind_form")


@bp.post("/mailroom/envelopes/<number>/money")
@requires(Permission.WORK_MAILROOM)
def add_money(number: str) -> ResponseReturnValue:
    """List an instrument found inside."""
    form = forms.InstrumentForm()
    if not form.submitted():
        return envelope_page(number, {"money_form": form})
    return act_on(number, lambda: service.list_instrument(number, form.money(), by=current_actor(), at=clock.now()), form, "money_form")


@bp.post("/mailroom/envelopes/<number>/money/<int:receipt_id>/return")
@requires(Permission.WORK_MAILROOM)
def return_money(number: str, receipt_id: int) -> ResponseReturnValue:
    """Send one instrument back."""
    reason = request.form.get("reason", "").strip()[:500] or _("Instrument not accepted")
    return act_on(number, lambda: service.return_instrument(number, receipt_id, reason, by=current_actor(), at=clock.now()))


@bp.post("/mailroom/envelopes/<number>/closing")
@requires(Permission.WORK_MAILROOM)
def close(number: str) -> ResponseReturnValue:
    """Close an envelope that balances."""
    form = forms.CloseForm()
    if not form.submitted():
        return envelope_page(number, {"close_form": form})
    return act_on(number, lambda: service.close_envelope(number, form.reason.data or "", by=current_actor(), at=clock.now()), form, "close_form")


@bp.post("/mailroom/envelopes/<number>/return")
@requires(Permission.WORK_MAILROOM)
def give_back(number: str) -> ResponseReturnValue:
    """Send everything back, with the reason."""
    form = forms.ReasonForm(prefix="return-")
    if not form.submitted():
        return envelope_page(number, {"return_form": form})
    return act_on(number, lambda: service.return_envelope(number, form.reason.data or "", by=current_actor(), at=clock.now()), form, "return_form")


@bp.post("/mailroom/envelopes/<number>/reopening")
@requires(Permission.WORK_MAILROOM)
def reopen(number: str) -> ResponseReturnValue:
    """Work on a closed envelope again."""
    reason = request.form.get("reason", "").strip()[:500] or _("Reopened by hand")
    return act_on(number, lambda: service.reopen_envelope(number, reason, by=current_actor(), at=clock.now()))
