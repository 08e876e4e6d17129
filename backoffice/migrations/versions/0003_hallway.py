"""The hallway: arrivals stamped in batches and at the envelope, identities of those who stand without a case."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ARRIVE = """
-- Stamps a batch in its order, each with the window that receives it at its own instant; no number where none does.
-- The shared lock is held until the batch is committed: the clerk passes it alone for an instant, so that it misses nobody.
CREATE FUNCTION arrive(programmes text[], instants timestamptz[])
RETURNS TABLE (place int, window_code text, sequence bigint, received_at timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    micros bigint;
    last bigint;
    known text;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7281002);
    PERFORM pg_advisory_lock(7281005);
    SELECT last_value INTO last FROM arrival_micros;
    FOR i IN 1 .. array_length(instants, 1) LOOP
        SELECT w.code INTO known FROM "window" w
        WHERE w.programme = programmes[i] AND w.opens_at <= instants[i] AND w.closes_at > instants[i]
          AND w.state IN ('open', 'announced') AND w.channels ? 'online';
        CONTINUE WHEN NOT FOUND;
        place := i;
        window_code := known;
        sequence := nextval('arrival_sequence');
        last := greatest((extract(epoch FROM instants[i]) * 1000000)::bigint, last);
        received_at := to_timestamp(last / 1000000) + make_interval(secs => (last % 1000000) / 1000000.0);
        RETURN NEXT;
    END LOOP;
    PERFORM setval('arrival_micros', last);
    PERFORM pg_advisory_unlock(7281005);
END $$;
"""

STATES = "state IN ('pending', 'standing', 'opened', 'declined')"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON applicant TO backoffice_app;
        GRANT EXECUTE ON FUNCTION arrive(text[], timestamptz[]) TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Bring the tables forward."""
    op.execute(ARRIVE)
    op.add_column("submission", sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_constraint("ck_submission_submissionstate", "submission")
    op.create_check_constraint(op.f("ck_submission_submissionstate"), "submission", STATES)
    op.create_index("ix_submission_standing", "submission", ["id"], postgresql_where=sa.text("state = 'standing'"))
    op.add_column("envelope", sa.Column("arrival_sequence", sa.BigInteger(), nullable=True))
    op.add_column("envelope", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "applicant",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("passport_number", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_applicant_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", "position", name=op.f("pk_applicant")),
    )
    op.create_index("ix_applicant_name", "applicant", ["search_name", "birth_date"])
    op.create_index("ix_applicant_passport", "applicant", ["passport_number"], postgresql_where=sa.text("passport_number IS NOT NULL"))
    op.create_index("ix_person_name_birth", "person", ["search_name", "birth_date"])
    op.execute(GRANTS)


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
