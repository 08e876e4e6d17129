"""Registers of people prevented by a fault and of false declarations."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
