"""Pages of opening the mail, in the mailroom's section of the site."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.mailroom import menu

bp = Blueprint("opening", __name__)

menu.entry(_l("Deliveries"), "opening.deliveries", 20)
menu.entry(_l("Money"), "opening.money", 25)
menu.entry(_l("Contingency kit"), "opening.kits", 80)


def pdf(data: bytes, filename: str) -> Response:
    """A PDF of ours, shown by the browser, ready to be printed."""
    answer = Response(data, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=filename)
    return answer


def act(do: Callable[[], object], done: str, back: str, form: Form | None = None) -> ResponseReturnValue | None:
    """One operation, then back with a word; a refusal goes on the form, which the page shows again (nothing is given then)."""
    try:
        with transaction():
            do()
    except DomainError as refusal:
        if form is None:
            flash(refusal.message, "error")
            return redirect(back, 303)
        form.refuse(refusal)
        return None
    if done:
        flash(done)
    return redirect(back, 303)


def envelope_url(number: str) -> str:
    """The envelope's page."""
    return url_for("mailroom.envelope", number=number)
