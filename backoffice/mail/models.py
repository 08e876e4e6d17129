"""Tables of the thread of each case: messages both ways, their attachments, and letters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, JsonList
from backoffice.mail.values import Direction


class Message(Base):
    """One message; `readable_at` is the legal instant (LCCJTI s. 31), opening it is only noted."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_case", "case_id", "position"),
        UniqueConstraint("case_id", "position"),
        UniqueConstraint("once"),
        Index("ix_message_waiting", "sent_at", postgresql_where=text("direction = 'in' AND answered_at IS NULL")),
        Index("ix_message_search", "search", postgresql_using="gin"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal_reason IS NULL)", name="withdrawn"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    position: Mapped[int]
    direction: Mapped[Direction]
    kind: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    translation: Mapped[str | None]
    template: Mapped[str | None]
    automatic: Mapped[bool]
    author_id: Mapped[str]
    author_label: Mapped[str]
    sent_at: Mapped[datetime]
    readable_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    in_reply_to: Mapped[UUID | None]
    content_sha256: Mapped[str | None]
    # What leaves the building carries a key of its own: a second run sends nothing.
    once: Mapped[str | None]
    # Sent in error: gone from the mailbox, whole in the record.
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]
    # Why a person found that a message of the applicant asks for no answer.
    no_answer_reason: Mapped[str | None]
    # The reviewed paragraphs that were inserted, each with its version and whether its words stand unchanged.
    paragraphs: Mapped[JsonList | None]
    # Subject and words folded (`cases.names.fold`), so that « écheance » is found without its accents.
    search: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)

    attachments: Mapped[list["Attachment"]] = relationship(lazy="raise", order_by="Attachment.position")


class Attachment(Base):
    """A file of a message; the bytes stand in the file store under their digest."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("message_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]


class PostedLetter(Base):
    """A letter for the post: printed from the bytes kept, handed to the carrier on a recorded day."""

    __tablename__ = "posted_letter"

    id: Mapped[Id]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), unique=True)
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    # What it was printed from and with, so that the paper of a print run is drawn again; characters that no font has.
    source_sha256: Mapped[str | None]
    edition: Mapped[str | None]
    pages: Mapped[int | None]
    missing: Mapped[str] = mapped_column(server_default="", default="")
    released_at: Mapped[datetime | None]
