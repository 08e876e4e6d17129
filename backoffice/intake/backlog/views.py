"""« Reprise de dossiers »: each file of another system that was taken over, and the lines of it that wait for a person."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core import clock, pages
from backoffice.core.calendar import montreal_day
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.intake.backlog import queries, service, words
from backoffice.intake.backlog.events import import_subject
from backoffice.intake.backlog.forms import SettleForm
from backoffice.intake.backlog.models import BacklogImport, BacklogLine
from backoffice.intake.backlog.values import WAITING, Outcome
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("backlog", __name__)
LIMIT = 25
"""Lines on a page: each has its form."""

pages.section(pages.Section(_l("Files taken over"), "backlog.imports", Permission.SEE_LOAD, 24, queries.count_waiting, "/backlog"))


@bp.get("/backlog")
@requires(Permission.SEE_LOAD)
def imports() -> ResponseReturnValue:
    """Every import: whose it is, what it opened, what still waits and for how long."""
    found = queries.imports()
    ages = {one.id: _age(one) for one, _waiting in found}
    waiting = {kind.value: sum(counts.get(kind, 0) for _one, counts in found) for kind in (*WAITING, Outcome.SUSPECTED)}
    return page("intake/backlog.html", imports=found, ages=ages, waiting=waiting, total=sum(one.opened for one, _waiting in found))


def _age(one: BacklogImport) -> int:
    return (clock.today() - montreal_day(one.started_at)).days


@bp.get("/backlog/<int:import_id>")
@requires(Permission.SEE_LOAD)
def lines(import_id: int) -> ResponseReturnValue:
    """One import, and its lines that wait, each with all that is to be said of it."""
    after = request.args.get("after", "")
    return _show(queries.import_by_id(import_id), int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0)


def _show(one: BacklogImport, after: int = 0, refused: tuple[int, SettleForm] | None = None) -> ResponseReturnValue:
    with transaction():
        staff.log_read(current_account(), import_subject(one.id), f"/backlog/{one.id}", at=clock.now())
    one = queries.import_by_id(one.id)
    waiting = queries.waiting_lines(one.id, after, LIMIT + 1)
    shown = waiting[:LIMIT]
    forms = {line.id: SettleForm(formdata=None) for line in shown} | (dict([refused]) if refused else {})
    return page(
        "intake/backlog_import.html", one=one, lines=shown, words=_words(shown), settled=queries.settled_lines(one.id), forms=forms,
        cases=queries.case_numbers(line.case_id for line in shown), may_settle=current_account().may(Permission.ASSIGN_CASE), age=_age(one),
        raw={line.id: text(line) for line in shown}, following=shown[-1].line if len(waiting) > LIMIT else None,
        doubted=queries.doubted(one.id), refused_line=refused[0] if refused else None, form=refused[1] if refused else SettleForm(formdata=None),
    )  # fmt: skip


def _words(shown: Sequence[BacklogLine]) -> dict[int, list[str]]:
    return {line.id: [words.sentence_of(fault) for fault in line.faults] for line in shown}


def text(line: BacklogLine) -> str:
    """A line as it stood in its file; bytes that are no text are shown as such."""
    return line.raw.decode("utf-8", "replace").replace("\x00", "\N{SYMBOL FOR NULL}").strip()


@bp.post("/backlog/lines/<int:line_id>")
@requires(Permission.ASSIGN_CASE)
def settle(line_id: int) -> ResponseReturnValue:
    """A person settles a line, with a reason."""
    form = SettleForm()
    line = queries.line(line_id)
    if form.submitted():
        try:
            with transaction():
                service.settle_line(line_id, form.reason.data, by=current_actor(), at=clock.now())
        except DomainError as refusal:
            flash(refusal.message, "warning")
        else:
            flash(_("The line is settled."), "success")
        return redirect(url_for(".lines", import_id=queries.line(line_id).import_id), 303)
    return _show(queries.import_by_id(line.import_id), line.line - 1, (line_id, form))
