"""Tables of the people between: messages without a case, verdicts, withdrawals, and the two registers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, Json
from backoffice.intake.between.rules import Known
from backoffice.intake.between.values import CheckState, ClaimState, FaultCode, FeeOutcome


class SubmissionMessage(Base):
    """A message to an applicant whose application stands without a case (registered, on the waiting list, refused)."""

    __tablename__ = "submission_message"
    __table_args__ = (UniqueConstraint("submission_id", "position"), UniqueConstraint("once"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    template: Mapped[str]
    automatic: Mapped[bool]
    author_id: Mapped[str]
    author_label: Mapped[str]
    sent_at: Mapped[datetime]
    readable_at: Mapped[datetime | None]
    content_sha256: Mapped[str]
    once: Mapped[str | None]


class DuplicateVerdict(Base):
    """What a person said of two applications; « not a duplicate » is remembered. The pair stands in the order of its numbers."""

    __tablename__ = "duplicate_verdict"
    __table_args__ = (Index("ix_duplicate_verdict_pair", "one", "other"), CheckConstraint("one < other", name="order"))

    id: Mapped[Id]
    one: Mapped[UUID]
    other: Mapped[UUID] = mapped_column(index=True)
    same: Mapped[bool]
    kept: Mapped[UUID | None]
    reason: Mapped[str]
    by_label: Mapped[str]
    at: Mapped[datetime]


class Withdrawal(Base):
    """Somebody withdrew: by the portal, or by a written request; and what became of the fee."""

    __tablename__ = "withdrawal"
    __table_args__ = (Index("ix_withdrawal_to_decide", "at", postgresql_where=text("fee = 'to_decide'")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(index=True)
    source: Mapped[str]
    reference: Mapped[str | None]
    reason: Mapped[str | None]
    received_on: Mapped[date]
    fee: Mapped[FeeOutcome]
    paid_cents: Mapped[int]
    at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class FaultClaim(Base):
    """Somebody who says that a fault prevented them: who, what happened, and what two people decided (S-32)."""

    __tablename__ = "fault_claim"
    __table_args__ = (
        Index("ix_fault_claim_granted", "birth_date", postgresql_where=text("state = 'granted'")),
        Index("ix_fault_claim_state", "state", "received_on"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
        CheckConstraint("first_id IS NULL OR first_id <> second_id", name="two_people"),
    )

    id: Mapped[Id]
    family_name: Mapped[str]
    given_names: Mapped[str | None]
    search_name: Mapped[str]
    birth_date: Mapped[date]
    passport_number: Mapped[str | None]
    contact: Mapped[Json]
    language: Mapped[str]
    programme: Mapped[str]
    window_code: Mapped[str | None]
    code: Mapped[FaultCode]
    text: Mapped[str]
    incident_reference: Mapped[str | None]
    incident_start: Mapped[datetime | None]
    incident_end: Mapped[datetime | None]
    received_on: Mapped[date]
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]
    state: Mapped[ClaimState]
    reason: Mapped[str | None]
    first_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    # The application the claim is about: the refused or lapsed one it names, or the late one that the grant let in.
    submission_id: Mapped[UUID | None] = mapped_column(unique=True)
    reserve_given_at: Mapped[datetime | None]

    evidence: Mapped[list["FaultEvidence"]] = relationship(lazy="raise", order_by="FaultEvidence.position")

    @property
    def number(self) -> str:
        """The number that letters quote."""
        return f"D-{self.id:05d}"

    @property
    def name(self) -> str:
        """« Given Family », or the single name."""
        return f"{self.given_names} {self.family_name}" if self.given_names else self.family_name

    @property
    def known(self) -> Known:
        """Who claims, comparable."""
        return Known(self.search_name, self.birth_date, self.passport_number)


class FaultEvidence(Base):
    """A file that shows what happened."""

    __tablename__ = "fault_evidence"
    __table_args__ = (UniqueConstraint("claim_id", "position"),)

    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(ForeignKey("fault_claim.id"))
    position: Mapped[int]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]


class FalseDeclaration(Base):
    """Somebody whose declaration was found false or misleading, and until when that counts."""

    __tablename__ = "false_declaration"
    __table_args__ = (
        UniqueConstraint("reference", "search_name", "birth_date"),
        Index("ix_false_declaration_birth_date", "birth_date"),
        Index("ix_false_declaration_passport", "passport_number", postgresql_where=text("passport_number IS NOT NULL")),
    )

    id: Mapped[Id]
    family_name: Mapped[str]
    given_names: Mapped[str | None]
    search_name: Mapped[str]
    birth_date: Mapped[date]
    passport_number: Mapped[str | None]
    decided_on: Mapped[date]
    reference: Mapped[str]
    until: Mapped[date]
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]

    @property
    def name(self) -> str:
        """« Family, Given », or the single name."""
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name

    @property
    def known(self) -> Known:
        """Who it is, comparable."""
        return Known(self.search_name, self.birth_date, self.passport_number)


class DeclarationCheck(Base):
    """An application that met the register: its fee is not asked for until a person has looked."""

    __tablename__ = "declaration_check"
    __table_args__ = (
        UniqueConstraint("submission_id", "declaration_id"),
        Index("ix_declaration_check_waiting", "asked_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Id]
    submission_id: Mapped[UUID]
    declaration_id: Mapped[int] = mapped_column(ForeignKey("false_declaration.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    state: Mapped[CheckState]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]

    declaration: Mapped[FalseDeclaration] = relationship(lazy="raise")
