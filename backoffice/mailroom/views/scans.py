"""The scanned files of an envelope, and pages left out or taken back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import requires
from backoffice.mailroom import forms, queries, service
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.values import BY_HAND, Excluded
from backoffice.mailroom.views.envelopes import act_on, envelope_page, keep_files
from backoffice.mailroom.views.pictures import attachment
from backoffice.mailroom.views.room import bp
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.post("/mailroom/envelopes/<number>/scans")
@requires(Permission.WORK_MAILROOM)
def add_scans(number: str) -> ResponseReturnValue:
    """Add scanned files: kept first, read by a worker."""
    form = forms.UploadForm()
    try:
        kept = keep_files(number, form.files.data)
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(
            ngettext("%(num)s file kept: its pages show once it is read.", "%(num)s files kept: their pages show once they are read.", kept)
            if kept
            else _("Choose a file first."),
            "message" if kept else "warn",
        )
    return redirect(url_for(".envelope", number=number), 303)


@bp.post("/mailroom/envelopes/<number>/scans/<int:scan_id>/retry")
@requires(Permission.WORK_MAILROOM)
def retry_scan(number: str, scan_id: int) -> ResponseReturnValue:
    """Read a parked file again."""
    return act_on(number, lambda: service.retry_scan(number, scan_id, by=current_actor(), at=clock.now()))


@bp.post("/mailroom/envelopes/<number>/scans/<int:scan_id>/aside")
@requires(Permission.WORK_MAILROOM)
def set_aside(number: str, scan_id: int) -> ResponseReturnValue:
    """Say what was done instead of a parked file."""
    form = forms.ReasonForm()
    if not form.submitted():
        flash(_("Say why, in a sentence."), "error")
        return redirect(url_for(".envelope", number=number), 303)
    return act_on(number, lambda: service.set_scan_aside(number, scan_id, form.reason.data or "", by=current_actor(), at=clock.now()))


@bp.get("/mailroom/envelopes/<number>/scans/<int:scan_id>/original")
@requires(Permission.READ_MAILROOM)
def original(number: str, scan_id: int) -> ResponseReturnValue:
    """The file as it came, to be saved: a browser never opens it here."""
    one = queries.scan(number, scan_id)
    with transaction():
        staff.log_read(current_account(), envelope_subject(number), "mailroom.original", at=clock.now())
    return attachment(files.read(one.sha256), one.filename)


@bp.post("/mailroom/envelopes/<number>/pages")
@requires(Permission.WORK_MAILROOM)
def pages(number: str) -> ResponseReturnValue:
    """Leave pages out, with a reason, or take them back."""
    form = forms.PagesForm()
    if not form.submitted():
        return envelope_page(number, {"pages_form": form})
    chosen = form.pages.data or []
    if request.form.get("do") == "restore":
        return act_on(number, lambda: service.restore_pages(number, chosen, by=current_actor(), at=clock.now()), form, "pages_form")
    reason = Excluded(form.reason.data) if form.reason.data in {r.value for r in BY_HAND} else Excluded.NOT_OURS
    return act_on(number, lambda: service.exclude_pages(number, chosen, reason, by=current_actor(), at=clock.now()), form, "pages_form")
