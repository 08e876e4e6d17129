"""Print runs of letters, and what each letter was printed from."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON print_run, print_run_letter, print_run_part TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE print_run_id_seq, print_run_letter_id_seq, print_run_part_id_seq TO backoffice_app;
    END IF;
END $$;
"""
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Columns of letters, then runs with their letters and parts."""
    for name in ("source_sha256", "edition"):
        op.add_column("posted_letter", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("posted_letter", sa.Column("pages", sa.BigInteger(), nullable=True))
    op.add_column("posted_letter", sa.Column("missing", sa.Text(), server_default="", nullable=False))
    op.add_column("posted_letter", sa.Column("released_at", MOMENT, nullable=True))
    _runs()
    _letters()
    _parts()
    op.execute(GRANTS)


def _runs() -> None:
    states = sa.Enum("making", "made", "handed", "dropped", name="runstate", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "print_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.Text(), nullable=False),
        sa.Column("asked_by_label", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("handed_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("handed_by_label", "way", "tracking")),
        sa.Column("weight_grams", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'making') = (sha256 IS NULL)", name=op.f("ck_print_run_made")),
        sa.CheckConstraint("(state = 'handed') = (handed_on IS NOT NULL AND way IS NOT NULL)", name=op.f("ck_print_run_handed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run")),
        sa.UniqueConstraint("number", name=op.f("uq_print_run_number")),
    )
    op.create_index("ix_print_run_state", "print_run", ["state"])


def _letters() -> None:
    states = sa.Enum("in", "out", name="inrun", native_enum=False, create_constraint=True, length=40)
    formats = sa.Enum("window", "flat", name="format", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "print_run_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("envelope", formats, nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["posted_letter.id"], name=op.f("fk_print_run_letter_letter_id")),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_print_run_letter_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run_letter")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_print_run_letter_run_id_position")),
    )
    op.create_index(op.f("ix_print_run_letter_letter_id"), "print_run_letter", ["letter_id"])
    op.create_index("uq_print_run_letter_live", "print_run_letter", ["letter_id"], unique=True, postgresql_where=sa.text("state = 'in'"))


def _parts() -> None:
    op.create_table(
        "print_run_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("position", "letters", "pages")),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["print_run.id"], name=op.f("fk_print_run_part_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_run_part")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_print_run_part_run_id_position")),
    )
