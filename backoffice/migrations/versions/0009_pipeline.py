"""Work on scanned pages that waits, page by page."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON page_work TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE page_work_id_seq TO backoffice_app;
    END IF;
END $$;
"""

OLD_REACTIONS = ("backoffice.mailroom.jobs:read_scan", "backoffice.mailroom.jobs:read_scan_again")
"""What read a whole file at once before; a file that still waits is owed to the new readers instead."""


def upgrade() -> None:
    """What is owed to scanned files; a file that waits under the old way is owed under this one."""
    op.create_table(
        "page_work",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Enum("read", "recognise", name="workkind", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("last", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_page_work_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_work")),
    )
    op.create_index("ix_page_work_owed", "page_work", ["kind", "available_at"], postgresql_where=sa.text("done_at IS NULL"))
    op.create_index(op.f("ix_page_work_scan_id"), "page_work", ["scan_id"])
    op.execute(
        "INSERT INTO page_work (kind, scan_id, available_at, owed_at) SELECT 'read', id, arrived_at, arrived_at FROM scan WHERE state = 'waiting'"
    )
    for handler in OLD_REACTIONS:
        op.execute(f"UPDATE delivery SET done_at = now() WHERE done_at IS NULL AND handler = '{handler}'")  # noqa: S608 - our own words
    op.execute(GRANTS)
