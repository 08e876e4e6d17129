"""Pages: the pile in doubt, and what is done with an envelope of it."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom import menu, panels, showing
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as mailroom
from backoffice.mailroom.indexing import forms, queries, service
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.panels import Shown
from backoffice.mailroom.states import EnvelopeState
from backoffice.mailroom.values import EnvelopeKind
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("indexing", __name__)
menu.entry(_l("In doubt"), "indexing.doubt", 40)

ASKED = "mailroom.indexing.ColleagueAsked"


@bp.get("/mailroom/doubt")
@requires(Permission.READ_MAILROOM)
def doubt() -> ResponseReturnValue:
    """Envelopes that nobody has understood yet: the late ones first, each with its age and its owner."""
    today, mine = clock.today(), request.args.get("view") == "mine"
    me = current_account().id
    pile = queries.doubted(me if mine else None)
    notes = queries.notes((one.envelope.number for one in pile), ASKED)
    rows = [showing.doubt_row(one, today, notes.get(one.envelope.number)) for one in pile]
    counts = {"all": queries.count_doubted(), "mine": queries.count_doubted(owner_id=me), "late": queries.count_doubted(service.late_before(today))}
    tabs = [
        {"label": _("Whole pile"), "url": url_for(".doubt"), "current": not mine, "count": counts["all"]},
        {"label": _("Mine"), "url": url_for(".doubt", view="mine"), "current": mine, "count": counts["mine"]},
    ]
    return page("mailroom/indexing/doubt.html", rows=rows, tabs=tabs, counts=counts, me=me, people=service.colleagues(), mine=mine)


@bp.post("/mailroom/doubt/<number>/owner")
@requires(Permission.WORK_MAILROOM, Permission.WORK_CASE)
def take(number: str) -> ResponseReturnValue:
    """Take an envelope in doubt, or put it back on the common pile."""
    me = current_account().id
    if request.form.get("do") == "let_go":
        return _act(number, lambda: service.let_go(number, me, by=current_actor(), at=clock.now()))
    return _act(number, lambda: service.take_doubt(number, me, given=False, by=current_actor(), at=clock.now()))


@bp.post("/mailroom/doubt/<number>/giving")
@requires(Permission.ASSIGN_CASE)
def give(number: str) -> ResponseReturnValue:
    """Give an envelope in doubt to somebody."""
    form = forms.GiveForm().offer(service.colleagues())
    if not form.submitted():
        flash(_("Choose somebody of the list."), "error")
        return redirect(_back(number), 303)
    return _act(number, lambda: service.take_doubt(number, form.colleague.data, given=True, by=current_actor(), at=clock.now()))


@bp.post("/mailroom/doubt/<number>/notes")
@requires(Permission.WORK_MAILROOM, Permission.WORK_CASE)
def note(number: str) -> ResponseReturnValue:
    """Write a note, or ask a colleague."""
    form = forms.NoteForm().offer(service.colleagues())
    if not form.submitted():
        flash(_("Write the note."), "error")
        return redirect(_back(number), 303)
    return _act(number, lambda: service.ask_colleague(number, form.note.data or "", form.asked, by=current_actor(), at=clock.now()))


@bp.post("/mailroom/doubt/<number>/application")
@requires(Permission.WORK_MAILROOM)
def create(number: str) -> ResponseReturnValue:
    """It is a new application: class it so, and key it."""
    answer = _act(number, lambda: mailroom.reclassify(number, EnvelopeKind.APPLICATION, by=current_actor(), at=clock.now()))
    if room.envelope(number).kind is not EnvelopeKind.APPLICATION:
        return answer
    return redirect(url_for("keying.key_application", number=number), 303)


def _act(number: str, act: Callable[[], object]) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except DomainError as refusal:
        flash(refusal.message, "error")
    return redirect(_back(number), 303)


def _back(number: str) -> str:
    """To the page from which it was asked: the pile, or the envelope."""
    if request.form.get("back") == "pile":
        return url_for(".doubt", view=request.form.get("view") or None)
    return url_for("mailroom.envelope", number=number)


def _panel(envelope: Envelope) -> Shown | None:
    """On the envelope's page: since when it is in doubt, whose it is, and what can be done with it."""
    if envelope.state is not EnvelopeState.IN_DOUBT:
        return None
    one = next(iter(queries.doubted(number=envelope.number)), queries.Doubted(envelope, None))
    people = service.colleagues()
    last = queries.notes([envelope.number], ASKED).get(envelope.number)
    return {
        "row": showing.doubt_row(one, clock.today(), last), "me": current_account().id, "give_form": forms.GiveForm(formdata=None).offer(people),
        "note_form": forms.NoteForm(formdata=None).offer(people), "application": envelope.kind is EnvelopeKind.APPLICATION,
    }  # fmt: skip


panels.of_envelope("mailroom/indexing/_doubt.html", _panel, order=5, side=True)
