"""Outages and what they lengthened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON outage, outage_list, outage_line TO backoffice_app;
        GRANT SELECT, INSERT ON outage_evidence TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE outage_id_seq, outage_list_id_seq, outage_line_id_seq, outage_evidence_id_seq TO backoffice_app;
    END IF;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outage_evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

DAYS = ("before_first", "before_last", "after_first", "after_last", "old_day", "new_day", "found_day", "given_day")
INSTANT = sa.DateTime(timezone=True)


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=40)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def upgrade() -> None:
    """An outage, its evidence, its lists and their lines."""
    _outages()
    _lists()
    _lines()
    op.execute(GRANTS)


def _outages() -> None:
    op.create_table(
        "outage",
        _id(),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("reach", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("reversed_at", INSTANT, nullable=True),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_outage_period")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_outage_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_table(
        "outage_evidence",
        _id(),
        sa.Column("outage_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("filename", "media_type")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("sha256", "by_label")),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_outage_evidence_outage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_evidence")),
    )
    op.create_index(op.f("ix_outage_evidence_outage_id"), "outage_evidence", ["outage_id"])


def _lists() -> None:
    states = _codes("liststate", "prepared", "asked", "approved", "telling", "done", "declined", "abandoned")
    op.create_table(
        "outage_list",
        _id(),
        sa.Column("outage_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _codes("listkind", "lengthen", "difference", "reverse"), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("list_sha256", sa.Text(), nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.Column("approval_id", sa.BigInteger(), nullable=True),
        sa.Column("second_id", sa.BigInteger(), nullable=True),
        sa.Column("second_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.CheckConstraint("second_id IS NULL OR second_id <> by_id", name=op.f("ck_outage_list_two_people")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_outage_list_approval_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_outage_list_by_id")),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_outage_list_outage_id")),
        sa.ForeignKeyConstraint(["second_id"], ["account.id"], name=op.f("fk_outage_list_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_list")),
    )
    op.create_index(op.f("ix_outage_list_approval_id"), "outage_list", ["approval_id"])
    op.create_index(op.f("ix_outage_list_outage_id"), "outage_list", ["outage_id"])
    live = sa.text("state IN ('prepared', 'asked', 'approved', 'telling')")
    op.create_index("uq_outage_list_live", "outage_list", ["outage_id"], unique=True, postgresql_where=live)


def _lines() -> None:
    reasons = (
        "touched", "last_day", "silent", "stopped", "past", "corrected", "taken_back", "notice", "opening_lost", "closing_back", "lapsed_during", "lapsed_after",
        "closed_before", "ended", "changed", "fault",
    )  # fmt: skip
    op.create_table(
        "outage_line",
        _id(),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", _codes("linekind", "term", "window", "noted", "lapsed", "closed"), nullable=False),
        sa.Column("why", _codes("why", *reasons), nullable=False),
        sa.Column("state", _codes("linestate", "waiting", "done", "skipped", "refused", "apart"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("term_id", sa.BigInteger(), nullable=True),
        sa.Column("term_kind", sa.Text(), nullable=True),
        sa.Column("window_id", sa.BigInteger(), nullable=True),
        sa.Column("window_code", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=True) for name in DAYS),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("old_closing", "new_closing")),
        sa.Column("fault", sa.Text(), nullable=True),
        *(sa.Column(name, INSTANT, nullable=True) for name in ("done_at", "told_at")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outage_line_case_id")),
        sa.ForeignKeyConstraint(["list_id"], ["outage_list.id"], name=op.f("fk_outage_line_list_id")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_outage_line_term_id")),
        sa.ForeignKeyConstraint(["window_id"], ["window.id"], name=op.f("fk_outage_line_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_line")),
        sa.UniqueConstraint("list_id", "position", name=op.f("uq_outage_line_list_id_position")),
    )
    for name in ("case_id", "term_id", "window_id"):
        op.create_index(op.f(f"ix_outage_line_{name}"), "outage_line", [name])
    op.create_index("ix_outage_line_waiting", "outage_line", ["list_id", "position"], postgresql_where=sa.text("state = 'waiting'"))
    told = sa.text("state = 'done' AND told_at IS NULL")
    op.create_index("ix_outage_line_to_tell", "outage_line", ["list_id", "position"], postgresql_where=told)
