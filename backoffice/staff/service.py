"""Operations on accounts, sessions, keys, approvals and the log of reads."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import update

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.events import Subject
from backoffice.core.states import move
from backoffice.staff import queries
from backoffice.staff.errors import AccountExists, KeyEnded, SecondPersonNeeded, TooManyAttempts, WrongCredentials
from backoffice.staff.events import (
    AccountCreated,
    ApprovalAsked,
    ApprovalDecided,
    KeyIssued,
    KeyRevoked,
    KeyRotated,
    SessionsEnded,
    SignedIn,
    SignedOut,
    account_subject,
)
from backoffice.staff.models import Account, ApiKey, Approval, ReadLog, SignInAttempt, StaffSession
from backoffice.staff.permissions import Role, Scope
from backoffice.staff.states import TRANSITIONS, ApprovalAction, ApprovalState

MEMORY_KIB = 19_456
"""argon2id as recommended for a shared server: 19 MiB, two passes."""

hasher = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)
_nobody = hasher.hash(secrets.token_hex(8))

ATTEMPTS, ATTEMPTS_FROM_ONE_PLACE, PERIOD = 5, 50, timedelta(minutes=15)
IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
"""A session ends after two idle hours, and after a working day in any case."""


def create_account(email: str, name: str, role: Role, password: str, *, by: Actor, at: datetime) -> Account:
    """Open an account; the address must be free."""
    if queries.account_by_email(email):
        raise AccountExists
    account = Account(email=email, name=name, role=role, password_hash=hasher.hash(password), created_at=at)
    db.session.add(account)
    db.session.flush()
    events.record(account_subject(account.id), AccountCreated(account.id, role.value), by=by, at=at)
    return account


def check_throttle(email: str, address: str, *, at: datetime) -> None:
    """Refuse a try when too many failed just before."""
    on_account, from_place = queries.failed_attempts(email, address, at - PERIOD)
    if on_account >= ATTEMPTS or from_place >= ATTEMPTS_FROM_ONE_PLACE:
        raise TooManyAttempts(int(PERIOD.total_seconds() // 60))


def check_password(email: str, password: str) -> Account:
    """The account these credentials open; an unknown address takes as long as a wrong password."""
    account = queries.account_by_email(email)
    try:
        hasher.verify(account.password_hash if account else _nobody, password)
    except VerificationError:
        raise WrongCredentials from None
    if account is None or not account.active:
        raise WrongCredentials
    return account


def record_failed_attempt(email: str, address: str, *, at: datetime) -> None:
    """Count a failed try."""
    db.session.add(SignInAttempt(email=email.lower()[:254], address=address, at=at))


def start_session(account: Account, *, at: datetime) -> StaffSession:
    """Begin a session."""
    session = StaffSession(id=uuid4(), account_id=account.id, started_at=at, seen_at=at)
    db.session.add(session)
    events.record(account_subject(account.id), SignedIn(account.id), by=account.actor, at=at)
    return session


def live_session(session_id: UUID, *, at: datetime) -> Account | None:
    """The account of a session that still runs."""
    found = queries.session_with_account(session_id)
    if found is None:
        return None
    session, account = found
    if at - session.seen_at > IDLE or at - session.started_at > LONGEST:
        return None
    return account


def touch_session(session_id: UUID, *, at: datetime) -> None:
    """Note that a session is in use (once a minute is enough)."""
    stale = StaffSession.seen_at < at - timedelta(minutes=1)
    db.session.execute(update(StaffSession).where(StaffSession.id == session_id, stale).values(seen_at=at))


def end_session(session_id: UUID, account: Account, *, at: datetime) -> None:
    """Sign out."""
    db.session.execute(update(StaffSession).where(StaffSession.id == session_id).values(ended_at=at))
    events.record(account_subject(account.id), SignedOut(account.id), by=account.actor, at=at)


def end_all_sessions(account_id: int, *, by: Actor, at: datetime) -> int:
    """End every session of an account (a lost laptop, somebody who leaves)."""
    running = update(StaffSession).where(StaffSession.account_id == account_id, StaffSession.ended_at.is_(None))
    ended = len(db.session.execute(running.values(ended_at=at).returning(StaffSession.id)).all())
    events.record(account_subject(account_id), SessionsEnded(account_id, ended), by=by, at=at)
    return ended


def issue_key(name: str, scopes: Iterable[Scope], *, rate_per_minute: int | None = None, by: Actor, at: datetime) -> tuple[ApiKey, str]:
    """Give another system a key; the key itself is shown once and not kept."""
    key, plain = _new_key(name, sorted(s.value for s in scopes), rate_per_minute, at=at)
    events.record(Subject("key", str(key.id)), KeyIssued(key.id, key.scopes), by=by, at=at)
    return key, plain


def _new_key(name: str, scopes: list[str], rate_per_minute: int | None, *, at: datetime, rotated_from_id: int | None = None) -> tuple[ApiKey, str]:
    plain = f"bo_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        name=name, scopes=scopes, key_sha256=key_digest(plain), created_at=at, rate_per_minute=rate_per_minute, rotated_from_id=rotated_from_id,
    )  # fmt: skip
    db.session.add(key)
    db.session.flush()
    return key, plain


def rotate_key(key_id: int, overlap: timedelta, *, by: Actor, at: datetime) -> tuple[ApiKey, str]:
    """Replace a key by a new one of the same right; the old one is accepted until the overlap is over, so that no call is lost."""
    old = queries.lock_key(key_id)
    if not old.opens(at) or old.expires_at is not None:
        raise KeyEnded
    old.expires_at = at + overlap
    key, plain = _new_key(old.name, old.scopes, old.rate_per_minute, at=at, rotated_from_id=old.id)
    fact = KeyRotated(old.id, key.id, old.expires_at.astimezone(UTC).isoformat(timespec="seconds"))
    events.record(Subject("key", str(old.id)), fact, by=by, at=at)
    events.record(Subject("key", str(key.id)), KeyIssued(key.id, key.scopes), by=by, at=at)
    return key, plain


def revoke_key(key_id: int, *, by: Actor, at: datetime) -> None:
    """Take a key back at once; one that was taken back already stays so."""
    key = queries.lock_key(key_id)
    if key.revoked_at is not None:
        raise KeyEnded
    key.revoked_at = at
    events.record(Subject("key", str(key_id)), KeyRevoked(key_id), by=by, at=at)


def key_digest(plain: str) -> str:
    """What is kept of a key: it is random and long, so one plain digest is enough."""
    return hashlib.sha256(plain.encode()).hexdigest()


def ask_approval(kind: str, subject: Subject, facts: dict[str, object], reason: str, *, by: Account, at: datetime) -> Approval:
    """Put an act before a second person."""
    approval = Approval(
        kind=kind, subject_kind=subject.kind, subject_id=subject.id, facts=facts, reason=reason,
        state=ApprovalState.ASKED, asked_by_id=by.id, asked_at=at,
    )  # fmt: skip
    db.session.add(approval)
    db.session.flush()
    events.record(subject, ApprovalAsked(approval.id, kind), by=by.actor, at=at)
    return approval


def decide_approval(approval_id: int, *, approve: bool, answer: str, by: Account, at: datetime) -> Approval:
    """Answer as the second person; whoever asked cannot."""
    approval = queries.lock_approval(approval_id)
    if approval.asked_by_id == by.id:
        raise SecondPersonNeeded
    action = ApprovalAction.APPROVE if approve else ApprovalAction.DECLINE
    approval.state = move(TRANSITIONS, approval.state, action)
    approval.decided_by_id, approval.decided_at, approval.answer = by.id, at, answer
    subject = Subject(approval.subject_kind, approval.subject_id)
    events.record(subject, ApprovalDecided(approval.id, approval.kind, approve), by=by.actor, at=at)
    return approval


def log_read(account: Account, subject: Subject, page: str, *, at: datetime) -> None:
    """Remember that this person read this subject's data."""
    db.session.add(ReadLog(account_id=account.id, subject_kind=subject.kind, subject_id=subject.id, page=page, at=at))
