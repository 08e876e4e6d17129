"""Keying twice: the second pass, the pairs, the third look, the rates; who has an application in hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON keying_second TO backoffice_app;
        GRANT SELECT, INSERT ON keying_pair, keying_settlement, keying_rate TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE keying_pair_id_seq, keying_settlement_id_seq, keying_rate_id_seq TO backoffice_app;
    END IF;
END $$;
"""

CRITICAL = ("names", "birth_dates", "passports", "amounts")


def upgrade() -> None:
    """An application's new states and hands; four tables, three of them written once."""
    _keying()
    _second()
    _pair()
    _settlement()
    _rate()
    for table in ("keying_pair", "keying_settlement", "keying_rate"):
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(GRANTS)


def _keying() -> None:
    op.drop_constraint(op.f("ck_keying_keyingstate"), "keying", type_="check")
    op.create_check_constraint(op.f("ck_keying_keyingstate"), "keying", "state IN ('draft', 'second', 'differs', 'waiting_approval', 'filed')")
    for name in ("hands", "twice"):
        op.add_column("keying", sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False))
    for name in ("agreed", "taken"):
        op.add_column("keying", sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False))
    for name in ("hand_id", "finished_by_id"):
        op.add_column("keying", sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_keying_{name}"), "keying", "account", [name], ["id"])
        op.create_index(op.f(f"ix_keying_{name}"), "keying", [name])
    for name in ("hand_at", "finished_at"):
        op.add_column("keying", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE keying SET hands = jsonb_build_array(started_by_id::bigint) WHERE started_by_id ~ '^[0-9]+$'")


def _second() -> None:
    op.create_table(
        "keying_second",
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("focus", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_keying_second_account_id")),
        sa.ForeignKeyConstraint(["envelope_id"], ["keying.envelope_id"], name=op.f("fk_keying_second_envelope_id")),
        sa.PrimaryKeyConstraint("envelope_id", name=op.f("pk_keying_second")),
    )
    op.create_index(op.f("ix_keying_second_account_id"), "keying_second", ["account_id"])


def _critical() -> sa.Column[str]:
    return sa.Column("critical", sa.Enum(*CRITICAL, name="critical", native_enum=False, create_constraint=True, length=40), nullable=False)


def _pair() -> None:
    op.create_table(
        "keying_pair",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("envelope_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        _critical(),
        sa.Column("first_value", sa.Text(), nullable=False),
        sa.Column("second_value", sa.Text(), nullable=False),
        sa.Column("first_by_id", sa.BigInteger(), nullable=False),
        sa.Column("second_by_id", sa.BigInteger(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["envelope_id"], ["envelope.id"], name=op.f("fk_keying_pair_envelope_id")),
        sa.ForeignKeyConstraint(["first_by_id"], ["account.id"], name=op.f("fk_keying_pair_first_by_id")),
        sa.ForeignKeyConstraint(["second_by_id"], ["account.id"], name=op.f("fk_keying_pair_second_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keying_pair")),
    )
    for name in ("envelope_id", "first_by_id", "second_by_id"):
        op.create_index(op.f(f"ix_keying_pair_{name}"), "keying_pair", [name])
    op.create_index("ix_keying_pair_critical_compared_at", "keying_pair", ["critical", "compared_at"])


def _settlement() -> None:
    op.create_table(
        "keying_settlement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("settled_by_id", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["keying_pair.id"], name=op.f("fk_keying_settlement_pair_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["account.id"], name=op.f("fk_keying_settlement_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keying_settlement")),
        sa.UniqueConstraint("pair_id", name=op.f("uq_keying_settlement_pair_id")),
    )
    op.create_index(op.f("ix_keying_settlement_settled_by_id"), "keying_settlement", ["settled_by_id"])


def _rate() -> None:
    op.create_table(
        "keying_rate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _critical(),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("percent BETWEEN 10 AND 100", name=op.f("ck_keying_rate_percent")),
        sa.ForeignKeyConstraint(["set_by_id"], ["account.id"], name=op.f("fk_keying_rate_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keying_rate")),
    )
    op.create_index(op.f("ix_keying_rate_set_by_id"), "keying_rate", ["set_by_id"])
