"""Tables of the paper: places, things that are followed, their moves, declarations, destruction, holds.

That a thing is in one place and one only is the database's own promise: its current place is the place of its last move, and
each move begins where the one before it ended.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.core.db import Base, Id, Json
from backoffice.mailroom.custody.states import DeclarationState
from backoffice.mailroom.custody.values import Drawn, Look, PaperKind, PlaceKind


class PaperPlace(Base):
    """A desk, a box, a shelf, a person; or an end: sent back, destroyed, listed by mistake."""

    __tablename__ = "paper_place"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PlaceKind]
    label: Mapped[str]
    within_id: Mapped[int | None] = mapped_column(ForeignKey("paper_place.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    made_at: Mapped[datetime]


class Paper(Base):
    """An envelope or a piece that is followed, and the one place where it is."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        ForeignKeyConstraint(
            ["id", "moves", "place_id"], ["paper_move.paper_id", "paper_move.sequence", "paper_move.to_place_id"], name="fk_paper_last_move",
            deferrable=True, initially="DEFERRED", use_alter=True,
        ),
    )  # fmt: skip

    id: Mapped[Id]
    kind: Mapped[PaperKind]
    number: Mapped[str]
    envelope: Mapped[str] = mapped_column(index=True)
    must_return: Mapped[bool]
    place_id: Mapped[int] = mapped_column(ForeignKey("paper_place.id"), index=True)
    moves: Mapped[int]
    followed_since: Mapped[datetime]


class PaperMove(Base):
    """One move; it begins where the one before it ended."""

    __tablename__ = "paper_move"
    __table_args__ = (
        UniqueConstraint("paper_id", "sequence"),
        UniqueConstraint("paper_id", "sequence", "to_place_id"),
        ForeignKeyConstraint(
            ["paper_id", "previous", "from_place_id"], ["paper_move.paper_id", "paper_move.sequence", "paper_move.to_place_id"],
            name="fk_paper_move_before",
        ),
        CheckConstraint("sequence = coalesce(previous, 0) + 1 AND (previous IS NULL) = (from_place_id IS NULL) AND previous IS DISTINCT FROM 0", name="chain"),
        CheckConstraint("from_place_id <> to_place_id", name="somewhere_else"),
    )  # fmt: skip

    id: Mapped[Id]
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    sequence: Mapped[int]
    previous: Mapped[int | None]
    from_place_id: Mapped[int | None]
    to_place_id: Mapped[int] = mapped_column(ForeignKey("paper_place.id"))
    reason: Mapped[str]
    moved_at: Mapped[datetime]
    by_id: Mapped[str]
    by_label: Mapped[str]


class PaperHold(Base):
    """A legal hold on the paper of an envelope: nothing of it is destroyed while it lasts."""

    __tablename__ = "paper_hold"
    __table_args__ = (Index("uq_paper_hold_envelope", "envelope", unique=True, postgresql_where=text("lifted_at IS NULL")),)

    id: Mapped[Id]
    envelope: Mapped[str]
    reason: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    lifted_reason: Mapped[str | None]


class ScanDeclaration(Base):
    """A declaration of substitution scanning: what was scanned, how, by whom, controlled by whom. Sealed, it never changes."""

    __tablename__ = "scan_declaration"
    __table_args__ = (
        CheckConstraint("controller_id IS NULL OR controller_id <> operator_id", name="two_people"),
        CheckConstraint("(state = 'sealed') = (pdf_sha256 IS NOT NULL AND controller_id IS NOT NULL)", name="sealed"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    state: Mapped[DeclarationState]
    content: Mapped[Json]
    digest: Mapped[str | None]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    operator_label: Mapped[str | None]
    operator_signed_at: Mapped[datetime | None]
    controller_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    controller_label: Mapped[str | None]
    sealed_at: Mapped[datetime | None]
    pdf_sha256: Mapped[str | None]
    made_at: Mapped[datetime]


class DeclaredEnvelope(Base):
    """An envelope of a declaration; it is declared once."""

    __tablename__ = "declared_envelope"

    envelope_id: Mapped[int] = mapped_column(ForeignKey("envelope.id"), primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("scan_declaration.id"), index=True)


class QualityCheck(Base):
    """A page drawn for the controller, and what was found of it."""

    __tablename__ = "quality_check"

    declaration_id: Mapped[int] = mapped_column(ForeignKey("scan_declaration.id"), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("scan_page.id"), primary_key=True)
    drawn: Mapped[Drawn]
    look: Mapped[Look | None]
    noted_at: Mapped[datetime | None]
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class PaperDestruction(Base):
    """The destruction of a declaration's paper: asked by one person, carried out before another, certified."""

    __tablename__ = "paper_destruction"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> first_id", name="two_people"),
        CheckConstraint("(certificate_sha256 IS NULL) = (second_id IS NULL)", name="certified"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("scan_declaration.id"), unique=True)
    reason: Mapped[str]
    first_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    first_label: Mapped[str]
    asked_at: Mapped[datetime]
    second_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_label: Mapped[str | None]
    done_at: Mapped[datetime | None]
    certificate_sha256: Mapped[str | None]
