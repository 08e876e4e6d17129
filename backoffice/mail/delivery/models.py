"""Tables of delivery: notifications and their attempts, what came back, who can be reached, who stands for whom."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, JsonList
from backoffice.mail.delivery.states import Answer, Matched, NotificationState, ReturnedBecause
from backoffice.mail.delivery.values import Outcome, Reach, Recipient, Severity


class Representative(Base):
    """A lawyer, a notary or a consultant who stands for applicants; one row for each member number."""

    __tablename__ = "representative"
    __table_args__ = (UniqueConstraint("kind", "member_number"),)

    id: Mapped[Id]
    kind: Mapped[str]
    member_number: Mapped[str]
    family_name: Mapped[str]
    given_names: Mapped[str | None]
    email: Mapped[str]
    language: Mapped[str]

    @property
    def name(self) -> str:
        """« Family, Given », or the single name."""
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


class Mandate(Base):
    """A representative stands for a case between two days; the document that proves it is named."""

    __tablename__ = "mandate"
    __table_args__ = (
        Index("uq_mandate_open", "case_id", "representative_id", unique=True, postgresql_where=text("ends_on IS NULL")),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_begins"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    representative_id: Mapped[int] = mapped_column(ForeignKey("representative.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    proof: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]

    representative: Mapped[Representative] = relationship(lazy="raise")


class Notification(Base):
    """The e-mail that says to somebody that a message waits: one row, however often it is tried."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("once"),
        Index("ix_notification_due", "next_at", postgresql_where=text("state IN ('waiting', 'sending')")),
    )

    id: Mapped[Id]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    recipient: Mapped[Recipient]
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    address: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    # What leaves the building carries a key of its own: message, recipient, and which time.
    once: Mapped[str]
    internet_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[NotificationState]
    attempts: Mapped[int]
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    tries: Mapped[list["NotificationAttempt"]] = relationship(lazy="raise", order_by="NotificationAttempt.id")


class NotificationAttempt(Base):
    """One conversation with the mail server, and what it answered; written before it begins, completed after."""

    __tablename__ = "notification_attempt"

    id: Mapped[Id]
    notification_id: Mapped[int] = mapped_column(ForeignKey("notification.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome]
    step: Mapped[str]
    code: Mapped[int | None]
    answer: Mapped[str]
    server: Mapped[str]


class Bounce(Base):
    """What came back: a refusal of the server itself, or a report by mail, with its bytes; one of nobody waits for a person."""

    __tablename__ = "bounce"
    __table_args__ = (
        UniqueConstraint("once"),
        Index("ix_bounce_unsettled", "received_at", postgresql_where=text("notification_id IS NULL AND settled_at IS NULL")),
        CheckConstraint("(settled_at IS NULL) = (settled_how IS NULL)", name="settled_somehow"),
    )

    id: Mapped[Id]
    once: Mapped[str]
    received_at: Mapped[datetime]
    notification_id: Mapped[int | None] = mapped_column(ForeignKey("notification.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    matched: Mapped[Matched]
    severity: Mapped[Severity]
    action: Mapped[str]
    status: Mapped[str]
    diagnostic: Mapped[str]
    recipient: Mapped[str]
    raw_sha256: Mapped[str | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    settled_how: Mapped[str | None]


class LetterReturn(Base):
    """A posted letter came back."""

    __tablename__ = "letter_return"

    id: Mapped[Id]
    letter_id: Mapped[int] = mapped_column(ForeignKey("posted_letter.id"), unique=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    reason: Mapped[ReturnedBecause]
    note: Mapped[str]
    returned_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class Reachability(Base):
    """Whether the people of a case can be reached, as its facts gave it last; `doctor` derives it anew."""

    __tablename__ = "reachability"
    __table_args__ = (Index("ix_reachability_task", "reach", "since", postgresql_where=text("reach <> 'reachable'")),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    reach: Mapped[Reach]
    since: Mapped[datetime | None]
    why: Mapped[JsonList]
    undelivered: Mapped[JsonList]
    looked_at: Mapped[datetime]


class ReachAnswer(Base):
    """What a person decided about somebody who could not be reached: a sign of life from its instant, with its reason."""

    __tablename__ = "reach_answer"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    answer: Mapped[Answer]
    reason: Mapped[str]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("posted_letter.id"))
    at: Mapped[datetime]
    by: Mapped[str]
