"""Notifications, bounces, reachability and evidence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"

TABLES = ("representative", "mandate", "notification", "notification_attempt", "bounce", "reachability")
KEPT = ("letter_return", "reach_answer")
SEQUENCES = ", ".join(f"{name}_id_seq" for name in (*TABLES, *KEPT) if name != "reachability")

GRANTS = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(TABLES)} TO backoffice_app;
        GRANT SELECT, INSERT ON {", ".join(KEPT)} TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE {SEQUENCES} TO backoffice_app;
    END IF;
END $$;
"""

PEOPLE = """
INSERT INTO representative (kind, member_number, family_name, given_names, email, language)
SELECT DISTINCT ON (representative->>'kind', representative->>'member_number')
       representative->>'kind', representative->>'member_number', representative->>'family_name', representative->>'given_names',
       coalesce(representative->>'email', ''), language
FROM "case" WHERE jsonb_typeof(representative) = 'object'
  AND representative->>'kind' IS NOT NULL AND representative->>'member_number' IS NOT NULL AND representative->>'family_name' IS NOT NULL
ORDER BY representative->>'kind', representative->>'member_number', opened_at DESC
"""

MANDATES = """
INSERT INTO mandate (case_id, representative_id, starts_on, ends_on, proof, recorded_at, recorded_by)
SELECT c.id, r.id, c.legal_received_on, NULL, 'application', c.opened_at, 'Système'
FROM "case" c JOIN representative r ON r.kind = c.representative->>'kind' AND r.member_number = c.representative->>'member_number'
"""


def upgrade() -> None:
    """What left, what came back, who can be reached, who stands for whom."""
    _representatives()
    _notifications()
    _bounces()
    _letters()
    _reachability()
    for table in KEPT:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute(GRANTS)
    op.execute(PEOPLE)
    op.execute(MANDATES)


def _representatives() -> None:
    op.create_table(
        "representative",
        _id(),
        *_texts("kind", "member_number", "family_name"),
        sa.Column("given_names", sa.Text(), nullable=True),
        *_texts("email", "language"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative")),
        sa.UniqueConstraint("kind", "member_number", name=op.f("uq_representative_kind_member_number")),
    )
    op.create_table(
        "mandate",
        _id(),
        _number("case_id"),
        _number("representative_id"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        *_texts("proof"),
        _at("recorded_at"),
        *_texts("recorded_by"),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_mandate_ends_after_it_begins")),
        _key("mandate", "case_id", "case.id"),
        _key("mandate", "representative_id", "representative.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(op.f("ix_mandate_case_id"), "mandate", ["case_id"])
    op.create_index(op.f("ix_mandate_representative_id"), "mandate", ["representative_id"])
    op.create_index("uq_mandate_open", "mandate", ["case_id", "representative_id"], unique=True, postgresql_where=sa.text("ends_on IS NULL"))


def _notifications() -> None:
    op.create_table(
        "notification",
        _id(),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        _number("case_id"),
        sa.Column("recipient", _set("recipient", "applicant", "representative"), nullable=False),
        _number("mandate_id", nullable=True),
        *_texts("address", "language", "once", "internet_id"),
        sa.Column("state", _set("notificationstate", "waiting", "sending", "sent", "written", "refused", "abandoned", "needless"), nullable=False),
        _number("attempts"),
        _at("made_at"),
        _at("next_at"),
        _at("sent_at", nullable=True),
        _key("notification", "message_id", "message.id"),
        _key("notification", "case_id", "case.id"),
        _key("notification", "mandate_id", "mandate.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("once", name=op.f("uq_notification_once")),
        sa.UniqueConstraint("internet_id", name=op.f("uq_notification_internet_id")),
    )
    for column in ("message_id", "case_id", "address"):
        op.create_index(op.f(f"ix_notification_{column}"), "notification", [column])
    op.create_index("ix_notification_due", "notification", ["next_at"], postgresql_where=sa.text("state IN ('waiting', 'sending')"))
    op.create_table(
        "notification_attempt",
        _id(),
        _number("notification_id"),
        _at("started_at"),
        _at("ended_at", nullable=True),
        sa.Column("outcome", _set("outcome", "under_way", "accepted", "written", "later", "refused", "unknown"), nullable=False),
        *_texts("step"),
        _number("code", nullable=True),
        *_texts("answer", "server"),
        _key("notification_attempt", "notification_id", "notification.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_attempt")),
    )
    op.create_index(op.f("ix_notification_attempt_notification_id"), "notification_attempt", ["notification_id"])


def _bounces() -> None:
    matched = _set("matched", "answer", "token", "message_id", "recipient", "person", "nothing")
    op.create_table(
        "bounce",
        _id(),
        *_texts("once"),
        _at("received_at"),
        _number("notification_id", nullable=True),
        _number("case_id", nullable=True),
        sa.Column("matched", matched, nullable=False),
        sa.Column("severity", _set("severity", "hard", "soft", "notice"), nullable=False),
        *_texts("action", "status", "diagnostic", "recipient"),
        sa.Column("raw_sha256", sa.Text(), nullable=True),
        _number("taken_by", nullable=True),
        _at("settled_at", nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_how", sa.Text(), nullable=True),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_how IS NULL)", name=op.f("ck_bounce_settled_somehow")),
        _key("bounce", "notification_id", "notification.id"),
        _key("bounce", "case_id", "case.id"),
        _key("bounce", "taken_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("once", name=op.f("uq_bounce_once")),
    )
    op.create_index(op.f("ix_bounce_notification_id"), "bounce", ["notification_id"])
    op.create_index(op.f("ix_bounce_case_id"), "bounce", ["case_id"])
    op.create_index("ix_bounce_unsettled", "bounce", ["received_at"], postgresql_where=sa.text("notification_id IS NULL AND settled_at IS NULL"))


def _letters() -> None:
    reasons = _set("returnedbecause", "unknown", "moved", "unclaimed", "refused", "incomplete", "other")
    op.create_table(
        "letter_return",
        _id(),
        _number("letter_id"),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        _number("case_id"),
        sa.Column("reason", reasons, nullable=False),
        *_texts("note"),
        sa.Column("returned_on", sa.Date(), nullable=False),
        _at("recorded_at"),
        *_texts("recorded_by"),
        _key("letter_return", "letter_id", "posted_letter.id"),
        _key("letter_return", "message_id", "message.id"),
        _key("letter_return", "case_id", "case.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_return")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_letter_return_letter_id")),
    )
    op.create_index(op.f("ix_letter_return_message_id"), "letter_return", ["message_id"])
    op.create_index(op.f("ix_letter_return_case_id"), "letter_return", ["case_id"])


def _reachability() -> None:
    op.create_table(
        "reachability",
        _number("case_id", autoincrement=False),
        sa.Column("reach", _set("reach", "reachable", "in_doubt", "unreachable"), nullable=False),
        _at("since", nullable=True),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undelivered", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _at("looked_at"),
        _key("reachability", "case_id", "case.id"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_reachability")),
    )
    op.create_index("ix_reachability_task", "reachability", ["reach", "since"], postgresql_where=sa.text("reach <> 'reachable'"))
    op.create_table(
        "reach_answer",
        _id(),
        _number("case_id"),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("answer", _set("answer", "post", "again", "works", "let_end"), nullable=False),
        *_texts("reason"),
        _number("letter_id", nullable=True),
        _at("at"),
        *_texts("by"),
        _key("reach_answer", "case_id", "case.id"),
        _key("reach_answer", "message_id", "message.id"),
        _key("reach_answer", "letter_id", "posted_letter.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reach_answer")),
    )
    op.create_index(op.f("ix_reach_answer_case_id"), "reach_answer", ["case_id"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _number(name: str, *, nullable: bool = False, autoincrement: bool | str = "auto") -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=autoincrement)  # type: ignore[arg-type]  # its own literal


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _set(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))
