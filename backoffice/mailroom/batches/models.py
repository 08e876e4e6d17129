"""Tables of the daily balance sheets; batches themselves are among the room's tables."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.mailroom.batches.values import SignedAs


class DaySheet(Base):
    """The balance sheet of a day's mail as it was signed; a later correction makes another version, this one never changes."""

    __tablename__ = "day_sheet"
    __table_args__ = (UniqueConstraint("day", "version"),)

    id: Mapped[Id]
    day: Mapped[date]
    version: Mapped[int]
    figures: Mapped[Json]
    differences: Mapped[JsonList]
    digest: Mapped[str]
    made_at: Mapped[datetime]


class DaySignature(Base):
    """A signature under a day's sheet, with the PDF as it stood then; two signatures are of two people."""

    __tablename__ = "day_signature"
    __table_args__ = (UniqueConstraint("sheet_id", "signed_as"), UniqueConstraint("sheet_id", "account_id"))

    id: Mapped[Id]
    sheet_id: Mapped[int] = mapped_column(ForeignKey("day_sheet.id"))
    signed_as: Mapped[SignedAs]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    label: Mapped[str]
    signed_at: Mapped[datetime]
    pdf_sha256: Mapped[str]
