"""Acts on many, and refunds."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
