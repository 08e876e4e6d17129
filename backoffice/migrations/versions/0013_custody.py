"""Where the paper is, and declarations of substitution scanning."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

PLACES = ("desk", "box", "shelf", "person", "sent_back", "destroyed", "void")
LOOKS = ("good", "illegible", "turned", "blank", "duplicate")

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backoffice_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON paper_place, paper, paper_hold, scan_declaration, declared_envelope, quality_check, paper_destruction
            TO backoffice_app;
        GRANT SELECT, INSERT ON paper_move TO backoffice_app;
        GRANT USAGE, SELECT ON SEQUENCE paper_place_id_seq, paper_id_seq, paper_move_id_seq, paper_hold_id_seq, scan_declaration_id_seq,
            paper_destruction_id_seq TO backoffice_app;
    END IF;
END $$;
"""

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON paper_move FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sealed BEFORE UPDATE OR DELETE ON scan_declaration FOR EACH ROW WHEN (OLD.state = 'sealed') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certified BEFORE UPDATE OR DELETE ON paper_destruction FOR EACH ROW WHEN (OLD.certificate_sha256 IS NOT NULL)
    EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_impossible_move() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM paper_place p WHERE p.id = NEW.from_place_id AND p.kind IN ('sent_back', 'destroyed', 'void')) THEN
        RAISE EXCEPTION 'paper that was sent back, destroyed or listed by mistake is not moved' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM paper_place p, paper t WHERE p.id = NEW.to_place_id AND p.kind = 'destroyed' AND t.id = NEW.paper_id AND t.must_return) THEN
        RAISE EXCEPTION 'an original that must go back is never destroyed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER possible BEFORE INSERT ON paper_move FOR EACH ROW EXECUTE FUNCTION refuse_impossible_move();
"""

HOUSE = """
INSERT INTO paper_place (code, kind, label, made_at) VALUES
    ('OUVERTURE', 'desk', 'Table d’ouverture', now()), ('RENVOI', 'sent_back', 'Retourné à l’expéditeur', now()),
    ('DESTRUCTION', 'destroyed', 'Détruit', now()), ('ERREUR', 'void', 'Inscrit par erreur', now());
INSERT INTO paper (kind, number, envelope, must_return, place_id, moves, followed_since)
    SELECT 'envelope', e.number, e.number, false, p.id, 1, e.registered_at FROM envelope e, paper_place p WHERE p.code = 'OUVERTURE' ORDER BY e.id;
INSERT INTO paper_move (paper_id, sequence, to_place_id, reason, moved_at, by_id, by_label)
    SELECT id, 1, place_id, '', followed_since, 'system', 'Système' FROM paper ORDER BY id;
"""


def upgrade() -> None:
    """Places, what is followed and its moves; holds, declarations, destruction. Envelopes of before are on the opening table."""
    _places()
    _papers()
    _holds()
    _declarations()
    _destruction()
    op.execute(GRANTS)
    op.execute(HOUSE)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute(GUARDS)


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _instants(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _places() -> None:
    op.create_table(
        "paper_place",
        _key(),
        *_texts("code", "label"),
        sa.Column("kind", _enum("placekind", *PLACES), nullable=False),
        *_numbers("within_id", "account_id", nullable=True),
        *_instants("made_at"),
        _to("paper_place", "within_id", "paper_place"),
        _to("paper_place", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_place")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_place_code")),
        sa.UniqueConstraint("account_id", name=op.f("uq_paper_place_account_id")),
    )


def _papers() -> None:
    op.create_table(
        "paper",
        _key(),
        sa.Column("kind", _enum("paperkind", "envelope", "piece"), nullable=False),
        *_texts("number", "envelope"),
        sa.Column("must_return", sa.Boolean(), nullable=False),
        *_numbers("place_id", "moves"),
        *_instants("followed_since"),
        _to("paper", "place_id", "paper_place"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_paper_kind_number")),
    )
    op.create_index(op.f("ix_paper_place_id"), "paper", ["place_id"])
    op.create_index(op.f("ix_paper_envelope"), "paper", ["envelope"])
    chain = "sequence = coalesce(previous, 0) + 1 AND (previous IS NULL) = (from_place_id IS NULL) AND previous IS DISTINCT FROM 0"
    ends = ["paper_move.paper_id", "paper_move.sequence", "paper_move.to_place_id"]
    op.create_table(
        "paper_move",
        _key(),
        *_numbers("paper_id", "sequence"),
        *_numbers("previous", "from_place_id", nullable=True),
        *_numbers("to_place_id"),
        *_texts("reason"),
        *_instants("moved_at"),
        *_texts("by_id", "by_label"),
        sa.CheckConstraint(chain, name=op.f("ck_paper_move_chain")),
        sa.CheckConstraint("from_place_id <> to_place_id", name=op.f("ck_paper_move_somewhere_else")),
        _to("paper_move", "paper_id", "paper"),
        _to("paper_move", "to_place_id", "paper_place"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_move")),
        sa.UniqueConstraint("paper_id", "sequence", name=op.f("uq_paper_move_paper_id_sequence")),
        sa.UniqueConstraint("paper_id", "sequence", "to_place_id", name=op.f("uq_paper_move_paper_id_sequence_to_place_id")),
        sa.ForeignKeyConstraint(["paper_id", "previous", "from_place_id"], ends, name="fk_paper_move_before"),
    )
    op.create_foreign_key(
        "fk_paper_last_move", "paper", "paper_move", ["id", "moves", "place_id"], ["paper_id", "sequence", "to_place_id"], deferrable=True,
        initially="DEFERRED",
    )  # fmt: skip


def _holds() -> None:
    op.create_table(
        "paper_hold",
        _key(),
        *_texts("envelope", "reason"),
        *_instants("placed_at"),
        *_texts("placed_by"),
        *_instants("lifted_at", nullable=True),
        *_texts("lifted_by", "lifted_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_hold")),
    )
    op.create_index("uq_paper_hold_envelope", "paper_hold", ["envelope"], unique=True, postgresql_where=sa.text("lifted_at IS NULL"))


def _declarations() -> None:
    table = "scan_declaration"
    op.create_table(
        table,
        _key(),
        *_texts("number"),
        *_numbers("batch_id", nullable=True),
        sa.Column("state", _enum("declarationstate", "draft", "signed", "sealed", "given_up"), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_texts("digest", nullable=True),
        *_numbers("operator_id", nullable=True),
        *_texts("operator_label", nullable=True),
        *_instants("operator_signed_at", nullable=True),
        *_numbers("controller_id", nullable=True),
        *_texts("controller_label", nullable=True),
        *_instants("sealed_at", nullable=True),
        *_texts("pdf_sha256", nullable=True),
        *_instants("made_at"),
        sa.CheckConstraint("controller_id IS NULL OR controller_id <> operator_id", name=op.f("ck_scan_declaration_two_people")),
        sa.CheckConstraint("(state = 'sealed') = (pdf_sha256 IS NOT NULL AND controller_id IS NOT NULL)", name=op.f("ck_scan_declaration_sealed")),
        _to(table, "batch_id", "batch"),
        _to(table, "operator_id", "account"),
        _to(table, "controller_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_declaration")),
        sa.UniqueConstraint("number", name=op.f("uq_scan_declaration_number")),
    )
    op.create_index(op.f("ix_scan_declaration_batch_id"), table, ["batch_id"])
    op.create_table(
        "declared_envelope",
        *_numbers("envelope_id", "declaration_id"),
        _to("declared_envelope", "envelope_id", "envelope"),
        _to("declared_envelope", "declaration_id", table),
        sa.PrimaryKeyConstraint("envelope_id", name=op.f("pk_declared_envelope")),
    )
    op.create_index(op.f("ix_declared_envelope_declaration_id"), "declared_envelope", ["declaration_id"])
    op.create_table(
        "quality_check",
        *_numbers("declaration_id", "page_id"),
        sa.Column("drawn", _enum("drawn", "first", "sample"), nullable=False),
        sa.Column("look", _enum("look", *LOOKS), nullable=True),
        *_instants("noted_at", nullable=True),
        *_numbers("noted_by_id", nullable=True),
        _to("quality_check", "declaration_id", table),
        _to("quality_check", "page_id", "scan_page"),
        _to("quality_check", "noted_by_id", "account"),
        sa.PrimaryKeyConstraint("declaration_id", "page_id", name=op.f("pk_quality_check")),
    )


def _destruction() -> None:
    table = "paper_destruction"
    op.create_table(
        table,
        _key(),
        *_texts("number"),
        *_numbers("declaration_id"),
        *_texts("reason"),
        *_numbers("first_id"),
        *_texts("first_label"),
        *_instants("asked_at"),
        *_numbers("second_id", nullable=True),
        *_texts("second_label", nullable=True),
        *_instants("done_at", nullable=True),
        *_texts("certificate_sha256", nullable=True),
        sa.CheckConstraint("second_id IS NULL OR second_id <> first_id", name=op.f("ck_paper_destruction_two_people")),
        sa.CheckConstraint("(certificate_sha256 IS NULL) = (second_id IS NULL)", name=op.f("ck_paper_destruction_certified")),
        _to(table, "declaration_id", "scan_declaration"),
        _to(table, "first_id", "account"),
        _to(table, "second_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_destruction")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_destruction_number")),
        sa.UniqueConstraint("declaration_id", name=op.f("uq_paper_destruction_declaration_id")),
    )
