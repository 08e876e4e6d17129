"""Files from the browser: many at once, in parts, resumed after a cut; or with a plain form where scripts are off."""

import re
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import requires
from backoffice.mailroom.doors import forms, partial, queries, service, showing
from backoffice.mailroom.doors.errors import OtherBytes, OutOfStep, UploadTooLarge
from backoffice.mailroom.doors.models import Upload
from backoffice.mailroom.doors.service.uploads import begin_again
from backoffice.mailroom.doors.values import CHUNK_BYTES, Announced, Home
from backoffice.mailroom.doors.views.room import bp, home_of_request
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.values import Door
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission


def keep_files(home: Home, sent: list[FileStorage] | None) -> int:
    """Keep the files of a plain form; how many."""
    kept = 0
    for file in sent or []:
        if not isinstance(file, FileStorage) or not file.filename:
            continue
        data, by = file.stream.read(), current_actor()
        with transaction():
            pipeline.receive(
                data, file.filename, Door.UPLOAD, envelope=home.envelope, batch=home.batch, made_with={"operator": by.id}, by=by, at=clock.now()
            )
        kept += 1
    return kept


@bp.post("/mailroom/files")
@requires(Permission.WORK_MAILROOM)
def add_files() -> ResponseReturnValue:
    """Files chosen in a plain form: kept first, read by a worker."""
    home, form = home_of_request(), forms.FilesForm()
    try:
        kept = keep_files(home, form.files.data)
    except NotFound:
        raise
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        said = ngettext("%(num)s file kept: its pages show once it is read.", "%(num)s files kept: their pages show once they are read.", kept)
        flash(said if kept else _("Choose a file first."), "message" if kept else "warn")
    return redirect(showing.home_url(home), 303)


def _said(upload: Upload, status: int = 200) -> ResponseReturnValue:
    """Where an upload stands."""
    return jsonify(
        url=url_for(".stands", key=upload.key), offset=upload.received, size=upload.size, state=upload.state.value, chunk=CHUNK_BYTES,
        finish=url_for(".finish", key=upload.key),
    ), status  # fmt: skip


def _refused(refusal: DomainError) -> ResponseReturnValue:
    offset = {"offset": refusal.offset} if isinstance(refusal, OutOfStep) else {}
    return jsonify(code=refusal.code, message=refusal.message, **offset), refusal.status


@bp.post("/mailroom/uploads")
@requires(Permission.WORK_MAILROOM)
def begin() -> ResponseReturnValue:
    """Announce a file; one that was begun before goes on where it stopped."""
    said = request.get_json(silent=True)
    try:
        with transaction():
            upload = service.begin_upload(_announced(said), owner=current_account().id, at=clock.now())
        return _said(upload, 201)
    except DomainError as refusal:
        return _refused(refusal)


def _announced(said: object) -> Announced:
    if not isinstance(said, dict):
        raise NotFound
    name, size, sha256, stamp = (said.get(key) for key in ("name", "size", "sha256", "stamp"))
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 2**62:
        raise NotFound
    return Announced(home_of_request(), name, size, sha256 if isinstance(sha256, str) else None, stamp if isinstance(stamp, str) else "")


@bp.get("/mailroom/uploads/<uuid:key>")
@requires(Permission.WORK_MAILROOM)
def stands(key: UUID) -> ResponseReturnValue:
    """Where a file stands: the browser goes on from there."""
    return _said(queries.upload(key))


@bp.put("/mailroom/uploads/<uuid:key>")
@requires(Permission.WORK_MAILROOM)
def part(key: UUID) -> ResponseReturnValue:
    """The next part of a file, whole or not at all."""
    offset = request.headers.get("Upload-Offset", "")
    if not re.fullmatch(r"\d{1,15}", offset) or (request.content_length or 0) > CHUNK_BYTES:
        return _refused(UploadTooLarge())
    data = request.get_data(cache=False)
    try:
        with transaction():
            upload = service.take_part(key, int(offset), data, request.headers.get("Upload-Sha256"), at=clock.now())
        return _said(upload)
    except DomainError as refusal:
        return _refused(refusal)


@bp.post("/mailroom/uploads/<uuid:key>/finish")
@requires(Permission.WORK_MAILROOM)
def finish(key: UUID) -> ResponseReturnValue:
    """All parts were sent: checked against what was announced, and handed to the pipeline."""
    try:
        with transaction():
            scan = service.finish_upload(key, by=current_actor(), at=clock.now())
            scan_id = scan.id
    except OtherBytes as refusal:
        with transaction():
            begin_again(key, at=clock.now())
        return _refused(refusal)
    except DomainError as refusal:
        return _refused(refusal)
    partial.forget(key)
    return jsonify(scan=scan_id)
