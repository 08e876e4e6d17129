"""Tables of acts on many: each act with its list, kept for ever; nobody may delete, and the list itself cannot change."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json
from backoffice.intake.acts.states import ActState
from backoffice.intake.acts.values import ActKind, ItemState


class MassAct(Base):
    """One act: what was chosen, on what legal basis, the digest of its list, who signed, and how far it is."""

    __tablename__ = "mass_act"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> by_id", name="two_people"),
        CheckConstraint("(kind IN ('stay', 'resume_processing')) = (undoes_id IS NOT NULL)", name="undoes"),
    )

    id: Mapped[Id]
    kind: Mapped[ActKind]
    state: Mapped[ActState]
    reason: Mapped[str]
    basis: Mapped[str]
    chosen: Mapped[Json]
    stops_clocks: Mapped[bool]
    window_code: Mapped[str | None]
    covers_window: Mapped[bool]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("mass_act.id"), index=True)
    list_sha256: Mapped[str]
    listed: Mapped[int]
    left_out: Mapped[int]
    refund_cents: Mapped[int]
    places: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    prepared_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    @property
    def origin(self) -> str:
        """The name under which refunds and pauses remember this act."""
        return f"act:{self.id}"


class MassActItem(Base):
    """One application of an act's list: as it was frozen, as it was found when the act was carried out, and its result."""

    __tablename__ = "mass_act_item"
    __table_args__ = (
        UniqueConstraint("act_id", "position"),
        UniqueConstraint("act_id", "submission_id"),
        Index("ix_mass_act_item_waiting", "act_id", "position", postgresql_where=text("state = 'waiting'")),
        Index("ix_mass_act_item_to_tell", "act_id", "position", postgresql_where=text("state = 'done' AND told_at IS NULL")),
    )

    id: Mapped[Id]
    act_id: Mapped[int] = mapped_column(ForeignKey("mass_act.id"))
    position: Mapped[int]
    submission_id: Mapped[UUID]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    case_number: Mapped[str | None]
    channel: Mapped[str]
    country: Mapped[str | None]
    language: Mapped[str]
    legal_received_on: Mapped[date]
    case_status: Mapped[str | None]
    admission_status: Mapped[str | None]
    fee_state: Mapped[str | None]
    refund_cents: Mapped[int]
    # Cashed by another system before its files were taken over: due back, but not ours to send.
    elsewhere_cents: Mapped[int] = mapped_column(default=0)
    fingerprint: Mapped[str]
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("mass_act_item.id"))
    state: Mapped[ItemState]
    why: Mapped[str | None]
    before: Mapped[Json | None]
    refund_sent: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("mass_act.id"))
