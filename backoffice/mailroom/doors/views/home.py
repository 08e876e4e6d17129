"""The doors' page: what is half in, and what could not be taken."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom.doors import dropping, forms, partial, queries, service, showing
from backoffice.mailroom.doors.states import JobState
from backoffice.mailroom.doors.views.room import bp
from backoffice.staff.guard import current_actor
from backoffice.staff.permissions import Permission


@bp.get("/mailroom/scanning")
@requires(Permission.READ_MAILROOM)
def home() -> ResponseReturnValue:
    """What comes in at this moment, and what waits for a person before it is in."""
    return page(
        "mailroom/doors/home.html",
        jobs=[showing.job(one) for one in queries.jobs_in((JobState.WAITING, JobState.RUNNING, JobState.HELD))],
        ended=[showing.job(one) for one in queries.jobs_in((JobState.STOPPED, JobState.CANCELLED, JobState.DONE), 10)],
        uploads=[showing.upload(one, owner) for one, owner in queries.open_uploads()],
        refused=[showing.dropped(one) for one in queries.refused_drops()], settle_form=forms.SettleForm(formdata=None),
    )  # fmt: skip


@bp.post("/mailroom/uploads/<uuid:key>/discard")
@requires(Permission.WORK_MAILROOM)
def discard(key: UUID) -> ResponseReturnValue:
    """Give up a file that came only in part."""
    with transaction():
        given_up = service.discard_upload(key, by=current_actor(), at=clock.now())
        back = showing.home_url(given_up.home)
    partial.forget(key)
    flash(_("The unfinished upload was given up; nothing of it is kept."))
    return redirect(back, 303)


@bp.post("/mailroom/dropped/<int:dropped_id>/settle")
@requires(Permission.WORK_MAILROOM)
def settle(dropped_id: int) -> ResponseReturnValue:
    """Say what was done with something that the drop folder refused."""
    form = forms.SettleForm()
    if not form.submitted():
        flash(_("Say in a sentence what was done with it."), "error")
        return redirect(url_for(".home"), 303)
    with transaction():
        service.settle_dropped(dropped_id, form.note.data or "", by=current_actor(), at=clock.now())
    return redirect(url_for(".home"), 303)


@bp.post("/mailroom/dropped/<int:dropped_id>/again")
@requires(Permission.WORK_MAILROOM)
def again(dropped_id: int) -> ResponseReturnValue:
    """Put something refused back into the folder, to be taken anew."""
    try:
        moved = dropping.try_again(dropped_id)
        if moved:
            with transaction():
                service.settle_dropped(dropped_id, _("Put back into the folder"), by=current_actor(), at=clock.now())
    except (DomainError, OSError):
        moved = False
    flash(
        _("It is back in the folder and is taken in a few seconds.") if moved else _("It could not be put back: look into the folder."),
        "message" if moved else "error",
    )
    return redirect(url_for(".home"), 303)
