"""Migrations run as the owner of the tables, one transaction each, and give way rather than block the day's work."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text

from backoffice.core.settings import settings

metadata = current_app.extensions["migrate"].db.metadata


def run() -> None:
    """Bring the database to the asked version."""
    engine = create_engine(settings().database_owner_url)
    with engine.connect() as connection:
        # Two releases may start at once: the second waits for the first, then finds nothing to do.
        connection.execute(text("SELECT pg_advisory_lock(7281000)"))
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SET statement_timeout = '300s'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(7281000)"))
    engine.dispose()


run()
