"""Tables of requests and their items, and of the documents received."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, Json
from backoffice.documents.states import ItemState, RequestState, TextState


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
    # Days granted to this request in place of the rule's, with why; and why it was called back or replaced.
    own_days: Mapped[int | None]
    days_reason: Mapped[str] = mapped_column(default="", server_default="")
    ended_reason: Mapped[str] = mapped_column(default="", server_default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document_request.id"), unique=True)

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
    basis: Mapped[str] = mapped_column(default="", server_default="")
    substitutes_fr: Mapped[str] = mapped_column(default="", server_default="")
    substitutes_en: Mapped[str] = mapped_column(default="", server_default="")
    translation: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The line of the list before that this one takes over, when the family changed.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("request_item.id"), index=True)
    state: Mapped[ItemState]
    received_on: Mapped[date | None]
    refusal_code: Mapped[str | None]
    review_note: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]

    request: Mapped[DocumentRequest] = relationship(lazy="raise", back_populates="items")


class ItemStep(Base):
    """Something that happened to one line of a request: who, when, and by which document or message; only added to."""

    __tablename__ = "item_step"

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("request_item.id"), index=True)
    state: Mapped[ItemState]
    at: Mapped[datetime]
    by_label: Mapped[str]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    received_on: Mapped[date | None]
    refusal_code: Mapped[str | None]
    note: Mapped[str]


class RequestDraft(Base):
    """A list being composed: one for each case and author, saved by itself, gone once sent."""

    __tablename__ = "request_draft"
    __table_args__ = (UniqueConstraint("case_id", "author_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    form: Mapped[Json]
    saved_at: Mapped[datetime]


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
    # A person looked: it answers nothing that was asked, and why.
    set_aside_at: Mapped[datetime | None]
    set_aside_reason: Mapped[str | None]

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


class PageText(Base):
    """What was recognised on one page of an original, kept by the original's digest: the same bytes are read once.

    `turned` is the clockwise turn in degrees, and `skew` the tilt in tenths of a degree, that were corrected on the
    upright picture. `words_sha256` names a file of words with their boxes (thousandths of the upright picture) and
    confidence; `searchable_sha256` a one-page PDF/A of the page with its text. `search` holds the words without accents
    (`cases.names.fold`), so that « alcove » finds « alcôve ».
    """

    __tablename__ = "page_text"
    __table_args__ = (
        CheckConstraint("confidence BETWEEN 0 AND 100", name="confidence"),
        CheckConstraint("turned IN (0, 90, 180, 270)", name="turned"),
        Index("ix_page_text_search", "search", postgresql_using="gin"),
    )

    original_sha256: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[TextState]
    language: Mapped[str | None]
    script: Mapped[str | None]
    confidence: Mapped[int | None]
    turned: Mapped[int]
    skew: Mapped[int]
    text: Mapped[str]
    search: Mapped[str] = mapped_column(TSVECTOR)
    picture_sha256: Mapped[str | None]
    thumbnail_sha256: Mapped[str | None]
    words_sha256: Mapped[str | None]
    searchable_sha256: Mapped[str | None]
    recognised_at: Mapped[datetime | None]
