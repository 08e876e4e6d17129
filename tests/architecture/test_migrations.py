"""The tables that migrations build are those that the models describe."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from backoffice.core.db import Base


def test_models_and_migrations_agree(session: Connection):
    context = MigrationContext.configure(
        session, opts={"compare_type": True, "include_name": lambda name, kind, _: (kind, name) != ("table", "alembic_version")}
    )
    assert compare_metadata(context, Base.metadata) == []


def test_an_index_on_an_expression_is_on_the_column_not_on_its_name(session: Connection):
    """Comparison skips expressions: `lower('email')` once let one account in all exist."""
    found = session.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '%lower(%'")).scalars().all()
    assert found
    assert not [index for index in found if "lower('" in index]


@pytest.mark.parametrize(
    "table",
    [
        "event",
        "ledger_line",
        "ledger_line_1",
        "window_version",
        "seal",
        "read_log",
        "refused_arrival",
        "sign_in_attempt",
        "backlog_file",
        "submission_message",
        "duplicate_verdict",
        "fault_evidence",
        "keying_pair",
        "keying_settlement",
        "keying_rate",
        "day_sheet",
        "day_signature",
        "page_edit",
        "paper_move",
        "delivery_settlement",
        "outage_evidence",
        "term_past_start",
        "letter_return",
        "reach_answer",
        "item_step",
        "circumstance_change",
    ],
)
def test_what_is_written_once_is_guarded_by_right_and_by_trigger(session: Connection, table: str):
    rights = session.execute(
        text("SELECT privilege_type FROM information_schema.table_privileges WHERE table_name = :t AND grantee = 'backoffice_app'"), {"t": table}
    )
    assert set(rights.scalars()) == {"SELECT", "INSERT"}
    trigger = text("SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass) AND tgname = 'append_only' AND tgenabled = 'O'")
    assert session.execute(trigger, {"t": table}).scalar_one() == 1
