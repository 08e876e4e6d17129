"""What was refused for its form is kept; half-received applications; keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

KEEP = """
-- One round trip for a body refused for its form: the same bytes count once; beyond what a key may have kept in a day only
-- the count is kept; else the body is stamped in the total order, as if it had been received.
CREATE FUNCTION keep_refused(
    p_sha256 text, p_key text, p_day date, p_at timestamptz, p_code text, p_errors jsonb, p_claimed uuid, p_raw bytea,
    p_most bigint, p_most_bytes bigint, OUT outcome text
) LANGUAGE plpgsql AS $$
DECLARE
    tally kept_tally%ROWTYPE;
    stamp record;
BEGIN
    UPDATE kept_arrival SET attempts = attempts + 1, last_at = greatest(last_at, p_at) WHERE sha256 = p_sha256;
    IF FOUND THEN
        outcome := 'again';
        RETURN;
    END IF;
    INSERT INTO kept_tally (key_id, day, kept, bytes, beyond) VALUES (p_key, p_day, 0, 0, 0) ON CONFLICT (key_id, day) DO NOTHING;
    SELECT * INTO tally FROM kept_tally WHERE key_id = p_key AND day = p_day FOR UPDATE;
    IF tally.kept >= p_most OR tally.bytes + length(p_raw) > p_most_bytes THEN
        UPDATE kept_tally SET beyond = beyond + 1 WHERE key_id = p_key AND day = p_day;
        outcome := 'counted';
        RETURN;
    END IF;
    SELECT * INTO stamp FROM stamp_arrival(p_at);
    INSERT INTO kept_arrival (sequence, received_at, raw, sha256, code, errors, key_id, claimed_id, attempts, last_at, state)
        VALUES (stamp.sequence, stamp.received_at, p_raw, p_sha256, p_code, p_errors, p_key, p_claimed, 1, p_at, 'kept')
        ON CONFLICT (sha256) DO UPDATE SET attempts = kept_arrival.attempts + 1;
    UPDATE kept_tally SET kept = kept + 1, bytes = bytes + length(p_raw) WHERE key_id = p_key AND day = p_day;
    outcome := 'kept';
END $$;
"""

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON kept_arrival, kept_tally, draft TO backoffice_app;
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "kept_arrival",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("errors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("claimed_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Enum("kept", "accepted", "dismissed", name="keptstate", native_enum=False, create_constraint=True, length=40), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state = 'accepted') = (submission_id IS NOT NULL)", name=op.f("ck_kept_arrival_accepted")),
        sa.CheckConstraint("state = 'kept' OR (decided_by_id IS NOT NULL AND reason IS NOT NULL)", name=op.f("ck_kept_arrival_decided")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_kept_arrival_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_arrival")),
        sa.UniqueConstraint("sequence", name=op.f("uq_kept_arrival_sequence")),
        sa.UniqueConstraint("sha256", name=op.f("uq_kept_arrival_sha256")),
    )
    op.create_index("ix_kept_arrival_waiting", "kept_arrival", ["sequence"], unique=False, postgresql_where=sa.text("state = 'kept'"))
    op.create_table(
        "kept_tally",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("beyond", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "day", name=op.f("pk_kept_tally")),
    )
    op.create_table(
        "draft",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_draft")),
    )
    op.add_column("api_key", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("api_key", sa.Column("rate_per_minute", sa.BigInteger(), nullable=True))
    op.add_column("api_key", sa.Column("rotated_from_id", sa.BigInteger(), nullable=True))
    op.add_column("api_key", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_api_key_rotated_from_id"), "api_key", "api_key", ["rotated_from_id"], ["id"])
    op.create_check_constraint(op.f("ck_api_key_rate"), "api_key", "rate_per_minute > 0")
    op.execute(KEEP)
    op.execute(GRANTS)


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
