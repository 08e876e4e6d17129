"""Issuing fees, many at once: assessed by the tariff of their day, held for payment, invited to pay, the 30 days started."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.service import Starting
from backoffice.deadlines.values import TermKind
from backoffice.fees import notices, rules
from backoffice.fees.events import FeeAssessed, fee_owner
from backoffice.fees.models import Fee
from backoffice.fees.states import FeeState


@dataclass(frozen=True)
class Due:
    """A case whose fee falls due: the day whose tariff counts, and how many members pay beside the principal applicant."""

    case: Case
    on: date
    members: int


def issue_fees(dues: Sequence[Due], *, by: Actor, at: datetime) -> list[Fee]:
    """Assess each fee by the tariff of its day, hold the case for payment, and invite the applicant to pay.

    The 30 days run from the moment the invitation is readable: at once in the mailbox, or on the day its letter is posted; under
    the other rule (a setting), from the submission that it follows at once.
    """
    fees = [_fee(due, at=at) for due in dues]
    db.session.add_all(fees)
    db.session.flush()
    for due, fee in zip(dues, fees, strict=True):
        fact = FeeAssessed(fee.id, fee.assessed_cents, fee.tariff, fee.tariff_carried, 1 + due.members)
        events.record(case_subject(due.case.id), fact, by=by, at=at)
        cases.place_hold(due.case.id, Hold.PAYMENT, by=by, at=at)
    invitations = notices.send_invitations([(due.case, fee) for due, fee in zip(dues, fees, strict=True)], at=at)
    readable = [(due.case, fee, one.readable_at) for due, fee, one in zip(dues, fees, invitations, strict=True) if one.readable_at]
    starting = [Starting(case_subject(case.id), fee_owner(fee.id), *notices.day_zero(case, montreal_day(since))) for case, fee, since in readable]
    deadlines.start_terms(TermKind.PAYMENT, starting, by=by, at=at)
    return fees


def _fee(due: Due, *, at: datetime) -> Fee:
    assessment = rules.assess(due.on, due.members)
    fee = Fee(
        case_id=due.case.id, submission_id=due.case.submission_id, state=FeeState.DUE, assessed_cents=assessment.total_cents, assessed_on=due.on,
        tariff=str(assessment.tariff.year), tariff_carried=assessment.tariff.carried, tariff_source=assessment.tariff.source,
        lines=[{"label": line.label_key, "count": line.count, "unit_cents": line.unit_cents, "total_cents": line.total_cents} for line in assessment.lines],
        issued_at=at,
    )  # fmt: skip
    fee.allocations = []
    return fee
