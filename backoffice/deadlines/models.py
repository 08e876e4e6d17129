"""Tables of the terms that run: facts only; the last day is derived from them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, Json
from backoffice.core.events import Subject
from backoffice.deadlines.states import StartChange, TermState
from backoffice.deadlines.values import TermKind

CALENDAR_BEFORE = '{"version": "I-16/2016", "saturdays": true, "proclaimed": {}}'
"""The calendar of every term that began before terms kept their own."""


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
    # The whole term given again begins another run; what was granted on the one before stays in the record.
    run: Mapped[int] = mapped_column(default=1, server_default="1")
    # Days granted for this one term in place of the rule's, and the calendar of its day zero: no later setting changes them.
    own_days: Mapped[int | None]
    calendar: Mapped[Json] = mapped_column(server_default=text(f"'{CALENDAR_BEFORE}'::jsonb"))
    state: Mapped[TermState]
    ended_at: Mapped[datetime | None]
    # What the facts give under the calendar in force, kept to be read in one query; `doctor` recomputes and compares.
    last_day: Mapped[date]
    workings: Mapped[Json]

    extensions: Mapped[list["TermExtension"]] = relationship(lazy="raise", order_by="TermExtension.id")
    pauses: Mapped[list["TermPause"]] = relationship(lazy="raise", order_by="TermPause.id")

    @property
    def subject(self) -> Subject:
        """The case it belongs to."""
        return Subject(self.subject_kind, self.subject_id)

    @property
    def owner(self) -> Subject:
        """The fee, the request or the letter it runs for."""
        return Subject(self.owner_kind, self.owner_id)


class TermExtension(Base):
    """Days granted, and why."""

    __tablename__ = "term_extension"

    id: Mapped[Id]
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    days: Mapped[int]
    granted_on: Mapped[date]
    reason: Mapped[str]
    run: Mapped[int] = mapped_column(default=1, server_default="1")


class TermPause(Base):
    """Days that do not count, and their ground; an open pause has no last day yet. One taken back stays in the record."""

    __tablename__ = "term_pause"
    __table_args__ = (UniqueConstraint("term_id", "ref"), CheckConstraint("last >= first", name="ends_after_it_begins"))

    id: Mapped[Id]
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    first: Mapped[date]
    last: Mapped[date | None]
    ground: Mapped[str]
    ref: Mapped[str | None]
    removed_at: Mapped[datetime | None]


class TermPastStart(Base):
    """A day zero that no longer counts, with all that stood on it: written once, when another took its place."""

    __tablename__ = "term_past_start"

    id: Mapped[Id]
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    run: Mapped[int]
    start: Mapped[date]
    start_reason: Mapped[str]
    last_day: Mapped[date]
    workings: Mapped[Json]
    change: Mapped[StartChange]
    reason: Mapped[str]
    replaced_at: Mapped[datetime]
    replaced_by: Mapped[str]


class TermBar(Base):
    """A reason for which no term of a case may end yet, until it is lifted; the clock itself runs on."""

    __tablename__ = "term_bar"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "ground", "ref"),
        CheckConstraint("(lifted_at IS NULL) = (how IS NULL)", name="lifted_somehow"),
    )

    id: Mapped[Id]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    ground: Mapped[str]
    ref: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    how: Mapped[str | None]


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
