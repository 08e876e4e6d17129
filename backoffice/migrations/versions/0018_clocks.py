"""Bars on ends, extensions and reissues of terms with their trace; each term keeps the calendar of its day zero."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

CALENDAR_BEFORE = """'{"version": "I-16/2016", "saturdays": true, "proclaimed": {}}'::jsonb"""

KEPT = "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON term_past_start FOR EACH ROW EXECUTE FUNCTION refuse_change()"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON term_bar TO backoffice_app;
        GRANT SELECT, INSERT ON term_past_start TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE term_bar_id_seq, term_past_start_id_seq TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Terms keep what moved them."""
    op.add_column("term", sa.Column("run", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("term", sa.Column("own_days", sa.BigInteger(), nullable=True))
    op.add_column("term", sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text(CALENDAR_BEFORE), nullable=False))
    op.add_column("term_extension", sa.Column("run", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("term_pause", sa.Column("ref", sa.Text(), nullable=True))
    op.add_column("term_pause", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_term_pause_term_id_ref"), "term_pause", ["term_id", "ref"])
    op.create_check_constraint(op.f("ck_term_pause_ends_after_it_begins"), "term_pause", "last >= first")
    _past_starts()
    _bars()
    op.execute(KEPT)
    op.execute(GRANTS)


def _past_starts() -> None:
    changes = sa.Enum("reissued", "renewed", "corrected", name="startchange", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "term_past_start",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("term_id", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("start_reason", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("workings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("change", changes, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_term_past_start_term_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_past_start")),
    )
    op.create_index(op.f("ix_term_past_start_term_id"), "term_past_start", ["term_id"])


def _bars() -> None:
    op.create_table(
        "term_bar",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject_kind", "subject_id", "ground", "ref")),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.CheckConstraint("(lifted_at IS NULL) = (how IS NULL)", name=op.f("ck_term_bar_lifted_somehow")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_bar")),
        sa.UniqueConstraint("subject_kind", "subject_id", "ground", "ref", name=op.f("uq_term_bar_subject_kind_subject_id_ground_ref")),
    )
