"""The doors' own pages, and their panel on the pages of an envelope and of a batch."""

from flask import Blueprint, request, url_for
from flask_babel import lazy_gettext as _l

from backoffice.core import clock
from backoffice.core.errors import NotFound
from backoffice.mailroom import menu, panels
from backoffice.mailroom import service as room
from backoffice.mailroom.doors import showing, words
from backoffice.mailroom.doors.service.passes import joinable
from backoffice.mailroom.doors.values import Home
from backoffice.mailroom.models import Envelope
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

bp = Blueprint("doors", __name__)

bp.app_template_global("scanner_fault")(words.fault)
bp.app_template_global("size_words")(words.size)
menu.entry(_l("Scanning"), "doors.home", 30)


def home_of_request() -> Home:
    """The envelope or the batch that an address names."""
    envelope, batch = request.args.get("envelope"), request.args.get("batch")
    if bool(envelope) == bool(batch):
        raise NotFound
    return Home(envelope, batch)


def _of_envelope(envelope: Envelope) -> showing.Shown | None:
    """Adding pages, for those who may while it may."""
    if envelope.state not in room.LIVE or not current_account().may(Permission.WORK_MAILROOM):
        return None
    shown = showing.adding(Home(envelope.number), clock.now())
    files = [{"id": scan.id, "filename": scan.filename} for scan in joinable(envelope)]
    return {**shown, "joinable": files, "join_url": url_for("doors.join", number=envelope.number)}


panels.of_envelope("mailroom/doors/_adding.html", _of_envelope, order=5)


@bp.app_template_global("adding_to_batch")
def adding_to_batch(number: str) -> showing.Shown | None:
    """Give the page of a batch the same: it includes the template with this as `panel`."""
    return showing.adding(Home(batch=number), clock.now()) if current_account().may(Permission.WORK_MAILROOM) else None
