"""Tables of money: what is asked, what came in, and what was allocated to what."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.fees.states import FeeState, ReceiptState, RefundState
from backoffice.fees.values import PaymentMethod


class Fee(Base):
    """What one application owes, from the tariff of its day of receipt."""

    __tablename__ = "fee"
    __table_args__ = (CheckConstraint("assessed_cents >= 0", name="assessed"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    submission_id: Mapped[UUID] = mapped_column(unique=True)
    state: Mapped[FeeState]
    assessed_cents: Mapped[int]
    assessed_on: Mapped[date]
    tariff: Mapped[str]
    tariff_carried: Mapped[bool]
    tariff_source: Mapped[str]
    lines: Mapped[JsonList]
    issued_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    allocations: Mapped[list["Allocation"]] = relationship(lazy="raise", order_by="Allocation.id", back_populates="fee")


class Receipt(Base):
    """Money that came in; it exists by itself, so money without a case has a home."""

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        Index("ix_receipt_state", "state"),
        Index("uq_receipt_external", "external_id", unique=True, postgresql_where=text("external_id IS NOT NULL")),
    )

    id: Mapped[Id]
    external_id: Mapped[str | None]
    content_sha256: Mapped[str | None]
    source: Mapped[str]
    method: Mapped[PaymentMethod]
    amount_cents: Mapped[int]
    currency: Mapped[str]
    paid_on: Mapped[date]
    paid_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    state: Mapped[ReceiptState]
    claimed_submission_id: Mapped[UUID | None]
    instrument_number: Mapped[str | None]
    payer: Mapped[str | None]
    envelope: Mapped[str | None] = mapped_column(index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    why_unmatched: Mapped[str | None]
    facts: Mapped[Json]
    waits_for_count: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    deposit: Mapped[str | None]

    allocations: Mapped[list["Allocation"]] = relationship(lazy="raise", order_by="Allocation.id", back_populates="receipt")


class Allocation(Base):
    """Part of a receipt put to a fee; a reversal is written, never erased."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("refunded_cents BETWEEN 0 AND amount_cents", name="refunded"),
        UniqueConstraint("receipt_id", "fee_id"),
    )

    id: Mapped[Id]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    fee_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), index=True)
    amount_cents: Mapped[int]
    refunded_cents: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    allocated_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]

    receipt: Mapped[Receipt] = relationship(lazy="raise", back_populates="allocations")
    fee: Mapped[Fee] = relationship(lazy="raise", back_populates="allocations")

    @property
    def standing_cents(self) -> int:
        """What of it still answers the fee: nothing once the bank took it back, less what was sent back to the payer."""
        return 0 if self.reversed_at else self.amount_cents - self.refunded_cents


class Refund(Base):
    """Money that goes back to whoever paid it, by the means it came by: asked by one person, approved by another, then sent."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name="two_people"),
        CheckConstraint("(state = 'sent') = (sent_reference IS NOT NULL)", name="reference"),
        # One refund at a time of the same money.
        Index("uq_refund_allocation_live", "allocation_id", unique=True, postgresql_where=text("state IN ('asked', 'approved')")),
        Index("uq_refund_receipt_live", "receipt_id", unique=True, postgresql_where=text("allocation_id IS NULL AND state IN ('asked', 'approved')")),
        Index("ix_refund_state", "state", "id"),
        Index("ix_refund_receipt", "receipt_id"),
    )

    id: Mapped[Id]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    allocation_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    amount_cents: Mapped[int]
    method: Mapped[PaymentMethod]
    payer: Mapped[str | None]
    provider_number: Mapped[str | None]
    cause: Mapped[str]
    origin: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str]
    state: Mapped[RefundState]
    asked_by_id: Mapped[str]
    asked_by_label: Mapped[str]
    asked_at: Mapped[datetime]
    approved_by_id: Mapped[str | None]
    approved_by_label: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_reference: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
