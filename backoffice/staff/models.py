"""Tables of accounts, sessions, keys, approvals and reads."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.actors import Actor, ActorKind
from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.staff.permissions import Role, grants
from backoffice.staff.states import ApprovalState


class Account(Base):
    """A person who works here."""

    __tablename__ = "account"
    __table_args__ = (Index("uq_account_email", text("lower(email)"), unique=True), CheckConstraint("language IN ('fr', 'en')", name="language"))

    id: Mapped[Id]
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="fr")
    keys_on: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    def may(self, permission: str) -> bool:
        """Whether this person may do something."""
        return self.active and grants(self.role, permission)

    @property
    def actor(self) -> Actor:
        """This person as the author of facts."""
        return Actor(ActorKind.STAFF, str(self.id), self.name)


class StaffSession(Base):
    """One signed-in browser; ending it here ends it everywhere, whatever the cookie says."""

    __tablename__ = "staff_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A failed try, counted so that guessing passwords stays slow."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_email_at", "email", "at"), Index("ix_sign_in_attempt_address_at", "address", "at"))

    id: Mapped[Id]
    email: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class ApiKey(Base):
    """A key of another system; only its digest is kept."""

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint("rate_per_minute > 0", name="rate"),)

    id: Mapped[Id]
    name: Mapped[str]
    scopes: Mapped[JsonList]
    key_sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    rate_per_minute: Mapped[int | None]
    rotated_from_id: Mapped[int | None] = mapped_column(ForeignKey("api_key.id"))
    expires_at: Mapped[datetime | None]

    def opens(self, at: datetime) -> bool:
        """Whether it is accepted at an instant: neither taken back nor past its end."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class Approval(Base):
    """An act that waits for a second person: what is asked, why, by whom, and the answer."""

    __tablename__ = "approval"
    __table_args__ = (CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="two_people"),)

    id: Mapped[Id]
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    facts: Mapped[Json]
    reason: Mapped[str]
    state: Mapped[ApprovalState] = mapped_column(index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]


class ReadLog(Base):
    """Who read whose personal data, and when."""

    __tablename__ = "read_log"
    __table_args__ = (Index("ix_read_log_subject_at", "subject_kind", "subject_id", "at"),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    page: Mapped[str]
    at: Mapped[datetime]
