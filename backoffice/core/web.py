"""What every page shares: who may open it, how it is rendered, how a browser is told what it may load."""

import re
import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, cast

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

PUBLIC = "public"

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; style-src 'self'; script-src 'self'"
)
"""What a page may load: ours only, and nothing inline."""


def requires(*permissions: StrEnum) -> Callable[[View], View]:
    """Open a view to the accounts that hold one of these permissions."""

    def mark(view: View) -> View:
        view.access = permissions  # type: ignore[attr-defined]  # read back by the guard
        return view

    return mark


def public(view: View) -> View:
    """Open a view to anybody: say it on purpose, there is no other way."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def keyed(*scopes: StrEnum) -> Callable[[View], View]:
    """Open an API view to the keys that hold one of these scopes."""

    def mark(view: View) -> View:
        view.access = scopes  # type: ignore[attr-defined]
        view.keyed = True  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: object) -> tuple[StrEnum, ...] | str | None:
    """What a view was marked with; None means that nobody may open it."""
    return cast("tuple[StrEnum, ...] | str | None", getattr(view, "access", None))


def page(template: str, **values: object) -> ResponseReturnValue:
    """A page; 422 when a form on it carries errors, so that no machine takes it for success."""
    refused = any(getattr(value, "errors", None) for name, value in values.items() if name == "form" or name.endswith("_form"))
    return render_template(template, **values), 422 if refused else 200


def secure_headers(response: Response) -> Response:
    """The usual headers, on everything that leaves."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def plain_headers(response: Response) -> Response:
    """What a machine needs to be told: nothing here is a page."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_fragment() -> bool:
    """Whether the page asks for a part of itself (htmx)."""
    return request.headers.get("HX-Request") == "true"


def incident_number() -> str:
    """The number a person can quote; the log carries the same."""
    return str(g.get("incident") or g.setdefault("incident", _new_incident()))


def _new_incident() -> str:
    return re.sub(r"(....)", r"\1-", secrets.token_hex(4).upper()).strip("-")


def safe_next(target: str | None) -> str | None:
    """Where to go after signing in: a path of ours, or nowhere."""
    return target if target and re.fullmatch(r"/(?![/\\])[^\s\\]*", target) else None


def error_page(status: int, sentence: str | None) -> str:
    """A page that says what happened, what to do, and the number to quote."""
    titles = {
        400: _("This request could not be read"),
        403: _("This page is not open to your role"),
        404: _("Nothing here"),
        405: _("This address does not work that way"),
        409: _("This cannot be done now"),
        413: _("The file is too large"),
        429: _("Too many attempts"),
    }
    sentences = {
        403: _("Ask a supervisor or the administrator if your work needs it."),
        404: _("Check the number or the address, or search in the box above."),
        413: _("A request may carry 100 MB. Send fewer files at a time."),
    }
    return render_template(
        "errors/error.html",
        status=status,
        title=titles.get(status, _("A fault on our side")),
        sentence=sentence
        or sentences.get(status, _("Nothing of what you sent was kept. Try again in a moment; if it happens again, quote the number below.")),
        incident=incident_number(),
    )


def bare_error(incident: str) -> str:
    """The same when nothing works: no template, no database, no translation."""
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Défaut de notre côté – Dossiers CSQ</title></head><body>'
        "<h1>Un défaut de notre côté</h1><p>Rien de ce que vous avez envoyé n’a été gardé. Revenez en arrière : votre texte y est encore. "
        f"Réessayez dans un moment ; si cela se répète, donnez ce numéro : <strong>{incident}</strong>.</p></body></html>"
    )
