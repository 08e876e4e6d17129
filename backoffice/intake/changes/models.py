"""The table of changes; only added to."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json
from backoffice.intake.changes.values import ChangeKind, ChangeSource


class CircumstanceChange(Base):
    """A change with its old and its new, where it was said, the day it happened and the legal day it reached us."""

    __tablename__ = "circumstance_change"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[ChangeKind]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str]
    before: Mapped[Json]
    after: Mapped[Json]
    source: Mapped[ChangeSource]
    source_ref: Mapped[str]
    changed_on: Mapped[date | None]
    received_on: Mapped[date]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_label: Mapped[str]
