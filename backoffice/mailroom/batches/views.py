"""Pages of batches and of days: filled by the barcode gun, balanced, closed, printed, signed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import clock, files, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.mailroom import codes, menu, panels, signing, wording
from backoffice.mailroom import queries as room
from backoffice.mailroom.balancing import WORK_LEFT
from backoffice.mailroom.batches import forms, printing, queries, service, showing
from backoffice.mailroom.batches.errors import NotAnEnvelope
from backoffice.mailroom.batches.values import MOST_ENVELOPES, NewBatch, SignedAs
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.service import LIVE
from backoffice.mailroom.states import BatchState
from backoffice.mailroom.views.pictures import attachment
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("batches", __name__)

menu.entry(_l("Batches"), "batches.batches", 30)
menu.entry(_l("Balance of the day"), "batches.days", 60)

MOST_SHEETS = 200


@bp.get("/mailroom/batches")
@requires(Permission.READ_MAILROOM)
def batches() -> ResponseReturnValue:
    """Open batches, those closed lately, and deliveries whose envelopes lie in none."""
    opened, closed = queries.batches(BatchState.OPEN), queries.batches(BatchState.CLOSED, 30)
    many = queries.counts_of(one.id for one in (*opened, *closed))
    return page(
        "mailroom/batches/batches.html", opened=[showing.batch_row(one, many.get(one.id, 0)) for one in opened],
        closed=[showing.batch_row(one, many.get(one.id, 0)) for one in closed], deliveries=queries.deliveries_to_batch(), most=MOST_ENVELOPES,
    )  # fmt: skip


@bp.post("/mailroom/batches")
@requires(Permission.WORK_MAILROOM)
def open_batch() -> ResponseReturnValue:
    """Open a batch: empty, or of the next envelopes of a delivery."""
    delivery = request.form.get("delivery", type=int)
    with transaction():
        if delivery:
            number = service.open_from_delivery(delivery, by=current_actor(), at=clock.now()).number
        else:
            number = service.open_batch(NewBatch(), by=current_actor(), at=clock.now()).number
    flash(_("Batch %(number)s is open: print its header sheet and put it on the pile.", number=number))
    return redirect(url_for(".batch", number=number), 303)


@bp.get("/mailroom/batches/<number>")
@requires(Permission.READ_MAILROOM)
def batch(number: str) -> ResponseReturnValue:
    """One batch: declared beside found, its differences, its envelopes."""
    return batch_page(number)


def batch_page(number: str, refused: dict[str, Form] | None = None) -> ResponseReturnValue:
    """The page of a batch, with the forms that were refused."""
    one = queries.batch(number)
    balance = queries.balance(number)
    inside = queries.envelopes_of(one.id)
    money = queries.instruments_of([each.number for each in inside])
    rows = [showing.envelope_row(each, balance, sum(m.amount_cents for m in money[each.number]), len(money[each.number])) for each in inside]
    counted = queries.opening_figures(inside)
    shown: dict[str, Form] = {
        "code_form": forms.EnvelopeCodeForm(formdata=None), "figures_form": _figures_form(number),
        "reason_form": forms.ReasonForm(formdata=None),
    } | (refused or {})  # fmt: skip
    return page(
        "mailroom/batches/batch.html", batch=one, balance=balance, figures=showing.figures(balance), own=wording.sentences(balance.own), rows=rows,
        open=one.state is BatchState.OPEN, counted=counted, figures_differ=replace(counted, separators=one.expected_separators) != queries.expected(one), asked=queries.asked(queries.APPROVAL, "batch", number),
        may_ask=bool(balance.differences) and not any(each.what in WORK_LEFT for each in balance.differences),
        scans=queries.scans_of(one.id), history=showing.history("batch", number), **shown,
    )  # fmt: skip


def _figures_form(number: str) -> forms.FiguresForm:
    declared = queries.expected(queries.batch(number))
    return forms.FiguresForm(
        formdata=None, envelopes=declared.envelopes, sheets=declared.sheets, separators=declared.separators, cheques=declared.cheques,
        dollars=f"{declared.cents // 100},{declared.cents % 100:02d}",
    )  # fmt: skip


def _act(number: str, act: Callable[[], object], form: Form, name: str, anchor: str = "") -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except DomainError as refusal:
        form.refuse(refusal)
        return batch_page(number, {name: form})
    return redirect(url_for(".batch", number=number) + anchor, 303)


@bp.post("/mailroom/batches/<number>/envelopes")
@requires(Permission.WORK_MAILROOM)
def put_in(number: str) -> ResponseReturnValue:
    """Put an envelope in by its code; the box is ready for the next one."""
    form = forms.EnvelopeCodeForm()
    if not form.submitted():
        return batch_page(number, {"code_form": form})
    return _act(number, lambda: service.put_in(number, _envelope(form.code.data), by=current_actor(), at=clock.now()), form, "code_form")


def _envelope(typed: str) -> str:
    sheet = codes.decode(typed)
    if sheet and sheet.kind is codes.SheetKind.ENVELOPE:
        return sheet.value
    if found := room.normalise(typed):
        return found
    raise NotAnEnvelope(typed[:60])


@bp.post("/mailroom/batches/<number>/envelopes/<envelope>/removal")
@requires(Permission.WORK_MAILROOM)
def take_out(number: str, envelope: str) -> ResponseReturnValue:
    """Take an envelope out."""
    form = forms.EnvelopeCodeForm(formdata=None)
    return _act(number, lambda: service.take_out(number, envelope, by=current_actor(), at=clock.now()), form, "code_form")


@bp.post("/mailroom/batches/<number>/figures")
@requires(Permission.WORK_MAILROOM)
def declare(number: str) -> ResponseReturnValue:
    """Declare the figures of the header sheet."""
    form = forms.FiguresForm()
    if not form.submitted():
        return batch_page(number, {"figures_form": form})
    return _act(number, lambda: service.declare(number, form.figures(), by=current_actor(), at=clock.now()), form, "figures_form")


@bp.post("/mailroom/batches/<number>/closing")
@requires(Permission.WORK_MAILROOM)
def close(number: str) -> ResponseReturnValue:
    """Close a batch that balances."""
    form = forms.EnvelopeCodeForm(formdata=None)
    return _act(number, lambda: service.close_batch(number, by=current_actor(), at=clock.now()), form, "code_form")


@bp.post("/mailroom/batches/<number>/difference")
@requires(Permission.WORK_MAILROOM)
def ask(number: str) -> ResponseReturnValue:
    """Put the difference before a second person."""
    form = forms.ReasonForm()
    if not form.submitted():
        return batch_page(number, {"reason_form": form})
    here = url_for(".batch", number=number)
    return _act(number, lambda: service.ask_to_close(number, form.reason.data, here, by=current_account(), at=clock.now()), form, "reason_form")


@bp.post("/mailroom/batches/<number>/reopening")
@requires(Permission.WORK_MAILROOM)
def reopen(number: str) -> ResponseReturnValue:
    """Work on a closed batch again."""
    form = forms.ReasonForm()
    if not form.submitted():
        return batch_page(number, {"reason_form": form})
    return _act(number, lambda: service.reopen_batch(number, form.reason.data, by=current_actor(), at=clock.now()), form, "reason_form")


@bp.post("/mailroom/envelopes/<number>/difference")
@requires(Permission.WORK_MAILROOM)
def ask_for_envelope(number: str) -> ResponseReturnValue:
    """Put the difference of an envelope before a second person."""
    form, here = forms.ReasonForm(prefix="difference-"), url_for("mailroom.envelope", number=number)
    if not form.submitted():
        flash(_("Say why in a sentence: the second person reads it."), "error")
        return redirect(here, 303)
    try:
        with transaction():
            service.ask_to_close_envelope(number, form.reason.data, here, by=current_account(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("A second person is asked: the envelope closes once they accept."))
    return redirect(here, 303)


# Printing


@bp.get("/mailroom/batches/<number>/sheets.pdf")
@requires(Permission.READ_MAILROOM)
def sheets(number: str) -> ResponseReturnValue:
    """The header sheet, then the sheet of each envelope."""
    one = queries.batch(number)
    printed = [printing.header(one), *(printing.of_envelope(each) for each in queries.envelopes_of(one.id))]
    return attachment(printing.print_sheets(printed), f"lot-{number}.pdf")


@bp.get("/mailroom/envelopes/<number>/sheet.pdf")
@requires(Permission.READ_MAILROOM)
def envelope_sheet(number: str) -> ResponseReturnValue:
    """The sheet of one envelope."""
    return attachment(printing.print_sheets([printing.of_envelope(room.envelope(number))]), f"feuille-{number}.pdf")


@bp.route("/mailroom/separators", methods=["GET", "POST"])
@requires(Permission.READ_MAILROOM)
def separators() -> ResponseReturnValue:
    """Choose separators and print them."""
    form = forms.SeparatorsForm(english=formats.locale_code() == "en")
    if request.method == "GET":
        form.plain.data, form.copies.data = 10, 1
    if form.submitted():
        one_of_each = [printing.of_document(code) for code in form.documents.data] + [printing.of_person(who) for who in form.people.data]
        printed = [*one_of_each * form.copies.data, *[printing.plain()] * form.plain.data]
        if 0 < len(printed) <= MOST_SHEETS:
            return attachment(printing.print_sheets(printed), "feuilles-separatrices.pdf")
        form.form_errors.append(_("Choose from 1 to %(most)s sheets.", most=MOST_SHEETS))
    return page("mailroom/batches/separators.html", form=form)


# Days


@bp.get("/mailroom/days")
@requires(Permission.READ_MAILROOM)
def days() -> ResponseReturnValue:
    """Days that have mail, with who signed."""
    found = queries.days_with_mail()
    signed = queries.signed_days(day for day, _many in found)
    return page("mailroom/batches/days.html", rows=[showing.day_row(day, many, signed.get(day, 0)) for day, many in found], today=clock.today())


@bp.get("/mailroom/days/<day>")
@requires(Permission.READ_MAILROOM)
def day(day: str) -> ResponseReturnValue:
    """The balance sheet of a day."""
    return day_page(_day(day), signing.SignForm(formdata=None))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def day_page(wanted: date, form: signing.SignForm) -> ResponseReturnValue:
    """The figures as they stand, what is open and whose it is, and the sheets signed."""
    figures = queries.day_figures(wanted)
    signed = [showing.signed_sheet(one, figures) for one in queries.day_sheets(wanted)]
    return page(
        "mailroom/batches/day_page.html", day=wanted, figures=figures, rows=showing.day_rows(figures), bars=showing.day_bars(figures),
        missing=None if figures.counted is None else figures.counted - figures.envelopes, open=queries.day_differences(wanted), signed=signed,
        form=form, history=showing.history("mail_day", wanted.isoformat()),
    )  # fmt: skip


@bp.post("/mailroom/days/<day>/signatures")
@requires(Permission.WORK_MAILROOM, Permission.APPROVE)
def sign_day(day: str) -> ResponseReturnValue:
    """Sign: a clerk for the mailroom, a supervisor after."""
    form, wanted = signing.SignForm(), _day(day)
    if not form.submitted():
        return day_page(wanted, form)
    try:
        account = signing.confirm(form.password.data, at=clock.now())
        signed_as = SignedAs.SUPERVISOR if account.may(Permission.APPROVE) else SignedAs.CLERK
        with transaction():
            service.sign_day(wanted, signed_as, by=account, at=clock.now())
    except DomainError as refusal:
        form.refuse(refusal)
        return day_page(wanted, form)
    flash(_("Signed: the sheet is kept as it stands."))
    return redirect(url_for(".day", day=day), 303)


@bp.get("/mailroom/days/<day>/<int:version>/<signed_as>.pdf")
@requires(Permission.READ_MAILROOM)
def day_pdf(day: str, version: int, signed_as: str) -> ResponseReturnValue:
    """The sheet as it was signed."""
    found = queries.signature(_day(day), version, signed_as)
    return attachment(files.read(found.pdf_sha256), f"bilan-{day}-{version}.pdf")


# Panels


def _panel(envelope: Envelope) -> dict[str, object] | None:
    """The batch of an envelope, its differences in words, and the way to a second person."""
    found = room.balance(envelope).differences
    batch = queries.batch_by_id(envelope.batch_id).number if envelope.batch_id else None
    to_accept = bool(found) and not any(one.what in WORK_LEFT for one in found) and envelope.state in LIVE
    asked = queries.asked(queries.APPROVAL_OF_ENVELOPE, "envelope", envelope.number)
    return {
        "number": envelope.number, "batch": batch, "differences": wording.sentences(found), "to_accept": to_accept and not asked, "asked": asked,
        "form": forms.ReasonForm(formdata=None, prefix="difference-"),
    }  # fmt: skip


panels.of_envelope("mailroom/batches/_panel.html", _panel, order=20, side=True)
