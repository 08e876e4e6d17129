"""Tables of opening: pieces, money found by two people, deposit slips, slips printed beforehand."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom.opening.states import DepositState, InstrumentState, PieceState, SlipState
from backoffice.mailroom.opening.values import PieceKind


class DeliverySettlement(Base):
    """Why the envelopes counted in a delivery are not those registered; another registration opens the question again."""

    __tablename__ = "delivery_settlement"

    id: Mapped[Id]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("post_delivery.id"), index=True)
    difference: Mapped[int]
    reason: Mapped[str]
    settled_at: Mapped[datetime]
    settled_by_id: Mapped[str]
    settled_by_label: Mapped[str]


class Piece(Base):
    """One thing out of an envelope, under a control number of its own."""

    __tablename__ = "piece"
    __table_args__ = (CheckConstraint("sheets IS NULL OR sheets >= 0", name="sheets"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    kind: Mapped[PieceKind]
    description: Mapped[str]
    sheets: Mapped[int | None]
    state: Mapped[PieceState]
    place: Mapped[str | None]
    listed_at: Mapped[datetime]
    listed_by_id: Mapped[str]
    settled_at: Mapped[datetime | None]


class Instrument(Base):
    """A cheque, draft or money order found in an envelope: whoever listed it, and whoever found the same without seeing the amount."""

    __tablename__ = "instrument"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> first_id", name="two_people"),
        CheckConstraint("third_id IS NULL OR (third_id <> first_id AND third_id <> second_id)", name="third_person"),
        CheckConstraint("(state = 'listed') = (second_id IS NULL)", name="counted"),
        Index("ix_instrument_state", "state"),
    )

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    state: Mapped[InstrumentState]
    accepted: Mapped[bool]
    listed_cents: Mapped[int]
    found_cents: Mapped[int | None]
    settled_cents: Mapped[int | None]
    first_id: Mapped[str]
    first_label: Mapped[str]
    listed_at: Mapped[datetime]
    second_id: Mapped[str | None]
    second_label: Mapped[str | None]
    counted_at: Mapped[datetime | None]
    third_id: Mapped[str | None]
    third_label: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_reason: Mapped[str | None]


class Deposit(Base):
    """A deposit slip: the instruments of a day that the mailroom hands to finance."""

    __tablename__ = "deposit"
    __table_args__ = (
        CheckConstraint("instruments > 0", name="instruments"),
        CheckConstraint("accepted_by_id IS NULL OR accepted_by_id <> made_by_id", name="two_people"),
        Index("ix_deposit_state", "state"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    made_on: Mapped[date]
    state: Mapped[DepositState]
    instruments: Mapped[int]
    total_cents: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[str]
    made_by_label: Mapped[str]
    found_instruments: Mapped[int | None]
    found_cents: Mapped[int | None]
    counted_note: Mapped[str | None]
    counted_by_label: Mapped[str | None]
    counted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[str | None]
    reversed_reason: Mapped[str | None]
    reversed_by_label: Mapped[str | None]
    reversed_at: Mapped[datetime | None]

    lines: Mapped[list["DepositLine"]] = relationship(lazy="raise", order_by="DepositLine.id")


class DepositLine(Base):
    """An instrument on a slip; it stands until the slip is reversed, and stands on one slip only."""

    __tablename__ = "deposit_line"
    __table_args__ = (
        UniqueConstraint("deposit_id", "receipt_id"),
        Index("uq_deposit_line_standing", "receipt_id", unique=True, postgresql_where=text("standing")),
    )

    id: Mapped[Id]
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id"))
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    method: Mapped[PaymentMethod]
    currency: Mapped[str]
    amount_cents: Mapped[int]
    standing: Mapped[bool]


class SlipKit(Base):
    """Receipt slips numbered together and printed for a day without the product."""

    __tablename__ = "slip_kit"
    __table_args__ = (UniqueConstraint("year", "first_serial"), CheckConstraint("last_serial >= first_serial", name="serials"))

    id: Mapped[Id]
    year: Mapped[int]
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    kept_at: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[str]
    made_by_label: Mapped[str]

    slips: Mapped[list["ReceiptSlip"]] = relationship(lazy="raise", order_by="ReceiptSlip.serial", back_populates="kit")


class ReceiptSlip(Base):
    """One slip; its place in the order of arrivals is kept as soon as it, or a later one of its kit, is entered."""

    __tablename__ = "receipt_slip"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        CheckConstraint("(state = 'used') = (envelope_id IS NOT NULL)", name="used"),
        CheckConstraint("(arrival_sequence IS NULL) = (arrived_at IS NULL)", name="place"),
    )

    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(ForeignKey("slip_kit.id"), index=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[SlipState]
    received_on: Mapped[date | None]
    arrival_sequence: Mapped[int | None] = mapped_column(unique=True)
    arrived_at: Mapped[datetime | None]
    envelope_id: Mapped[int | None] = mapped_column(ForeignKey("envelope.id"), unique=True)
    spoiled_reason: Mapped[str | None]
    entered_at: Mapped[datetime | None]
    entered_by_id: Mapped[str | None]

    kit: Mapped[SlipKit] = relationship(lazy="raise", back_populates="slips")
