"""Uploads under way, scanners and their jobs, what was dropped."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON upload, scanner, scan_job, scan_job_page, dropped TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE upload_id_seq, scanner_id_seq, scan_job_id_seq, scan_job_page_id_seq, dropped_id_seq TO backoffice_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """The tables of the doors."""
    _upload()
    _scanner()
    _scan_job()
    _scan_job_page()
    _dropped()
    op.execute(GRANTS)


def _id() -> "sa.Column[int]":
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _closed(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _upload() -> None:
    op.create_table(
        "upload",
        _id(),
        sa.Column("key", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("envelope", "batch")),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", _closed("uploadstate", "open", "done", "discarded"), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        _instant("started_at"),
        _instant("touched_at"),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(envelope IS NULL) <> (batch IS NULL)", name=op.f("ck_upload_home")),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_upload_received")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_upload_owner_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_upload_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )
    for name in ("envelope", "batch", "owner_id", "state"):
        op.create_index(op.f(f"ix_upload_{name}"), "upload", [name])


def _scanner() -> None:
    op.create_table(
        "scanner",
        _id(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", _closed("scannerkind", "escl", "sane"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("abilities", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        _instant("checked_at", nullable=True),
        sa.Column("check_fault", sa.Text(), nullable=True),
        _instant("added_at"),
        sa.Column("added_by_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scanner")),
        sa.UniqueConstraint("name", name=op.f("uq_scanner_name")),
        sa.UniqueConstraint("address", name=op.f("uq_scanner_address")),
    )


def _scan_job() -> None:
    op.create_table(
        "scan_job",
        _id(),
        sa.Column("scanner_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("envelope", "batch")),
        sa.Column("state", _closed("jobstate", "waiting", "running", "held", "done", "stopped", "cancelled"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("resolution", sa.BigInteger(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("sides", _closed("pass", "whole", "fronts", "backs"), nullable=False),
        sa.Column("fronts_id", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("remote", "fault")),
        sa.Column("cancel_asked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _instant("asked_at"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("asked_by_id", "asked_by_label")),
        _instant("seen_at", nullable=True),
        _instant("ended_at", nullable=True),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(envelope IS NULL) <> (batch IS NULL)", name=op.f("ck_scan_job_home")),
        sa.ForeignKeyConstraint(["fronts_id"], ["scan_job.id"], name=op.f("fk_scan_job_fronts_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scan_job_scan_id")),
        sa.ForeignKeyConstraint(["scanner_id"], ["scanner.id"], name=op.f("fk_scan_job_scanner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_job")),
    )
    for name in ("envelope", "batch", "state"):
        op.create_index(op.f(f"ix_scan_job_{name}"), "scan_job", [name])
    busy = sa.text("state IN ('waiting', 'running')")
    op.create_index("uq_scan_job_scanner_busy", "scan_job", ["scanner_id"], unique=True, postgresql_where=busy)


def _scan_job_page() -> None:
    op.create_table(
        "scan_job_page",
        _id(),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        _instant("received_at"),
        sa.ForeignKeyConstraint(["job_id"], ["scan_job.id"], name=op.f("fk_scan_job_page_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_job_page")),
        sa.UniqueConstraint("job_id", "number", name=op.f("uq_scan_job_page_job_id_number")),
    )


def _dropped() -> None:
    op.create_table(
        "dropped",
        _id(),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("state", _closed("dropstate", "taken", "refused", "settled"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("stands", sa.Text(), nullable=True),
        sa.Column("envelope", sa.Text(), nullable=True),
        sa.Column("scan_ids", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        _instant("seen_at"),
        _instant("settled_at", nullable=True),
        sa.Column("settled_by_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dropped")),
    )
    for name in ("state", "sha256"):
        op.create_index(op.f(f"ix_dropped_{name}"), "dropped", [name])
