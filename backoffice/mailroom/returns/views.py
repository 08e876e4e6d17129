"""Pages of the returns: what waits to leave, a return prepared, its letter, and that it left."""

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cases.values import Channel
from backoffice.core import clock, files, formats
from backoffice.core.calendar import montreal_day
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.documents import queries as document_queries
from backoffice.mail import addresses
from backoffice.mailroom import menu, panels, showing
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.returns import queries, service, words
from backoffice.mailroom.returns.forms import CancelForm, ReturnForm, SentForm
from backoffice.mailroom.returns.models import PaperReturn
from backoffice.mailroom.returns.states import ReturnState
from backoffice.mailroom.returns.values import ReturnKind, ReturnReason, Way
from backoffice.mailroom.values import EnvelopeKind
from backoffice.mailroom.views.pictures import attachment
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("returns", __name__)
bp.app_template_global("return_reason")(words.reason)
bp.app_template_global("return_way")(words.way)
menu.entry(_l("Returns"), "returns.listing", 80)

KIND_OF = {
    EnvelopeKind.APPLICATION: ReturnKind.APPLICATION, EnvelopeKind.DOCUMENTS: ReturnKind.DOCUMENTS, EnvelopeKind.PAYMENT: ReturnKind.PAYMENT,
}  # fmt: skip
FIRST_REASON = {
    ReturnKind.APPLICATION: ReturnReason.NO_PERIOD, ReturnKind.DOCUMENTS: ReturnReason.BEFORE_REQUEST,
    ReturnKind.PAYMENT: ReturnReason.PAYMENT_NOT_ACCEPTED,
}  # fmt: skip


@bp.get("/mailroom/returns")
@requires(Permission.READ_MAILROOM)
def listing() -> ResponseReturnValue:
    """What waits to leave, and what left."""
    done = request.args.get("view") == "done"
    states = (ReturnState.SENT, ReturnState.CANCELLED) if done else (ReturnState.PREPARED,)
    views = [
        {"label": _("To send"), "url": url_for(".listing"), "current": not done, "count": queries.count(ReturnState.PREPARED)},
        {"label": _("Sent or called off"), "url": url_for(".listing", view="done"), "current": done, "count": None},
    ]
    rows = [_row(one, envelope) for one, envelope in queries.listed(states)]
    return page("mailroom/returns/list.html", rows=rows, views=views, title=_("Sent or called off") if done else _("To send"))


def _row(one: PaperReturn, envelope: str) -> dict[str, object]:
    state = one.state
    return {
        "number": one.number, "envelope": envelope, "kind": str(words.KINDS[ReturnKind(one.kind)]), "reason": words.reason(one.reason),
        "recipient": one.recipient, "words": str(words.STATES[state]), "tone": words.TONES[state], "url": url_for("returns.show", number=one.number),
        "age": (clock.today() - montreal_day(one.prepared_at)).days, "way": str(words.WAYS[Way(one.way)]) if one.way else "",
        "case": room.case_numbers([one.case_id]).get(one.case_id, "") if one.case_id else "",
    }  # fmt: skip


@bp.route("/mailroom/returns/new", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def new() -> ResponseReturnValue:
    """Prepare a return of something of an envelope."""
    envelope = service.envelope_of(request.args.get("envelope", "")[:20])
    form = ReturnForm()
    if request.method == "GET":
        _begin(form, envelope)
    waiting = [one for one in showing.money(envelope) if one["state"] == "received"]
    ticked = {int(one) for one in (request.form.getlist("receipts") or request.args.getlist("receipt")) if one.isdecimal()}
    if form.submitted():
        instruments = tuple(_instrument(one) for one in waiting if one["id"] in ticked or form.whole.data)
        try:
            with transaction():
                wanted = form.new(tuple(sorted(ticked)), instruments)
                number = service.send_back(envelope.number, wanted, by=current_actor(), at=clock.now()).number
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".show", number=number), 303)
    with transaction():
        staff.log_read(current_account(), envelope_subject(envelope.number), "returns.new", at=clock.now())
    return page("mailroom/returns/new.html", form=form, envelope=service.envelope_of(envelope.number), money=waiting, chosen=ticked)


def _instrument(one: dict[str, object]) -> str:
    cents = one["cents"]
    assert isinstance(cents, int)
    return " ".join(str(part) for part in (one["method"], one["number"], "–", formats.money(cents)) if part)


def _begin(form: ReturnForm, envelope: Envelope) -> None:
    """What the envelope already says of its sender."""
    kind = ReturnKind.PAYMENT if request.args.get("receipt") else KIND_OF.get(envelope.kind, ReturnKind.OTHER)
    form.whole.data = bool(request.args.get("whole"))
    form.kind.data = kind.value
    case = _case(envelope)
    form.reason.data = _first_reason(kind, case).value
    form.recipient.data = envelope.sender
    if case is not None:
        form.case.data, form.language.data = case.number, case.language
        form.recipient.data = addresses.name(case_queries.principal(case))
        form.address.data = "\n".join(addresses.lines(case))


def _first_reason(kind: ReturnKind, case: Case | None) -> ReturnReason:
    """The likeliest reason; « before any request » only while that may be so."""
    if kind is ReturnKind.DOCUMENTS and case is not None and not _came_too_early(case):
        return ReturnReason.NOT_FOR_US
    return FIRST_REASON.get(kind, ReturnReason.NOT_FOR_US)


def _came_too_early(case: Case) -> bool:
    """Documents for an application met online of which nothing was asked yet; those of a paper application belong to it (ministry's page of 2016)."""
    return case.channel is Channel.ONLINE and not document_queries.requests_of(case.id)


def _case(envelope: Envelope) -> Case | None:
    try:
        return case_queries.case_by_id(envelope.case_id) if envelope.case_id else None
    except NotFound:
        return None


@bp.get("/mailroom/returns/<number>")
@requires(Permission.READ_MAILROOM)
def show(number: str) -> ResponseReturnValue:
    """One return."""
    return _show(number)


def _show(number: str, refused: dict[str, Form] | None = None) -> ResponseReturnValue:
    envelope = queries.find(number)[1]
    with transaction():
        staff.log_read(current_account(), envelope_subject(envelope), "returns.show", at=clock.now())
    one, envelope = queries.find(number)
    forms: dict[str, Form] = {"sent_form": SentForm(formdata=None), "cancel_form": CancelForm(formdata=None)} | (refused or {})
    return page("mailroom/returns/show.html", one=one, row=_row(one, envelope), **forms)


@bp.get("/mailroom/returns/<number>/letter.pdf")
@requires(Permission.READ_MAILROOM)
def letter(number: str) -> ResponseReturnValue:
    """The letter that goes with it."""
    one, envelope = queries.find(number)
    digest = one.letter_sha256
    with transaction():
        staff.log_read(current_account(), envelope_subject(envelope), "returns.letter", at=clock.now())
    return attachment(files.read(digest), f"{number}.pdf")


@bp.post("/mailroom/returns/<number>/sending")
@requires(Permission.WORK_MAILROOM)
def sent(number: str) -> ResponseReturnValue:
    """It left the building."""
    form = SentForm()
    return _act(number, form, "sent_form", lambda: service.mark_sent(number, form.departure(), by=current_actor(), at=clock.now()))


@bp.post("/mailroom/returns/<number>/cancellation")
@requires(Permission.WORK_MAILROOM)
def cancel(number: str) -> ResponseReturnValue:
    """It stays."""
    form = CancelForm()
    return _act(number, form, "cancel_form", lambda: service.cancel(number, form.reason.data or "", by=current_actor(), at=clock.now()))


def _act(number: str, form: Form, name: str, act: Callable[[], object]) -> ResponseReturnValue:
    if form.submitted():
        try:
            with transaction():
                act()
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".show", number=number), 303)
    return _show(number, {name: form})


def _panel(envelope: Envelope) -> dict[str, object]:
    case = _case(envelope)
    return {
        "rows": [_row(one, envelope.number) for one in queries.of_envelope(envelope.id)],
        "new_url": url_for("returns.new", envelope=envelope.number) if current_account().may(Permission.WORK_MAILROOM) else None,
        "early": envelope.kind is EnvelopeKind.DOCUMENTS and case is not None and _came_too_early(case),
    }


def _home() -> dict[str, object] | None:
    waiting = queries.listed((ReturnState.PREPARED,), 10)
    return {"rows": [_row(one, envelope) for one, envelope in waiting]} if waiting else None


panels.of_envelope("mailroom/returns/_panel.html", _panel, order=80, side=True)
panels.of_home("mailroom/returns/_home.html", _home, order=60)
