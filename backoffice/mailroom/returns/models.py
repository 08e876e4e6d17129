"""The table of returns."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, JsonList
from backoffice.mailroom.returns.states import ReturnState


class PaperReturn(Base):
    """What goes back to its sender: why, what exactly, with which letter, and when and how it left."""

    __tablename__ = "paper_return"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_on IS NOT NULL AND way IS NOT NULL)", name="sent"),
        Index("ix_paper_return_state", "state"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    state: Mapped[ReturnState]
    kind: Mapped[str]
    reason: Mapped[str]
    explanation: Mapped[str]
    whole: Mapped[bool]
    contents: Mapped[JsonList]
    recipient: Mapped[str]
    address_lines: Mapped[JsonList]
    language: Mapped[str]
    letter_sha256: Mapped[str]
    prepared_at: Mapped[datetime]
    prepared_by_id: Mapped[str]
    sent_on: Mapped[date | None]
    way: Mapped[str | None]
    tracking: Mapped[str | None]
    sent_by_id: Mapped[str | None]
