"""The hallway: arrivals stamped at the envelope, identities of those who wait."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
