"""Taking the next message that nobody answers."""

from http import HTTPStatus

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.web import requires
from backoffice.desk.threads.views.blueprint import bp
from backoffice.mail.threads import service as threads
from backoffice.mail.threads.errors import NothingToAnswer
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission


@bp.post("/messages/next")
@requires(Permission.WORK_CASE)
def take_next() -> ResponseReturnValue:
    """The oldest message that nobody answers is mine: two who press at once get two threads."""
    try:
        with transaction():
            number = threads.take_next(current_account(), at=clock.now()).number
    except NothingToAnswer as refusal:
        flash(refusal.message, "warn")
        return redirect(url_for("desk.messages"), HTTPStatus.SEE_OTHER)
    flash(_("This thread is yours to answer."))
    return redirect(url_for("desk.case", number=number, tab="messages") + "#reply", HTTPStatus.SEE_OTHER)
