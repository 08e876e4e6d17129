"""Errors of the API: problem+json (RFC 9457), in the caller's language, with every fault of a body at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

from flask import Response, json, request
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

TYPE = "urn:backoffice:problem:"

STATUSES = {
    "malformed": HTTPStatus.BAD_REQUEST,
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "scope": HTTPStatus.FORBIDDEN,
    "not-found": HTTPStatus.NOT_FOUND,
    "method": HTTPStatus.METHOD_NOT_ALLOWED,
    "submission-conflict": HTTPStatus.CONFLICT,
    "payment-conflict": HTTPStatus.CONFLICT,
    "message-conflict": HTTPStatus.CONFLICT,
    "has-ended": HTTPStatus.CONFLICT,
    "window-closed": HTTPStatus.CONFLICT,
    "window-suspended": HTTPStatus.CONFLICT,
    "timeout": HTTPStatus.REQUEST_TIMEOUT,
    "draft-changed": HTTPStatus.PRECONDITION_FAILED,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "rate-limited": HTTPStatus.TOO_MANY_REQUESTS,
    "fault": HTTPStatus.INTERNAL_SERVER_ERROR,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}

TITLES = {
    "malformed": _l("The body is not well-formed JSON."),
    "unauthorized": _l("A valid key is needed."),
    "scope": _l("This key may not do this."),
    "not-found": _l("Nothing exists at this address."),
    "method": _l("This address does not answer that method."),
    "submission-conflict": _l("Another content was already received under this identifier."),
    "payment-conflict": _l("Another payment was already received under this identifier."),
    "message-conflict": _l("Another message was already received under this identifier."),
    "has-ended": _l("This application has ended already."),
    "window-closed": _l("No intake window is open for this programme."),
    "window-suspended": _l("The intake window is suspended for the moment."),
    "timeout": _l("The request did not arrive in time: send it again."),
    "draft-changed": _l("The draft has changed since it was read."),
    "too-large": _l("The body is larger than what is accepted."),
    "media-type": _l("This media type is not accepted here."),
    "invalid": _l("Some members are missing or wrong."),
    "rate-limited": _l("Too many requests: wait, then send again."),
    "fault": _l("The request met a fault on our side; nothing of it was kept."),
    "unavailable": _l("The service is unavailable for the moment: send again."),
}


@dataclass(frozen=True)
class Fault:
    """One fault of a body: where (JSON pointer), which, and what to do."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """A refusal of the API, by its code."""

    def __init__(
        self, code: str, detail: object = None, *, errors: Sequence[Fault] = (), retry_after: int | None = None, allow: str | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.errors, self.retry_after, self.allow = code, detail, errors, retry_after, allow


def api_locale() -> str:
    """French unless the caller asks for English."""
    return request.accept_languages.best_match(["fr", "en"]) or "fr"


@cache
def _title(code: str, language: str) -> str:
    """What a code means; put into words once, as an opening day refuses thousands."""
    with force_locale(language):
        return str(TITLES[code])


def answer(problem: Problem, incident: str | None = None) -> Response:
    """The problem as its caller receives it."""
    status, language = STATUSES[problem.code], api_locale()
    body: dict[str, object] = {"type": TYPE + problem.code, "title": _title(problem.code, language), "status": int(status)}
    if problem.detail or problem.errors:
        with force_locale(language):
            if problem.detail:
                body["detail"] = str(problem.detail)
            if problem.errors:
                body["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in problem.errors]
    if incident:
        body["instance"] = f"urn:backoffice:incident:{incident}"
    response = Response(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")
    response.headers["Content-Language"] = language
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.allow:
        response.headers["Allow"] = problem.allow
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
