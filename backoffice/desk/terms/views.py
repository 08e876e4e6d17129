"""Pages of terms: how a last day was found, the three acts by which a supervisor moves it, and the rules with their versions."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from babel.dates import format_date, get_day_names
from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import clock, formats
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.settings import settings
from backoffice.core.web import page, requires
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import rules as term_rules
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.deadlines.values import TermKind, TermRule, Workings
from backoffice.deadlines.wording import sentence, source
from backoffice.desk import ident
from backoffice.desk.terms.forms import CountForm, ExtensionForm, StartForm, _MovingForm
from backoffice.desk.terms.showing import counted, shown
from backoffice.desk.views.blueprint import open_case
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("terms", __name__)

_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")

FIRST_YEAR, YEARS_AHEAD = 2012, 3
"""The holidays shown: from the first rule on."""


@bp.app_template_filter("termsentence")
def term_sentence(workings: dict[str, object]) -> str:
    """How the last day was found, in a sentence."""
    return sentence(Workings.from_json(workings), formats.locale_code())


@bp.app_template_filter("legalsource")
def legal_source(text: str) -> str:
    """The text that makes a day a holiday, as the reader cites it."""
    return source(text, formats.locale_code())


@bp.app_template_filter("keptdays")
def kept_days(text: str) -> Markup:
    """A sentence whose days never break at the end of a line."""
    return Markup(_DAY.sub(r'<span class="nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped just before


@bp.app_template_filter("monthname")
def month_name(first: date) -> str:
    """A month in words: « juin 2016 »."""
    return format_date(first, "MMMM y", locale=formats.locale_code())


@bp.app_template_filter("weekdayonly")
def weekday_only(day: date) -> str:
    """A day of the week in words."""
    return format_date(day, "EEEE", locale=formats.locale_code())


@bp.app_template_global()
def weekday_names() -> list[str]:
    """The days of the week, Sunday first, as Québec's calendars begin."""
    names = get_day_names("wide", locale=formats.locale_code())
    return [names[(place - 1) % 7] for place in range(7)]


@bp.get("/cases/<number>/terms/<int:term_id>")
@requires(Permission.READ_CASE)
def show(number: str, term_id: int) -> ResponseReturnValue:
    """The detail of the count of one term."""
    case, term = _opened(number, term_id, "")
    return page("desk/terms/term.html", case=case, top=_top(case), shown=shown(case, term), may_move=current_account().may(Permission.MOVE_TERM))


@bp.route("/cases/<number>/terms/<int:term_id>/extension/new", methods=["GET", "POST"])
@requires(Permission.MOVE_TERM)
def extend(number: str, term_id: int) -> ResponseReturnValue:
    """Grant days, after reading what the last day becomes."""
    case, term = _opened(number, term_id, "extension")
    form = ExtensionForm()

    def preview() -> Workings:
        return deadlines.if_extended(term, form.days.data or 0, at=clock.now())

    def carry_out() -> Term:
        return deadlines.extend_term(term.owner, form.days.data or 0, form.reason.data or "", by=current_actor(), at=clock.now())

    return _moved(case, term, form, "extension", preview, carry_out)


@bp.route("/cases/<number>/terms/<int:term_id>/start/new", methods=["GET", "POST"])
@requires(Permission.MOVE_TERM)
def correct(number: str, term_id: int) -> ResponseReturnValue:
    """Put right a day zero that was recorded wrong; the old one stays in the record."""
    case, term = _opened(number, term_id, "start")
    form = StartForm()

    def preview() -> Workings:
        return deadlines.if_corrected(term, form.start.data or term.start, at=clock.now())

    def carry_out() -> Term:
        start, reason = form.start.data or term.start, form.reason.data or ""
        return deadlines.correct_start(term.id, start, reason, by=current_actor(), at=clock.now())

    return _moved(case, term, form, "start", preview, carry_out)


@bp.route("/cases/<number>/terms/<int:term_id>/count/new", methods=["GET", "POST"])
@requires(Permission.MOVE_TERM)
def recompute(number: str, term_id: int) -> ResponseReturnValue:
    """Count again under the calendar in force."""
    case, term = _opened(number, term_id, "count")
    form = CountForm()

    def carry_out() -> Term:
        return deadlines.recompute_term(term.id, form.reason.data or "", by=current_actor(), at=clock.now())

    return _moved(case, term, form, "count", lambda: deadlines.if_recomputed(term), carry_out)


def _moved(
    case: Case, term: Term, form: _MovingForm, act: str, preview: Callable[[], Workings], carry_out: Callable[[], Term]
) -> ResponseReturnValue:
    """Two steps of one form: what the last day becomes is read first, and only what was read is done."""
    after = None
    if form.submitted():
        try:
            after = preview()
            if form.confirms(after.last_day):
                with transaction():
                    carry_out()
                flash(_("Done: the new last day is %(day)s.", day=formats.longday(after.last_day)))
                return redirect(url_for(".show", number=case.number, term_id=term.id), 303)
        except DomainError as refusal:
            form.refuse(refusal)
            case, term = _read_again(case.id, term.id)
        form.seen.data = after.last_day.isoformat() if after else ""
    standing = counted(deadlines.derived(term))
    return page(
        "desk/terms/move.html", case=case, top=_top(case), term=term, form=form, act=act, standing=standing, after=counted(after) if after else None,
        closed=_closed(term, act) if request.method == "GET" else None, most=deadlines.LONGEST_EXTENSION, calendar=deadlines.calendar_in_force(),
    )  # fmt: skip


def _closed(term: Term, act: str) -> str | None:
    """Why the act exists no more, whatever would be typed: said before anybody types."""
    try:
        if act == "extension":
            deadlines.if_extended(term, 1, at=clock.now())
        elif act == "count":
            deadlines.if_recomputed(term)
    except DomainError as refusal:
        return refusal.message
    return None


def _opened(number: str, term_id: int, part: str) -> tuple[Case, Term]:
    case = open_case(number, f"term {part}".strip())
    return case, term_queries.term(case_subject(case.id), term_id)


def _read_again(case_id: int, term_id: int) -> tuple[Case, Term]:
    """A refusal undid the operation, and what was read in it: a colleague may have moved the term meanwhile."""
    return case_queries.case_by_id(case_id), term_queries.term(case_subject(case_id), term_id)


def _top(case: Case) -> object:
    return ident.top(case, current_account().id)


@bp.get("/terms/rules")
@requires(Permission.SEE_OWN_ACCOUNT)
def rules() -> ResponseReturnValue:
    """Every rule with its versions and sources, and the holidays of a year."""
    years = range(FIRST_YEAR, clock.today().year + YEARS_AHEAD + 1)
    year = request.args.get("year", clock.today().year, type=int)
    if year not in years:
        raise NotFound
    calendar = deadlines.calendar_in_force()
    return page(
        "desk/terms/rules.html", year=year, years=years, kinds=[(kind, _versions(kind)) for kind in TermKind], holidays=calendar.holidays(year),
        calendar=calendar, payment_start=settings().payment_start, starts=term_rules.DAY_ZERO, most=deadlines.LONGEST_EXTENSION, today_=clock.today(),
    )  # fmt: skip


def _versions(kind: TermKind) -> list[tuple[TermRule, date | None]]:
    """The texts that gave a term of this kind, the latest first, each with its last day in force."""
    texts = sorted((rule for rule in term_rules.TERMS if rule.kind is kind), key=lambda rule: rule.in_force_from)
    ends = [later.in_force_from - timedelta(days=1) for later in texts[1:]]
    return list(reversed(list(zip(texts, [*ends, None], strict=True))))
