"""Acts on many, and refunds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

HOLDS = (
    "payment", "documents", "duplicate_review", "paper_exception", "false_declaration_review", "suspended_by_decision", "other",
)
METHODS = (
    "card", "debit", "other", "certified_cheque", "bank_draft", "money_order", "company_cheque", "cash", "personal_cheque", "travellers_cheque",
)

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE ON refund, mass_act, mass_act_item TO backoffice_app;
        REVOKE DELETE ON refund, mass_act, mass_act_item FROM backoffice_app;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO backoffice_app;
    END IF;
END $$;
"""

FROZEN = """
CREATE FUNCTION keep_the_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.act_id, OLD.position, OLD.submission_id, OLD.case_id, OLD.fingerprint) IS DISTINCT FROM
       (NEW.act_id, NEW.position, NEW.submission_id, NEW.case_id, NEW.fingerprint) THEN
        RAISE EXCEPTION 'the list of an act is frozen';
    END IF;
    RETURN NEW;
END $$;
"""


def upgrade() -> None:
    """Bring the tables forward."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    listed = ", ".join(f"'{one}'" for one in HOLDS)
    op.execute("ALTER TABLE case_hold DROP CONSTRAINT IF EXISTS hold, DROP CONSTRAINT IF EXISTS ck_case_hold_hold")
    op.execute(f"ALTER TABLE case_hold ADD CONSTRAINT ck_case_hold_hold CHECK (kind IN ({listed}))")
    _refunds()
    _acts()
    for table in ("refund", "mass_act", "mass_act_item"):
        op.execute(f"CREATE TRIGGER kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(FROZEN)
    op.execute("CREATE TRIGGER frozen BEFORE UPDATE ON mass_act_item FOR EACH ROW EXECUTE FUNCTION keep_the_list()")
    op.execute(GRANTS)


def _refunds() -> None:
    op.add_column("allocation", sa.Column("refunded_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("ck_allocation_refunded"), "allocation", "refunded_cents BETWEEN 0 AND amount_cents")
    op.create_table(
        "refund",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("allocation_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Enum(*METHODS, name="paymentmethod", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("payer", sa.Text(), nullable=True),
        sa.Column("provider_number", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state", sa.Enum("asked", "approved", "sent", "withdrawn", name="refundstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Text(), nullable=False),
        sa.Column("asked_by_label", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Text(), nullable=True),
        sa.Column("approved_by_label", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_reference", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_amount")),
        sa.CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name=op.f("ck_refund_two_people")),
        sa.CheckConstraint("(state = 'sent') = (sent_reference IS NOT NULL)", name=op.f("ck_refund_reference")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_refund_receipt_id")),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_refund_allocation_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_refund_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
    )
    live = "state IN ('asked', 'approved')"
    op.create_index("uq_refund_allocation_live", "refund", ["allocation_id"], unique=True, postgresql_where=sa.text(live))
    op.create_index("uq_refund_receipt_live", "refund", ["receipt_id"], unique=True, postgresql_where=sa.text(f"allocation_id IS NULL AND {live}"))
    op.create_index("ix_refund_state", "refund", ["state", "id"])
    op.create_index("ix_refund_receipt", "refund", ["receipt_id"])
    op.create_index(op.f("ix_refund_case_id"), "refund", ["case_id"])
    op.create_index(op.f("ix_refund_origin"), "refund", ["origin"])


def _acts() -> None:
    op.create_table(
        "mass_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "annul", "end_by_law", "stay", "suspend_processing", "resume_processing",
                name="actkind", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "prepared", "asked", "approved", "telling", "done", "declined", "abandoned",
                name="actstate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("chosen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stops_clocks", sa.Boolean(), nullable=False),
        sa.Column("window_code", sa.Text(), nullable=True),
        sa.Column("covers_window", sa.Boolean(), nullable=False),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("list_sha256", sa.Text(), nullable=False),
        sa.Column("listed", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("refund_cents", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_id", sa.BigInteger(), nullable=True),
        sa.Column("second_id", sa.BigInteger(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("second_id IS NULL OR second_id <> by_id", name=op.f("ck_mass_act_two_people")),
        sa.CheckConstraint("(kind IN ('stay', 'resume_processing')) = (undoes_id IS NOT NULL)", name=op.f("ck_mass_act_undoes")),
        sa.ForeignKeyConstraint(["undoes_id"], ["mass_act.id"], name=op.f("fk_mass_act_undoes_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_mass_act_by_id")),
        sa.ForeignKeyConstraint(["second_id"], ["account.id"], name=op.f("fk_mass_act_second_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_mass_act_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_act")),
    )
    op.create_index(op.f("ix_mass_act_undoes_id"), "mass_act", ["undoes_id"])
    op.create_table(
        "mass_act_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("legal_received_on", sa.Date(), nullable=False),
        sa.Column("case_status", sa.Text(), nullable=True),
        sa.Column("admission_status", sa.Text(), nullable=True),
        sa.Column("fee_state", sa.Text(), nullable=True),
        sa.Column("refund_cents", sa.BigInteger(), nullable=False),
        sa.Column("elsewhere_cents", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "done", "skipped", "refused", "left_out", name="itemstate", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("refund_sent", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["mass_act.id"], name=op.f("fk_mass_act_item_act_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_mass_act_item_case_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["mass_act_item.id"], name=op.f("fk_mass_act_item_origin_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["mass_act.id"], name=op.f("fk_mass_act_item_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_act_item")),
        sa.UniqueConstraint("act_id", "position", name=op.f("uq_mass_act_item_act_id_position")),
        sa.UniqueConstraint("act_id", "submission_id", name=op.f("uq_mass_act_item_act_id_submission_id")),
    )
    op.create_index("ix_mass_act_item_waiting", "mass_act_item", ["act_id", "position"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(
        "ix_mass_act_item_to_tell", "mass_act_item", ["act_id", "position"], postgresql_where=sa.text("state = 'done' AND told_at IS NULL"),
    )
    op.create_index(op.f("ix_mass_act_item_case_id"), "mass_act_item", ["case_id"])


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
