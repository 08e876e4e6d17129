"""Requests as contracts: terms of their own, reissues, history; changes of circumstances."""

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Nothing yet."""
