"""Files of other systems."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

OUTCOME = ("new", "suspected", "known", "differing", "refused")
STATUS = (
    "BROUILLON", "SOUMISE", "ATTENTE_PAIEMENT", "PAYEE_EN_FILE", "DOCS_DEMANDES", "DOCS_RECUS", "EXAMEN_PRELIM", "SUSPENS", "INTENTION_REJET",
    "INTENTION_REFUS", "ENTREVUE", "VERIFICATION", "DECISION_PRISE", "CSQ_DELIVRE", "REJETEE", "REFUSEE", "RETOURNEE", "SUPPRIMEE_NON_PAYEE",
    "DESISTEE", "FERMEE", "FIN_LOI", "REEXAMEN",
)  # fmt: skip

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON backlog_import, backlog_line TO backoffice_app;
        GRANT SELECT, INSERT ON backlog_file TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE backlog_import_id_seq, backlog_line_id_seq TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Imports, the files that they took over, and the lines that wait for a person."""
    op.create_table(
        "backlog_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("by_label", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("parts", "opened", "suspected", "known", "differing", "refused")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_backlog_import_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_import")),
    )
    _create_file()
    _create_line()
    op.execute(GRANTS)
    op.execute("CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON backlog_file FOR EACH ROW EXECUTE FUNCTION refuse_change()")


def _create_file() -> None:
    op.create_table(
        "backlog_file",
        sa.Column("external_number", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Enum(*STATUS, name="casestatus", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("fee_paid_cents", sa.BigInteger(), nullable=True),
        sa.Column("fee_paid_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["backlog_import.id"], name=op.f("fk_backlog_file_import_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_backlog_file_case_id")),
        sa.PrimaryKeyConstraint("external_number", "source", name=op.f("pk_backlog_file")),
        sa.UniqueConstraint("case_id", name=op.f("uq_backlog_file_case_id")),
    )


def _create_line() -> None:
    op.create_table(
        "backlog_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Enum(*OUTCOME, name="outcome", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_number", sa.Text(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("raw_sha256", sa.Text(), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["backlog_import.id"], name=op.f("fk_backlog_line_import_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_backlog_line_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_line")),
        sa.UniqueConstraint("source", "raw_sha256", name=op.f("uq_backlog_line_source_raw_sha256")),
    )
    waiting = sa.text("settled_at IS NULL")
    op.create_index("ix_backlog_line_waiting", "backlog_line", ["import_id", "line"], postgresql_where=waiting)
    op.create_index("ix_backlog_line_number", "backlog_line", ["source", "external_number"], postgresql_where=waiting)


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
