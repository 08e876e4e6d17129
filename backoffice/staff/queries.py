"""Every SELECT on accounts, sessions, keys and approvals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.staff.models import Account, ApiKey, Approval, SignInAttempt, StaffSession
from backoffice.staff.permissions import Role
from backoffice.staff.states import ApprovalState


def account_by_email(email: str) -> Account | None:
    """The account with this address, whatever its case."""
    return db.session.scalars(select(Account).where(func.lower(Account.email) == email.lower())).first()


def accounts(*roles: Role) -> list[Account]:
    """Active accounts, by name."""
    query = select(Account).where(Account.active).order_by(Account.name)
    return list(db.session.scalars(query.where(Account.role.in_(roles)) if roles else query))


def all_accounts() -> list[Account]:
    """Every account, by name."""
    return list(db.session.scalars(select(Account).order_by(Account.name)))


def session_with_account(session_id: UUID) -> tuple[StaffSession, Account] | None:
    """A session that was not ended, with its account."""
    query = select(StaffSession, Account).join(Account, Account.id == StaffSession.account_id)
    row = db.session.execute(query.where(StaffSession.id == session_id, StaffSession.ended_at.is_(None), Account.active)).first()
    return (row[0], row[1]) if row else None


def failed_attempts(email: str, address: str, since: datetime) -> tuple[int, int]:
    """Failed tries since an instant: on this address of e-mail, and from this network address."""
    query = select(func.count().filter(SignInAttempt.email == email.lower()), func.count().filter(SignInAttempt.address == address)).where(
        SignInAttempt.at >= since, (SignInAttempt.email == email.lower()) | (SignInAttempt.address == address)
    )
    row = db.session.execute(query).one()
    return row[0], row[1]


def key(key_sha256: str) -> ApiKey | None:
    """A key that was not taken back."""
    return db.session.scalars(select(ApiKey).where(ApiKey.key_sha256 == key_sha256, ApiKey.revoked_at.is_(None))).first()


def api_keys() -> list[ApiKey]:
    """Every key ever given, those that still open first, the newest first."""
    return list(db.session.scalars(select(ApiKey).order_by(ApiKey.revoked_at.is_not(None), ApiKey.id.desc())))


def api_key(key_id: int) -> ApiKey:
    """A key by its number."""
    found = db.session.get(ApiKey, key_id)
    if found is None:
        raise NotFound
    return found


def lock_key(key_id: int) -> ApiKey:
    """A key, held until the end of the operation."""
    query = select(ApiKey).where(ApiKey.id == key_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def lock_approval(approval_id: int) -> Approval:
    """An approval, held until the end of the operation."""
    query = select(Approval).where(Approval.id == approval_id).with_for_update().execution_options(populate_existing=True)
    approval = db.session.scalars(query).first()
    if approval is None:
        raise NotFound
    return approval


def waiting_approvals() -> list[tuple[Approval, Account]]:
    """What waits for a second person, oldest first, with who asked."""
    query = select(Approval, Account).join(Account, Account.id == Approval.asked_by_id).where(Approval.state == ApprovalState.ASKED)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Approval.asked_at))]


def decided_approvals(limit: int = 30) -> list[tuple[Approval, Account]]:
    """What was answered lately, newest first."""
    query = select(Approval, Account).join(Account, Account.id == Approval.asked_by_id).where(Approval.state != ApprovalState.ASKED)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Approval.decided_at.desc()).limit(limit))]


def count_waiting_approvals() -> int:
    """How many approvals wait."""
    return db.session.scalar(select(func.count()).select_from(Approval).where(Approval.state == ApprovalState.ASKED)) or 0


def approval_for(kind: str, subject_kind: str, subject_id: str) -> Approval | None:
    """The latest approval asked for a subject."""
    query = select(Approval).filter_by(kind=kind, subject_kind=subject_kind, subject_id=subject_id)
    return db.session.scalars(query.order_by(Approval.id.desc()).limit(1)).first()
