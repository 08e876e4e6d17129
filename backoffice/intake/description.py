"""The description of the API (OpenAPI 3.1), made from the API itself: its routes, their keys, their refusals.

Addresses, methods, parameters, scopes and problem codes are read from the application, so that none is forgotten; what only a
person can say (what an answer means, which refusals belong to it) stands in `OPERATIONS`. Schemas and examples are in `openapi.json`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask
from flask_babel import force_locale
from werkzeug.routing import Rule

from backoffice.core import problems, web
from backoffice.intake import schema
from backoffice.staff.permissions import Scope

Json = dict[str, object]

PARTS = Path(__file__).with_name("openapi.json")

BODY = ("malformed", "timeout", "too-large", "media-type", "invalid")
"""What any call that sends JSON may be answered."""

KEYED = ("unauthorized", "scope", "rate-limited", "unavailable", "fault")
"""What any call with a key may be answered."""

PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Answer:
    """One good answer of an operation: what it means, and its schema and example by name."""

    meaning: str
    schema: str | None = None
    example: str | None = None
    media: str = "application/json"
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """What only a person can say of a route."""

    tag: str
    answers: Mapping[int, Answer]
    refusals: tuple[str, ...] = ()
    body: str | None = None
    body_example: str | None = None
    body_media: str = "application/json"
    parameters: tuple[str, ...] = ()
    note: str = ""
    never: tuple[str, ...] = field(default=())
    """Common refusals that this one cannot give."""


_ACKNOWLEDGED = Answer("The acknowledgment.", "Acknowledgment", "acknowledgment")
_KEPT_DRAFT = ("ETag",)

OPERATIONS: dict[str, Operation] = {
    "api.submit": Operation(
        "submissions",
        {
            201: Answer("Durably stored, and acknowledged.", "Acknowledgment", "pending"),
            200: Answer(
                "The same submission_id with the same content (RFC 8785): the same receipt, the present state.", "Acknowledgment", "acknowledgment"
            ),
        },
        ("submission-conflict", "window-closed", "window-suspended"),
        "Submission",
        "submission",
        note="Stored first, then acknowledged; the place follows in moments (`pending` until then). A full window answers 201 with a `refused` or `waitlisted` "
        "admission. At most 256 kB. A body refused for its form (400, 422) is kept with its instant: a person may still accept it in its place. A programme that no "
        "window names is told its own door. After a 409 the same identifier may be sent again as new.",
    ),
    "api.submission_state": Operation("submissions", {200: _ACKNOWLEDGED}),
    "api.withdraw": Operation(
        "submissions",
        {
            200: Answer(
                "Withdrawn: the acknowledgment with its present state. The same request again, or one withdrawn before, too.",
                "Acknowledgment",
                "acknowledgment",
            )
        },
        ("has-ended",),
        "Withdrawal",
        "withdrawal",
        note="At any time, by the applicant. While the place is still `pending`: `unavailable`, send again.",
    ),
    "api.save_draft": Operation(
        "drafts",
        {
            201: Answer("Kept for the first time.", "Draft", "draft", headers=_KEPT_DRAFT),
            200: Answer("Kept in the place of what was there.", "Draft", "draft", headers=_KEPT_DRAFT),
        },
        ("submission-conflict", "draft-changed"),
        "PartialSubmission",
        "partial",
        parameters=("IfMatch",),
        note="What the applicant has written so far: any object of at most 256 kB, replaced whole each time. **It gives no place, no stamp and no date of receipt: only "
        "`POST /submissions` does.** Kept until the application is received, or else until two windows of its programme have closed after it was last saved "
        "(`kept_until`, once both are announced). With `If-Match`, refused when it is no longer the version named (`0`: none yet). Once the application itself is received: `submission-conflict`.",
    ),
    "api.read_draft": Operation(
        "drafts",
        {200: Answer("What is kept; `content` is exactly what was sent.", "SavedDraft", "saved_draft", headers=_KEPT_DRAFT)},
        note="Not found once its application was received: the acknowledgment speaks then.",
    ),
    "api.drop_draft": Operation("drafts", {204: Answer("Nothing is kept any more, whether there was something or not.")}),
    "api.windows": Operation("windows", {200: Answer("The windows, the latest first.", "Windows", "windows")}),
    "api.window": Operation("windows", {200: Answer("The window.", "Window", "window")}),
    "api.pay": Operation(
        "payments",
        {
            201: Answer("Kept; matched to its fee, or unmatched with the reason.", "PaymentAnswer", "payment_answer"),
            200: Answer("The same payment_id with the same content.", "PaymentAnswer", "payment_answer"),
        },
        ("payment-conflict",),
        "Payment",
        "payment",
        note="Money that matches nothing is kept as unmatched, never refused. A dispute or a reversal is a new payment_id that names the first in `reverses`.",
    ),
    "api.messages": Operation(
        "messages", {200: Answer("Messages to and from the applicant.", "Messages", "messages")}, ("invalid",), parameters=("After",)
    ),
    "api.opened": Operation("messages", {204: Answer("Noted, the first time only.")}),
    "api.reply": Operation(
        "messages",
        {
            201: Answer("Received.", "Message", "message"),
            200: Answer("The same message_id with the same content.", "Message", "message"),
        },
        ("message-conflict",),
        "Reply",
        body_media="multipart/form-data",
        note="The n-th `item[]` belongs to the n-th `file[]` (empty for none). At most 25 MB a file and 100 MB a request. A file that cannot be read is refused whole, with its reason.",
    ),
    "api.attachment": Operation("messages", {200: Answer("The file, to be saved.", media="*/*", headers=("Content-Disposition",))}),
    "api.receipt": Operation("receipts", {200: Answer("The receipt.", "CheckedReceipt", "checked_receipt")}),
    "api.openapi": Operation("description", {200: Answer("OpenAPI 3.1.", "Description")}),
    "health.keys": Operation("receipts", {200: Answer("Every key that ever signed a receipt.", "Keys", "keys")}),
    "health.alive": Operation("health", {200: Answer("It does.", "Liveness", "alive")}),
    "health.ready": Operation(
        "health",
        {
            200: Answer("Ready; the queue may be away for a while.", "Readiness", "ready"),
            503: Answer("The database or the storage is away.", "Readiness", "not_ready"),
        },
    ),
    "health.metrics": Operation("health", {200: Answer("Prometheus text, without personal data.", media="text/plain")}),
}

MEANINGS = {
    "malformed": "not JSON, a member given twice, or a number or character that cannot be kept as written",
    "unauthorized": "no key, or none of ours, or one that was taken back or has ended",
    "scope": "this key may not do this",
    "not-found": "nothing exists under this identifier, or at this address",
    "method": "the address exists, under the methods of `Allow`",
    "submission-conflict": "another content was received under this identifier",
    "payment-conflict": "another content under this payment_id",
    "message-conflict": "another content under this message_id",
    "has-ended": "the application has ended otherwise: nothing is left to withdraw",
    "window-closed": "no open window and no exemption; for a programme of another door, `detail` says which",
    "window-suspended": "for the moment; the attempt is logged",
    "timeout": "the body did not arrive whole in time; nothing was kept",
    "draft-changed": "the draft is not the version that `If-Match` names",
    "too-large": "larger than what is accepted; not read to its end",
    "media-type": "not the media type of this call",
    "invalid": "`errors` lists all faults, each with its pointer",
    "rate-limited": "more calls in this minute than the key may make",
    "fault": "a fault on our side, with the incident's number; nothing of the call was kept",
    "unavailable": "nothing was kept, send again",
}

HEADERS: dict[str, Json] = {
    "ETag": {"description": "The version, as `If-Match` takes it.", "required": True, "schema": {"type": "string", "pattern": '^"[0-9]+"$'}},
    "Content-Disposition": {
        "description": "`attachment`, with the file's name.",
        "required": True,
        "schema": {"type": "string", "pattern": "^attachment"},
    },
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 0}},
    "WWW-Authenticate": {"description": "`Bearer`", "required": True, "schema": {"type": "string"}},
    "Allow": {"description": "The methods of this address.", "required": True, "schema": {"type": "string"}},
    "Content-Language": {"description": "The language of the problem.", "required": True, "schema": {"enum": ["fr", "en"]}},
}
WITH_PROBLEM = {"rate-limited": "Retry-After", "unavailable": "Retry-After", "unauthorized": "WWW-Authenticate", "method": "Allow"}

PARAMETERS: dict[str, Json] = {
    "After": {
        "name": "after", "in": "query", "description": "Cursor: messages after this one.", "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
    },
    "IfMatch": {
        "name": "If-Match", "in": "header", "description": "The version that this one replaces, as `ETag` gave it; `*` for any.",
        "schema": {"type": "string", "pattern": '^("[0-9]{1,15}"|\\*)$'},
    },
    "AcceptLanguage": {
        "name": "Accept-Language", "in": "header", "description": "Language of problems: French unless English is asked for.",
        "schema": {"type": "string", "default": "fr"},
    },
}  # fmt: skip

PATH_PARAMETERS = {
    "submission_id": "The portal's identifier of the application.",
    "message_id": "A message of the thread.",
    "attachment_id": "A file of the thread.",
    "receipt_id": "The receipt's own identifier.",
    "code": "The window's code.",
}


def describe(app: Flask) -> Json:
    """The whole description of the API as this application serves it."""
    parts = _parts()
    paths: dict[str, Json] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if rule.endpoint.startswith(("api.", "health.")):
            calls = paths.setdefault(_path(rule), {})
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                calls[method.lower()] = _operation(app, rule)
    return {
        "openapi": "3.1.0",
        "info": parts["info"],
        "servers": [{"url": "/"}],
        "tags": parts["tags"],
        "paths": paths,
        "components": _components(parts),
    }


@cache
def _parts() -> dict[str, Json]:
    return cast("dict[str, Json]", json.loads(PARTS.read_text()))


def _path(rule: Rule) -> str:
    """The address as OpenAPI writes it."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def _operation(app: Flask, rule: Rule) -> Json:
    view, told = app.view_functions[rule.endpoint], OPERATIONS[rule.endpoint]
    scopes = _scopes(view)
    described: Json = {
        "tags": [told.tag],
        "operationId": rule.endpoint.rpartition(".")[2],
        "summary": _summary(view),
        "security": [{scope.value: []} for scope in scopes],
        "parameters": [*_path_parameters(rule), *({"$ref": f"#/components/parameters/{name}"} for name in (*told.parameters, *_language(scopes)))],
        "responses": {str(status): answer for status, answer in sorted(_responses(rule, told, scopes).items())},
    }
    if told.note:
        described["description"] = told.note
    if told.body:
        described["requestBody"] = {"required": True, "content": {told.body_media: _media(told.body, told.body_example)}}
    return described


def _scopes(view: object) -> tuple[Scope, ...]:
    access = web.access_of(view)
    return tuple(Scope(str(scope)) for scope in access) if isinstance(access, tuple) else ()


def _language(scopes: Iterable[Scope]) -> tuple[str, ...]:
    return ("AcceptLanguage",) if tuple(scopes) else ()


def _summary(view: object) -> str:
    words = (getattr(view, "__doc__", None) or "").strip().splitlines()
    return words[0].rstrip(".") if words else ""


def _path_parameters(rule: Rule) -> list[Json]:
    """Identifiers are UUIDs; a window's code is text."""
    return [
        {
            "name": name, "in": "path", "required": True, "description": PATH_PARAMETERS[name],
            "schema": {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string", "minLength": 1, "maxLength": 64},
        }
        for name in sorted(rule.arguments, key=rule.rule.index)
    ]  # fmt: skip


def _responses(rule: Rule, told: Operation, scopes: tuple[Scope, ...]) -> dict[int, Json]:
    answers = {status: _answer(answer) for status, answer in told.answers.items()}
    by_status: dict[int, list[str]] = {}
    for code in codes(rule, told, scopes):
        by_status.setdefault(int(problems.STATUSES[code]), []).append(code)
    for status, found in by_status.items():
        if status not in answers:
            answers[status] = {"$ref": f"#/components/responses/{_name(found[0])}"} if len(found) == 1 else _refusal(found)
    return answers


def codes(rule: Rule, told: Operation, scopes: tuple[Scope, ...]) -> list[str]:
    """Every problem that a route may answer."""
    found = list(told.refusals)
    if told.body:
        found += [code for code in BODY if told.body_media == "application/json" or code != "malformed"]
    if rule.arguments:
        found.append("not-found")
    if scopes:
        found += KEYED
    return list(dict.fromkeys(found))


def _answer(answer: Answer) -> Json:
    described: Json = {"description": answer.meaning}
    if answer.schema:
        described["content"] = {answer.media: _media(answer.schema, answer.example)}
    elif answer.media != "application/json":
        described["content"] = {answer.media: {"schema": {"type": "string"} if answer.media == "text/plain" else {}}}
    if answer.headers:
        described["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in answer.headers}
    return described


def _media(name: str, example: str | None) -> Json:
    media: Json = {"schema": {"$ref": f"#/components/schemas/{name}"}}
    if example:
        media["examples"] = {example: {"$ref": f"#/components/examples/{example}"}}
    return media


def _name(code: str) -> str:
    return "".join(word.title() for word in code.split("-"))


def _refusal(found: list[str]) -> Json:
    """A refusal: its codes, what each means, and the headers that come with it."""
    headers = ["Content-Language", *(WITH_PROBLEM[code] for code in found if code in WITH_PROBLEM)]
    status = int(problems.STATUSES[found[0]])
    limits = {"type": {"enum": [problems.TYPE + code for code in found]}, "status": {"const": status}}
    return {
        "description": "; ".join(f"`{code}`: {MEANINGS[code]}" for code in found) + ".",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {
            PROBLEM: {
                "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": limits}]},
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in found},
            }
        },
    }


def _components(parts: dict[str, Json]) -> Json:
    examples = {name: {"value": value} for name, value in parts["examples"].items()}
    schemas = {**parts["schemas"], "Submission": _submission()}
    return {
        "securitySchemes": {scope.value: _scheme(scope) for scope in Scope},
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "responses": {_name(code): _refusal([code]) for code in problems.STATUSES},
        "examples": {**examples, **{code: {"value": _example(code)} for code in problems.STATUSES}},
        "schemas": schemas,
    }


def _submission() -> Json:
    """The contract's own schema of a submission, its references made those of this document."""
    read = schema.SCHEMA.read_text().replace('"#/$defs/', '"#/components/schemas/Submission/$defs/')
    return {name: value for name, value in cast("Json", json.loads(read)).items() if name not in {"$id", "$schema"}}


def _scheme(scope: Scope) -> Json:
    return {"type": "http", "scheme": "bearer", "description": f"A key with the scope `{scope.value}`."}


def _example(code: str) -> Json:
    with force_locale("fr"):
        example: Json = {"type": problems.TYPE + code, "title": str(problems.TITLES[code]), "status": int(problems.STATUSES[code])}
    if code == "invalid":
        example["errors"] = [{"pointer": "/principal_applicant/birth_date", "code": "required", "detail": "Ce membre est obligatoire."}]
    return example
