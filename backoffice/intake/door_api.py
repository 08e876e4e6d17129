"""What else the API does at the door: it keeps what it refuses for its form, and applications half received."""

import re
from uuid import UUID

import structlog
from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backoffice.core import clock, problems
from backoffice.core.db import db, transaction
from backoffice.core.errors import NotFound
from backoffice.core.problems import Fault, Problem
from backoffice.core.web import keyed
from backoffice.intake import door_queries, queries, schema
from backoffice.intake.api import LATER, bp, json_body, unavailable
from backoffice.intake.errors import AlreadyReceived, DraftChanged
from backoffice.intake.models import Draft
from backoffice.intake.receipts import instant
from backoffice.intake.service import drafting, kept
from backoffice.staff.guard import caller
from backoffice.staff.permissions import Scope

log = structlog.get_logger()

_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,15})"?')


@bp.errorhandler(Problem)
def refused(problem: Problem) -> ResponseReturnValue:
    """A refusal; an application refused for its form is kept first, so that a person may still accept it in its place.

    Under the door the first reading keeps nothing: nothing waits for the database there, and a thread reads it again.
    """
    raw = g.pop("body", None)
    if raw and request.endpoint == "api.submit" and problem.code in kept.KEPT_CODES and LATER not in request.environ:
        try:
            keep(raw, problem)
        except (OperationalError, PoolTimeout) as fault:  # the database is away: a refusal that is not kept is no answer yet
            return unavailable(fault)
    return problems.answer(problem)


def keep(raw: bytes, problem: Problem) -> None:
    """Keep it, in a transaction of its own; refused all the same where this very body cannot be kept, which the log says."""
    try:
        with transaction():
            kept.keep_refused(raw, problem, caller(), clock.now())
    except (OperationalError, PoolTimeout):
        raise
    except SQLAlchemyError as fault:
        db.session.rollback()
        log.exception("refused body not kept", fault=type(fault).__name__, size=len(raw))


# Applications half received


@bp.put("/drafts/<uuid:submission_id>")
@keyed(Scope.PORTAL)
def save_draft(submission_id: UUID) -> ResponseReturnValue:
    """Keep an application half written, whole, in the place of what was kept before; it gives no place and no date of receipt."""
    raw = json_body()
    content = schema.parse(raw)
    if not isinstance(content, dict):
        raise Problem("invalid", errors=[Fault("", "type", _("Send an object."))])
    if str(content.get("submission_id", submission_id)).lower() != str(submission_id):
        raise Problem("invalid", errors=[Fault("/submission_id", "const", _("The identifier is not that of the address."))])
    try:
        with transaction():
            draft, new = drafting.save_draft(submission_id, raw, content, _expected(), at=clock.now())
    except (AlreadyReceived, DraftChanged) as refusal:
        raise Problem(refusal.code, refusal.message) from None
    return _tagged(jsonify(_state(draft)), draft), 201 if new else 200


@bp.get("/drafts/<uuid:submission_id>")
@keyed(Scope.PORTAL)
def read_draft(submission_id: UUID) -> ResponseReturnValue:
    """What is kept of an application half written, exactly as it came, to be resumed."""
    draft = door_queries.draft(submission_id)
    if draft is None or queries.submission(submission_id) is not None:
        raise NotFound
    state = jsonify(_state(draft)).get_data().rstrip()
    answer = Response(state[:-1] + b',"content":' + draft.raw.strip() + b"}\n", content_type="application/json")
    return _tagged(answer, draft)


@bp.delete("/drafts/<uuid:submission_id>")
@keyed(Scope.PORTAL)
def drop_draft(submission_id: UUID) -> ResponseReturnValue:
    """Forget it, at the applicant's wish; forgetting twice is the same."""
    with transaction():
        drafting.drop_draft(submission_id)
    return "", 204


def _expected() -> int | None:
    """The version that the caller wants to replace, if it says one; 0 means that there is none yet."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        return None
    read = _VERSION.fullmatch(given)
    if read is None:
        raise Problem("invalid", errors=[Fault("/If-Match", "format", _("The value does not have the expected form."))])
    return int(read[1])


def _state(draft: Draft) -> dict[str, object]:
    """What is said of a draft: that it is kept, until when, and that it is no submission."""
    until = drafting.kept_until(draft)
    return {
        "submission_id": str(draft.submission_id),
        "saved_at": instant(draft.saved_at),
        "version": draft.version,
        "received": False,
        "kept_until": instant(until) if until else None,
        "notice": _("A draft gives no place and no date of receipt: only a submission does."),
    }


def _tagged(answer: Response, draft: Draft) -> Response:
    answer.set_etag(str(draft.version))
    return answer
