"""Withdrawing by the portal: additive to the contract."""

from datetime import date
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import IllegalMove
from backoffice.core.problems import Fault, Problem
from backoffice.core.web import keyed
from backoffice.intake import acknowledgments, queries, schema
from backoffice.intake.api import bp, json_body
from backoffice.intake.between import queries as between_queries
from backoffice.intake.between.errors import HasEnded, StillPending
from backoffice.intake.service import withdrawals
from backoffice.intake.service.withdrawals import PORTAL, Request
from backoffice.staff.guard import caller
from backoffice.staff.permissions import Scope

MEMBERS = {"withdrawal_id", "reason"}
LONGEST = 2000


@bp.post("/submissions/<uuid:submission_id>/withdrawal")
@keyed(Scope.PORTAL)
def withdraw(submission_id: UUID) -> ResponseReturnValue:
    """The applicant withdraws: the acknowledgment with its present state; the same request again, or an application withdrawn before, too."""
    request = _request(schema.parse(json_body()), clock.today())
    try:
        with transaction():
            withdrawals.withdraw(submission_id, request, by=caller(), at=clock.now())
    except StillPending:
        raise Problem("unavailable", retry_after=1) from None
    except (HasEnded, IllegalMove) as refusal:  # or ended by another request of this very moment
        if between_queries.withdrawal_of(submission_id) is None:
            raise Problem("has-ended", refusal.message) from None
    submission = queries.submission(submission_id)
    assert submission is not None, "what was withdrawn was submitted"
    return jsonify(acknowledgments.acknowledgment(submission))


def _request(value: object, today: date) -> Request:
    if not isinstance(value, dict):
        raise Problem("invalid", errors=[Fault("", "type", _("Send an object."))])
    faults = [Fault(f"/{name}", "unknown", _("This member is unknown: check its spelling.")) for name in sorted(set(value) - MEMBERS)]
    number, reason = _uuid(value.get("withdrawal_id")), value.get("reason")
    if number is None:
        faults.append(Fault("/withdrawal_id", "format", _("Give a UUID.")))
    if reason is not None and not (isinstance(reason, str) and len(reason) <= LONGEST and "\x00" not in reason):
        faults.append(Fault("/reason", "text", _("At most 2,000 characters, without null characters.")))
    if faults or number is None:
        raise Problem("invalid", errors=faults)
    return Request(number, PORTAL, today, reason.strip() or None if isinstance(reason, str) else None)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
