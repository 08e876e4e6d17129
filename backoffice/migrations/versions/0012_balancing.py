"""Daily balance sheets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT ON day_sheet, day_signature TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE day_sheet_id_seq, day_signature_id_seq TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Sheets of days and their signatures: written once."""
    op.create_table(
        "day_sheet",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_sheet")),
        sa.UniqueConstraint("day", "version", name=op.f("uq_day_sheet_day_version")),
    )
    signed_as = sa.Enum("clerk", "supervisor", name="signedas", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "day_signature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_as", signed_as, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["day_sheet.id"], name=op.f("fk_day_signature_sheet_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_day_signature_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_signature")),
        sa.UniqueConstraint("sheet_id", "signed_as", name=op.f("uq_day_signature_sheet_id_signed_as")),
        sa.UniqueConstraint("sheet_id", "account_id", name=op.f("uq_day_signature_sheet_id_account_id")),
    )
    op.execute(GRANTS)
    for table in ("day_sheet", "day_signature"):
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
