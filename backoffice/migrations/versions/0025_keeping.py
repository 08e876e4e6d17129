"""Access requests, and what the antivirus said of kept files."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON file_verdict, access_request, access_choice TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE access_request_id_seq, access_choice_id_seq TO backoffice_app;
    END IF;
END $$;
"""

GROUNDS = ("notes", "third_party", "advice", "inquiry", "identity")


def upgrade() -> None:
    """Verdicts on files, requests for access, and the choices of each."""
    _verdicts()
    _requests()
    _choices()
    op.execute(GRANTS)


def _verdicts() -> None:
    states = sa.Enum("waiting", "clean", "infected", "not_scanned", name="verdictstate", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "file_verdict",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_verdict")),
    )
    op.create_index("ix_file_verdict_waiting", "file_verdict", ["asked_at"], postgresql_where=sa.text("state = 'waiting'"))


def _requests() -> None:
    states = sa.Enum("open", "reviewed", "released", "refused", name="accessstate", native_enum=False, create_constraint=True, length=40)
    channels = sa.Enum("mail", "email", "portal", "counter", name="channel", native_enum=False, create_constraint=True, length=40)
    grounds = sa.Enum(*GROUNDS, name="ground", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "access_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("channel", channels, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("export_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("export_version", sa.BigInteger(), nullable=True),
        sa.Column("export_sha256", sa.Text(), nullable=True),
        sa.Column("export_size", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_by_id", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("refusal_ground", grounds, nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'released') = (released_on IS NOT NULL AND way IS NOT NULL)", name=op.f("ck_access_request_released")),
        sa.CheckConstraint("(state = 'refused') = (refusal_ground IS NOT NULL)", name=op.f("ck_access_request_refused")),
        sa.CheckConstraint("(extended_on IS NULL) = (extension_reason IS NULL)", name=op.f("ck_access_request_extended")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_access_request_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
    )
    op.create_index(op.f("ix_access_request_case_id"), "access_request", ["case_id"])


def _choices() -> None:
    grounds = sa.Enum(*GROUNDS, name="ground", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "access_choice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("ground", grounds, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["access_request.id"], name=op.f("fk_access_choice_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_choice")),
        sa.UniqueConstraint("request_id", "item", name=op.f("uq_access_choice_request_id_item")),
    )
