"""Settling: the clerk gives each arrival its outcome in the order of the stamps, many at once, and opens the cases."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from backoffice.cases import opening
from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Channel, Hold
from backoffice.core import events
from backoffice.core.actors import SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.fees import issuing
from backoffice.fees import queries as fee_queries
from backoffice.fees import rules as fee_rules
from backoffice.fees.issuing import Due
from backoffice.intake import identities, queries, rules
from backoffice.intake.events import SubmissionSettled, submission_subject
from backoffice.intake.models import Submission
from backoffice.intake.service import invitations, registers, reviews
from backoffice.intake.states import TRANSITIONS, SubmissionAction, SubmissionState
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules as quota_rules
from backoffice.quota import service as quota
from backoffice.quota.models import Admission, Window
from backoffice.quota.rules import scores
from backoffice.quota.service import Arrival
from backoffice.quota.values import AdmissionReason, AdmissionStatus, Order, Score

MOST = 400
"""Arrivals of one transaction: enough that they share its cost, few enough that nobody waits for it."""

OPENS_A_CASE = frozenset({AdmissionStatus.PROVISIONAL, AdmissionStatus.CONFIRMED, AdmissionStatus.EXEMPT, AdmissionStatus.INVITED})
STANDS = frozenset({AdmissionStatus.REGISTERED, AdmissionStatus.WAITLISTED})


def settle(window_code: str, upto: int, *, at: datetime, wait: bool = True, apart: frozenset[UUID] = frozenset(), only: UUID | None = None) -> int:
    """Give the arrivals up to a number their outcome, in order, and open the cases; how many were settled.

    Without waiting, somebody else who is settling already does it for all: then nothing is done here. Those set `apart`
    met a fault of ours and are left for later.
    """
    window = quota_queries.window(window_code)
    locked = quota_queries.lock_window(window.id) if wait else quota_queries.try_lock_window(window.id)
    if locked is None:
        return 0
    waiting = [one for one in queries.pending(window_code, upto, MOST + len(apart)) if one.id not in apart and only in {None, one.id}]
    batch = identities.without_twins(_in_order(locked, waiting, at=at))
    doubts = identities.doubts(batch)
    arrivals = [_arrival(locked, one, doubt) for one, doubt in zip(batch, doubts, strict=True)]
    admissions = {one.submission_id: one for one in quota.admit(locked, arrivals, at=at)} if batch else {}
    _place(locked, [(one, admissions[one.id]) for one in batch], at=at)
    return len(batch)


def _in_order(window: Window, waiting: Sequence[Submission], *, at: datetime) -> list[Submission]:
    """Those that can be decided now: where ties are drawn, only once their interval is over."""
    ties = window.ties
    ripe = [one for one in waiting if ties is None or one.late or quota_rules.bucket_end(ties, one.received_at) <= at]
    return sorted(ripe, key=lambda one: quota_rules.arrival_key(window.ties, one.sequence, one.received_at, str(one.id)))


def _arrival(window: Window, one: Submission, doubt: AdmissionReason | None) -> Arrival:
    return Arrival(
        submission_id=one.id, sequence=one.sequence, received_at=one.received_at, day=one.legal_received_on, channel=one.channel.value,
        country=rules.country(one.content), exempt_ground=rules.exempt_ground(one.content, window.exempt_grounds), doubt=doubt,
        late=one.late or one.channel is Channel.PAPER, score=_score(window, one),
    )  # fmt: skip


def _score(window: Window, one: Submission) -> Score | None:
    """The score of a declaration of interest, where the decision ranks them."""
    if window.terms.order is not Order.RANKED:
        return None
    offer = rules.exempt_ground(one.content, ("validated_job_offer",)) is not None
    return scores.score(window.policy, one.content, offer=offer)


def _place(window: Window, decided: Sequence[tuple[Submission, Admission]], *, at: datetime) -> None:
    """Each arrival where its admission puts it: with a case, standing without one, or declined."""
    opened = [(one, admission) for one, admission in decided if admission.status in OPENS_A_CASE]
    standing = [one for one, admission in decided if admission.status in STANDS]
    acts = {
        **dict.fromkeys((one.id for one, _ in opened), SubmissionAction.OPEN),
        **dict.fromkeys((one.id for one in standing), SubmissionAction.STAND),
    }
    queries.move_all([(one, move(TRANSITIONS, one.state, acts.get(one.id, SubmissionAction.DECLINE))) for one, _ in decided], at)
    for one in standing:
        identities.remember(one)
    open_cases(window, opened, at=at)


def open_cases(window: Window, given: Sequence[tuple[Submission, Admission]], *, at: datetime) -> None:
    """One application, one case: opened, assessed, invited to pay; somebody invited by a round is asked to file first."""
    invited = [pair for pair in given if pair[1].status is AdmissionStatus.INVITED]
    for _one, case in _open(window, invited, CaseStatus.SOUMISE, at=at):
        invitations.invite(case, at=at)
    admitted = [pair for pair in given if pair[1].status is not AdmissionStatus.INVITED]
    opened = _open(window, admitted, CaseStatus.ATTENTE_PAIEMENT, at=at)
    issuing.issue_fees([_due(one, case) for one, case in _cleared(opened, at=at)], by=SYSTEM, at=at)


def _open(window: Window, given: Sequence[tuple[Submission, Admission]], status: CaseStatus, *, at: datetime) -> list[tuple[Submission, Case]]:
    if not given:
        return []
    news = [rules.new_case(one.id, one.content, one.channel, one.received_at, one.legal_received_on, window.exempt_grounds) for one, _ in given]
    opened = opening.open_cases(news, status, by=SYSTEM, at=at)
    for (one, admission), case in zip(given, opened, strict=True):
        if admission.suspected:
            cases.place_hold(case.id, Hold.DUPLICATE_REVIEW, by=SYSTEM, at=at)
        events.record(submission_subject(one.id), SubmissionSettled(str(one.id), case.number, admission.status.value), by=SYSTEM, at=at)
    return [(one, case) for (one, _), case in zip(given, opened, strict=True)]


def _cleared(opened: Sequence[tuple[Submission, Case]], *, at: datetime) -> list[tuple[Submission, Case]]:
    """Those against whom no false declaration may stand; a person looks at the others before anything is cashed."""
    barred = registers.barred_among({one.id: one.content for one, _ in opened}, {one.id: one.legal_received_on for one, _ in opened})
    for one, case in opened:
        if entry := barred.get(one.id):
            registers.hold_for_review(one.id, case.id, entry, by=SYSTEM, at=at)
    return [(one, case) for one, case in opened if one.id not in barred]


def _due(one: Submission, case: Case) -> Due:
    births, spouse = rules.fee_members(one.content)
    return Due(case, _tariff_day(one), fee_rules.assessed_members(births, one.legal_received_on, spouse=spouse))


def _tariff_day(one: Submission) -> date:
    """The tariff in force on the day of submission, or of the received stamp for paper."""
    return one.legal_received_on if one.channel is Channel.PAPER else montreal_day(one.received_at)


def follow_places(submission_ids: Sequence[UUID], *, at: datetime) -> int:
    """Open the cases of those who were given a place later (waiting list, draw, settlement, round, review); how many were followed."""
    given = quota_queries.lock_places_given(submission_ids)
    submissions = queries.submissions([one.submission_id for one in given])
    admissions = quota_queries.admissions(one.submission_id for one in given)
    known = {case.submission_id: case for case in case_queries.cases_of_submissions(list(submissions))}
    by_window: dict[int, list[tuple[Submission, Admission]]] = {}
    for place in given:
        one, admission = submissions.get(place.submission_id), admissions[place.submission_id]
        if one is None or admission.status not in OPENS_A_CASE:
            continue  # the place was lost again before it could be followed
        if one.id in known:
            _file(one, known[one.id], admission, at=at)
        else:
            by_window.setdefault(admission.window_id, []).append((one, admission))
    for window_id, some in by_window.items():
        queries.move_all([(one, move(TRANSITIONS, one.state, SubmissionAction.OPEN)) for one, _ in some], at)
        open_cases(quota_queries.window_by_id(window_id), some, at=at)
    identities.forget([one.submission_id for one in given])
    for place in given:
        db.session.delete(place)
    return len(given)


def _file(one: Submission, case: Case, admission: Admission, *, at: datetime) -> None:
    """A case that exists goes on: somebody invited filed, and the fee falls due; one that was set aside is taken up again."""
    if admission.status is AdmissionStatus.INVITED:
        return
    held = case_queries.lock_case(case.id)
    if fee_queries.fee_of_case(case.id) is not None:
        reviews.resume(one.id, by=SYSTEM, at=at)
    elif Hold.FALSE_DECLARATION_REVIEW not in case_queries.standing_holds(case.id):  # a person looks before anything is cashed
        invitations.answered(held, at=at)
        issuing.issue_fees([_due(one, held)], by=SYSTEM, at=at)


def set_aside(submission: Submission) -> None:
    """An arrival that could not be settled is decided out of the running order, so that it keeps nobody else waiting."""
    submission.late = True
    db.session.flush()


def decline(standing: Iterable[Submission], *, at: datetime) -> None:
    """Those who stood without a case and were refused in the end: a draw, a settlement."""
    declined = [one for one in standing if one.state is SubmissionState.STANDING]
    queries.move_all([(one, move(TRANSITIONS, one.state, SubmissionAction.DECLINE)) for one in declined], at)
    identities.forget([one.id for one in declined])
