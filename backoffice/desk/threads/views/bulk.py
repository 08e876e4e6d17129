"""Messages to many: write and choose, read the exact list and who is left out, ask for the second signature, follow, look back."""

import csv
import io
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.cases import numbers
from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import clock, events
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.desk.threads.forms import BulkForm
from backoffice.desk.threads.views.blueprint import bp
from backoffice.desk.views import queue
from backoffice.desk.views.blueprint import log_list
from backoffice.mail.texts import Language, MessageText
from backoffice.mail.threads import bulk as bulks
from backoffice.mail.threads import queries
from backoffice.mail.threads.bulk import MOST, Named
from backoffice.mail.threads.events import bulk_subject
from backoffice.mail.threads.models import BulkMessage
from backoffice.mail.threads.states import BulkState, RecipientState
from backoffice.mail.threads.values import Choice, Why
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

READERS = (Permission.ACT_ON_MANY, Permission.READ_TRAIL)
PER_PAGE = 50


@bp.get("/messages/bulk")
@requires(*READERS)
def bulk_overview() -> ResponseReturnValue:
    """Every message to many there was, the latest first."""
    every = queries.bulks()
    return page("desk/threads/bulk_overview.html", bulks=every, counts=queries.counts([one.id for one in every]))


@bp.route("/messages/bulk/new", methods=["GET", "POST"])
@requires(Permission.ACT_ON_MANY)
def bulk_new() -> ResponseReturnValue:
    """Write it and choose: by the filters that the queue showed, or by a list of numbers. Nobody is written to yet."""
    form, filtered = BulkForm(), request.args.get("chosen") == "queue"
    if form.submitted():
        try:
            with transaction():
                chosen, named = _by_filter() if filtered else _by_numbers(form.lines())
                made = bulks.prepare(form.text(), chosen, named, form.reason.data, by=current_account(), at=clock.now())
                number = made.id
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".bulk_show", bulk_id=number), HTTPStatus.SEE_OTHER)
    many, words = (queue.how_many(), queue.in_words()) if filtered else (None, [])
    return page("desk/threads/bulk_new.html", form=form, filtered=filtered, many=many, words=words, action=request.full_path)


def _by_filter() -> tuple[Choice, list[Named]]:
    """All that the queue's filters match, in its order."""
    found = case_queries.page(queue.wanted(), limit=MOST + 1)
    address = request.query_string.decode()[:500]
    return Choice(words=queue.in_words(), address=address), [Named(case.number, case, Why.FILTER) for case in found]


def _by_numbers(lines: list[str]) -> tuple[Choice, list[Named]]:
    """The numbers given, in their order; those that are no case of ours are named too."""
    known = [numbers.normalise(line) for line in lines]
    wanted = {number for number in known if number}
    found: dict[str, Case] = {case.number: case for case in case_queries.by_numbers(wanted)}
    named = [Named(line[:60], found.get(number or ""), Why.LISTED) for line, number in zip(lines, known, strict=True)]
    return Choice(numbers=lines), named


@bp.get("/messages/bulk/<int:bulk_id>")
@requires(*READERS)
def bulk_show(bulk_id: int) -> ResponseReturnValue:
    """One message to many: its exact list before it is signed, its progress while it leaves, who got it afterwards."""
    bulk, state = queries.bulk(bulk_id), request.args.get("state", "")
    chosen = RecipientState(state) if state in set(RecipientState) else None
    rows = queries.recipients(bulk_id, chosen, request.args.get("after", 0, int), PER_PAGE + 1)
    log_list("bulk_message", f"/messages/bulk/{bulk_id}")
    next_url = url_for(".bulk_show", bulk_id=bulk_id, state=state, after=rows[PER_PAGE - 1].position) if len(rows) > PER_PAGE else None
    return page(
        "desk/threads/bulk.html", bulk=bulk, rows=rows[:PER_PAGE], chosen=chosen, next_url=next_url,
        first_url=url_for(".bulk_show", bulk_id=bulk_id, state=state) if request.args.get("after") else None, **_around(bulk, chosen),
    )  # fmt: skip


def _around(bulk: BulkMessage, chosen: RecipientState | None) -> dict[str, object]:
    counts = queries.counts([bulk.id])[bulk.id]
    ids = [row.case_id for row in queries.recipients(bulk.id, chosen, request.args.get("after", 0, int), PER_PAGE + 1) if row.case_id]
    cases = {c.id: c for c in case_queries.page(case_queries.Filter(closed=True, ids=frozenset(ids)), limit=len(ids) or 1)}
    return {
        "counts": counts, "tabs": _tabs(bulk.id, chosen), "readings": _readings(bulk), "reach": queries.languages(bulk.id),
        "names": {key: case_queries.principal(case).name for key, case in cases.items()}, "history": events.history(bulk_subject(bulk.id))[::-1][:60],
        "under_way": bulk.state is BulkState.SENDING, "percent": _percent(bulk),
    }  # fmt: skip


def _tabs(bulk_id: int, chosen: RecipientState | None) -> list[dict[str, object]]:
    counts = queries.counts([bulk_id])[bulk_id]
    words = {
        RecipientState.WAITING: _("To be written to"), RecipientState.SENT: _("Written to"), RecipientState.SKIPPED: _("Skipped"),
        RecipientState.LEFT_OUT: _("Left out"),
    }  # fmt: skip
    tabs: list[dict[str, object]] = [{"label": _("The whole list"), "url": url_for(".bulk_show", bulk_id=bulk_id), "current": chosen is None}]
    return tabs + [
        {"label": label, "url": url_for(".bulk_show", bulk_id=bulk_id, state=state.value), "current": chosen is state, "count": counts[state]}
        for state, label in words.items() if counts.get(state)
    ]  # fmt: skip


def _readings(bulk: BulkMessage) -> list[tuple[str, Language, MessageText]]:
    """What somebody of the list reads, in each language of the list."""
    found: list[tuple[str, Language, MessageText]] = []
    languages: tuple[tuple[Language, str], ...] = (("fr", _("In French")), ("en", _("In English")))
    for language, label in languages:
        first = queries.first_reader(bulk.id, language)
        if first:
            found.append((label, language, bulks.text_for(bulk, case_queries.case_by_id(first), language)))
    return found


def _percent(bulk: BulkMessage) -> int:
    counts = queries.counts([bulk.id])[bulk.id]
    return round(100 * (counts[RecipientState.SENT] + counts[RecipientState.SKIPPED]) / max(1, bulk.listed))


@bp.get("/messages/bulk/<int:bulk_id>/progress")
@requires(*READERS)
def bulk_progress(bulk_id: int) -> ResponseReturnValue:
    """How far it is, as a part of the page; once it is finished, the whole page is read again."""
    bulk = queries.bulk(bulk_id)
    under_way = bulk.state is BulkState.SENDING
    counts = queries.counts([bulk.id])[bulk.id]
    answer = make_response(page("desk/threads/bulk_progress.html", bulk=bulk, counts=counts, under_way=under_way, percent=_percent(bulk)))
    if bulk.state is not BulkState.ASKED and not under_way:
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.post("/messages/bulk/<int:bulk_id>/approval")
@requires(Permission.ACT_ON_MANY)
def bulk_ask(bulk_id: int) -> ResponseReturnValue:
    """Ask for the second signature."""
    with transaction():
        bulks.ask(bulk_id, by=current_account(), at=clock.now())
    flash(_("The second signature was asked for: another supervisor finds it among the approvals."))
    return redirect(url_for(".bulk_show", bulk_id=bulk_id), HTTPStatus.SEE_OTHER)


@bp.post("/messages/bulk/<int:bulk_id>/abandonment")
@requires(Permission.ACT_ON_MANY)
def bulk_abandon(bulk_id: int) -> ResponseReturnValue:
    """Give it up before anybody signed."""
    with transaction():
        bulks.abandon(bulk_id, by=current_actor(), at=clock.now())
    flash(_("Given up: nobody was written to, and the list stays in the history."))
    return redirect(url_for(".bulk_show", bulk_id=bulk_id), HTTPStatus.SEE_OTHER)


COLUMNS = ("position", "number", "status", "language", "online", "why", "state", "message_id", "done_at")


@bp.get("/messages/bulk/<int:bulk_id>/list.csv")
@requires(*READERS)
def bulk_csv(bulk_id: int) -> ResponseReturnValue:
    """The whole list with its results; it names nobody."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in queries.recipients(queries.bulk(bulk_id).id, limit=2 * MOST):
        writer.writerow([getattr(value, "value", value) for value in (getattr(row, name) for name in COLUMNS)])
    headers = {"Content-Disposition": f"attachment; filename=envoi-{bulk_id}.csv"}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)
