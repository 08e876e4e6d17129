"""Pages as pictures, and files to be saved."""

from flask import Response
from flask.typing import ResponseReturnValue

from backoffice.core import files
from backoffice.core.web import requires
from backoffice.mailroom import queries
from backoffice.mailroom.views.room import bp
from backoffice.staff.permissions import Permission

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png"}


@bp.get("/mailroom/pages/<int:page_id>/picture")
@requires(Permission.READ_MAILROOM)
def picture(page_id: int) -> ResponseReturnValue:
    """A page as a picture."""
    return _picture(queries.page(page_id)[0].picture_sha256)


@bp.get("/mailroom/pages/<int:page_id>/thumbnail")
@requires(Permission.READ_MAILROOM)
def thumbnail(page_id: int) -> ResponseReturnValue:
    """The same, small."""
    return _picture(queries.page(page_id)[0].thumbnail_sha256)


def _picture(sha256: str) -> Response:
    data = files.read(sha256)
    answer = Response(data, mimetype=PICTURES.get(data[:3], "application/octet-stream"))
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=3600, immutable"
    return answer


def attachment(data: bytes, filename: str) -> Response:
    """A file to be saved, which a browser never opens here."""
    answer = Response(data, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
