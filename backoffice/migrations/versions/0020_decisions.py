"""Reminders, proposals, intentions and decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"

KINDS = ("payment", "documents", "intention_to_reject", "intention_to_refuse", "review", "invitation", "internal")
OUTCOMES = (
    "intended", "rejection_proposed", "examined", "intention_withdrawn", "reissued", "dismissed", "answered", "term_moved", "ended",
)  # fmt: skip
TABLES = ("term_reminder", "proposal", "intention", "decision")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    """Four tables; none has rows yet."""
    _reminders()
    _proposals()
    _intentions()
    _decisions()
    for table in TABLES:
        op.execute(
            f"""
            DO $$
            BEGIN
                IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
                    GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO backoffice_app;
                    GRANT USAGE, SELECT ON SEQUENCE {table}_id_seq TO backoffice_app;
                END IF;
            END $$;
            """
        )


def _reminders() -> None:
    op.create_table(
        "term_reminder",
        _id(),
        sa.Column("term_id", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("days_before", sa.BigInteger(), nullable=False),
        sa.Column("outcome", _enum("reminderoutcome", "sent", "passed_over", "not_by_post"), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        _key("term_reminder", "term_id", "term.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_reminder")),
        sa.UniqueConstraint("term_id", "start", "days_before", name=op.f("uq_term_reminder_term_id_start_days_before")),
    )


def _proposals() -> None:
    op.create_table(
        "proposal",
        _id(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("term_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _enum("termkind", *KINDS), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("term_start", "last_day", "made_on")),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _enum("proposalstate", "open", "decided", "dismissed", "superseded"), nullable=False),
        sa.Column("outcome", _enum("outcome", *OUTCOMES), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        _key("proposal", "case_id", "case.id"),
        _key("proposal", "term_id", "term.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("term_id", "term_start", "last_day", name=op.f("uq_proposal_term_id_term_start_last_day")),
    )
    op.create_index("ix_proposal_case", "proposal", ["case_id"])
    op.create_index("ix_proposal_open", "proposal", ["made_at"], postgresql_where=sa.text("state = 'open'"))


def _intentions() -> None:
    op.create_table(
        "intention",
        _id(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", _enum("intended", "reject", "refuse"), nullable=False),
        sa.Column("state", _enum("intentionstate", "sent", "withdrawn", "followed"), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False) for name in ("earlier", "items")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text_fr", "text_en", "letter_sha256")),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        _key("intention", "case_id", "case.id"),
        _key("intention", "proposal_id", "proposal.id"),
        _key("intention", "message_id", "message.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intention")),
        sa.UniqueConstraint("message_id", name=op.f("uq_intention_message_id")),
    )
    op.create_index("ix_intention_case", "intention", ["case_id"])
    op.create_index("uq_intention_standing", "intention", ["case_id"], unique=True, postgresql_where=sa.text("state = 'sent'"))


def _decisions() -> None:
    op.create_table(
        "decision",
        _id(),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("case_id", "intention_id", "proposal_id")),
        sa.Column("state", _enum("decisionstate", "proposed", "signed", "sent_back"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("letter_sha256", sa.Text(), nullable=True),
        _key("decision", "case_id", "case.id"),
        _key("decision", "intention_id", "intention.id"),
        _key("decision", "proposal_id", "proposal.id"),
        _key("decision", "approval_id", "approval.id"),
        _key("decision", "message_id", "message.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_decision_approval_id")),
    )
    op.create_index("ix_decision_case", "decision", ["case_id"])
    op.create_index("uq_decision_waiting", "decision", ["case_id"], unique=True, postgresql_where=sa.text("state = 'proposed'"))
