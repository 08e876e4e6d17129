"""Registers of people prevented by a fault and of false declarations; verdicts, withdrawals, messages without a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

HOLDS = ("payment", "documents", "duplicate_review", "paper_exception", "other", "false_declaration_review")

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON withdrawal, fault_claim, false_declaration, declaration_check TO backoffice_app;
        GRANT SELECT, INSERT ON submission_message, duplicate_verdict, fault_evidence TO backoffice_app;
        REVOKE UPDATE, DELETE ON submission_message, duplicate_verdict, fault_evidence FROM backoffice_app;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO backoffice_app;
    END IF;
END $$;
"""

APPEND_ONLY = ("submission_message", "duplicate_verdict", "fault_evidence")


def upgrade() -> None:
    """Bring the tables forward."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    listed = ", ".join(f"'{one}'" for one in HOLDS)
    op.execute("ALTER TABLE case_hold DROP CONSTRAINT IF EXISTS hold, DROP CONSTRAINT IF EXISTS ck_case_hold_hold")
    op.execute(f"ALTER TABLE case_hold ADD CONSTRAINT ck_case_hold_hold CHECK (kind IN ({listed}))")
    _messages()
    _verdicts()
    _claims()
    _declarations()
    for table in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(GRANTS)


def _messages() -> None:
    op.create_table(
        "submission_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_label", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_message")),
        sa.UniqueConstraint("submission_id", "position", name=op.f("uq_submission_message_submission_id_position")),
        sa.UniqueConstraint("once", name=op.f("uq_submission_message_once")),
    )


def _verdicts() -> None:
    op.create_table(
        "duplicate_verdict",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("one", sa.Uuid(), nullable=False),
        sa.Column("other", sa.Uuid(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("kept", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_verdict")),
        sa.CheckConstraint("one < other", name=op.f("ck_duplicate_verdict_order")),
    )
    op.create_index("ix_duplicate_verdict_pair", "duplicate_verdict", ["one", "other"])
    op.create_index(op.f("ix_duplicate_verdict_other"), "duplicate_verdict", ["other"])
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column(
            "fee",
            sa.Enum("none", "refund", "to_decide", "kept", name="feeoutcome", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    op.create_index(op.f("ix_withdrawal_submission_id"), "withdrawal", ["submission_id"])
    op.create_index("ix_withdrawal_to_decide", "withdrawal", ["at"], postgresql_where=sa.text("fee = 'to_decide'"))


def _claims() -> None:
    op.create_table(
        "fault_claim",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_names", sa.Text(), nullable=True),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("passport_number", sa.Text(), nullable=True),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("window_code", sa.Text(), nullable=True),
        sa.Column(
            "code",
            sa.Enum("no_access", "system_error", "post", "other", name="faultcode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("incident_reference", sa.Text(), nullable=True),
        sa.Column("incident_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("incident_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column(
            "state", sa.Enum("asked", "granted", "declined", name="claimstate", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("first_id", sa.BigInteger(), nullable=True),
        sa.Column("second_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("reserve_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_fault_claim_language")),
        sa.CheckConstraint("first_id IS NULL OR first_id <> second_id", name=op.f("ck_fault_claim_two_people")),
        sa.ForeignKeyConstraint(["first_id"], ["account.id"], name=op.f("fk_fault_claim_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["account.id"], name=op.f("fk_fault_claim_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_claim")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_fault_claim_submission_id")),
    )
    op.create_index("ix_fault_claim_granted", "fault_claim", ["birth_date"], postgresql_where=sa.text("state = 'granted'"))
    op.create_index("ix_fault_claim_state", "fault_claim", ["state", "received_on"])
    op.create_table(
        "fault_evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["fault_claim.id"], name=op.f("fk_fault_evidence_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_evidence")),
        sa.UniqueConstraint("claim_id", "position", name=op.f("uq_fault_evidence_claim_id_position")),
    )


def _declarations() -> None:
    op.create_table(
        "false_declaration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_names", sa.Text(), nullable=True),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("passport_number", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_false_declaration")),
        sa.UniqueConstraint("reference", "search_name", "birth_date", name=op.f("uq_false_declaration_reference_search_name_birth_date")),
    )
    op.create_index("ix_false_declaration_birth_date", "false_declaration", ["birth_date"])
    op.create_index(
        "ix_false_declaration_passport", "false_declaration", ["passport_number"], postgresql_where=sa.text("passport_number IS NOT NULL")
    )
    op.create_table(
        "declaration_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state", sa.Enum("waiting", "same", "different", name="checkstate", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_declaration_check_case_id")),
        sa.ForeignKeyConstraint(["declaration_id"], ["false_declaration.id"], name=op.f("fk_declaration_check_declaration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_check")),
        sa.UniqueConstraint("submission_id", "declaration_id", name=op.f("uq_declaration_check_submission_id_declaration_id")),
    )
    op.create_index("ix_declaration_check_waiting", "declaration_check", ["asked_at"], postgresql_where=sa.text("state = 'waiting'"))


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
