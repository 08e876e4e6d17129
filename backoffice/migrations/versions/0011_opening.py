"""Pieces, money opened by two, deposit slips, slips printed beforehand."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet."""
