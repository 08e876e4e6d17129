"""Tables of the hallway: what arrived, as it arrived."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.cases.values import Channel
from backoffice.core.db import Base, Id, Json
from backoffice.intake.states import SubmissionState


class Submission(Base):
    """One application as it came through a door: durably kept before it is acknowledged."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_pending", "sequence", postgresql_where=text("state = 'pending'")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    legal_received_on: Mapped[date]
    channel: Mapped[Channel]
    programme: Mapped[str]
    window_code: Mapped[str]
    content: Mapped[Json]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    content_sha256: Mapped[str]
    receipt_id: Mapped[UUID] = mapped_column(unique=True)
    jws: Mapped[str]
    state: Mapped[SubmissionState]
    settled_at: Mapped[datetime | None]
    paper_ground: Mapped[str | None]
    envelope: Mapped[str | None] = mapped_column(unique=True)


class RefusedArrival(Base):
    """An attempt that was not accepted (closed or suspended window, unreadable body), kept so that nothing is denied later."""

    __tablename__ = "refused_arrival"

    id: Mapped[Id]
    at: Mapped[datetime]
    code: Mapped[str]
    submission_id: Mapped[str | None]
    programme: Mapped[str | None]
    content_sha256: Mapped[str]
    size: Mapped[int]
