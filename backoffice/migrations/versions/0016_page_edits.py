"""Work on pages, undoable."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

GUARD = "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON page_edit FOR EACH ROW EXECUTE FUNCTION refuse_change()"
GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT ON page_edit TO backoffice_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON page_cut TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE page_edit_id_seq TO backoffice_app;
    END IF;
END $$;
"""
KINDS = ("turn", "split", "merge", "place", "move", "exclude", "restore", "rescan", "undo")


def upgrade() -> None:
    """What was done with pages, and where documents begin."""
    op.create_table(
        "page_edit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Enum(*KINDS, name="editkind", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_page_edit_envelope_id")),
        sa.ForeignKeyConstraint(["other_id"], ["envelope.id"], name=op.f("fk_page_edit_other_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["page_edit.id"], name=op.f("fk_page_edit_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_edit")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_page_edit_undoes_id")),
    )
    op.create_index(op.f("ix_page_edit_envelope_id"), "page_edit", ["envelope_id"])
    op.create_index(op.f("ix_page_edit_other_id"), "page_edit", ["other_id"])
    op.create_table(
        "page_cut",
        sa.Column("page_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["scan_page.id"], name=op.f("fk_page_cut_page_id")),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_page_cut")),
    )
    op.execute(GUARD)
    op.execute(GRANTS)
