"""What was done with pages, one row for each piece of work, and where documents begin."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, JsonList
from backoffice.mailroom.pagework.values import EditKind


class PageEdit(Base):
    """One piece of work, with the pages as they were and as they were then; written once. An undo is a row of its own."""

    __tablename__ = "page_edit"

    id: Mapped[Id]
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("envelope.id"), index=True)
    kind: Mapped[EditKind]
    before: Mapped[JsonList]
    after: Mapped[JsonList]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("page_edit.id"), unique=True)
    by_id: Mapped[str]
    at: Mapped[datetime]


class PageCut(Base):
    """A person said that a document begins with this page."""

    __tablename__ = "page_cut"

    page_id: Mapped[int] = mapped_column(ForeignKey("scan_page.id"), primary_key=True, autoincrement=False)
