"""Operations of the hallway: receive, settle, open the case. Receiving never waits for settling, and settling keeps the order."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Channel, Hold
from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.fees import rules as fee_rules
from backoffice.fees import service as fees
from backoffice.intake import queries, receipts, rules
from backoffice.intake.errors import SubmissionConflict, WindowClosed, WindowSuspended
from backoffice.intake.events import SubmissionReceived, SubmissionSettled, submission_subject
from backoffice.intake.models import RefusedArrival, Submission
from backoffice.intake.states import TRANSITIONS, SubmissionAction, SubmissionState
from backoffice.intake.values import Application
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.models import Window
from backoffice.quota.service import Arrival
from backoffice.quota.values import AdmissionReason, AdmissionStatus, WindowState

ONLINE = Channel.ONLINE


def receive(application: Application, *, by: Actor, at: datetime) -> tuple[Submission, bool]:
    """Keep an application durably and stamp it; the same one again gives the first, another content is refused.

    The second value says whether it is new. Nothing is decided here: the stamp is the place in the order.
    """
    known = queries.submission(application.submission_id)
    if known is None:
        window = _window_for(application, at)
        new = _insert(application, window, at=at)
        if new is not None:
            fact = SubmissionReceived(str(new.id), new.sequence, new.channel.value, window.code, new.content_sha256)
            events.record(submission_subject(new.id), fact, by=by, at=new.received_at)
            return new, True
        known = queries.submission(application.submission_id)
        assert known is not None
    if known.content_sha256 != application.content_sha256:
        raise SubmissionConflict
    return known, False


def _window_for(application: Application, at: datetime) -> Window:
    """The window that receives this application: an open one, or for those exempt the last one that named the programme."""
    programme = str(application.content["programme"])
    if application.channel is Channel.PAPER:
        return _window_for_paper(application, programme, at)
    window = quota_queries.receiving(programme, at)
    if window and window.opens_at <= at and application.channel.value in window.channels:
        if window.state is WindowState.SUSPENDED:
            raise WindowSuspended
        return window
    latest = window or quota_queries.latest(programme)
    if latest and (rules.exempt_ground(application.content, latest.exempt_grounds) or application.paper_ground):
        return latest
    raise WindowClosed


def _window_for_paper(application: Application, programme: str, at: datetime) -> Window:
    """Paper belongs to the window of its legal day; else to the one that receives, else to the last, if paper is accepted on a ground."""
    day = application.legal_received_on or montreal_day(at)
    window = quota_queries.window_on(programme, day, Channel.PAPER.value)
    if window is None and application.paper_ground:
        window = quota_queries.receiving(programme, at) or quota_queries.latest(programme)
    if window is None:
        raise WindowClosed
    return window


def _insert(application: Application, window: Window, *, at: datetime) -> Submission | None:
    stamp = queries.stamp(at)
    receipt_id = uuid4()
    values = {
        "id": application.submission_id,
        "sequence": stamp.sequence,
        "received_at": stamp.received_at,
        "legal_received_on": application.legal_received_on or montreal_day(stamp.received_at),
        "channel": application.channel,
        "programme": str(application.content["programme"]),
        "window_code": window.code,
        "content": application.content,
        "raw": application.raw,
        "content_sha256": application.content_sha256,
        "receipt_id": receipt_id,
        "jws": receipts.sign(receipt_id, application.submission_id, stamp.received_at, stamp.sequence, application.content_sha256),
        "state": SubmissionState.PENDING,
        "paper_ground": application.paper_ground,
        "envelope": application.envelope,
    }
    inserted = insert(Submission).values(**values).on_conflict_do_nothing(index_elements=[Submission.id]).returning(Submission)
    return db.session.scalars(inserted).first()


def note_refused_arrival(code: str, content: object, size: int, *, at: datetime) -> None:
    """Keep the trace of an attempt that was not accepted, so that nobody is told later that they never came."""
    members = content if isinstance(content, dict) else {}
    db.session.add(
        RefusedArrival(
            at=at, code=code, submission_id=str(members.get("submission_id") or "")[:64] or None,
            programme=str(members.get("programme") or "")[:20] or None, content_sha256=digest(content), size=size,
        )
    )  # fmt: skip


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


def fingerprint(content: dict[str, object]) -> str:
    """The digest of a content: two bodies with it are the same submission (RFC 8785)."""
    return digest(content)
