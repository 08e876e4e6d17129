"""Tables of print runs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id
from backoffice.mailroom.letters.states import InRun, RunState
from backoffice.mailroom.letters.values import Format


class PrintRun(Base):
    """The letters that are printed and handed over together: one file, with its list in front."""

    __tablename__ = "print_run"
    __table_args__ = (
        CheckConstraint("(state = 'making') = (sha256 IS NULL)", name="made"),
        CheckConstraint("(state = 'handed') = (handed_on IS NOT NULL AND way IS NOT NULL)", name="handed"),
        Index("ix_print_run_state", "state"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[RunState]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[str]
    asked_by_label: Mapped[str]
    made_at: Mapped[datetime | None]
    pages: Mapped[int]
    sha256: Mapped[str | None]
    handed_on: Mapped[date | None]
    handed_by_label: Mapped[str | None]
    way: Mapped[str | None]
    tracking: Mapped[str | None]
    weight_grams: Mapped[int | None]


class PrintRunLetter(Base):
    """A letter's place in a run; a letter is in one run at a time."""

    __tablename__ = "print_run_letter"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        Index("uq_print_run_letter_live", "letter_id", unique=True, postgresql_where=text("state = 'in'")),
    )

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("posted_letter.id"), index=True)
    position: Mapped[int]
    state: Mapped[InRun]
    envelope: Mapped[Format]
    country: Mapped[str]
    pages: Mapped[int]
    part: Mapped[int | None]


class PrintRunPart(Base):
    """Letters of a run printed so far, so that a killed worker goes on where it stopped."""

    __tablename__ = "print_run_part"
    __table_args__ = (UniqueConstraint("run_id", "position"),)

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"))
    position: Mapped[int]
    letters: Mapped[int]
    pages: Mapped[int]
    sha256: Mapped[str]
