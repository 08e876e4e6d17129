"""Bars on ends, extensions and reissues of terms with their trace."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing yet."""
