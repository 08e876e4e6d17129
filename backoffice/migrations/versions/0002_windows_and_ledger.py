"""Windows as versioned decisions, and the ledger of inputs and outcomes.

The lines of the first format named acts and nothing of what caused them. Each chain is written anew in format 2
(docs/ledger.md), the cause of every act before it, and the old lines are kept beside it as evidence (`ledger_line_1`).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

GENESIS = "0" * 64
MONTREAL = ZoneInfo("America/Toronto")
STATUSES = ("pending", "registered", "provisional", "confirmed", "exempt", "waitlisted", "invited", "refused", "lapsed", "withdrawn", "annulled")
REASONS = (
    "cap_reached", "country_cap", "duplicate_person", "duplicate_review", "exemption_claimed", "exemption_verified", "exemption_denied", "unpaid",
    "withdrawn", "annulled",
)  # fmt: skip
APPEND_ONLY = ("ledger_line", "window_version")
OTHERS = ("draw", "invitation_round", "declaration_score", "place_given")
GRANTS = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT ON {", ".join(APPEND_ONLY)} TO backoffice_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(OTHERS)} TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE ledger_line_id_seq, window_version_id_seq, invitation_round_id_seq TO backoffice_app;
    END IF;
END $$;
"""
INSTANT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())

# What caused each act of the first format, once an application had arrived.
CAUSES = {
    "confirm": "paid", "unconfirm": "unpaid_again", "lapse": "lapsed", "reinstate": "reinstated", "exempt": "reinstated", "withdraw": "withdrawn",
    "annul": "annulled",
}  # fmt: skip
PLACES = ("provisional", "confirmed")
ENDS = {
    "drafted": (), "announced": ("announce",), "open": ("announce", "open"), "suspended": ("announce", "open", "suspend"),
    "closed": ("announce", "open", "close"), "settled": ("announce", "open", "close"), "aborted": ("announce", "open", "abort"),
    "annulled": ("announce", "open", "annul"),
}  # fmt: skip
AFTER = {"announce": "announced", "open": "open", "suspend": "suspended", "close": "closed", "abort": "aborted", "annul": "annulled"}


def upgrade() -> None:
    """Rename what was, make what is, and write each ledger anew."""
    _keep_the_old_lines()
    _make_tables()
    _widen_windows()
    _widen_admissions()
    _convert()
    for table in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(GRANTS)


def _keep_the_old_lines() -> None:
    op.rename_table("ledger_line", "ledger_line_1")
    op.execute("ALTER SEQUENCE ledger_line_id_seq RENAME TO ledger_line_1_id_seq")
    op.execute("ALTER INDEX ix_ledger_line_submission RENAME TO ix_ledger_line_1_submission")
    for old, new in (
        ("pk_ledger_line", "pk_ledger_line_1"), ("uq_ledger_line_window_id_position", "uq_ledger_line_1_window_id_position"),
        ("fk_ledger_line_window_id", "fk_ledger_line_1_window_id"),
    ):  # fmt: skip
        op.execute(f"ALTER TABLE ledger_line_1 RENAME CONSTRAINT {old} TO {new}")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _of_window(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["window_id"], ["window.id"], name=op.f(f"fk_{table}_window_id")),
    )


def _make_tables() -> None:
    column, key = _of_window("ledger_line")
    op.create_table(
        "ledger_line", _id(), column, sa.Column("position", sa.BigInteger(), nullable=False), sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False), sa.Column("submission_id", sa.Uuid(), nullable=True), sa.Column("data", JSONB, nullable=False),
        sa.Column("at", INSTANT, nullable=False), sa.Column("previous", sa.Text(), nullable=False), sa.Column("digest", sa.Text(), nullable=False), key,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint("window_id", "position", name=op.f("uq_ledger_line_window_id_position")),
    )  # fmt: skip
    op.create_index("ix_ledger_line_submission_id", "ledger_line", ["submission_id"])
    column, key = _of_window("window_version")
    op.create_table(
        "window_version", _id(), column, sa.Column("version", sa.BigInteger(), nullable=False), sa.Column("values", JSONB, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True), sa.Column("by", sa.Text(), nullable=False), sa.Column("second", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False), key, sa.PrimaryKeyConstraint("id", name=op.f("pk_window_version")),
        sa.UniqueConstraint("window_id", "version", name=op.f("uq_window_version_window_id_version")),
    )  # fmt: skip
    column, key = _of_window("draw")
    op.create_table(
        "draw", column, sa.Column("list_sha256", sa.Text(), nullable=False), sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False), sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("public_source", sa.Text(), nullable=False), sa.Column("public_value", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False), sa.Column("witness", sa.Text(), nullable=True), sa.Column("committed_at", INSTANT, nullable=False),
        sa.Column("revealed_at", INSTANT, nullable=True), key, sa.PrimaryKeyConstraint("window_id", name=op.f("pk_draw")),
    )  # fmt: skip
    column, key = _of_window("invitation_round")
    op.create_table(
        "invitation_round", _id(), column, sa.Column("number", sa.BigInteger(), nullable=False), sa.Column("best", sa.BigInteger(), nullable=True),
        sa.Column("cut_off", sa.BigInteger(), nullable=True), sa.Column("invited", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False), sa.Column("second", sa.Text(), nullable=False), sa.Column("at", INSTANT, nullable=False), key,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_round")),
        sa.UniqueConstraint("window_id", "number", name=op.f("uq_invitation_round_window_id_number")),
    )  # fmt: skip
    for table, columns in {
        "declaration_score": (
            sa.Column("score", sa.BigInteger(), nullable=False), sa.Column("offer", sa.Boolean(), nullable=False),
            sa.Column("inputs", JSONB, nullable=False), sa.Column("at", INSTANT, nullable=False),
        ),
        "place_given": (sa.Column("status", _enum("admissionstatus", *STATUSES), nullable=False), sa.Column("at", INSTANT, nullable=False)),
    }.items():  # fmt: skip
        op.create_table(
            table, sa.Column("submission_id", sa.Uuid(), nullable=False), *columns,
            sa.ForeignKeyConstraint(["submission_id"], ["admission.submission_id"], name=op.f(f"fk_{table}_submission_id")),
            sa.PrimaryKeyConstraint("submission_id", name=op.f(f"pk_{table}")),
        )  # fmt: skip


def _widen(table: str, filled: dict[str, tuple[sa.types.TypeEngine[Any], str]], empty: dict[str, sa.types.TypeEngine[Any]]) -> None:
    """New columns: some filled from what is known, some empty."""
    for name, kind in [*((name, kind) for name, (kind, _) in filled.items()), *empty.items()]:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.execute(f'UPDATE "{table}" SET ' + ", ".join(f"{name} = {value}" for name, (_, value) in filled.items()))  # noqa: S608 - our own words
    for name in filled:
        op.alter_column(table, name, nullable=False)


def _widen_windows() -> None:
    _widen(
        "window",
        {"version": (sa.BigInteger(), "1"), "reserve_used": (sa.BigInteger(), "0"), "first_opens_at": (INSTANT, "opens_at")},
        {
            "paper_share": sa.BigInteger(), "tariff_rule": sa.Text(), "notice_override": sa.Text(), "arrivals_rule": _enum("arrivalsrule", "keep", "annul"),
            "settled_at": INSTANT, "paper_through": sa.Date(), "tie_secret": sa.Text(), "tie_commitment": sa.Text(), "tie_revealed_at": INSTANT,
        },
    )  # fmt: skip
    _widen("window_notice", {"recorded_at": (INSTANT, "published_at")}, {"where_published": sa.Text()})
    # No secret was committed to for these: nothing was drawn, and nothing was settled by rule.
    op.execute("""UPDATE "window" SET policy = policy || '{"tie_seconds": 0}' WHERE COALESCE(policy->>'tie_seconds', '0') <> '0'""")
    op.execute("""UPDATE "window" SET state = 'closed' WHERE state = 'settled'""")
    # They were loaded when a short notice had to be signed for already.
    op.execute("""UPDATE "window" SET notice_override = 'before the second format of the ledger' WHERE state NOT IN ('drafted', 'announced')""")


def _widen_admissions() -> None:
    day = "COALESCE((SELECT legal_received_on FROM submission s WHERE s.id = submission_id), (arrived_at AT TIME ZONE 'America/Toronto')::date)"
    flag = sa.Boolean()
    _widen(
        "admission",
        {
            "legal_day": (sa.Date(), day), "late": (flag, "channel = 'paper'"), "suspected": (flag, "COALESCE(reason = 'duplicate_review', false)"),
            "ground_denied": (flag, "false"), "listed": (flag, "false"),
        },
        {
            "pool": _enum("pool", "open", "paper", "reserve"), "first_pool": _enum("firstpool", "open", "paper", "reserve"),
            "doubt": _enum("doubt", "certain", "suspected"), "status_before": _enum("statusbefore", *STATUSES),
            "reason_before": _enum("reasonbefore", *REASONS),
        },
    )  # fmt: skip
    op.create_index("ix_admission_running", "admission", ["window_id", "sequence"], postgresql_where=sa.text("NOT late"))
    op.create_index("ix_admission_waiting", "admission", ["window_id", "sequence"], postgresql_where=sa.text("status = 'waitlisted'"))


# --- the ledgers ------------------------------------------------------------------------------------------------------


def _convert() -> None:
    connection = op.get_bind()
    for window in connection.execute(sa.text('SELECT * FROM "window" ORDER BY id')).mappings().all():
        _convert_one(connection, window)
    connection.execute(
        sa.text(
            "INSERT INTO window_version (window_id, version, values, reason, by, at) SELECT l.window_id, 1, l.data || jsonb_build_object("
            "'decision', w.decision, 'tariff_rule', NULL), 'before versions were kept', 'Système', l.at "
            "FROM ledger_line l JOIN \"window\" w ON w.id = l.window_id WHERE l.type = 'terms'"
        )
    )


def _convert_one(connection: sa.Connection, window: sa.RowMapping) -> None:
    writer = _Writer(connection, window["id"])
    lines = connection.execute(
        sa.text(
            "SELECT l.*, a.channel, a.exempt_ground, a.arrived_at, a.legal_day, a.rank AS final_rank FROM ledger_line_1 l "
            "JOIN admission a USING (submission_id) WHERE l.window_id = :id ORDER BY l.position"
        ),
        {"id": window["id"]},
    )
    first = window["announced_at"] or window["opens_at"]
    writer.write("in", "terms", first, _terms(window))
    known: dict[object, dict[str, object]] = {}
    ranks, last = 0, 0
    for line in lines.mappings():
        entry = known.get(line["submission_id"])
        if entry is None:
            entry = known[line["submission_id"]] = {"rank": None, "pool": None}
            late = line["channel"] == "paper" or line["sequence"] <= last
            last = last if late else line["sequence"]
            writer.write("in", "arrival", line["at"], _arrival(line, late=late), line["submission_id"])
            entry["late"], entry["doubt"] = late, _doubt(line)
        elif line["act"] == "unconfirm" and line["status"] == "exempt":
            continue  # it had no place to lose
        else:
            writer.write("in", CAUSES[line["act"]], line["at"], {"id": str(line["submission_id"])}, line["submission_id"])
        if line["status"] in PLACES and entry["rank"] is None:
            ranks += 1
            entry["rank"], entry["pool"] = ranks, "open"
        after = {"id": str(line["submission_id"]), "status": line["status"], "reason": line["reason"], "rank": entry["rank"], "pool": entry["pool"]}
        if entry.get("after") != after:
            writer.write("out", "admission", line["at"], after, line["submission_id"])
        entry["after"] = after
    for act, at in _moves(window):
        writer.write("in", "window", at, {"act": act, "state": AFTER[act]})
    writer.flush()
    changes = [
        {"s": submission, "rank": e["rank"], "pool": e["pool"], "late": e["late"], "doubt": e["doubt"]} for submission, e in known.items()
    ]  # fmt: skip
    if changes:
        update = "UPDATE admission SET rank = :rank, pool = :pool, first_pool = :pool, late = :late, doubt = :doubt WHERE submission_id = :s"
        connection.execute(sa.text(update), changes)


def _terms(window: sa.RowMapping) -> dict[str, object]:
    caps = window["country_caps"]
    return {
        "version": 1, "capacity": window["capacity"], "margin": window["margin"], "reserve": window["reserve"], "paper_share": None,
        "country_caps": {"default": caps.get("default"), "by_country": caps.get("by_country") or {}}, "waiting_list": window["waiting_list"],
        "exempt_grounds": window["exempt_grounds"], "channels": window["channels"], "policy": window["policy"],
        "opens_at": _iso(window["opens_at"]), "closes_at": _iso(window["closes_at"]),
    }  # fmt: skip


def _arrival(line: sa.RowMapping, *, late: bool) -> dict[str, object]:
    return {
        "id": str(line["submission_id"]), "sequence": line["sequence"], "received_at": _iso(line["arrived_at"]), "day": line["legal_day"].isoformat(),
        "channel": line["channel"], "country": line["country"], "ground": line["exempt_ground"], "doubt": _doubt(line), "late": late,
    }  # fmt: skip


def _doubt(line: sa.RowMapping) -> str | None:
    return {"duplicate_person": "certain", "duplicate_review": "suspected"}.get(line["reason"] or "")


def _moves(window: sa.RowMapping) -> Iterator[tuple[str, datetime]]:
    """How the window came to its state. Said at the end: while a place was given, its state was in no ledger."""
    known = {"announce": window["announced_at"], "open": window["opened_at"], "close": window["closed_at"]}
    latest = max(at for at in (*known.values(), window["opens_at"]) if at is not None)
    for act in ENDS[window["state"]]:
        if act == "open" and window["opened_at"] is None and window["state"] == "aborted":
            continue
        yield act, known.get(act) or latest


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Writer:
    """Writes a chain, a thousand entries at a time."""

    def __init__(self, connection: sa.Connection, window_id: int) -> None:
        self.connection, self.window_id = connection, window_id
        self.position, self.previous = 0, GENESIS
        self.rows: list[dict[str, object]] = []

    def write(self, kind: str, type_: str, at: datetime, data: dict[str, object], submission_id: object = None) -> None:
        self.position += 1
        entry = {"n": self.position, "kind": kind, "type": type_, "at": _iso(at), "previous": self.previous, **data}
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.rows.append({
            "window_id": self.window_id, "position": self.position, "kind": kind, "type": type_, "submission_id": submission_id,
            "data": json.dumps(data, ensure_ascii=False), "at": at, "previous": self.previous, "digest": digest,
        })  # fmt: skip
        self.previous = digest
        if len(self.rows) >= 1000:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            self.connection.execute(
                sa.text(
                    "INSERT INTO ledger_line (window_id, position, kind, type, submission_id, data, at, previous, digest) VALUES "
                    "(:window_id, :position, :kind, :type, :submission_id, CAST(:data AS jsonb), :at, :previous, :digest)"
                ),
                self.rows,
            )
            self.rows = []


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
