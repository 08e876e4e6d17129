"""Tables of the requests for access, and of what a person chose to give or to leave out."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id
from backoffice.desk.access.states import AccessState
from backoffice.desk.access.values import Channel, Ground


class AccessRequest(Base):
    """Somebody asked for their file: when, how their identity was checked, what was answered."""

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint("(state = 'released') = (released_on IS NOT NULL AND way IS NOT NULL)", name="released"),
        CheckConstraint("(state = 'refused') = (refusal_ground IS NOT NULL)", name="refused"),
        CheckConstraint("(extended_on IS NULL) = (extension_reason IS NULL)", name="extended"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    requester: Mapped[str]
    identity: Mapped[str]
    channel: Mapped[Channel]
    received_on: Mapped[date]
    state: Mapped[AccessState]
    last_day: Mapped[date]
    entered_at: Mapped[datetime]
    entered_by: Mapped[str]
    extended_on: Mapped[date | None]
    extension_reason: Mapped[str | None]
    # Counts the choices; the copy made from an earlier count is not what would be given now.
    version: Mapped[int]
    export_asked_at: Mapped[datetime | None]
    export_version: Mapped[int | None]
    export_sha256: Mapped[str | None]
    export_size: Mapped[int | None]
    reviewed_by_id: Mapped[str | None]
    reviewed_by: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    released_on: Mapped[date | None]
    way: Mapped[str | None]
    refusal_ground: Mapped[Ground | None]
    refusal_reason: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]

    @property
    def number(self) -> str:
        """How people name it."""
        return f"A-{self.id:05d}"

    @property
    def export_stands(self) -> bool:
        """Whether the copy is made from the present choices."""
        return self.export_sha256 is not None and self.export_version == self.version


class AccessChoice(Base):
    """What a person chose for one item: given when there is no ground."""

    __tablename__ = "access_choice"
    __table_args__ = (UniqueConstraint("request_id", "item"),)

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("access_request.id"))
    item: Mapped[str]
    ground: Mapped[Ground | None]
    reason: Mapped[str]
    by_id: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
