"""The short form: an envelope in a few keys, then the next one."""

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.fields.choices import SelectChoice

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import page, requires
from backoffice.mailroom import queries as room_queries
from backoffice.mailroom import service as room_service
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening import queries, service, showing
from backoffice.mailroom.opening.errors import OldStamp
from backoffice.mailroom.opening.forms import EnvelopeForm
from backoffice.mailroom.opening.views.room import bp
from backoffice.mailroom.values import EnvelopeKind
from backoffice.mailroom.views.envelopes import keep_files
from backoffice.mailroom.views.pictures import PICTURES
from backoffice.mailroom.views.room import bp as room
from backoffice.staff.guard import current_actor
from backoffice.staff.permissions import Permission

RECENT = 15
"""Deliveries that the short form offers."""


@room.route("/mailroom/envelopes/new", methods=["GET", "POST"])
@requires(Permission.WORK_MAILROOM)
def new_envelope() -> ResponseReturnValue:
    """Register an envelope, and go on with the next; with a scan, go to its page."""
    form = EnvelopeForm()
    form.delivery.choices = _deliveries()
    if request.method == "GET":
        _prefill(form)
    if form.submitted() and (made := _register(form)):
        kept = keep_files(made.number, form.files.data)
        session["delivery"] = made.delivery_id
        opens = bool(kept) or request.form.get("then") == "open"
        return redirect(url_for("mailroom.envelope" if opens else ".registered", number=made.number), 303)
    return _page(form)


def _register(form: EnvelopeForm) -> Envelope | None:
    """The envelope with its money and its photograph; nothing when it is refused."""
    today, by, at = clock.today(), current_actor(), clock.now()
    try:
        with transaction():
            made = service.register(form.registration(today), by=by, at=at)
            if money := form.money(today):
                room_service.list_instrument(made.number, money, by=by, at=at)
            _keep_photo(made.number, form.photo.data)
    except OldStamp as refusal:
        form.confirm_old.errors = [refusal.message]
        return None
    except DomainError as refusal:
        form.refuse(refusal)
        return None
    return made


def _keep_photo(number: str, sent: object) -> None:
    if isinstance(sent, FileStorage) and sent.filename and (data := sent.stream.read()):
        service.keep_photo(number, data, sent.filename, by=current_actor(), at=clock.now())


@room.get("/mailroom/envelopes/new/<number>")
@requires(Permission.WORK_MAILROOM)
def registered(number: str) -> ResponseReturnValue:
    """The empty form again, with the number to write on the envelope just registered."""
    made = room_queries.envelope(number)
    form = EnvelopeForm(formdata=None)
    form.delivery.choices = _deliveries()
    _prefill(form)
    return _page(form, made)


def _prefill(form: EnvelopeForm) -> None:
    """What stays from the last envelope, and what a scanned return sheet says."""
    last = str(session.get("delivery", ""))
    if last in {one.value for one in form.delivery.choices}:
        form.delivery.data = last
    if request.args.get("kind") in set(EnvelopeKind):
        form.kind.data = request.args["kind"]
    if case := request.args.get("case", "")[:20]:
        form.contents.data = _("Return sheet of case %(number)s", number=case)
    if slip := request.args.get("slip", "")[:40]:
        form.slip.data = slip


def _deliveries() -> list[SelectChoice]:
    recent = [SelectChoice(str(one.delivery.id), showing.title(one.delivery)) for one in queries.deliveries(RECENT)]
    return [SelectChoice("", _("Another day or carrier, written below")), *recent]


def _page(form: EnvelopeForm, made: Envelope | None = None) -> ResponseReturnValue:
    slip = queries.slip_of_envelope(made.id) if made else None
    chosen = queries.delivered(int(form.delivery.data)) if form.delivery.data and str(form.delivery.data).isdecimal() else None
    account = showing.delivery_row(chosen) if chosen else None
    money = queries.found_in(made.id) if made else []
    sheet = url_for("batches.envelope_sheet", number=made.number) if made else None
    return page("mailroom/opening/new.html", form=form, made=made, slip=slip, account=account, counting=bool(money), today=clock.today(), sheet=sheet)


@bp.get("/mailroom/envelopes/<number>/photo")
@requires(Permission.READ_MAILROOM)
def photo(number: str) -> ResponseReturnValue:
    """The picture of the envelope as it came."""
    sha256 = room_queries.envelope(number).photo_sha256
    if sha256 is None:
        raise NotFound
    data = files.read(sha256)
    answer = Response(data, mimetype=PICTURES.get(data[:3], "application/octet-stream"))
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
