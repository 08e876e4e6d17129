"""The desk's blueprint, the words its templates use, and the lines it adds to the navigation."""

from flask import Blueprint, g
from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.queries import Filter
from backoffice.core import clock, formats, pages
from backoffice.core.db import transaction
from backoffice.core.events import Subject
from backoffice.desk import queries
from backoffice.desk.ident import days_left
from backoffice.desk.words import word
from backoffice.documents.catalogue import CATALOGUE, REFUSAL_REASONS
from backoffice.mail.threads import presence
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

bp = Blueprint("desk", __name__)
bp.add_app_template_filter(word, "word")
bp.add_app_template_filter(days_left, "daysleft")


@bp.app_template_filter("refusal")
def refusal(code: str) -> str:
    """Why a document was not accepted, in the reader's language."""
    known = REFUSAL_REASONS.get(code)
    return known.label(formats.locale_code()) if known else code


@bp.app_template_filter("itemlabel")
def item_label(code: str) -> str:
    """The name of a document that can be asked for, in the reader's language."""
    known = CATALOGUE.get(code)
    return known.label(formats.locale_code()) if known else code


@bp.app_template_filter("accountname")
def account_name(account_id: int | None) -> str:
    """Who an account is; read once for a page."""
    if account_id is None:
        return "—"
    if "account_names" not in g:
        g.account_names = queries.every_name()
    return str(g.account_names.get(account_id, account_id))


def open_case(number: str, shown: str) -> Case:
    """A case to be shown: the reading is logged first, then the case is read."""
    with transaction():
        case_id = case_queries.case(number).id
        staff.log_read(current_account(), case_subject(case_id), shown, at=clock.now())
        presence.note(case_id, current_account().id, writes=False, at=clock.now())
    return case_queries.case_by_id(case_id)


def log_list(kind: str, shown: str) -> None:
    """Remember that a list of people was shown."""
    with transaction():
        staff.log_read(current_account(), Subject("list", kind), shown[:200], at=clock.now())


def _mine() -> int:
    return case_queries.count(Filter(officer_id=current_account().id), 999)


pages.section(pages.Section(_l("My work"), "desk.home", Permission.WORK_CASE, 10, _mine))
pages.section(pages.Section(_l("Case queue"), "desk.queue", Permission.READ_CASE, 11, lambda: case_queries.count(Filter()), "/cases"))
pages.section(pages.Section(_l("Messages"), "desk.messages", Permission.WORK_CASE, 12, queries.count_unanswered, "/messages"))
pages.section(pages.Section(_l("Intake periods"), "desk.windows", Permission.READ_WINDOWS, 21, prefix="/windows"))
pages.section(pages.Section(_l("Help"), "desk.help_page", Permission.SEE_OWN_ACCOUNT, 30))
