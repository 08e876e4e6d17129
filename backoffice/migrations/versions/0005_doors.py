"""What was refused for its form is kept; half-received applications; keys."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Restore a backup instead."""
    raise NotImplementedError
