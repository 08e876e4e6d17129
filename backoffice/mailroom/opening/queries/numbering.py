"""Numbers are drawn one at a time: whoever draws one keeps the next waiting until the end of the operation."""

from sqlalchemy import func, select

from backoffice.core.db import db

PIECES, DEPOSITS, SLIPS = 7_281_051, 7_281_052, 7_281_053
"""The advisory locks of the series."""


def wait_for_turn(series: int) -> None:
    """Hold a series until the end of the transaction."""
    db.session.execute(select(func.pg_advisory_xact_lock(series)))
