"""Scanning from the page of an envelope or of a batch; its progress, its faults, its two passes."""

from flask import Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires, wants_fragment
from backoffice.mailroom import queries as room
from backoffice.mailroom.doors import forms, joining, queries, service, showing, working
from backoffice.mailroom.doors.errors import NotJoined, SheetsDiffer
from backoffice.mailroom.doors.events import home_subject
from backoffice.mailroom.doors.service.passes import to_join
from backoffice.mailroom.doors.views.room import bp, home_of_request
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


@bp.post("/mailroom/scanning")
@requires(Permission.WORK_MAILROOM)
def ask() -> ResponseReturnValue:
    """Ask a scanner for the pages of an envelope or a batch."""
    home, form = home_of_request(), forms.ScanForm()
    form.offer(queries.scanners(active=True))
    if not form.submitted():
        flash(_("Choose a scanner, its paper, its resolution and its colours."), "error")
        return redirect(showing.home_url(home), 303)
    try:
        with transaction():
            job_id = service.ask_scan(home, form.scanner.data, form.wanted(), by=current_actor(), at=clock.now()).id
    except DomainError as refusal:
        flash(refusal.message, "error")
        return redirect(showing.home_url(home), 303)
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.get("/mailroom/scanning/<int:job_id>")
@requires(Permission.READ_MAILROOM)
def job(job_id: int) -> ResponseReturnValue:
    """How a scanning job goes, page by page."""
    one = queries.job(job_id)
    shown = showing.job(one)
    if wants_fragment():
        return page("mailroom/doors/_job.html", job=shown)
    with transaction():
        staff.log_read(current_account(), home_subject(one.home), "mailroom.scanning", at=clock.now())
    return page("mailroom/doors/job.html", job=shown)


@bp.get("/mailroom/scanning/<int:job_id>/pages/<int:number>")
@requires(Permission.READ_MAILROOM)
def page_picture(job_id: int, number: int) -> ResponseReturnValue:
    """A page as the scanner sent it, while its file is not made yet."""
    one = next((p for p in queries.job(job_id).pages if p.number == number and p.media_type == "image/jpeg"), None)
    if one is None:
        abort(404)
    return Response(files.read(one.sha256), mimetype="image/jpeg", headers={"Content-Disposition": "inline"})


@bp.post("/mailroom/scanning/<int:job_id>/cancel")
@requires(Permission.WORK_MAILROOM)
def cancel(job_id: int) -> ResponseReturnValue:
    """Stop a scanner; the pages that came are kept."""
    with transaction():
        service.cancel_job(job_id, by=current_actor(), at=clock.now())
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.post("/mailroom/scanning/<int:job_id>/apart")
@requires(Permission.WORK_MAILROOM)
def apart(job_id: int) -> ResponseReturnValue:
    """File one pass alone."""
    try:
        working.file_apart(job_id, by=current_actor())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("The pages of this pass are filed as they are."))
    return redirect(url_for(".job", job_id=job_id), 303)


@bp.post("/mailroom/envelopes/<number>/passes")
@requires(Permission.WORK_MAILROOM)
def join(number: str) -> ResponseReturnValue:
    """Put two files of one-sided passes together; when their sheets differ, both stay as they are."""
    form = forms.JoinForm()
    try:
        fronts, backs = to_join(room.envelope(number), form.fronts.data or 0, form.backs.data or 0)
        ids = fronts.id, backs.id
        with joining.joined(fronts.sha256, backs.sha256) as made:
            if made is None:
                raise NotJoined
            if made.path is None:
                raise SheetsDiffer(made.fronts, made.backs)
            with transaction():
                service.join_files(number, *ids, made.path, made.fronts, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("The two passes are one file now; their own pages are left out, and their pictures kept."))
    return redirect(url_for("mailroom.envelope", number=number), 303)
