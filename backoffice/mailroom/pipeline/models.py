"""The table of what is owed to scanned files."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id
from backoffice.mailroom.pipeline.values import WorkKind


class PageWork(Base):
    """Something owed to a scanned file: to be read, or some of its pages to be recognised (`first` to `last`).

    `available_at` moves on with every page that is committed; work whose worker was killed is offered again soon after.
    """

    __tablename__ = "page_work"
    __table_args__ = (Index("ix_page_work_owed", "kind", "available_at", postgresql_where=text("done_at IS NULL")),)

    id: Mapped[Id]
    kind: Mapped[WorkKind]
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"), index=True)
    first: Mapped[int | None]
    last: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    available_at: Mapped[datetime]
    error: Mapped[str | None]
    owed_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
