"""Letters for the post."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import requires
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mailroom.views.pictures import attachment
from backoffice.mailroom.views.room import bp
from backoffice.staff.guard import current_actor
from backoffice.staff.permissions import Permission


@bp.get("/mailroom/letters/<int:letter_id>.pdf")
@requires(Permission.READ_MAILROOM)
def letter(letter_id: int) -> ResponseReturnValue:
    """The letter as it is to be printed."""
    one = mail_queries.letter(letter_id)
    return attachment(files.read(one.sha256), f"lettre-{one.id}.pdf")


@bp.post("/mailroom/letters/<int:letter_id>/posting")
@requires(Permission.WORK_MAILROOM)
def post_letter(letter_id: int) -> ResponseReturnValue:
    """The carrier has the letter: its term, if it carries one, starts today."""
    try:
        with transaction():
            mail.post_letter(letter_id, by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Posted: this day is noted as the day the letter left."))
    return redirect(url_for(".home"), 303)
