"""Access requests and keys of what is kept."""

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Nothing yet."""
