"""Drafts, presence, assignment, withdrawal, search in messages, and texts to many."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backoffice.cases.names import fold

revision = "0022"
down_revision = "0021"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON reply_draft, presence, thread_owner TO backoffice_app;
        GRANT SELECT, INSERT, UPDATE ON bulk_message, bulk_recipient TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE reply_draft_id_seq, bulk_message_id_seq, bulk_recipient_id_seq TO backoffice_app;
    END IF;
END $$;
"""
BATCH = 500
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """New columns on messages, the words of those that exist, and five tables."""
    _message()
    _writing()
    _bulk()
    op.execute(GRANTS)


def _message() -> None:
    op.add_column("message", sa.Column("withdrawn_at", MOMENT, nullable=True))
    for name in ("withdrawn_by", "withdrawal_reason", "no_answer_reason"):
        op.add_column("message", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("message", sa.Column("paragraphs", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("message", sa.Column("search", postgresql.TSVECTOR(), nullable=True))
    op.create_check_constraint(op.f("ck_message_withdrawn"), "message", "(withdrawn_at IS NULL) = (withdrawal_reason IS NULL)")
    op.create_index("ix_message_waiting", "message", ["sent_at"], postgresql_where=sa.text("direction = 'in' AND answered_at IS NULL"))
    _fill_search(op.get_bind())
    op.create_index("ix_message_search", "message", ["search"], postgresql_using="gin")


def _fill_search(connection: sa.Connection) -> None:
    """The words of the messages that exist, folded as new ones are."""
    page = sa.text("SELECT id, subject, body, coalesce(translation, '') AS more FROM message WHERE search IS NULL LIMIT :many")
    write = sa.text("UPDATE message SET search = to_tsvector('simple', :words) WHERE id = :id")
    while rows := connection.execute(page, {"many": BATCH}).all():
        connection.execute(write, [{"id": row.id, "words": fold(f"{row.subject} {row.body} {row.more}")} for row in rows])


def _writing() -> None:
    op.create_table(
        "reply_draft",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("paragraphs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("macro", sa.Text(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_reply_draft_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_reply_draft_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_draft")),
        sa.UniqueConstraint("case_id", "author_id", name=op.f("uq_reply_draft_case_id_author_id")),
    )
    op.create_index(op.f("ix_reply_draft_author_id"), "reply_draft", ["author_id"])
    op.create_table(
        "presence",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("wrote_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_presence")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_presence_seen", "presence", ["seen_at"])
    op.create_table(
        "thread_owner",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_thread_owner_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_thread_owner_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_thread_owner")),
    )
    op.create_index(op.f("ix_thread_owner_account_id"), "thread_owner", ["account_id"])


def _states(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _bulk() -> None:
    op.create_table(
        "bulk_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", _states("bulkstate", "prepared", "asked", "sending", "sent", "declined", "abandoned"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("reason", "subject_fr", "body_fr", "subject_en", "body_en")),
        sa.Column("chosen", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("list_sha256", sa.Text(), nullable=False),
        sa.Column("listed", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("approval_id", sa.BigInteger(), nullable=True),
        sa.Column("second_id", sa.BigInteger(), nullable=True),
        sa.Column("second_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint("second_id IS NULL OR second_id <> by_id", name=op.f("ck_bulk_message_two_people")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_bulk_message_approval_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_bulk_message_by_id")),
        sa.ForeignKeyConstraint(["second_id"], ["account.id"], name=op.f("fk_bulk_message_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_message")),
    )
    op.create_table(
        "bulk_recipient",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("bulk_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", _states("recipientstate", "waiting", "sent", "skipped", "left_out"), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_message.id"], name=op.f("fk_bulk_recipient_bulk_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_bulk_recipient_case_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_bulk_recipient_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_recipient")),
        sa.UniqueConstraint("bulk_id", "position", name=op.f("uq_bulk_recipient_bulk_id_position")),
    )
    op.create_index(op.f("ix_bulk_recipient_case_id"), "bulk_recipient", ["case_id"])
    one = sa.text("state <> 'left_out'")
    op.create_index("uq_bulk_recipient_case", "bulk_recipient", ["bulk_id", "case_id"], unique=True, postgresql_where=one)
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_bulk_recipient_waiting", "bulk_recipient", ["bulk_id", "position"], postgresql_where=waiting)
