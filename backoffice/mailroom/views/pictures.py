"""Pages as pictures, and files to be saved."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from backoffice.core import files
from backoffice.core.web import requires
from backoffice.mailroom import queries
from backoffice.mailroom.pagework import pictures
from backoffice.mailroom.views.room import bp
from backoffice.staff.permissions import Permission

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png"}


@bp.get("/mailroom/pages/<int:page_id>/picture")
@requires(Permission.READ_MAILROOM)
def picture(page_id: int) -> ResponseReturnValue:
    """A page as a picture, as a person or the reading turned it."""
    return _picture(pictures.shown(queries.page(page_id)[0])[0])


@bp.get("/mailroom/pages/<int:page_id>/thumbnail")
@requires(Permission.READ_MAILROOM)
def thumbnail(page_id: int) -> ResponseReturnValue:
    """The same, small."""
    return _picture(pictures.shown(queries.page(page_id)[0])[1])


def _picture(sha256: str) -> Response:
    """A picture under an address that names it is kept for good by the browser; under any other it is asked for again."""
    named = sha256.startswith(request.args.get("v") or "-")
    answer = Response(b"" if sha256 in request.if_none_match else files.read(sha256))
    answer.mimetype = PICTURES.get(answer.get_data()[:3], "application/octet-stream")
    answer.set_etag(sha256)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable" if named else "private, no-cache"
    answer.make_conditional(request)
    return answer


def attachment(data: bytes, filename: str) -> Response:
    """A file to be saved, which a browser never opens here."""
    answer = Response(data, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
