"""Tables of the desk side of threads: drafts, presence, who answers, bulk messages and their recipients."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.mail.threads.states import BulkState, RecipientState


class ReplyDraft(Base):
    """A reply being written: one for each case and author, saved by itself, gone once sent."""

    __tablename__ = "reply_draft"
    __table_args__ = (UniqueConstraint("case_id", "author_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    subject: Mapped[str]
    body: Mapped[str]
    files: Mapped[JsonList]
    paragraphs: Mapped[JsonList]
    macro: Mapped[str | None]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]


class Presence(Base):
    """Somebody who has a case open now; worth a minute, so it outlives no crash of the database."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_seen", "seen_at"), {"prefixes": ["UNLOGGED"]})

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime]
    wrote_at: Mapped[datetime | None]


class ThreadOwner(Base):
    """Who answers a thread, when it is not the case's caseworker."""

    __tablename__ = "thread_owner"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    since: Mapped[datetime]


class BulkMessage(Base):
    """A message to many: its words, how they were chosen, the digest of the list, who signed; never deleted."""

    __tablename__ = "bulk_message"
    __table_args__ = (CheckConstraint("second_id IS NULL OR second_id <> by_id", name="two_people"),)

    id: Mapped[Id]
    state: Mapped[BulkState]
    reason: Mapped[str]
    subject_fr: Mapped[str]
    body_fr: Mapped[str]
    subject_en: Mapped[str]
    body_en: Mapped[str]
    chosen: Mapped[Json]
    list_sha256: Mapped[str]
    listed: Mapped[int]
    left_out: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    prepared_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class BulkRecipient(Base):
    """One line of a bulk message: the case, why it is in or left out, and the message that it got."""

    __tablename__ = "bulk_recipient"
    __table_args__ = (
        UniqueConstraint("bulk_id", "position"),
        Index("uq_bulk_recipient_case", "bulk_id", "case_id", unique=True, postgresql_where=text("state <> 'left_out'")),
        Index("ix_bulk_recipient_waiting", "bulk_id", "position", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Id]
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_message.id"))
    position: Mapped[int]
    number: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    status: Mapped[str | None]
    language: Mapped[str | None]
    online: Mapped[bool]
    why: Mapped[str]
    state: Mapped[RecipientState]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    done_at: Mapped[datetime | None]
