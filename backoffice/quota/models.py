"""Tables of windows, admissions and the ledger that decides them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.quota.values import AdmissionAction, AdmissionReason, AdmissionStatus, WindowState, WindowTerms


class Window(Base):
    """An intake period, as a ministerial decision sets it."""

    __tablename__ = "window"
    __table_args__ = (
        # A second window of a programme cannot be open at once.
        Index("uq_window_open_programme", "programme", unique=True, postgresql_where=text("state IN ('open', 'suspended')")),
        CheckConstraint("capacity >= 0 AND margin >= 0 AND reserve >= 0", name="counts"),
        CheckConstraint("closes_at > opens_at", name="period"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    programme: Mapped[str]
    decision: Mapped[str]
    policy: Mapped[Json]
    capacity: Mapped[int]
    margin: Mapped[int]
    reserve: Mapped[int]
    country_caps: Mapped[Json]
    waiting_list: Mapped[bool]
    channels: Mapped[JsonList]
    exempt_grounds: Mapped[JsonList]
    state: Mapped[WindowState]
    announced_at: Mapped[datetime | None]
    opens_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def terms(self) -> WindowTerms:
        """What the rules of admission look at."""
        return WindowTerms(
            capacity=self.capacity,
            margin=self.margin,
            reserve=self.reserve,
            country_caps_default=self.country_caps.get("default"),
            country_caps=dict(self.country_caps.get("by_country") or {}),
            waiting_list=self.waiting_list,
            exempt_grounds=frozenset(self.exempt_grounds),
            channels=frozenset(self.channels),
        )


class WindowNotice(Base):
    """What was said to the public, when and where."""

    __tablename__ = "window_notice"

    id: Mapped[Id]
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"), index=True)
    published_at: Mapped[datetime]
    text_fr: Mapped[str]
    text_en: Mapped[str]


class Admission(Base):
    """What one submission was given: its outcome is the last line of the ledger about it."""

    __tablename__ = "admission"
    __table_args__ = (Index("ix_admission_window_status", "window_id", "status", "country"),)

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"))
    status: Mapped[AdmissionStatus]
    reason: Mapped[AdmissionReason | None]
    sequence: Mapped[int]
    rank: Mapped[int | None]
    channel: Mapped[str]
    country: Mapped[str]
    exempt_ground: Mapped[str | None]
    arrived_at: Mapped[datetime]
    decided_at: Mapped[datetime]


class LedgerLine(Base):
    """One act of the admission ledger; replaying the lines of a window gives exactly its admissions."""

    __tablename__ = "ledger_line"
    __table_args__ = (UniqueConstraint("window_id", "position"), Index("ix_ledger_line_submission", "submission_id"))

    id: Mapped[Id]
    window_id: Mapped[int] = mapped_column(ForeignKey("window.id"))
    position: Mapped[int]
    submission_id: Mapped[UUID]
    act: Mapped[AdmissionAction]
    sequence: Mapped[int]
    status: Mapped[AdmissionStatus]
    reason: Mapped[AdmissionReason | None]
    country: Mapped[str]
    at: Mapped[datetime]
    previous: Mapped[str]
    digest: Mapped[str]
