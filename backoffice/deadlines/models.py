"""Tables of the terms that run: facts only; the last day is derived from them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, Json
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind


class Term(Base):
    """One term on one subject (a fee, a request): what started it, what moved it, how it ended."""

    __tablename__ = "term"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id"),
        Index("ix_term_case", "subject_kind", "subject_id"),
        Index("ix_term_running", "kind", "last_day", postgresql_where=text("state = 'running'")),
    )

    id: Mapped[Id]
    kind: Mapped[TermKind]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    owner_kind: Mapped[str]
    owner_id: Mapped[str]
    start: Mapped[date]
    start_reason: Mapped[str]
    state: Mapped[TermState]
    ended_at: Mapped[datetime | None]
    # What the facts give under the calendar in force, kept to be read in one query; `doctor` recomputes and compares.
    last_day: Mapped[date]
    workings: Mapped[Json]

    extensions: Mapped[list["TermExtension"]] = relationship(lazy="raise", order_by="TermExtension.id")
    pauses: Mapped[list["TermPause"]] = relationship(lazy="raise", order_by="TermPause.id")


class TermExtension(Base):
    """Days granted, and why."""

    __tablename__ = "term_extension"

    id: Mapped[Id]
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    days: Mapped[int]
    granted_on: Mapped[date]
    reason: Mapped[str]


class TermPause(Base):
    """Days that do not count, and their ground; an open pause has no last day yet."""

    __tablename__ = "term_pause"

    id: Mapped[Id]
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    first: Mapped[date]
    last: Mapped[date | None]
    ground: Mapped[str]


class Unsettled(Base):
    """Mail stamped, or money received, that nobody has put to a case yet: no term it may answer ends before.

    The features above tell it here (an envelope registered, then indexed; a cheque listed, then allocated).
    """

    __tablename__ = "unsettled"
    __table_args__ = (Index("ix_unsettled_standing", "stamped_on", postgresql_where=text("settled_at IS NULL")),)

    source: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    stamped_on: Mapped[date]
    settled_at: Mapped[datetime | None]
