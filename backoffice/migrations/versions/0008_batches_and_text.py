"""Batches, files read page by page, and the text of pages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON batch, page_text TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE batch_id_seq TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Batches; where files and envelopes stand in them; page texts."""
    _batch()
    _envelope()
    _scan()
    _page()
    _text()
    op.execute(GRANTS)


def _batch() -> None:
    numbers = ("expected_envelopes", "expected_sheets", "expected_separators", "expected_cheques", "expected_cents")
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Enum("open", "closed", name="batchstate", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in numbers),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["post_delivery.id"], name=op.f("fk_batch_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_batch_number")),
    )
    op.create_index(op.f("ix_batch_delivery_id"), "batch", ["delivery_id"])
    op.add_column("post_delivery", sa.Column("bags", sa.BigInteger(), nullable=True))
    op.add_column("post_delivery", sa.Column("note", sa.Text(), server_default="", nullable=False))


def _envelope() -> None:
    op.add_column("envelope", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.add_column("envelope", sa.Column("batch_position", sa.BigInteger(), nullable=True))
    op.add_column("envelope", sa.Column("photo_sha256", sa.Text(), nullable=True))
    op.add_column("envelope", sa.Column("owner_id", sa.BigInteger(), nullable=True))
    op.add_column("envelope", sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_envelope_batch_id"), "envelope", "batch", ["batch_id"], ["id"])
    op.create_foreign_key(op.f("fk_envelope_owner_id"), "envelope", "account", ["owner_id"], ["id"])
    op.create_index(op.f("ix_envelope_batch_id"), "envelope", ["batch_id"])
    op.create_index(op.f("ix_envelope_owner_id"), "envelope", ["owner_id"])
    op.execute("UPDATE envelope SET doubted_at = registered_at WHERE state = 'in_doubt'")


def _scan() -> None:
    op.drop_constraint(op.f("ck_scan_scanstate"), "scan", type_="check")
    op.create_check_constraint(op.f("ck_scan_scanstate"), "scan", "state IN ('waiting', 'reading', 'read', 'parked', 'set_aside')")
    op.alter_column("scan", "envelope_id", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("scan", sa.Column("batch_id", sa.BigInteger(), nullable=True))
    op.add_column("scan", sa.Column("rescan_of_id", sa.BigInteger(), nullable=True))
    op.add_column("scan", sa.Column("sides", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("scan", sa.Column("pages_expected", sa.BigInteger(), nullable=True))
    op.add_column("scan", sa.Column("antivirus", sa.Text(), nullable=True))
    op.add_column("scan", sa.Column("made_with", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False))
    op.create_foreign_key(op.f("fk_scan_batch_id"), "scan", "batch", ["batch_id"], ["id"])
    op.create_foreign_key(op.f("fk_scan_rescan_of_id"), "scan", "scan", ["rescan_of_id"], ["id"])
    op.create_unique_constraint(op.f("uq_scan_batch_id_sha256"), "scan", ["batch_id", "sha256"])
    op.create_check_constraint(op.f("ck_scan_home"), "scan", "envelope_id IS NOT NULL OR batch_id IS NOT NULL")
    op.create_check_constraint(op.f("ck_scan_sides"), "scan", "sides IN (1, 2)")


def _page() -> None:
    op.add_column("scan_page", sa.Column("ink", sa.Float(), nullable=True))
    op.add_column("scan_page", sa.Column("dpi", sa.BigInteger(), nullable=True))
    op.add_column("scan_page", sa.Column("shown_sha256", sa.Text(), nullable=True))
    op.add_column("scan_page", sa.Column("shown_thumbnail_sha256", sa.Text(), nullable=True))
    op.add_column("scan_page", sa.Column("rescan_of_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_scan_page_rescan_of_id"), "scan_page", "scan_page", ["rescan_of_id"], ["id"])


def _text() -> None:
    states = ("waiting", "done", "failed", "skipped")
    op.create_table(
        "page_text",
        sa.Column("original_sha256", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Enum(*states, name="textstate", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("script", sa.Text(), nullable=True),
        sa.Column("confidence", sa.BigInteger(), nullable=True),
        sa.Column("turned", sa.BigInteger(), nullable=False),
        sa.Column("skew", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("picture_sha256", "thumbnail_sha256", "words_sha256", "searchable_sha256")),
        sa.Column("recognised_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100", name=op.f("ck_page_text_confidence")),
        sa.CheckConstraint("turned IN (0, 90, 180, 270)", name=op.f("ck_page_text_turned")),
        sa.PrimaryKeyConstraint("original_sha256", "number", name=op.f("pk_page_text")),
    )
    op.create_index("ix_page_text_search", "page_text", ["search"], postgresql_using="gin")
