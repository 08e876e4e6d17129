"""Pages: what is being read, recognised, waiting and parked; the archive copy of a file."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.events import Subject
from backoffice.core.web import page, requires
from backoffice.mailroom import forms, menu, panels
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Scan
from backoffice.mailroom.pipeline import queries, service, showing
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("pipeline", __name__)

menu.entry(_l("Reading"), "pipeline.scans", 35)
panels.of_envelope("mailroom/pipeline/_panel.html", showing.of_envelope, order=15)


@bp.get("/mailroom/scans")
@requires(Permission.READ_MAILROOM)
def scans() -> ResponseReturnValue:
    """Every file in work, with its age: what is read, what waits, what waits for a person."""
    return page("mailroom/pipeline/scans.html", shown=showing.all_files())


@bp.get("/mailroom/scans/progress")
@requires(Permission.READ_MAILROOM)
def progress() -> ResponseReturnValue:
    """The same lists, for a page that reads itself again."""
    return render_template("mailroom/pipeline/_lists.html", shown=showing.all_files())


@bp.get("/mailroom/envelopes/<number>/reading")
@requires(Permission.READ_MAILROOM)
def of_envelope(number: str) -> ResponseReturnValue:
    """How far the files of one envelope are."""
    return render_template("mailroom/pipeline/_reading.html", panel=showing.of_envelope(room.envelope(number)))


@bp.get("/mailroom/scans/<int:scan_id>/original")
@requires(Permission.READ_MAILROOM)
def original(scan_id: int) -> ResponseReturnValue:
    """The file as it came, to be saved: a browser never opens it here."""
    scan = queries.scan(scan_id)
    _log_read(scan, "mailroom.original")
    return attachment(files.read(scan.sha256), scan.filename, "application/octet-stream")


@bp.get("/mailroom/scans/<int:scan_id>/archive")
@requires(Permission.READ_MAILROOM)
def archive(scan_id: int) -> ResponseReturnValue:
    """The archive copy of a file: its pages with their recognised text, one searchable PDF/A."""
    scan = queries.scan(scan_id)
    try:
        data = service.archive_pdf(scan_id)
    except DomainError as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".scans"), 303)
    _log_read(scan, "mailroom.archive")
    return attachment(data, f"{scan.filename.rsplit('.', 1)[0]}-archive.pdf", "application/pdf")


@bp.post("/mailroom/scans/<int:scan_id>/retry")
@requires(Permission.WORK_MAILROOM)
def retry(scan_id: int) -> ResponseReturnValue:
    """Read a parked file of a batch again."""
    try:
        with transaction():
            service.retry(scan_id, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".scans"), 303)


@bp.post("/mailroom/scans/<int:scan_id>/aside")
@requires(Permission.WORK_MAILROOM)
def set_aside(scan_id: int) -> ResponseReturnValue:
    """Say what was done instead of a parked file of a batch."""
    form = forms.ReasonForm()
    if not form.submitted():
        flash(_("Say why, in a sentence."), "error")
        return redirect(url_for(".scans"), 303)
    try:
        with transaction():
            service.set_aside(scan_id, form.reason.data or "", by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".scans"), 303)


def _log_read(scan: Scan, what: str) -> None:
    home = queries.homes([scan])[scan.id]
    subject = envelope_subject(home) if scan.envelope_id is not None else Subject("batch", home)
    with transaction():
        staff.log_read(current_account(), subject, what, at=clock.now())


def attachment(data: bytes, filename: str, media_type: str) -> Response:
    """A file to be saved, which a browser never opens here."""
    answer = Response(data, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
