"""Pieces, money opened by two, deposit slips, slips printed beforehand."""

from enum import StrEnum

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

METHODS = (
    "card", "debit", "other", "certified_cheque", "bank_draft", "money_order", "company_cheque", "cash", "personal_cheque", "travellers_cheque",
)  # fmt: skip

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON piece, instrument, deposit, deposit_line, slip_kit, receipt_slip TO backoffice_app;
        GRANT SELECT, INSERT ON delivery_settlement TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE delivery_settlement_id_seq, piece_id_seq, deposit_id_seq, deposit_line_id_seq, slip_kit_id_seq,
            receipt_slip_id_seq TO backoffice_app;
    END IF;
END $$;
"""
KEPT = "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON delivery_settlement FOR EACH ROW EXECUTE FUNCTION refuse_change()"


def upgrade() -> None:
    """Bring the tables forward."""
    op.add_column("receipt", sa.Column("waits_for_count", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("receipt", sa.Column("deposit", sa.Text(), nullable=True))
    _delivery()
    _piece()
    _instrument()
    _deposit()
    _line()
    _kit()
    _slip()
    op.execute(KEPT)
    op.execute(GRANTS)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(name: str, constraint: str, members: tuple[str, ...] | list[str]) -> sa.Column[StrEnum]:
    return sa.Column(name, sa.Enum(*members, name=constraint, native_enum=False, create_constraint=True, length=40), nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _delivery() -> None:
    op.create_table(
        "delivery_settlement",
        _id(), _big("delivery_id"), _big("difference"), _text("reason"), _at("settled_at"), _text("settled_by_id"), _text("settled_by_label"),
        sa.ForeignKeyConstraint(["delivery_id"], ["post_delivery.id"], name=op.f("fk_delivery_settlement_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_settlement")),
    )  # fmt: skip
    op.create_index(op.f("ix_delivery_settlement_delivery_id"), "delivery_settlement", ["delivery_id"])


def _piece() -> None:
    op.create_table(
        "piece",
        _id(), _text("number"), _big("envelope_id"), _one_of("kind", "piecekind", ("form", "evidence", "payment", "unscannable", "original")),
        _text("description"), _big("sheets", nullable=True), _one_of("state", "piecestate", ("listed", "placed", "sent_back", "withdrawn")),
        _text("place", nullable=True), _at("listed_at"), _text("listed_by_id"), _at("settled_at", nullable=True),
        sa.CheckConstraint("sheets IS NULL OR sheets >= 0", name=op.f("ck_piece_sheets")),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_piece_envelope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece")),
        sa.UniqueConstraint("number", name=op.f("uq_piece_number")),
    )  # fmt: skip
    op.create_index(op.f("ix_piece_envelope_id"), "piece", ["envelope_id"])


def _instrument() -> None:
    op.create_table(
        "instrument",
        _big("receipt_id"), _big("envelope_id"), _one_of("state", "instrumentstate", ("listed", "differs", "counted", "not_there")),
        sa.Column("accepted", sa.Boolean(), nullable=False), _big("listed_cents"), _big("found_cents", nullable=True),
        _big("settled_cents", nullable=True), _text("first_id"), _text("first_label"), _at("listed_at"), _text("second_id", nullable=True),
        _text("second_label", nullable=True), _at("counted_at", nullable=True), _text("third_id", nullable=True),
        _text("third_label", nullable=True), _at("settled_at", nullable=True), _text("settled_reason", nullable=True),
        sa.CheckConstraint("second_id IS NULL OR second_id <> first_id", name=op.f("ck_instrument_two_people")),
        sa.CheckConstraint(
            "third_id IS NULL OR (third_id <> first_id AND third_id <> second_id)", name=op.f("ck_instrument_third_person"),
        ),
        sa.CheckConstraint("(state = 'listed') = (second_id IS NULL)", name=op.f("ck_instrument_counted")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_instrument_receipt_id")),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_instrument_envelope_id")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_instrument")),
    )  # fmt: skip
    op.create_index(op.f("ix_instrument_envelope_id"), "instrument", ["envelope_id"])
    op.create_index("ix_instrument_state", "instrument", ["state"])


def _deposit() -> None:
    op.create_table(
        "deposit",
        _id(), _text("number"), sa.Column("made_on", sa.Date(), nullable=False),
        _one_of("state", "depositstate", ("made", "differs", "accepted", "reversed")), _big("instruments"), _big("total_cents"), _at("made_at"),
        _text("made_by_id"), _text("made_by_label"), _big("found_instruments", nullable=True), _big("found_cents", nullable=True),
        _text("counted_note", nullable=True), _text("counted_by_label", nullable=True), _at("counted_at", nullable=True),
        _text("accepted_by_id", nullable=True), _text("reversed_reason", nullable=True), _text("reversed_by_label", nullable=True),
        _at("reversed_at", nullable=True),
        sa.CheckConstraint("instruments > 0", name=op.f("ck_deposit_instruments")),
        sa.CheckConstraint("accepted_by_id IS NULL OR accepted_by_id <> made_by_id", name=op.f("ck_deposit_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("number", name=op.f("uq_deposit_number")),
    )  # fmt: skip
    op.create_index("ix_deposit_state", "deposit", ["state"])


def _line() -> None:
    op.create_table(
        "deposit_line",
        _id(), _big("deposit_id"), _big("receipt_id"), _one_of("method", "paymentmethod", METHODS), _text("currency"), _big("amount_cents"),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_line_deposit_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_deposit_line_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_line")),
        sa.UniqueConstraint("deposit_id", "receipt_id", name=op.f("uq_deposit_line_deposit_id_receipt_id")),
    )  # fmt: skip
    op.create_index("uq_deposit_line_standing", "deposit_line", ["receipt_id"], unique=True, postgresql_where=sa.text("standing"))


def _kit() -> None:
    op.create_table(
        "slip_kit",
        _id(), _big("year"), _big("first_serial"), _big("last_serial"), _text("kept_at"), _at("made_at"), _text("made_by_id"), _text("made_by_label"),
        sa.CheckConstraint("last_serial >= first_serial", name=op.f("ck_slip_kit_serials")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_kit")),
        sa.UniqueConstraint("year", "first_serial", name=op.f("uq_slip_kit_year_first_serial")),
    )  # fmt: skip


def _slip() -> None:
    op.create_table(
        "receipt_slip",
        _id(), _big("kit_id"), _big("year"), _big("serial"), _text("number"), _one_of("state", "slipstate", ("issued", "used", "spoiled")),
        sa.Column("received_on", sa.Date(), nullable=True), _big("arrival_sequence", nullable=True), _at("arrived_at", nullable=True),
        _big("envelope_id", nullable=True), _text("spoiled_reason", nullable=True), _at("entered_at", nullable=True),
        _text("entered_by_id", nullable=True),
        sa.CheckConstraint("(state = 'used') = (envelope_id IS NOT NULL)", name=op.f("ck_receipt_slip_used")),
        sa.CheckConstraint("(arrival_sequence IS NULL) = (arrived_at IS NULL)", name=op.f("ck_receipt_slip_place")),
        sa.ForeignKeyConstraint(["kit_id"], ["slip_kit.id"], name=op.f("fk_receipt_slip_kit_id")),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_receipt_slip_envelope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_slip")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_receipt_slip_year_serial")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_slip_number")),
        sa.UniqueConstraint("arrival_sequence", name=op.f("uq_receipt_slip_arrival_sequence")),
        sa.UniqueConstraint("envelope_id", name=op.f("uq_receipt_slip_envelope_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_receipt_slip_kit_id"), "receipt_slip", ["kit_id"])
