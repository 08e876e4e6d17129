"""Tables of the doors: uploads under way, scanners and their jobs, what was dropped."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.mailroom.doors.states import DropState, JobState, UploadState
from backoffice.mailroom.doors.values import Home, Pass, ScannerKind


class Upload(Base):
    """A file that a browser sends in parts: whose it is, where it belongs and how much of it is on the disk."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("(envelope IS NULL) <> (batch IS NULL)", name="home"),
        CheckConstraint("received BETWEEN 0 AND size", name="received"),
        Index("ix_upload_state", "state"),
    )

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(unique=True)
    envelope: Mapped[str | None] = mapped_column(index=True)
    batch: Mapped[str | None] = mapped_column(index=True)
    filename: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str | None]
    stamp: Mapped[str]
    received: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[UploadState]
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))

    @property
    def home(self) -> Home:
        """Where it belongs."""
        return Home(self.envelope, self.batch)


class Scanner(Base):
    """A scanner of the building: only those of this list are ever spoken to."""

    __tablename__ = "scanner"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ScannerKind]
    address: Mapped[str] = mapped_column(unique=True)
    active: Mapped[bool]
    abilities: Mapped[Json] = mapped_column(server_default="{}")
    checked_at: Mapped[datetime | None]
    check_fault: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[str]


class ScanJob(Base):
    """What a clerk asked of a scanner, for one envelope or batch; its pages are kept one by one as they come."""

    __tablename__ = "scan_job"
    __table_args__ = (
        CheckConstraint("(envelope IS NULL) <> (batch IS NULL)", name="home"),
        Index("ix_scan_job_state", "state"),
        Index("uq_scan_job_scanner_busy", "scanner_id", unique=True, postgresql_where=text("state IN ('waiting', 'running')")),
    )

    id: Mapped[Id]
    scanner_id: Mapped[int] = mapped_column(ForeignKey("scanner.id"))
    envelope: Mapped[str | None] = mapped_column(index=True)
    batch: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[JobState]
    source: Mapped[str]
    resolution: Mapped[int]
    colour: Mapped[str]
    sides: Mapped[Pass]
    fronts_id: Mapped[int | None] = mapped_column(ForeignKey("scan_job.id"))
    remote: Mapped[str | None]
    fault: Mapped[str | None]
    cancel_asked: Mapped[bool] = mapped_column(server_default=text("false"))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[str]
    asked_by_label: Mapped[str]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))

    pages: Mapped[list["ScanJobPage"]] = relationship(lazy="raise", order_by="ScanJobPage.number")
    scanner: Mapped[Scanner] = relationship(lazy="raise")

    @property
    def home(self) -> Home:
        """Where its pages belong."""
        return Home(self.envelope, self.batch)


class ScanJobPage(Base):
    """One page as the scanner sent it: its bytes are kept, unaltered, before the next one is asked for."""

    __tablename__ = "scan_job_page"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    id: Mapped[Id]
    job_id: Mapped[int] = mapped_column(ForeignKey("scan_job.id"))
    number: Mapped[int]
    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    received_at: Mapped[datetime]


class Dropped(Base):
    """A file, or the folder of an envelope, that the watched folder saw whole: taken, or refused with its reason."""

    __tablename__ = "dropped"
    __table_args__ = (Index("ix_dropped_state", "state"), Index("ix_dropped_sha256", "sha256"))

    id: Mapped[Id]
    path: Mapped[str]
    size: Mapped[int]
    changed_ns: Mapped[int]
    sha256: Mapped[str | None]
    state: Mapped[DropState]
    reason: Mapped[str | None]
    detail: Mapped[Json] = mapped_column(server_default="{}")
    stands: Mapped[str | None]
    envelope: Mapped[str | None]
    scan_ids: Mapped[JsonList] = mapped_column(server_default="[]")
    seen_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
