"""Tables of keying twice: the second pass, what the two passes said, the third look, and the rates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json
from backoffice.mailroom.keying.values import Critical


class SecondKeying(Base):
    """The second pass of an application under way: critical fields only, by another account, who never sees the first values."""

    __tablename__ = "keying_second"

    envelope_id: Mapped[int] = mapped_column(ForeignKey("keying.envelope_id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    fields: Mapped[Json]
    marks: Mapped[Json]
    focus: Mapped[str | None]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]


class KeyingPair(Base):
    """A field keyed twice, with what each said; written once. Without a second account, it is the envelope's own list that spoke."""

    __tablename__ = "keying_pair"
    __table_args__ = (Index("ix_keying_pair_critical_compared_at", "critical", "compared_at"),)

    id: Mapped[Id]
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    field: Mapped[str]
    critical: Mapped[Critical]
    first_value: Mapped[str]
    second_value: Mapped[str]
    first_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    agreed: Mapped[bool]
    compared_at: Mapped[datetime]


class KeyingSettlement(Base):
    """What a third look said of two values that differ; written once, both values stay."""

    __tablename__ = "keying_settlement"
    __table_args__ = (UniqueConstraint("pair_id"),)

    id: Mapped[Id]
    pair_id: Mapped[int] = mapped_column(ForeignKey("keying_pair.id"))
    value: Mapped[str]
    settled_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    settled_at: Mapped[datetime]


class KeyingRate(Base):
    """Which share of the envelopes has a group of fields keyed twice, from a day on; written once, the latest in force counts."""

    __tablename__ = "keying_rate"
    __table_args__ = (CheckConstraint("percent BETWEEN 10 AND 100", name="percent"),)

    id: Mapped[Id]
    critical: Mapped[Critical]
    percent: Mapped[int]
    from_on: Mapped[date]
    reason: Mapped[str]
    figures: Mapped[Json]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    set_at: Mapped[datetime]
