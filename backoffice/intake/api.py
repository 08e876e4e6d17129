"""The portal's and the payment provider's API (the contract's page says what each call answers)."""

from datetime import datetime
from typing import cast
from uuid import UUID

import structlog
from flask import Blueprint, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import FileStorage

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import clock, files, problems, verdicts
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db, driver, transaction
from backoffice.core.errors import NotFound
from backoffice.core.problems import Fault, Problem
from backoffice.core.web import keyed, public
from backoffice.documents import queries as document_queries
from backoffice.intake import acknowledgments, description, payments, queries, receipts, schema, service, uploads
from backoffice.intake.between import queries as between_queries
from backoffice.intake.between import showing
from backoffice.intake.errors import MessageConflict, PaymentConflict, SubmissionConflict, WindowClosed, WindowSuspended
from backoffice.intake.models import Submission
from backoffice.intake.service import arrivals
from backoffice.intake.values import Answer, Application, Arriving
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.quota import queries as quota_queries
from backoffice.staff.guard import caller
from backoffice.staff.permissions import Scope

bp = Blueprint("api", __name__, url_prefix="/api/v1")

log = structlog.get_logger()

PAGE = 100
"""Messages in one answer."""

PARTS = {"message_id", "body", "in_reply_to", "item", "item[]", "file", "file[]"}
"""Parts of a reply; another one is refused, so that no file sent under a wrong name is dropped in silence."""


LATER, WHOLE = "backoffice.later", "backoffice.whole"
"""Under the door (`backoffice.door`): who keeps the arrival together with those that came at the same time; and its whole body."""


def json_body() -> bytes:
    """The body of a call that sends JSON; one too large is refused by its announced length, or as soon as it is passed."""
    if not request.is_json:
        raise Problem("media-type", _("Send application/json."))
    if (whole := request.environ.get(WHOLE)) is not None:  # the door has waited for it, within its limit
        g.body = whole
        return bytes(whole)
    if (request.content_length or 0) > schema.LIMIT:
        raise Problem("too-large", _("A submission has at most 256 kB."))
    request.max_content_length = schema.LIMIT + 1  # one byte more tells a body too large from one cut off at the limit
    g.body = request.get_data(cache=False)  # kept if it is refused for its form (`door_api`)
    return bytes(g.body)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _submission(text: str) -> Submission:
    found = queries.submission(_uuid(text))
    if found is None:
        raise NotFound
    return found


def _case(text: str) -> Case:
    found = case_queries.case_of_submission(_submission(text).id)
    if found is None:
        raise NotFound
    return found


@bp.post("/submissions")
@keyed(Scope.PORTAL)
def submit() -> ResponseReturnValue:
    """Receive an application: durably kept, then acknowledged at once; its place follows in moments, given by the clerk."""
    arriving = _read(json_body(), at=clock.now())
    if later := request.environ.get(LATER):
        later.hand_over(arriving)
        return Response(status=202)  # never sent: the answer follows with the batch
    with transaction():
        answer = arrivals.write(driver(), [arriving])[0]
    if isinstance(answer, SubmissionConflict):
        raise Problem(answer.code, answer.message)
    return answered(answer or _receive_with_care(arriving))


def _read(raw: bytes, *, at: datetime) -> Arriving:
    """The application, if it is one; else all its faults."""
    body = schema.read(raw)
    content = schema.check(body.value, montreal_day(at))
    return Arriving(UUID(str(content["submission_id"])), str(content["programme"]), body.text, body.digest(), caller(), at)


def answered(answer: Answer) -> Response:
    """An acknowledgment as it is sent."""
    return Response(acknowledgments.encode(answer.body), status=answer.status, content_type="application/json")


def _receive_with_care(arriving: Arriving) -> Answer:
    """No window is open at this instant: whoever is exempt is received all the same, everybody else is told why, and the attempt kept."""
    raw = arriving.text.encode()
    content = cast("dict[str, object]", schema.parse(raw))
    application = Application(arriving.submission_id, service.ONLINE, content, arriving.content_sha256, raw)
    try:
        with transaction():
            submission, new = service.receive(application, by=arriving.by, at=arriving.at)
    except (WindowClosed, WindowSuspended) as refusal:
        with transaction():
            service.note_refused_arrival(refusal.code, content, len(raw), at=arriving.at)
        raise Problem(refusal.code, refusal.message) from None
    except SubmissionConflict as refusal:
        raise Problem(refusal.code, refusal.message) from None
    return Answer(201 if new else 200, acknowledgments.acknowledgment(submission))


@bp.errorhandler(OperationalError)
@bp.errorhandler(PoolTimeout)
def unavailable(fault: Exception) -> ResponseReturnValue:
    """The database is away for a moment: nothing was kept, send again."""
    log.error("database unavailable", fault=type(fault).__name__)
    db.session.rollback()
    return problems.answer(Problem("unavailable", retry_after=5))


@bp.get("/submissions/<submission_id>")
@keyed(Scope.PORTAL)
def submission_state(submission_id: str) -> ResponseReturnValue:
    """The acknowledgment with its present state."""
    return jsonify(acknowledgments.acknowledgment(_submission(submission_id)))


@bp.get("/windows")
@keyed(Scope.PORTAL, Scope.PAYMENTS)
def windows() -> ResponseReturnValue:
    """Every window with its counts."""
    return jsonify({"windows": [acknowledgments.window(w) for w in quota_queries.windows()], "next": None})


@bp.get("/windows/<code>")
@keyed(Scope.PORTAL, Scope.PAYMENTS)
def window(code: str) -> ResponseReturnValue:
    """One window with its counts."""
    return jsonify(acknowledgments.window(quota_queries.window(code)))


@bp.post("/payments")
@keyed(Scope.PAYMENTS)
def pay() -> ResponseReturnValue:
    """Money from the provider: matched to its fee, or kept unmatched; never refused for what it does not match."""
    content = payments.check(schema.parse(json_body()))
    try:
        with transaction():
            receipt, new = payments.receive(content, by=caller(), at=clock.now())
    except PaymentConflict as refusal:
        raise Problem(refusal.code, refusal.message) from None
    return jsonify(payments.answer(receipt)), 201 if new else 200


@bp.get("/submissions/<submission_id>/messages")
@keyed(Scope.PORTAL)
def messages(submission_id: str) -> ResponseReturnValue:
    """The thread as the applicant sees it, oldest first, after a cursor; without a case, what the application itself was told."""
    submission = _submission(submission_id)
    case = case_queries.case_of_submission(submission.id)
    if case is None:
        if not (told := between_queries.messages_of(submission.id)):
            raise NotFound
        return jsonify({"messages": [showing.message(m) for m in told if m.readable_at], "next": None})
    after = request.args.get("after", "0") or "0"
    if not after.isascii() or not after.isdecimal() or len(after) > 12:
        raise Problem("invalid", errors=[Fault("/after", "cursor", _("This cursor is not one of ours."))])
    found = queries.mailbox(case.id, int(after), PAGE + 1, clock.now())
    shown = found[:PAGE]
    requests = document_queries.requests_of_messages(m.id for m in shown)
    more = str(shown[-1].position) if len(found) > PAGE else None
    return jsonify({"messages": [acknowledgments.in_mailbox(m, requests.get(m.id)) for m in shown], "next": more})


@bp.post("/submissions/<submission_id>/messages/<message_id>/opened")
@keyed(Scope.PORTAL)
def opened(submission_id: str, message_id: str) -> ResponseReturnValue:
    """The applicant opened a message: the first time is noted."""
    case, message = _case(submission_id), mail_queries.message(_uuid(message_id))
    if message.case_id != case.id or not acknowledgments.is_readable(message):
        raise NotFound
    with transaction():
        mail.open_message(message.id, by=caller(), at=clock.now())
    return "", 204


@bp.post("/submissions/<submission_id>/messages")
@keyed(Scope.PORTAL)
def reply(submission_id: str) -> ResponseReturnValue:
    """The applicant answers, with files for the items of a request."""
    if request.mimetype != "multipart/form-data":
        raise Problem("media-type", _("Send multipart/form-data."))
    case = _case(submission_id)
    message_id, body, in_reply_to = _reply_fields(case)
    sent, items = _paired(
        [*request.files.getlist("file[]"), *request.files.getlist("file")], [*request.form.getlist("item[]"), *request.form.getlist("item")]
    )
    content_sha256 = uploads.fingerprint(body, str(in_reply_to or ""), items, sent)
    try:
        if found := uploads.known(message_id, case, content_sha256):
            return jsonify(acknowledgments.message(found, None)), 200
    except MessageConflict as refusal:
        raise Problem(refusal.code, refusal.message) from None
    answered = _items(case, items, len(sent))
    read = tuple(uploads.read(file, place, answered[place]) for place, file in enumerate(sent))
    try:
        with transaction():
            message, new = uploads.keep(case, uploads.Reply(message_id, body, in_reply_to, read, content_sha256), at=clock.now())
    except MessageConflict as refusal:
        raise Problem(refusal.code, refusal.message) from None
    return jsonify(acknowledgments.message(mail_queries.message(message.id), None)), 201 if new else 200


def _reply_fields(case: Case) -> tuple[UUID, str, UUID | None]:
    faults = [
        Fault(f"/{name}", "unknown", _("This member is unknown: check its spelling.")) for name in sorted({*request.form, *request.files} - PARTS)
    ]
    message_id, in_reply_to = None, None
    try:
        message_id = UUID(request.form.get("message_id", ""))
    except ValueError:
        faults.append(Fault("/message_id", "format", _("Give a UUID.")))
    body = request.form.get("body", "")
    if len(body) > 20_000 or "\x00" in body:
        faults.append(Fault("/body", "text", _("At most 20,000 characters, without null characters.")))
    if not body.strip() and not request.files:
        faults.append(Fault("/body", "required", _("Write something, or send a file.")))
    if answers := request.form.get("in_reply_to"):
        try:
            in_reply_to = UUID(answers)
            known = mail_queries.find_message(in_reply_to)
        except ValueError:
            known = None
        if known is None or known.case_id != case.id:
            faults.append(Fault("/in_reply_to", "unknown", _("This message is not one of this thread.")))
    if faults or message_id is None:
        raise Problem("invalid", errors=faults)
    return message_id, body, in_reply_to


def _paired(parts: list[FileStorage], items: list[str]) -> tuple[list[FileStorage], list[str]]:
    """The files and their items; a field of a form that was left empty is no file, and takes its empty item with it."""
    empty = {place for place, part in enumerate(parts) if not part.filename and not (items[place : place + 1] or [""])[0]}
    sent = [part for place, part in enumerate(parts) if part.filename]
    return sent, [item for place, item in enumerate(items) if place not in empty]


def _items(case: Case, given: list[str], files_sent: int) -> list[int | None]:
    """The item each file answers: the n-th item belongs to the n-th file."""
    known = {str(item.id): item.id for one in document_queries.requests_of(case.id) for item in one.items}
    answered: list[int | None] = []
    faults = []
    for place in range(max(files_sent, len(given))):
        text = given[place] if place < len(given) else ""
        item = known.get(text)
        if text and (item is None or place >= files_sent):
            faults.append(Fault(f"/item/{place}", "unknown", _("This item is not one of a request of this case, or has no file.")))
        answered.append(item)
    if faults:
        raise Problem("invalid", errors=faults)
    return answered


@bp.get("/submissions/<submission_id>/attachments/<attachment_id>")
@keyed(Scope.PORTAL)
def attachment(submission_id: str, attachment_id: str) -> ResponseReturnValue:
    """A file of the thread, to be saved, never shown inside a page."""
    case = _case(submission_id)
    found = mail_queries.attachment(case.id, _uuid(attachment_id))
    message = mail_queries.message(found.message_id)
    if message.withdrawn_at or not acknowledgments.is_readable(message) or verdicts.is_infected(found.sha256):
        raise NotFound
    response = Response(files.read(found.sha256), content_type=found.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=found.filename)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/receipts/<receipt_id>")
@keyed(Scope.PORTAL)
def receipt(receipt_id: str) -> ResponseReturnValue:
    """What was acknowledged, and whether its signature holds."""
    found = queries.submission_by_receipt(_uuid(receipt_id))
    if found is None:
        raise NotFound
    return jsonify({**acknowledgments.receipt(found), "submission_id": str(found.id), "valid": receipts.holds(found)})


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The description of this API (OpenAPI 3.1)."""
    return jsonify(description.describe(current_app))
