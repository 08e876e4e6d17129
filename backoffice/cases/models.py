"""Tables of the case: its people, its holds, its place in the processing order."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Channel, Hold, PersonKind, PriorityFacts
from backoffice.core.db import Base, Id, Json, JsonList


class DaySeed(Base):
    """The published seed from which the ties of one legal day of receipt are drawn."""

    __tablename__ = "day_seed"

    day: Mapped[date] = mapped_column(primary_key=True)
    seed: Mapped[str]


class Case(Base):
    """One application of one family, whatever its door."""

    __tablename__ = "case"
    __table_args__ = (
        # The processing order, ready to read: one index serves the queue's pages and the next case.
        Index("ix_case_order", "processing_class", "legal_received_on", "tie", "number"),
        Index("ix_case_officer", "officer_id"),
        Index("ix_case_status", "status"),
        CheckConstraint("language IN ('fr', 'en')", name="language"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    submission_id: Mapped[UUID] = mapped_column(unique=True)
    programme: Mapped[str]
    channel: Mapped[Channel]
    language: Mapped[str]
    status: Mapped[CaseStatus]
    status_changed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    legal_received_on: Mapped[date]
    opened_at: Mapped[datetime]
    contact: Mapped[Json]
    representative: Mapped[Json | None]
    destination_region: Mapped[str | None]
    # Facts that the processing order reads, and what it makes of them (recomputed by `doctor`, never typed).
    urgent_reason: Mapped[str | None]
    validated_offer: Mapped[bool]
    temporary_resident: Mapped[bool]
    processing_class: Mapped[int]
    tie: Mapped[str]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    people: Mapped[list["Person"]] = relationship(lazy="raise", order_by="Person.position", back_populates="case")
    holds: Mapped[list["CaseHold"]] = relationship(lazy="raise", order_by="CaseHold.placed_at", back_populates="case")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def facts(self) -> PriorityFacts:
        """What the processing order looks at: never the place in the quota."""
        return PriorityFacts(
            urgent_reason=self.urgent_reason,
            validated_offer=self.validated_offer,
            temporary_resident=self.temporary_resident,
            channel=self.channel,
            legal_received_on=self.legal_received_on,
        )


class Person(Base):
    """Somebody of the application; names are kept to the letter."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_search_name", "search_name", postgresql_using="gin", postgresql_ops={"search_name": "gin_trgm_ops"}),
        Index("ix_person_birth_date", "birth_date"),
        Index("ix_person_name_birth", "search_name", "birth_date"),
        Index("ix_person_passport", "passport_number", postgresql_where=text("passport_number IS NOT NULL")),
        CheckConstraint("sex IN ('F', 'M', 'X')", name="sex"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[PersonKind]
    position: Mapped[int]
    family_name: Mapped[str]
    given_names: Mapped[str | None]
    search_name: Mapped[str]
    sex: Mapped[str]
    birth_date: Mapped[date]
    birth_country: Mapped[str | None]
    citizenships: Mapped[JsonList]
    passport_number: Mapped[str | None]
    details: Mapped[Json]

    case: Mapped[Case] = relationship(lazy="raise", back_populates="people")

    @property
    def name(self) -> str:
        """« Family, Given », or the single name."""
        return f"{self.family_name}, {self.given_names}" if self.given_names else self.family_name


class CaseHold(Base):
    """A reason for which a case is not worked on; placed and lifted by the features above, which the queue never asks."""

    __tablename__ = "case_hold"
    __table_args__ = (Index("uq_case_hold_standing", "case_id", "kind", unique=True, postgresql_where=text("lifted_at IS NULL")),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[Hold]
    placed_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(lazy="raise", back_populates="holds")


class Note(Base):
    """An internal note; nothing of it can be sent."""

    __tablename__ = "note"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    body: Mapped[str]
    written_at: Mapped[datetime]


class NumberSeries(Base):
    """The last serial of file numbers given in a year."""

    __tablename__ = "number_series"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
