"""The blueprint of the people between, its tabs, and what its views share."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.cases.events import case_subject
from backoffice.core import clock, pages
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.core.events import Subject
from backoffice.core.forms import Form
from backoffice.intake.between import queries
from backoffice.intake.between.queries import Side
from backoffice.intake.between.values import ClaimState
from backoffice.intake.events import submission_subject
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

bp = Blueprint("between", __name__, url_prefix="/verdicts")

pages.section(pages.Section(_l("To be judged"), "between.duplicates", Permission.READ_CASE, 13, queries.count_waiting, "/verdicts"))

READ, WORK, KEEP = Permission.READ_CASE, Permission.WORK_CASE, Permission.KEEP_REGISTERS


def tabs(current: str) -> list[dict[str, object]]:
    """What waits, one tab a subject, with its count."""
    counted: dict[str, tuple[str, int | None]] = {
        "duplicates": (_("Duplicates"), queries.count_doubted()),
        "exemptions": (_("Exemptions"), queries.count_exemptions()),
        "withdrawals": (_("Withdrawals"), len(queries.refunds_to_decide())),
        "claims": (_("Prevented by a fault"), len(queries.claims(ClaimState.ASKED))),
        "declarations": (_("False declarations"), len(queries.checks())),
        "applications": (_("Without a case"), None),
    }
    return [
        {"label": label, "url": url_for(f"between.{name}"), "current": name == current, "count": count} for name, (label, count) in counted.items()
    ]


def log_list(name: str) -> None:
    """Remember that a list of people was shown."""
    log(Subject("list", f"verdicts:{name}"), name)


def log(subject: Subject, shown: str) -> None:
    """Remember that somebody's data was shown."""
    with transaction():
        staff.log_read(current_account(), subject, shown, at=clock.now())


def open_side(submission_id: UUID, shown: str) -> Side:
    """An application to be shown: the reading is logged first."""
    found = queries.side(submission_id)
    log(case_subject(found.case.id) if found.case else submission_subject(submission_id), shown)
    return queries.side(submission_id)


def done(form: Form, operation: Callable[[], object]) -> bool:
    """Do it, in one transaction; or leave the refusal on the form, what was typed kept."""
    if not form.submitted():
        return False
    try:
        with transaction():
            operation()
    except NotFound:
        raise
    except DomainError as refusal:
        form.refuse(refusal)
        db.session.expire_all()
        return False
    return True
