"""« Doublons à examiner »: two applications side by side, which one came first, and a person's verdict."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.web import page, requires
from backoffice.intake.between import queries
from backoffice.intake.between.forms import DuplicateForm
from backoffice.intake.between.queries import Side
from backoffice.intake.between.rules import earliest
from backoffice.intake.between.views.blueprint import READ, WORK, bp, done, log_list, open_side, tabs
from backoffice.intake.service import verdicts
from backoffice.staff.guard import current_account, current_actor


@bp.get("/duplicates")
@requires(READ)
def duplicates() -> ResponseReturnValue:
    """Every application in which somebody may be the same person as elsewhere, the earliest arrival first."""
    log_list("duplicates")
    sides = [queries.side(one) for one in queries.doubted(limit=40)]
    rows = [(side, queries.twins(side)) for side in sides]
    return page("intake/between/duplicates.html", tabs=tabs("duplicates"), rows=rows, total=queries.count_doubted(), today=clock.today())


@bp.get("/duplicates/<uuid:submission_id>")
@requires(READ)
def compare(submission_id: UUID) -> ResponseReturnValue:
    """One of them beside each that resembles it."""
    return _show(open_side(submission_id, "duplicate"), None)


def _show(side: Side, refused: DuplicateForm | None) -> ResponseReturnValue:
    twins = queries.twins(side)
    first = {twin.side.submission_id: earliest([side.act, twin.side.act]) == side.act for twin in twins}
    numbers = queries.case_numbers([one for verdict in queries.verdicts_of(side.submission_id) for one in (verdict.one, verdict.other)])
    return page(
        "intake/between/compare.html", side=side, twins=twins, ours_first=first, verdicts=queries.verdicts_of(side.submission_id), numbers=numbers,
        doubted=queries.is_doubted(side.submission_id), may_work=current_account().may(WORK), refused_form=refused,
        blank=lambda other: DuplicateForm(formdata=None, other=str(other) if other else ""),
    )  # fmt: skip


@bp.post("/duplicates/<uuid:submission_id>")
@requires(WORK)
def judge(submission_id: UUID) -> ResponseReturnValue:
    """The same person, or two."""
    form = DuplicateForm()
    queries.side(submission_id)  # nothing there: not found, before the form is read

    def verdict() -> object:
        other, same = _uuid(form.other.data), form.verdict.data == "same"
        return verdicts.judge_duplicate(submission_id, other, same=same, reason=form.reason.data, by=current_actor(), at=clock.now())

    if done(form, verdict):
        flash(
            _("The same person: the earliest application keeps its place.") if form.verdict.data == "same" else _("Two people: it is remembered."),
            "success",
        )
        return redirect(url_for(".compare", submission_id=submission_id), 303)
    return _show(open_side(submission_id, "duplicate"), form)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return UUID(int=0)  # nobody: the verdict is refused
