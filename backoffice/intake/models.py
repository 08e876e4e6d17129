"""Tables of the hallway: what arrived, as it arrived."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.cases.values import Channel
from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.intake.states import KeptState, SubmissionState


class Submission(Base):
    """One application as it came through a door: durably kept before it is acknowledged."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_pending", "sequence", postgresql_where=text("state = 'pending'")),
        Index("ix_submission_standing", "id", postgresql_where=text("state = 'standing'")),
    )

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
    late: Mapped[bool] = mapped_column(default=False, server_default=false())


class Applicant(Base):
    """Somebody of an application that stands without a case (in a draw, on a waiting list): one person, one place."""

    __tablename__ = "applicant"
    __table_args__ = (
        Index("ix_applicant_name", "search_name", "birth_date"),
        Index("ix_applicant_passport", "passport_number", postgresql_where=text("passport_number IS NOT NULL")),
    )

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    programme: Mapped[str]
    search_name: Mapped[str]
    birth_date: Mapped[date]
    sex: Mapped[str]
    passport_number: Mapped[str | None]


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


class KeptArrival(Base):
    """A body refused for its form, kept as it came with its errors and its stamp: a person may still accept it, in its place."""

    __tablename__ = "kept_arrival"
    __table_args__ = (
        Index("ix_kept_arrival_waiting", "sequence", postgresql_where=text("state = 'kept'")),
        CheckConstraint("(state = 'accepted') = (submission_id IS NOT NULL)", name="accepted"),
        CheckConstraint("state = 'kept' OR (decided_by_id IS NOT NULL AND reason IS NOT NULL)", name="decided"),
    )

    id: Mapped[Id]
    sequence: Mapped[int] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]
    errors: Mapped[JsonList]
    key_id: Mapped[str]
    claimed_id: Mapped[UUID | None]
    attempts: Mapped[int]
    last_at: Mapped[datetime]
    state: Mapped[KeptState]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    submission_id: Mapped[UUID | None]


class KeptTally(Base):
    """How many bodies of a key were kept on a day, and how many beyond the limit were only counted."""

    __tablename__ = "kept_tally"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    kept: Mapped[int]
    bytes: Mapped[int]
    beyond: Mapped[int]


class Draft(Base):
    """An application that somebody has begun on the portal; it gives no place and no stamp, and waits to be resumed."""

    __tablename__ = "draft"

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int]
    programme: Mapped[str | None]
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
