"""Tables of requests and their items, and of the documents received."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id
from backoffice.documents.states import ItemState, RequestState


class DocumentRequest(Base):
    """A list of documents asked from one family, by one message, under one term."""

    __tablename__ = "document_request"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), unique=True)
    state: Mapped[RequestState]
    sent_at: Mapped[datetime]
    return_code: Mapped[str] = mapped_column(unique=True)
    letter_sha256: Mapped[str]

    items: Mapped[list["RequestItem"]] = relationship(lazy="raise", order_by="RequestItem.position", back_populates="request")


class RequestItem(Base):
    """One line of a request; each has its own state."""

    __tablename__ = "request_item"
    __table_args__ = (UniqueConstraint("request_id", "position"),)

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("document_request.id"))
    position: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    code: Mapped[str]
    label_fr: Mapped[str]
    label_en: Mapped[str]
    format: Mapped[str]
    reason_fr: Mapped[str]
    reason_en: Mapped[str]
    state: Mapped[ItemState]
    received_on: Mapped[date | None]
    refusal_code: Mapped[str | None]
    review_note: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]

    request: Mapped[DocumentRequest] = relationship(lazy="raise", back_populates="items")


class Document(Base):
    """Pages received, whatever the door, filed to a case."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_case", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("document_request.id"))
    title: Mapped[str]
    source: Mapped[str]
    source_ref: Mapped[str]
    received_on: Mapped[date]
    filed_at: Mapped[datetime]
    media_type: Mapped[str]
    sha256: Mapped[str | None]
    filename: Mapped[str]

    pages: Mapped[list["DocumentPage"]] = relationship(lazy="raise", order_by="DocumentPage.position")


class DocumentPage(Base):
    """One page as a picture, standing on the original's bytes, which are never altered."""

    __tablename__ = "document_page"
    __table_args__ = (UniqueConstraint("document_id", "position"),)

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int]
    original_sha256: Mapped[str]
    original_page: Mapped[int]
    picture_sha256: Mapped[str]
    thumbnail_sha256: Mapped[str]


class ItemAnswer(Base):
    """Which documents answer which item: one document may answer several, one item may have several."""

    __tablename__ = "item_answer"

    item_id: Mapped[int] = mapped_column(ForeignKey("request_item.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
