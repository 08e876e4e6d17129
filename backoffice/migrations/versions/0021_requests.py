"""Requests as contracts: terms of their own, reissues, history; changes of circumstances."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

ITEM_STATES = ("asked", "received", "accepted", "refused", "explained", "waived")
CHANGES = ("address", "name", "family_added", "family_removed", "work", "other", "correction")
SOURCES = ("message", "envelope", "phone", "counter", "file")

RIGHTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT ON item_step, circumstance_change TO backoffice_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON request_draft TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE item_step_id_seq, circumstance_change_id_seq, request_draft_id_seq TO backoffice_app;
    END IF;
END $$;
"""

# What each item went through before its steps were kept: that it was asked, then where it stood on the day of the change.
PAST = """
INSERT INTO item_step (item_id, state, at, by_label, received_on, refusal_code, note)
SELECT i.id, 'asked', r.sent_at, '', NULL, NULL, '' FROM request_item i JOIN document_request r ON r.id = i.request_id ORDER BY i.id
"""
PRESENT = """
INSERT INTO item_step (item_id, state, at, by_label, received_on, refusal_code, note)
SELECT i.id, i.state, coalesce(i.reviewed_at, r.sent_at), '', i.received_on, i.refusal_code, coalesce(i.review_note, '')
FROM request_item i JOIN document_request r ON r.id = i.request_id WHERE i.state <> 'asked' ORDER BY i.id
"""


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    """What a request and its items know more, and two tables that are only added to."""
    _requests()
    _items()
    _steps()
    _changes()
    for table in ("item_step", "circumstance_change"):
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(RIGHTS)


def _requests() -> None:
    op.drop_constraint(op.f("ck_document_request_requeststate"), "document_request", type_="check")
    states = "state IN ('open', 'satisfied', 'lapsed', 'withdrawn', 'replaced')"
    op.create_check_constraint(op.f("ck_document_request_requeststate"), "document_request", states)
    op.add_column("document_request", sa.Column("own_days", sa.BigInteger(), nullable=True))
    op.add_column("document_request", sa.Column("days_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("document_request", sa.Column("ended_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("document_request", sa.Column("replaces_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_document_request_replaces_id"), "document_request", "document_request", ["replaces_id"], ["id"])
    op.create_unique_constraint(op.f("uq_document_request_replaces_id"), "document_request", ["replaces_id"])
    op.create_table(
        "request_draft",
        _id(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        _key("request_draft", "case_id", "case.id"),
        _key("request_draft", "author_id", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_draft")),
        sa.UniqueConstraint("case_id", "author_id", name=op.f("uq_request_draft_case_id_author_id")),
    )


def _items() -> None:
    for name in ("basis", "substitutes_fr", "substitutes_en"):
        op.add_column("request_item", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("request_item", sa.Column("translation", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("request_item", sa.Column("follows_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_request_item_follows_id"), "request_item", "request_item", ["follows_id"], ["id"])
    op.create_index(op.f("ix_request_item_follows_id"), "request_item", ["follows_id"])
    op.add_column("document", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("document", sa.Column("set_aside_reason", sa.Text(), nullable=True))


def _steps() -> None:
    op.create_table(
        "item_step",
        _id(),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("state", _enum("itemstate", *ITEM_STATES), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_label", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        _key("item_step", "item_id", "request_item.id"),
        _key("item_step", "document_id", "document.id"),
        _key("item_step", "message_id", "message.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_step")),
    )
    op.create_index(op.f("ix_item_step_item_id"), "item_step", ["item_id"])
    op.execute(PAST)
    op.execute(PRESENT)


def _changes() -> None:
    op.create_table(
        "circumstance_change",
        _id(),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _enum("changekind", *CHANGES), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", _enum("changesource", *SOURCES), nullable=False),
        sa.Column("source_ref", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_label", sa.Text(), nullable=False),
        _key("circumstance_change", "case_id", "case.id"),
        _key("circumstance_change", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circumstance_change")),
    )
    op.create_index(op.f("ix_circumstance_change_case_id"), "circumstance_change", ["case_id"])
