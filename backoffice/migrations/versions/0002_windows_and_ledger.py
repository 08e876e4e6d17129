"""Windows as versioned decisions, and the ledger of inputs and outcomes."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
