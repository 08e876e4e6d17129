"""Sending what waits, over one conversation with the server.

Exactly once is more than SMTP can promise. Each notification is claimed and its attempt written before the server is spoken
to, and the answer is written after; a second worker takes neither. If the machine dies between the server's yes and our
commit, or the line breaks after the mail was handed over, nobody knows whether it left: the attempt says so, and after ten
minutes the mail is sent again under the same Message-ID, by which most servers know it for one. A second « a message
waits » harms nobody; a missing one might. The legal instant, `readable_at`, hangs on none of this.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select, update

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import clock, deliveries, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.states import move
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import composing, queries, rules, service, transport
from backoffice.mail.delivery.events import NotificationFailed, NotificationSent
from backoffice.mail.delivery.models import Notification, NotificationAttempt
from backoffice.mail.delivery.states import NOTIFICATIONS, NotificationAction, NotificationState
from backoffice.mail.delivery.transport import ServerAway, Transport
from backoffice.mail.delivery.values import Outcome, Recipient, Reply, Severity

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
"""A claim older than this belongs to a worker that died."""

AWAY = timedelta(minutes=1)
"""How long everything waits when the server does not answer."""

TURN_SECONDS = 20
LOCK = 7_281_070
"""The advisory lock that lets one worker send at a time."""


@dataclass(frozen=True)
class Claimed:
    """A mail about to leave."""

    notification_id: int
    attempt_id: int
    sender: str
    address: str
    mail: EmailMessage | None
    fault: str = ""


def turn() -> int:
    """A worker's turn: one at a time, twenty seconds at most, so that facts never wait behind the post."""
    with db.engine.connect() as keeper:
        if not keeper.scalar(select(func.pg_try_advisory_lock(LOCK))):
            return 0
        try:
            return send_due(TURN_SECONDS)
        finally:
            keeper.scalar(select(func.pg_advisory_unlock(LOCK)))


def offer_due() -> None:
    """Have a worker send, if somebody waits and there is a way out; the lock lets a second worker go at once."""
    if transport.chosen() is None or not queries.any_due(clock.now()):
        return
    try:
        deliveries.queue().enqueue("backoffice.worker.notify", result_ttl=0, failure_ttl=3600, job_timeout=120)
    except RedisError as fault:
        log.warning("queue unreachable, notifications wait", fault=type(fault).__name__)


def send_due(seconds: float = 60) -> int:
    """Send what is due until nothing is, the time is over or the server is away; how many left."""
    way = transport.chosen()
    if way is None:
        return 0
    sent, until = 0, time.monotonic() + seconds
    try:
        while time.monotonic() < until and (claimed := claim(way.name)):
            try:
                reply = _send(way, claimed)
            except ServerAway as away:
                _server_away(claimed, away.reply)
                break
            _settled(claimed, reply)
            sent += reply.outcome in {Outcome.ACCEPTED, Outcome.WRITTEN}
    finally:
        way.close()
    return sent


def _send(way: Transport, claimed: Claimed) -> Reply:
    if claimed.mail is None:
        return Reply(Outcome.REFUSED, None, claimed.fault, "ADDRESS")
    return way.send(claimed.sender, claimed.address, claimed.mail)


def claim(server: str) -> Claimed | None:
    """Take the next one that is due, and write its attempt down, before anything is said to the server."""
    at = clock.now()
    with transaction():
        one = queries.next_due(at)
        while one is not None and _needless(one):
            one.state = move(NOTIFICATIONS, one.state, NotificationAction.DROP)
            db.session.flush()
            one = queries.next_due(at)
        return _claimed(one, server, at=at) if one else None


def _needless(one: Notification) -> bool:
    """The message was opened already, or taken back: there is nothing left to say."""
    if one.state is NotificationState.SENDING:
        _left_behind(one)
    message = mail_queries.message(one.message_id)
    return message.withdrawn_at is not None or (one.recipient is Recipient.APPLICANT and message.opened_at is not None)


def _left_behind(one: Notification) -> None:
    """A worker died with it: whether it left is not known."""
    for attempt in one.tries:
        if attempt.outcome is Outcome.UNDER_WAY:
            attempt.outcome, attempt.ended_at = Outcome.UNKNOWN, clock.now()
    one.state = move(NOTIFICATIONS, one.state, NotificationAction.POSTPONE)


def _claimed(one: Notification, server: str, *, at: datetime) -> Claimed:
    one.state = move(NOTIFICATIONS, one.state, NotificationAction.CLAIM)
    one.attempts, one.next_at = one.attempts + 1, at + LEASE
    attempt = NotificationAttempt(notification_id=one.id, started_at=at, outcome=Outcome.UNDER_WAY, step="", answer="", server=server)
    db.session.add(attempt)
    db.session.flush()
    number = case_queries.case_by_id(one.case_id).number
    try:
        made, fault = composing.mail(one, number, at=at), ""
    except composing.NotAnAddress:
        made, fault = None, "not an address"
    return Claimed(one.id, attempt.id, composing.return_path(one), one.address, made, fault)


def _settled(claimed: Claimed, reply: Reply) -> None:
    with transaction():
        settle(claimed.notification_id, claimed.attempt_id, reply, at=clock.now())


def settle(notification_id: int, attempt_id: int, reply: Reply, *, at: datetime) -> None:
    """Write what was answered, and what follows: it left, it is tried later, or the address is dead."""
    case_queries.lock_case(queries.notification(notification_id).case_id)
    one = queries.lock_notification(notification_id)
    _write(attempt_id, reply, at=at)
    if one.state is not NotificationState.SENDING:
        return  # another worker took it over when this one was thought dead
    if reply.outcome is Outcome.ACCEPTED:
        _left(one, NotificationAction.ACCEPT, at=at)
    elif reply.outcome is Outcome.WRITTEN:
        _left(one, NotificationAction.WRITE, at=at)
    elif reply.outcome is Outcome.REFUSED:
        _failed(one, NotificationAction.REFUSE, reply, at=at)
    elif (delay := rules.next_delay(one.attempts)) is None:
        _failed(one, NotificationAction.ABANDON, reply, at=at)
    else:
        one.state, one.next_at = move(NOTIFICATIONS, one.state, NotificationAction.POSTPONE), at + delay


def _write(attempt_id: int, reply: Reply, *, at: datetime) -> None:
    attempt = db.session.get_one(NotificationAttempt, attempt_id)
    attempt.ended_at, attempt.outcome, attempt.step = at, reply.outcome, reply.step
    attempt.code, attempt.answer = reply.code, reply.text


def _left(one: Notification, action: NotificationAction, *, at: datetime) -> None:
    one.state, one.sent_at = move(NOTIFICATIONS, one.state, action), at
    kind = mail_queries.message(one.message_id).kind
    fact = NotificationSent(str(one.message_id), kind, one.id, one.recipient.value, one.attempts, action is NotificationAction.WRITE)
    events.record(case_subject(one.case_id), fact, by=SYSTEM, at=at)


def _failed(one: Notification, action: NotificationAction, reply: Reply, *, at: datetime) -> None:
    one.state = move(NOTIFICATIONS, one.state, action)
    status = rules.status_in(f"{reply.code or ''} {reply.text}") or ("5.1.3" if reply.step == "ADDRESS" else "4.4.7")
    kind = mail_queries.message(one.message_id).kind
    fact = NotificationFailed(str(one.message_id), kind, one.id, one.recipient.value, status, one.attempts)
    events.record(case_subject(one.case_id), fact, by=SYSTEM, at=at)
    severity = rules.weigh("failed", status) if action is NotificationAction.REFUSE else Severity.SOFT
    service.note_refusal(one, severity, status, reply.text, by=SYSTEM, at=at)


def _server_away(claimed: Claimed, reply: Reply) -> None:
    """Our own trouble: the attempt is kept and counts against nobody; everything due waits a minute."""
    at = clock.now()
    log.warning("mail server away", step=reply.step, code=reply.code)
    with transaction():
        one = queries.lock_notification(claimed.notification_id)
        _write(claimed.attempt_id, reply, at=at)
        if one.state is NotificationState.SENDING:
            one.state, one.attempts = move(NOTIFICATIONS, one.state, NotificationAction.POSTPONE), one.attempts - 1
            one.next_at = at + AWAY
        db.session.flush()
        due = update(Notification).where(Notification.state == NotificationState.WAITING, Notification.next_at < at + AWAY)
        db.session.execute(due.values(next_at=at + AWAY), execution_options={"synchronize_session": False})
