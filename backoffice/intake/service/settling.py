"""Settling: each arrival is given its outcome in the order of the stamps, and its case is opened."""

from collections.abc import Sequence
from datetime import date, datetime

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Channel, Hold
from backoffice.core import events
from backoffice.core.actors import SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.states import move
from backoffice.fees import rules as fee_rules
from backoffice.fees import service as fees
from backoffice.intake import queries, rules
from backoffice.intake.events import SubmissionSettled, submission_subject
from backoffice.intake.models import Submission
from backoffice.intake.states import TRANSITIONS, SubmissionAction
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.models import Window
from backoffice.quota.service import Arrival
from backoffice.quota.values import AdmissionReason, AdmissionStatus


def settle(window_code: str, upto: int, *, at: datetime, wait: bool = True) -> int:
    """Give every arrival up to a number its outcome, in order, and open the cases; how many were settled.

    Without waiting, somebody else who is settling already does it for all: then nothing is done here.
    """
    window = quota_queries.window(window_code)
    locked = quota_queries.lock_window(window.id) if wait else quota_queries.try_lock_window(window.id)
    if locked is None:
        return 0
    waiting = queries.pending(window_code, upto)
    for submission in waiting:
        _settle_one(locked, submission, at=at)
    return len(waiting)


def _settle_one(window: Window, submission: Submission, *, at: datetime) -> None:
    arrival = Arrival(
        submission_id=submission.id, sequence=submission.sequence, received_at=submission.received_at, channel=submission.channel.value,
        country=rules.country(submission.content), exempt_ground=rules.exempt_ground(submission.content, window.exempt_grounds),
        doubt=_doubt(submission),
    )  # fmt: skip
    admission = quota.decide_arrivals(window, [arrival], at=at)[0]
    number = None
    doubted = arrival.doubt is AdmissionReason.DUPLICATE_REVIEW
    if admission.status in {AdmissionStatus.PROVISIONAL, AdmissionStatus.EXEMPT}:
        case = _open(submission, window, doubted=doubted, at=at)
        number = case.number
        submission.state = move(TRANSITIONS, submission.state, SubmissionAction.OPEN)
    else:
        submission.state = move(TRANSITIONS, submission.state, SubmissionAction.DECLINE)
    submission.settled_at = at
    fact = SubmissionSettled(str(submission.id), number, admission.status.value)
    events.record(submission_subject(submission.id), fact, by=SYSTEM, at=at)


def _open(submission: Submission, window: Window, *, doubted: bool, at: datetime) -> Case:
    """One application, one case: opened, assessed, invited to pay."""
    new = rules.new_case(
        submission.id, submission.content, submission.channel, submission.received_at, submission.legal_received_on, window.exempt_grounds
    )
    case = cases.open_case(new, CaseStatus.ATTENTE_PAIEMENT, by=SYSTEM, at=at)
    if doubted:
        cases.place_hold(case.id, Hold.DUPLICATE_REVIEW, by=SYSTEM, at=at)
    births, spouse = rules.fee_members(submission.content)
    tariff_day = _tariff_day(submission)
    fees.issue_fee(case, tariff_day, fee_rules.assessed_members(births, submission.legal_received_on, spouse=spouse), by=SYSTEM, at=at)
    return case


def _tariff_day(submission: Submission) -> date:
    """The tariff in force on the day of submission, or of the received stamp for paper."""
    return submission.legal_received_on if submission.channel is Channel.PAPER else montreal_day(submission.received_at)


def _doubt(submission: Submission) -> AdmissionReason | None:
    """Whether somebody of this application is in another active one of the programme already: one person, one place."""
    people = rules.members(submission.content)
    mine = [rules.identity(p) for p in people]
    found = case_queries.same_names([(i.name, i.birth_date) for i in mine], submission.programme)
    found += case_queries.same_passports([i.passport for i in mine if i.passport], submission.programme)
    seen = [
        (rules.same_person(i, rules.Identity(p.search_name, p.birth_date, p.sex, p.passport_number)), place == 0 and p.position == 0)
        for p, _case in found
        for place, i in enumerate(mine)
    ]
    return _verdict(seen)


def _verdict(seen: Sequence[tuple[rules.Sameness | None, bool]]) -> AdmissionReason | None:
    """Certainly the same principal applicant is refused; any other sameness is for a person to look at."""
    if any(sameness is rules.Sameness.CERTAIN and principals for sameness, principals in seen):
        return AdmissionReason.DUPLICATE_PERSON
    return AdmissionReason.DUPLICATE_REVIEW if any(sameness for sameness, _ in seen) else None
