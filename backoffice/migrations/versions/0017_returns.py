"""What went back to its sender, and what was acknowledged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON paper_return TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE paper_return_id_seq TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Returns, each with its letter."""
    states = sa.Enum("prepared", "sent", "cancelled", name="returnstate", native_enum=False, create_constraint=True, length=40)
    texts = ("kind", "reason", "explanation", "recipient", "language")
    op.create_table(
        "paper_return",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("state", states, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("address_lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("letter_sha256", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by_id", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("sent_by_id", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_on IS NOT NULL AND way IS NOT NULL)", name=op.f("ck_paper_return_sent")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_paper_return_case_id")),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_paper_return_envelope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_return")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_return_number")),
    )
    op.create_index(op.f("ix_paper_return_envelope_id"), "paper_return", ["envelope_id"])
    op.create_index("ix_paper_return_state", "paper_return", ["state"])
    op.execute(GRANTS)
