"""One envelope: registered, its pieces and money, what can be done with it."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.core.web import page, requires, wants_fragment
from backoffice.mailroom import forms, lists, panels, queries, service, showing
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.indexing import service as indexing
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.service.closing import what_keeps_open
from backoffice.mailroom.states import PageState
from backoffice.mailroom.values import Door, EnvelopeKind
from backoffice.mailroom.views.room import bp
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.get("/mailroom/envelopes/<number>")
@requires(Permission.READ_MAILROOM)
def envelope(number: str) -> ResponseReturnValue:
    """One envelope: its pieces, money, pages, balance, and what can be done."""
    if wants_fragment() and "wait" in request.args:  # the page looks whether its first picture came
        return "", 204, {"HX-Refresh": "true"} if queries.envelope(number).pages else {}
    return envelope_page(number)


def envelope_page(number: str, refused: dict[str, Form] | None = None) -> ResponseReturnValue:
    """The page of an envelope, with the forms that were refused."""
    with transaction():
        staff.log_read(current_account(), envelope_subject(number), "mailroom.envelope", at=clock.now())
    one = queries.envelope(number)
    live = one.state in service.LIVE
    shown: dict[str, Form] = {
        "upload_form": forms.UploadForm(formdata=None), "pages_form": forms.PagesForm(formdata=None), "money_form": forms.InstrumentForm(formdata=None),
        "close_form": forms.CloseForm(formdata=None),
        "kind_form": forms.KindForm(formdata=None, kind=one.kind.value), "attach_form": forms.AttachForm(formdata=None),
    } | (refused or {})  # fmt: skip
    return page(
        "mailroom/envelope.html", envelope=one, row=showing.row(one, clock.today()), balance=queries.balance(one), live=live, keeps=what_keeps_open(one), **_pages(one),
        scans=[showing.scan_row(s) for s in one.scans], money=showing.money(one), history=showing.history(number),
        case=queries.case_numbers([one.case_id]).get(one.case_id) if one.case_id else None, **(_whose(one) if live else {"typed": "", "found": []}),
        keying=queries.keying(one.id), panels=panels.for_envelope(one), **shown,
    )  # fmt: skip


def _pages(one: Envelope) -> dict[str, object]:
    """The pages, and the one in view: the one asked for, else the first that is still to file."""
    cases = queries.cases_of_pages(one)
    wanted, to_file = request.args.get("page", ""), [p for p in one.pages if p.state is PageState.TO_FILE]
    current = next((p for p in one.pages if str(p.position) == wanted), next(iter(to_file or one.pages), None))
    return {"pages": [showing.page_row(p, cases) for p in one.pages], "current": current.id if current else None}


def _whose(one: Envelope) -> dict[str, object]:
    """Cases that the mail may belong to: by what was typed or chosen, else by what is read and written on it."""
    if not any(p.state is PageState.TO_FILE for p in one.pages) or one.kind is EnvelopeKind.APPLICATION:
        return {"typed": "", "found": []}
    chosen, typed = request.values.get("case", "").strip()[:40], request.values.get("find", "").strip()[:200]
    found = indexing.found(one, typed or chosen)
    if chosen not in {candidate.number for candidate in found}:
        chosen = found[0].number if indexing.is_sure(found, typed=bool(typed)) else ""
    return {"typed": typed or request.args.get("case", "")[:40], "found": showing.suggestions(found, chosen)}


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
    return act_on(
        number,
        lambda: service.file_pages(number, chosen, form.case.data or "", form.title.data or "", form.items.data or [], by=current_actor(), at=clock.now()),
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


@bp.post("/mailroom/envelopes/<number>/closing")
@requires(Permission.WORK_MAILROOM)
def close(number: str) -> ResponseReturnValue:
    """Close an envelope that balances."""
    form = forms.CloseForm()
    if not form.submitted():
        return envelope_page(number, {"close_form": form})
    answer = act_on(number, lambda: service.close_envelope(number, form.reason.data or "", by=current_actor(), at=clock.now()), form, "close_form")
    if request.form.get("do") != "next" or queries.envelope(number).state in service.LIVE:
        return answer
    flash(_("Envelope %(number)s is closed.", number=number))
    return redirect(url_for(".next_envelope", after=number), 303)


@bp.get("/mailroom/next")
@requires(Permission.WORK_MAILROOM)
def next_envelope() -> ResponseReturnValue:
    """The next envelope to work on: the oldest stamp on which this person has something to do."""
    known = queries.normalise(request.args.get("after", ""))
    following = lists.next_to_work(queries.find_envelope(known) if known else None, current_account().id, clock.now())
    if following is None:
        flash(_("No envelope waits for you."))
        return redirect(url_for(".home"), 303)
    return redirect(url_for(".envelope", number=following.number), 303)


@bp.post("/mailroom/envelopes/<number>/reopening")
@requires(Permission.WORK_MAILROOM)
def reopen(number: str) -> ResponseReturnValue:
    """Work on a closed envelope again."""
    reason = request.form.get("reason", "").strip()[:500] or _("Reopened by hand")
    return act_on(number, lambda: service.reopen_envelope(number, reason, by=current_actor(), at=clock.now()))
