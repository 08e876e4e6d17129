"""Tables of the backlog: each import, each file it took over, and each line that waits for a person."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.cases.states import CaseStatus
from backoffice.core.db import Base, Id, JsonList
from backoffice.intake.backlog.values import Outcome


class BacklogImport(Base):
    """One file of another system, taken over; a file that changes nothing leaves none."""

    __tablename__ = "backlog_import"

    id: Mapped[Id]
    source: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    by_label: Mapped[str]
    parts: Mapped[int]
    opened: Mapped[int]
    suspected: Mapped[int]
    known: Mapped[int]
    differing: Mapped[int]
    refused: Mapped[int]

    @property
    def lines(self) -> int:
        """All lines of the file that were read."""
        return self.opened + self.known + self.differing + self.refused


class BacklogFile(Base):
    """A file that was taken over: the other system's number, for ever, the digest of what it said, and the case it became."""

    __tablename__ = "backlog_file"

    external_number: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("backlog_import.id"))
    part: Mapped[int]
    line: Mapped[int]
    content_sha256: Mapped[str]
    status: Mapped[CaseStatus]
    """Where the file stood when it was taken over."""
    fee_paid_cents: Mapped[int | None]
    fee_paid_on: Mapped[date | None]


class BacklogLine(Base):
    """A line that waits for a person: refused, another content than the one taken over, or somebody known twice."""

    __tablename__ = "backlog_line"
    __table_args__ = (
        # The same line sent again is the same line, settled or not.
        UniqueConstraint("source", "raw_sha256"),
        Index("ix_backlog_line_waiting", "import_id", "line", postgresql_where=text("settled_at IS NULL")),
        Index("ix_backlog_line_number", "source", "external_number", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("backlog_import.id"))
    line: Mapped[int]
    outcome: Mapped[Outcome]
    source: Mapped[str]
    external_number: Mapped[str | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    raw_sha256: Mapped[str]
    faults: Mapped[JsonList]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    decision: Mapped[str | None]
    settled_why: Mapped[str | None]
