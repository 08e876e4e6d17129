"""What is done as of a day, or at every turn: openings, reminders, lapses, proposals, what waits to be settled. Running it twice changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy import func, select

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import clock, deliveries, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.events import Subject
from backoffice.decisions import queries as decision_queries
from backoffice.decisions import reminders
from backoffice.decisions import service as decisions
from backoffice.fees import jobs as fee_jobs
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.intake import queries as intake_queries
from backoffice.intake import scanning
from backoffice.intake import service as intake
from backoffice.intake.events import submission_subject
from backoffice.intake.service import drafting, invitations, settling
from backoffice.mail.delivery import bouncing, sending
from backoffice.mail.delivery import jobs as delivery
from backoffice.mailroom.doors import dropping
from backoffice.mailroom.doors import jobs as doors
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.events import window_subject
from backoffice.quota.values import WindowAction, WindowState

log = structlog.get_logger()

TURN = 7_281_004
"""The advisory lock that lets one scheduler take a turn at a time."""


@dataclass(frozen=True)
class Done:
    """One thing a sweep did, or held back."""

    kind: str
    subject: Subject
    detail: str = ""


def sweep(as_of: date, *, dry_run: bool = False) -> list[Done]:
    """Everything due as of a day: each in its own transaction."""
    at = clock.now()
    done = [*_windows(max(at, _first_hour(as_of)), dry_run=dry_run), *_settle(at, dry_run=dry_run)]
    done += _expire(max(at, _first_hour(as_of)), dry_run=dry_run)
    done += _drafts(max(at, _first_hour(as_of)), dry_run=dry_run)
    done += _reminders(as_of, at, dry_run=dry_run)
    done += [_lapse(fee_id, as_of, at, dry_run=dry_run) for fee_id in fee_jobs.due_to_lapse(as_of)]
    return [*done, *_proposals(as_of, at, dry_run=dry_run)]


def name(subject: Subject) -> str:
    """A subject as an operator knows it: a case by its file number."""
    return case_queries.case_by_id(int(subject.id)).number if subject.kind == "case" else f"{subject.kind} {subject.id}"


def _first_hour(as_of: date) -> datetime:
    """The hour at which a day's sweep would run (a future day exists in demonstration only)."""
    return datetime.combine(as_of, time(0, 30), tzinfo=clock.MONTREAL)


def _windows(at: datetime, *, dry_run: bool) -> list[Done]:
    """Windows open and close by themselves at their instants."""
    done = []
    for window in quota_queries.due_to_move(at):
        action = WindowAction.OPEN if window.state is WindowState.ANNOUNCED else WindowAction.CLOSE
        done.append(Done(f"window_{action.value}", window_subject(window.code)))
        if not dry_run:
            _once(lambda: quota.move_window(window.id, action, by=SYSTEM, at=at))  # noqa: B023 - called before the next turn
    return done


def _settle(at: datetime, *, dry_run: bool) -> list[Done]:
    """Arrivals that a crash left without outcome."""
    done = []
    for code in intake_queries.windows_with_pending():
        upto = intake_queries.wait_for_arrivals_under_way()
        done.append(Done("settle", window_subject(code)))
        if not dry_run:
            _once(lambda: intake.settle(code, upto, at=at))  # noqa: B023 - called before the next turn
    return done


def _expire(at: datetime, *, dry_run: bool) -> list[Done]:
    """Declarations a year old, and invitations not answered in their sixty days."""
    done = []
    for admission in quota_queries.declarations_to_expire(at):
        subject = submission_subject(admission.submission_id)
        if not invitations.is_over(admission.submission_id, at):
            continue
        if held := invitations.what_holds_back(admission.submission_id):
            done.append(Done("invitation_held_back", subject, "; ".join(held)))
            continue
        done.append(Done("declaration_expired", subject))
        if not dry_run:
            _once(lambda: invitations.expire(admission.submission_id, at=at))  # noqa: B023 - called before the next turn
    return done


def _decline() -> None:
    """Those who stood in a draw or on a list and were refused in the end stand no more."""
    while lost := intake_queries.lost_standing():
        _once(lambda: settling.decline(lost, at=clock.now()))


def _lapse(fee_id: int, as_of: date, at: datetime, *, dry_run: bool) -> Done:
    fee = fee_queries.fee(fee_id)
    subject = case_subject(fee.case_id)
    if held := fees.what_holds_back(fee):
        return Done("payment_held_back", subject, "; ".join(held))
    if not dry_run and (fault := _tried(lambda: fee_jobs.lapse(fee_id, as_of, at), fee=fee_id)):
        return Done("payment_failed", subject, fault)
    return Done("payment_lapsed", subject)


def _reminders(as_of: date, at: datetime, *, dry_run: bool) -> list[Done]:
    """Who has not answered, or not paid, is reminded before the term ends; nobody twice for the same day."""
    done = []
    for one in reminders.due(as_of):
        fault = None if dry_run else _tried(lambda: reminders.remind(one, as_of, at=at), term=one.term.id)  # noqa: B023 - called before the next turn
        detail = f"{one.term.kind.value}, {one.left} days left"
        done.append(Done("reminder_failed" if fault else "reminder", one.term.subject, fault or detail))
    return done


def _proposals(as_of: date, at: datetime, *, dry_run: bool) -> list[Done]:
    """A term of documents or of an intention that is over is put before a person; what holds it back is said."""
    over = [term for term in decision_queries.over(as_of) if decisions.to_propose(term, as_of)]
    return [_propose(term.id, term.subject, term.kind.value, as_of, at, dry_run=dry_run) for term in over]


def _propose(term_id: int, subject: Subject, kind: str, as_of: date, at: datetime, *, dry_run: bool) -> Done:
    barred = decisions.is_barred(int(subject.id))
    held = [] if barred else decisions.holding_back(decision_queries.term(term_id))
    if held:
        return Done("proposal_held_back", subject, "; ".join(held))
    if not dry_run and (fault := _tried(lambda: decisions.propose(term_id, as_of, at=at), term=term_id)):
        return Done("proposal_failed", subject, fault)
    return Done("proposal", subject, f"{kind}, barred" if barred else kind)


def _tried(operation: Callable[[], object], **about: int) -> str | None:
    """Do one thing in its own transaction; its fault is named and tried again tomorrow, and the others go on."""
    try:
        with transaction():
            operation()
    except Exception as fault:  # whatever one row meets, the rows after it are done
        log.exception("sweep failed", **about)
        return type(fault).__name__
    return None


def _drafts(at: datetime, *, dry_run: bool) -> list[Done]:
    """Applications half received are forgotten once two periods of their programme have passed them by, or once received."""
    done = [Done("draft_dropped", Subject("draft", str(one))) for one in drafting.outdated(at)]
    if not dry_run:
        _once(lambda: drafting.drop_outdated(at))
        _once(drafting.drop_received)
    return done


def _once(operation: Callable[[], object]) -> None:
    with transaction():
        operation()


def each_turn() -> None:
    """A scheduler's turn: one at a time, whoever runs it; the lock lives on a connection of its own."""
    with db.engine.connect() as keeper:
        if not keeper.scalar(select(func.pg_try_advisory_lock(TURN))):
            return
        try:
            deliveries.offer(deliveries.waiting(clock.now() - timedelta(seconds=3)))
            _windows(clock.now(), dry_run=False)
            _decline()
            dropping.collect_dropped()
            doors.offer_left_behind()
            pipeline.offer_owed()
            sending.offer_due()
            bouncing.collect()
            scanning.scan_waiting()
            _daily()
        finally:
            keeper.scalar(select(func.pg_advisory_unlock(TURN)))


_swept: set[date] = set()
"""The days this scheduler has swept: a restart sweeps again, which changes nothing."""


def _daily() -> None:
    """The day's sweep, caught up whenever a night was missed, and the day's seal."""
    today = clock.today()
    if today not in _swept:
        log.info("daily sweep", done=len(sweep(today)), silent=delivery.silent(clock.now()))
        _swept.add(today)
    last = db.session.scalar(select(func.max(events.Seal.at)))
    if last is None or last.astimezone(clock.MONTREAL).date() < today:
        with transaction():
            events.seal(at=clock.now())
