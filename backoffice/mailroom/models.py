"""Tables of the paper door: deliveries, envelopes and their pieces, scans, keying."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.core.db import Base, Id, Json, JsonList
from backoffice.mailroom.states import BatchState, EnvelopeState, KeyingState, PageState, ScanState
from backoffice.mailroom.values import EnvelopeKind


class PostDelivery(Base):
    """What the carrier brought on one day."""

    __tablename__ = "post_delivery"

    id: Mapped[Id]
    delivered_on: Mapped[date]
    carrier: Mapped[str]
    bags: Mapped[int | None]
    counted_envelopes: Mapped[int | None]
    note: Mapped[str] = mapped_column(server_default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[str]


class Batch(Base):
    """A stack of envelopes prepared together, with what its header sheet declares (fifty envelopes at most)."""

    __tablename__ = "batch"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[BatchState]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("post_delivery.id"), index=True)
    expected_envelopes: Mapped[int]
    expected_sheets: Mapped[int]
    expected_separators: Mapped[int]
    expected_cheques: Mapped[int]
    expected_cents: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[str | None]


class Envelope(Base):
    """One envelope: its stamp is the legal day of receipt, whenever it is opened, scanned or keyed."""

    __tablename__ = "envelope"
    __table_args__ = (CheckConstraint("declared_sheets IS NULL OR declared_sheets >= 0", name="sheets"), Index("ix_envelope_state", "state"))

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("post_delivery.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    batch_position: Mapped[int | None]
    photo_sha256: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    doubted_at: Mapped[datetime | None]
    legal_received_on: Mapped[date]
    postmarked_on: Mapped[date | None]
    sender: Mapped[str]
    kind: Mapped[EnvelopeKind]
    contents: Mapped[str]
    declared_sheets: Mapped[int | None]
    state: Mapped[EnvelopeState]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    parked_reason: Mapped[str | None]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[str]
    arrival_sequence: Mapped[int | None]
    arrived_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    scans: Mapped[list["Scan"]] = relationship(lazy="raise", order_by="Scan.id")
    pages: Mapped[list["ScanPage"]] = relationship(lazy="raise", order_by="ScanPage.position")


class Scan(Base):
    """One scanned file as it came, by its digest; its bytes are kept whatever becomes of it.

    A file belongs to one envelope, or to a batch whose envelope sheets say where each page belongs.
    """

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("envelope_id", "sha256"),
        UniqueConstraint("batch_id", "sha256"),
        CheckConstraint("envelope_id IS NOT NULL OR batch_id IS NOT NULL", name="home"),
        CheckConstraint("sides IN (1, 2)", name="sides"),
        Index("ix_scan_state", "state"),
    )

    id: Mapped[Id]
    envelope_id: Mapped[int | None] = mapped_column(ForeignKey("envelope.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    rescan_of_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    sides: Mapped[int] = mapped_column(server_default="1")
    pages_expected: Mapped[int | None]
    antivirus: Mapped[str | None]
    made_with: Mapped[Json] = mapped_column(server_default="{}")
    sha256: Mapped[str] = mapped_column(index=True)
    filename: Mapped[str]
    size: Mapped[int]
    door: Mapped[str]
    state: Mapped[ScanState]
    media_type: Mapped[str | None]
    refusal: Mapped[str | None]
    warnings: Mapped[JsonList]
    arrived_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class ScanPage(Base):
    """One page of an envelope: to be filed, filed, or excluded with a reason; never gone."""

    __tablename__ = "scan_page"
    __table_args__ = (UniqueConstraint("scan_id", "number"),)

    id: Mapped[Id]
    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), index=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    position: Mapped[int]
    number: Mapped[int]
    picture_sha256: Mapped[str]
    thumbnail_sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    blank: Mapped[bool]
    ink: Mapped[float | None]
    dpi: Mapped[int | None]
    codes: Mapped[JsonList]
    shown_sha256: Mapped[str | None]
    shown_thumbnail_sha256: Mapped[str | None]
    rescan_of_id: Mapped[int | None] = mapped_column(ForeignKey("scan_page.id"))
    state: Mapped[PageState]
    excluded_reason: Mapped[str | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))


class Keying(Base):
    """An application being keyed from its image; every field is saved as it is typed.

    `hands` are the accounts that typed the first pass, `hand` who has the image before them now; `twice` the fields that a
    second clerk keys without seeing them, `agreed` those that two clerks agree on or a third look settled; `taken` the
    readings of the machine that a clerk took.
    """

    __tablename__ = "keying"

    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), primary_key=True)
    state: Mapped[KeyingState]
    fields: Mapped[Json]
    marks: Mapped[Json]
    focus: Mapped[str | None]
    ground: Mapped[str | None]
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approval.id"))
    started_by_id: Mapped[str]
    saved_at: Mapped[datetime]
    submission_id: Mapped[UUID | None]
    hands: Mapped[JsonList] = mapped_column(server_default="[]")
    hand_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    hand_at: Mapped[datetime | None]
    finished_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    finished_at: Mapped[datetime | None]
    twice: Mapped[JsonList] = mapped_column(server_default="[]")
    agreed: Mapped[Json] = mapped_column(server_default="{}")
    taken: Mapped[Json] = mapped_column(server_default="{}")
