"""Pages of outages: the register, one outage with its exact list, the signature on it, its progress, its reversal."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.http import dump_options_header

from backoffice.core import clock, events, files, pages
from backoffice.core.calendar import montreal_day
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.core.web import page, requires
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.intake.between import evidence
from backoffice.intake.outages import queries, rules, service, telling
from backoffice.intake.outages.errors import Moved, NothingToDo
from backoffice.intake.outages.events import outage_subject
from backoffice.intake.outages.forms import CorrectionForm, EvidenceForm, OutageForm, ReversalForm, SignatureForm
from backoffice.intake.outages.models import Outage, OutageLine, OutageList
from backoffice.intake.outages.queries import Filter
from backoffice.intake.outages.states import FINAL, UNDER_WAY, ListState
from backoffice.intake.outages.values import LineKind, LineState
from backoffice.intake.outages.words import WHY
from backoffice.mail.texts import MessageText
from backoffice.quota import queries as quota_queries
from backoffice.staff import queries as staff_queries
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("outages", __name__)
PER_PAGE = 50
READERS = (Permission.KEEP_REGISTERS, Permission.READ_TRAIL)
E = TypeVar("E", bound=StrEnum)

for reader in READERS:
    pages.section(pages.Section(_l("Outages"), "outages.overview", reader, 25, queries.count_asked, prefix="/outages"))


@bp.get("/outages")
@requires(*READERS)
def overview() -> ResponseReturnValue:
    """Every outage, the latest first, with where its list stands."""
    every = queries.outages()
    latest = queries.latest_lists(one.id for one in every)
    counts = {one.id: queries.counts(one.id) for one in latest.values()}
    return page("intake/outages/overview.html", outages=every, latest=latest, counts=counts, names=_names())


def _names() -> dict[int, str]:
    return {account.id: account.name for account in staff_queries.all_accounts()}


@bp.route("/outages/new", methods=["GET", "POST"])
@requires(Permission.KEEP_REGISTERS)
def new() -> ResponseReturnValue:
    """Write an outage down; its list is made at once and touches nobody."""
    form = OutageForm()
    form.offer(_codes())
    made: list[int] = []

    def enter() -> None:
        made.append(service.record(form.outage(), evidence.keep(form.sent), by=current_account(), at=clock.now()).id)

    if _done(form, enter):
        flash(_("Outage recorded. Here is what the rule makes of it: nobody was touched yet."))
        return redirect(url_for(".show", outage_id=made[0]), HTTPStatus.SEE_OTHER)
    return page("intake/outages/form.html", form=form, outage=None)


def _codes() -> list[str]:
    return [window.code for window in quota_queries.windows()]


def _done(form: Form, operation: Callable[[], object]) -> bool:
    """Do it, in one transaction; or leave the refusal on the form, what was typed kept."""
    if not form.submitted():
        return False
    try:
        with transaction():
            operation()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


@bp.route("/outages/<int:outage_id>/correction", methods=["GET", "POST"])
@requires(Permission.KEEP_REGISTERS)
def correct(outage_id: int) -> ResponseReturnValue:
    """Put right what was written down: the list follows, or the difference from what was carried out."""
    outage = queries.outage(outage_id)
    form = CorrectionForm()
    form.offer(_codes())
    if request.method == "GET":
        form.show(outage)

    def put_right() -> None:
        service.correct(outage_id, form.outage(), form.reason.data, by=current_account(), at=clock.now())
        service.keep_evidence(outage_id, evidence.keep(form.sent), by=current_actor(), at=clock.now())

    if _done(form, put_right):
        flash(_("Outage corrected; its list follows."))
        return redirect(url_for(".show", outage_id=outage_id), HTTPStatus.SEE_OTHER)
    return page("intake/outages/form.html", form=form, outage=queries.outage(outage_id))


@bp.get("/outages/<int:outage_id>")
@requires(*READERS)
def show(outage_id: int) -> ResponseReturnValue:
    """One outage: its facts, its list before and after it is signed, who signed, its history."""
    return _show(queries.outage(outage_id), SignatureForm(formdata=None))


def _show(outage: Outage, form: SignatureForm) -> ResponseReturnValue:
    every = queries.lists(outage.id)
    listed = next((one for one in every if str(one.id) == request.args.get("list")), every[0] if every else None)
    form.seen.data = listed.list_sha256 if listed else ""
    shown = _list_values(outage, listed) if listed else {}
    return page(
        "intake/outages/outage.html", outage=outage, every=every, listed=listed, form=form, span=rules.touched(outage.starts_at, outage.ends_at),
        evidence=queries.evidence(outage.id), names=_names(), history=_history(outage), more=EvidenceForm(formdata=None), open_ended=OPEN_ENDED,
        may=_may(outage, listed, latest=bool(every) and listed is every[0]), **shown,
    )  # fmt: skip


def _history(outage: Outage) -> list[tuple[str, events.EventRow]]:
    return [(events.sentence_of(row.kind), row) for row in events.history(outage_subject(outage.id))[::-1][:60]]


def _may(outage: Outage, listed: OutageList | None, *, latest: bool) -> set[str]:
    """What this person can do with this outage now."""
    account, open_ = current_account(), outage.reversed_at is None
    state = listed.state if listed else None
    if not account.may(Permission.KEEP_REGISTERS) or (listed is not None and not latest):
        return set()
    may = {"add_evidence"}
    if open_ and state not in UNDER_WAY:
        may |= {"correct"} if state is not ListState.ASKED or (listed and listed.by_id == account.id) else set()
        may |= {"prepare"} if state is not ListState.ASKED else set()
    if state is ListState.PREPARED and account.may(Permission.ACT_ON_MANY):
        may |= {"ask", "abandon"}
    if state is ListState.ASKED and listed and listed.by_id != account.id and account.may(Permission.APPROVE):
        may |= {"sign"}
    if open_ and (state is None or state in FINAL) and queries.was_carried_out(outage.id):
        may |= {"reverse"}
    return may


def _list_values(outage: Outage, listed: OutageList) -> dict[str, object]:
    chosen, after = _filter(), request.args.get("after", 0, int)
    rows = queries.page(listed.id, chosen, after, PER_PAGE + 1)
    counts = queries.counts(listed.id)
    here: dict[str, Any] = {name: value for name, value in request.args.items() if name in {"kind", "term", "state", "case"}}
    here |= {"outage_id": outage.id, "list": listed.id}
    return {
        "rows": rows[:PER_PAGE], "counts": counts, "progress": queries.progress(listed.id), "chosen": chosen, "readings": _readings(outage, listed),
        "tabs": _tabs(outage, listed, counts, chosen), "under_way": listed.state in UNDER_WAY, "term_kinds": list(counts.by_term),
        "next_url": url_for(".show", **here, after=rows[PER_PAGE - 1].position) if len(rows) > PER_PAGE else None,
        "first_url": url_for(".show", **here) if after else None,
    }  # fmt: skip


def _filter() -> Filter:
    case = request.args.get("case", "").strip().replace("\x00", "")
    return Filter(_one(LineKind, "kind"), request.args.get("term", "").replace("\x00", ""), _one(LineState, "state"), case)


def _one(kind: type[E], name: str) -> E | None:
    text = request.args.get(name, "")
    return kind(text) if text in {one.value for one in kind} else None


def _tabs(outage: Outage, listed: OutageList, counts: queries.Counts, chosen: Filter) -> list[dict[str, object]]:
    words = {
        LineKind.TERM: _("Terms"), LineKind.WINDOW: _("Intake periods"), LineKind.NOTED: _("Days noted only"), LineKind.LAPSED: _("Lapsed, for a person to examine"),
        LineKind.CLOSED: _("Closed periods, for a person to examine"),
    }  # fmt: skip
    here: dict[str, Any] = {"outage_id": outage.id, "list": listed.id}
    tabs: list[dict[str, object]] = [{"label": _("The whole list"), "url": url_for(".show", **here), "current": chosen.kind is None}]
    return tabs + [
        {"label": label, "url": url_for(".show", **here, kind=kind.value), "current": chosen.kind is kind, "count": counts.by_kind[kind]}
        for kind, label in words.items()
        if counts.by_kind.get(kind)
    ]


def _readings(outage: Outage, listed: OutageList) -> tuple[MessageText, MessageText] | None:
    """What the first of the list reads, in both languages."""
    line = queries.first_told(listed.id)
    if line is None:
        return None
    name = _("[name of the person]")
    return telling.preview(outage, listed, line, name, "fr"), telling.preview(outage, listed, line, name, "en")


@bp.get("/outages/<int:outage_id>/progress")
@requires(*READERS)
def progress(outage_id: int) -> ResponseReturnValue:
    """How far the list is, as a part of the page; once it is finished, the whole page is read again."""
    outage, listed = queries.outage(outage_id), queries.latest_lists([outage_id]).get(outage_id)
    if listed is None:
        raise NothingToDo
    under_way = listed.state in UNDER_WAY
    answer = make_response(page("intake/outages/progress.html", outage=outage, progress=queries.progress(listed.id), under_way=under_way))
    if not under_way:
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.post("/outages/<int:outage_id>/list")
@requires(Permission.KEEP_REGISTERS)
def prepare(outage_id: int) -> ResponseReturnValue:
    """Apply the rule again, to the facts of now."""
    with transaction():
        found = service.prepare(outage_id, by=current_account(), at=clock.now())
    flash(_("The list was made again from the facts of now.") if found else _("Nobody is left out: the rule would change no other date."))
    return redirect(url_for(".show", outage_id=outage_id), HTTPStatus.SEE_OTHER)


@bp.post("/outages/<int:outage_id>/request")
@requires(Permission.ACT_ON_MANY)
def ask(outage_id: int) -> ResponseReturnValue:
    """Ask for the second signature."""
    try:
        with transaction():
            service.ask(outage_id, by=current_account(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("The second signature was asked for: another supervisor finds it among the approvals."))
    return redirect(url_for(".show", outage_id=outage_id), HTTPStatus.SEE_OTHER)


@bp.post("/outages/<int:outage_id>/signature")
@requires(Permission.APPROVE)
def sign(outage_id: int) -> ResponseReturnValue:
    """Sign the list that is in view, or decline it; when the facts moved since it was shown, nothing is signed and the new one is shown."""
    form = SignatureForm()
    approve = request.form.get("decision") == "approve"
    signed: list[bool] = []

    def answer() -> None:
        signed.append(
            service.sign(outage_id, form.seen.data or "", approve=approve, answer=form.answer.data or "", by=current_account(), at=clock.now())
        )

    if _done(form, answer):
        if signed[0]:
            flash(_("Signed: the list is carried out.") if approve else _("Declined: nothing is done."))
            return redirect(url_for(".show", outage_id=outage_id), HTTPStatus.SEE_OTHER)
        form.refuse(Moved())
    return _show(queries.outage(outage_id), form)


@bp.post("/outages/<int:outage_id>/abandonment")
@requires(Permission.ACT_ON_MANY)
def abandon(outage_id: int) -> ResponseReturnValue:
    """Give a list up before anybody signed."""
    with transaction():
        service.abandon(outage_id, by=current_actor(), at=clock.now())
    flash(_("Given up: nobody was touched, and the list stays in the history."))
    return redirect(url_for(".show", outage_id=outage_id), HTTPStatus.SEE_OTHER)


@bp.route("/outages/<int:outage_id>/reversal", methods=["GET", "POST"])
@requires(Permission.ACT_ON_MANY)
def reverse(outage_id: int) -> ResponseReturnValue:
    """Take everything back: why, then the list of it, which a second person signs as well."""
    outage, form = queries.outage(outage_id), ReversalForm()
    if _done(form, lambda: service.reverse(outage_id, form.reason.data, by=current_account(), at=clock.now())):
        flash(_("Here is what would be taken back. Nobody was touched yet."))
        return redirect(url_for(".show", outage_id=outage_id), HTTPStatus.SEE_OTHER)
    return page("intake/outages/reversal.html", form=form, outage=outage, notice=rules.NOTICE_DAYS)


@bp.post("/outages/<int:outage_id>/evidence")
@requires(Permission.KEEP_REGISTERS)
def add_evidence(outage_id: int) -> ResponseReturnValue:
    """Keep more files that show the outage."""
    form = EvidenceForm()
    queries.outage(outage_id)
    try:
        with transaction():
            service.keep_evidence(outage_id, evidence.keep(form.sent), by=current_actor(), at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Kept.") if form.sent else _("No file was chosen."), "message" if form.sent else "warn")
    return redirect(url_for(".show", outage_id=outage_id), HTTPStatus.SEE_OTHER)


@bp.get("/outages/<int:outage_id>/evidence/<int:evidence_id>")
@requires(*READERS)
def one_evidence(outage_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of an outage, to be saved, never shown inside a page."""
    found = queries.one_evidence(outage_id, evidence_id)
    safe = "".join(c for c in found.filename if c.isprintable() and c not in '"/\\') or "file"
    headers = {"Content-Disposition": dump_options_header("attachment", {"filename": safe}), "X-Content-Type-Options": "nosniff"}
    return Response(files.read(found.sha256), mimetype=found.media_type, headers=headers)


COLUMNS = (
    "position",
    "kind",
    "case_number",
    "term_id",
    "term_kind",
    "window_code",
    "old_day",
    "new_day",
    "old_closing",
    "new_closing",
    "state",
    "why",
)


@bp.get("/outages/<int:outage_id>/list.csv")
@requires(*READERS)
def as_csv(outage_id: int) -> ResponseReturnValue:
    """The list with its results, what stands apart included; it names nobody."""
    asked = request.args.get("list", 0, int)
    listed = queries.one_list(outage_id, asked) if asked else queries.latest_lists([outage_id]).get(outage_id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "sentence"])
    for line in _every_line(listed):
        writer.writerow([*(_cell(getattr(line, name)) for name in COLUMNS), str(WHY[line.why.value])])
    name = f"panne-{outage_id}-{montreal_day(clock.now()).isoformat()}.csv"
    return Response(out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"})


def _every_line(listed: OutageList | None) -> Iterator[OutageLine]:
    return iter(queries.lines(listed.id, LineKind) if listed else ())


def _cell(value: object) -> object:
    """A clock that stands still has no last day."""
    if isinstance(value, date) and value == OPEN_ENDED:
        return ""
    return getattr(value, "value", value)
