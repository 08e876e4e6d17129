"""Files of a case: pictures of pages to read, originals and attachments to keep."""

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header

from backoffice.core import files, verdicts
from backoffice.core.errors import NotFound
from backoffice.core.web import page, requires
from backoffice.desk import ident
from backoffice.desk.views.blueprint import bp, open_case
from backoffice.documents import queries as document_queries
from backoffice.documents import texts
from backoffice.documents.models import DocumentPage
from backoffice.mail import queries as mail_queries
from backoffice.mailroom.pagework import pictures
from backoffice.mailroom.pipeline import queries as pipeline_queries
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

bp.add_app_template_filter(verdicts.label, "scanned")


@bp.get("/cases/<number>/documents/<int:document_id>")
@requires(Permission.READ_CASE)
def document(number: str, document_id: int) -> ResponseReturnValue:
    """A document, page after page."""
    case = open_case(number, f"document {document_id}")
    found = document_queries.document(document_id)
    if found.case_id != case.id:
        raise NotFound
    answers = [(item, asked) for asked in document_queries.requests_of(case.id) for item in asked.items]
    answered = document_queries.answers(item.id for item, _asked in answers)
    mine = [item for item, _asked in answers if document_id in answered.get(item.id, ())]
    every = document_queries.documents_of(case.id)
    return page("desk/document.html", case=case, top=ident.top(case, current_account().id), document=found, items=mine, documents=every)


@bp.get("/cases/<number>/pages/<int:page_id>.jpg")
@requires(Permission.READ_CASE)
def page_picture(number: str, page_id: int) -> ResponseReturnValue:
    """The picture of a page."""
    case = open_case(number, f"page {page_id}")
    return _picture(_shown(document_queries.page_picture(case.id, page_id))[0])


@bp.get("/cases/<number>/pages/<int:page_id>-small.jpg")
@requires(Permission.READ_CASE)
def page_thumbnail(number: str, page_id: int) -> ResponseReturnValue:
    """The same, small."""
    case = open_case(number, f"page {page_id}")
    return _picture(_shown(document_queries.page_picture(case.id, page_id))[1])


def _shown(one: DocumentPage) -> tuple[str, str]:
    """The picture and thumbnail of a page: as a person turned it, else upright as it was recognised, else as it was filed."""
    if scanned := pipeline_queries.page_of_document(one):
        return pictures.shown(scanned)
    key = (one.original_sha256, one.original_page)
    return texts.pictures([key]).get(key, (one.picture_sha256, one.thumbnail_sha256))


def _picture(digest: str) -> Response:
    return Response(files.read(digest), mimetype="image/jpeg", headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=300"})


@bp.get("/cases/<number>/documents/<int:document_id>/original")
@requires(Permission.READ_CASE)
def original(number: str, document_id: int) -> ResponseReturnValue:
    """The bytes as they came, never shown in the browser."""
    case = open_case(number, f"original {document_id}")
    found = document_queries.document(document_id)
    if found.case_id != case.id or not found.sha256:
        raise NotFound
    return _download(found.sha256, found.filename, found.media_type)


@bp.get("/cases/<number>/attachments/<uuid:attachment_id>")
@requires(Permission.READ_CASE)
def attachment(number: str, attachment_id: UUID) -> ResponseReturnValue:
    """A file of a message."""
    case = open_case(number, f"attachment {attachment_id}")
    found = mail_queries.attachment(case.id, attachment_id)
    return _download(found.sha256, found.filename, found.media_type)


@bp.get("/cases/<number>/requests/<int:request_id>/letter.pdf")
@requires(Permission.READ_CASE)
def request_letter(number: str, request_id: int) -> ResponseReturnValue:
    """The letter of a request, from the bytes that were sent."""
    case = open_case(number, f"letter {request_id}")
    asked = document_queries.request(request_id)
    if asked.case_id != case.id:
        raise NotFound
    return _download(asked.letter_sha256, f"demande-{case.number}.pdf", "application/pdf")


def _download(digest: str, filename: str, media_type: str) -> Response:
    """A file to save: never before the antivirus has looked, and nothing of it is shown or run by the browser."""
    verdicts.check(digest)
    safe = "".join(c for c in filename if c.isprintable() and c not in '"/\\') or "file"
    disposition = dump_options_header("attachment", {"filename": safe})
    kept = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(files.read(digest), mimetype=media_type, headers=kept)
