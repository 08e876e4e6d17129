"""Pages of delivery: who cannot be reached, and what a person decides; reports without a case; representatives."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases.models import Case
from backoffice.core import clock, pages
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.web import page, requires
from backoffice.desk import ident
from backoffice.desk.delivery import reading, service
from backoffice.desk.delivery.forms import DecisionForm, EndForm, MandateForm, SettleForm
from backoffice.desk.views.blueprint import log_list, open_case
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import evidence, mandates, queries, wording
from backoffice.mail.delivery import service as delivery
from backoffice.mail.delivery.values import Reach
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("delivery", __name__)
bp.add_app_template_filter(wording.word, "deliveryword")
bp.add_app_template_filter(wording.sentence, "deliverysentence")


def _count() -> int:
    return sum(queries.count_tasks().values()) + len(queries.unsettled_bounces())


pages.section(pages.Section(_l("People not reached"), "delivery.home", Permission.WORK_CASE, 13, _count, "/delivery"))
pages.section(pages.Section(_l("Representatives"), "delivery.representatives", Permission.READ_CASE, 14, prefix="/representatives"))


@bp.get("/delivery")
@requires(Permission.READ_CASE)
def home() -> ResponseReturnValue:
    """Everybody who could not be reached, and what waits to be confirmed."""
    return _home(None, SettleForm(formdata=None))


def _home(settling: int | None, form: SettleForm) -> ResponseReturnValue:
    log_list("delivery", "delivery")
    return page(
        "desk/delivery/home.html", unreachable=reading.tasks(Reach.UNREACHABLE), doubtful=reading.tasks(Reach.IN_DOUBT), counts=queries.count_tasks(),
        waiting=reading.confirmations(), no_server=reading.no_server(), bounces=queries.unsettled_bounces(), settling=settling, form=form,
        now=clock.now(), may_work=current_account().may(Permission.WORK_CASE),
    )  # fmt: skip


@bp.post("/delivery/returned/<int:bounce_id>/taker")
@requires(Permission.WORK_CASE)
def take(bounce_id: int) -> ResponseReturnValue:
    """I look into this one."""
    with transaction():
        delivery.take_bounce(bounce_id, current_account().id)
    return redirect(url_for(".home") + f"#returned-{bounce_id}", 303)


@bp.post("/delivery/returned/<int:bounce_id>/settlement")
@requires(Permission.WORK_CASE)
def settle(bounce_id: int) -> ResponseReturnValue:
    """What it was."""
    form = SettleForm()
    if form.submitted():
        try:
            with transaction():
                delivery.settle_bounce(bounce_id, form.how.data, form.case.data or "", by=current_actor(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("Settled: it stays in the record with what you wrote."), "success")
            return redirect(url_for(".home"), 303)
    return _home(bounce_id, form)


@bp.get("/cases/<number>/delivery")
@requires(Permission.READ_CASE)
def case(number: str) -> ResponseReturnValue:
    """How far each message of a case came, and what can be done."""
    return _case(open_case(number, "delivery"))


def _case(one: Case, form: DecisionForm | None = None, **forms: object) -> ResponseReturnValue:
    row, missing = queries.reach_row(one.id), delivery.undelivered(one.id)
    lines = reading.lines(one.id, missing)
    if form is None:
        form = DecisionForm(formdata=None, message=str(next((line.message.id for line in lines if line.undelivered), "")))
    _offer(form, lines)
    new = MandateForm(formdata=None, starts_on=clock.today(), language=one.language)
    return page(
        "desk/delivery/case.html", case=one, top=ident.top(one, current_account().id), row=row, lines=lines, form=form,
        answers=queries.answers_of(one.id), waiting=service.waiting(one.id), mandates=queries.mandates_of(one.id), no_server=reading.no_server(),
        may_work=current_account().may(Permission.WORK_CASE), today_=clock.today(),
        **{"mandate_form": new, "end_form": EndForm(formdata=None, ends_on=clock.today()), "ending": None} | forms,
    )  # fmt: skip


def _offer(form: DecisionForm, lines: list[reading.Line]) -> None:
    """Only messages that can be read; two signatures are offered only where something did not arrive."""
    readable = [line for line in lines if line.message.readable_at and not line.message.withdrawn_at]
    marked = sorted(readable, key=lambda line: not line.undelivered)
    sent = [
        (str(line.message.id), f"{line.message.subject} ({_('did not arrive')})" if line.undelivered else line.message.subject) for line in marked
    ]
    decisions = [
        ("post", _("Send it by post: whole term again from the day the letter leaves")),
        ("again", _("Announce it again by e-mail: whole term again from today")),
        ("works", _("The address works: I made sure of it")),
    ]
    if any(line.undelivered for line in lines):
        decisions.append(("let_end", _("Let the term end all the same: a second person must sign")))
    form.offer(sent, [*decisions])


@bp.post("/cases/<number>/delivery")
@requires(Permission.WORK_CASE)
def decide(number: str) -> ResponseReturnValue:
    """One of the four decisions."""
    one, form = open_case(number, "delivery"), DecisionForm()
    _offer(form, reading.lines(one.id, delivery.undelivered(one.id)))
    if form.submitted():
        try:
            with transaction():
                said = _carry_out(one.id, form)
        except DomainError as refusal:
            form.refuse(refusal)
            one = open_case(number, "delivery")
        else:
            flash(said, "success")
            return redirect(url_for(".case", number=number), 303)
    return _case(one, form)


def _carry_out(case_id: int, form: DecisionForm) -> str:
    message_id, reason, at = UUID(form.message.data), form.reason.data, clock.now()
    match form.decision.data:
        case "post":
            service.post(case_id, message_id, reason, by=current_actor(), at=at)
            return str(_("The letter is with those to post; the term begins again on the day it leaves."))
        case "again":
            service.again(case_id, message_id, reason, by=current_actor(), at=at)
            return str(_("Announced again; the term begins again today."))
        case "works":
            delivery.confirm_address(case_id, reason, by=current_actor(), at=at)
            return str(_("Noted: the address works."))
    service.ask_to_let_end(case_id, message_id, reason, by=current_account(), at=at)
    return str(_("Asked: a second person must sign before the term may end."))


@bp.get("/cases/<number>/messages/<uuid:message_id>/evidence")
@requires(Permission.READ_CASE)
def proof(number: str, message_id: UUID) -> ResponseReturnValue:
    """The signed evidence pack of a message."""
    one = open_case(number, f"evidence {message_id}")
    message = mail_queries.message(message_id)
    if message.case_id != one.id:
        raise NotFound
    response = Response(evidence.pack(message_id, at=clock.now()), content_type="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"preuve-{one.number}-{str(message_id)[:8]}.zip")
    return response


@bp.post("/cases/<number>/mandates")
@requires(Permission.WORK_CASE)
def record_mandate(number: str) -> ResponseReturnValue:
    """Somebody stands for the case from a day."""
    one, form = open_case(number, "delivery"), MandateForm()
    if form.submitted():
        try:
            with transaction():
                mandates.record(one.id, form.mandate(), by=current_actor(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
            one = open_case(number, "delivery")
        else:
            flash(_("Mandate recorded: they are told of each message from that day."), "success")
            return redirect(url_for(".case", number=number) + "#mandates", 303)
    return _case(one, mandate_form=form)


@bp.post("/cases/<number>/mandates/<int:mandate_id>/end")
@requires(Permission.WORK_CASE)
def end_mandate(number: str, mandate_id: int) -> ResponseReturnValue:
    """The last day of a mandate."""
    one, form = open_case(number, "delivery"), EndForm()
    if all(mandate.id != mandate_id for mandate in queries.mandates_of(one.id)):
        raise NotFound
    if form.submitted():
        try:
            with transaction():
                mandates.end(mandate_id, form.ends_on.data or clock.today(), form.reason.data, by=current_actor(), at=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
            one = open_case(number, "delivery")
        else:
            flash(_("Mandate ended: no copy goes out after that day."), "success")
            return redirect(url_for(".case", number=number) + "#mandates", 303)
    return _case(one, end_form=form, ending=mandate_id)


@bp.get("/representatives")
@requires(Permission.READ_CASE)
def representatives() -> ResponseReturnValue:
    """Everybody who stands for somebody."""
    log_list("representatives", "representatives")
    return page("desk/delivery/representatives.html", people=queries.representatives())


@bp.get("/representatives/<int:representative_id>")
@requires(Permission.READ_CASE)
def representative(representative_id: int) -> ResponseReturnValue:
    """One representative with all their cases, the next last day first."""
    log_list("representatives", f"representative {representative_id}")
    person = queries.representative(representative_id)
    return page("desk/delivery/representative.html", person=person, rows=reading.cases_of(representative_id, clock.today()))
