"""The root of the console."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from flask import current_app

from backoffice.app import create_app
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.core.settings import SettingsError

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"

P = ParamSpec("P")
R = TypeVar("R")


@click.group()
def cli() -> None:
    """Back office of the Certificat de sélection: what operators do from a console."""


def in_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command with the application's database; refusals are sentences, not traces."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with create_app().app_context():
                return command(*args, **kwargs)
        except SettingsError as fault:
            raise click.ClickException(str(fault)) from None
        except DomainError as refusal:
            raise click.ClickException(refusal.message) from None

    return run


@cli.group("db")
def database() -> None:
    """The database."""


@database.command("upgrade")
@in_app
def upgrade_database() -> None:
    """Bring the tables to this version."""
    from flask_migrate import Migrate, upgrade  # noqa: PLC0415 - half a second that only this command needs

    Migrate(current_app, db, directory=str(MIGRATIONS), compare_type=True)
    upgrade()


def main() -> None:
    """Run the console."""
    from backoffice.cli import acts, backlog, cases, demo, keys, mail, mailroom, operations, outages, registers, reports, vault, windows  # noqa: F401, PLC0415 - they add their commands to the root

    cli(prog_name="backoffice")
    sys.exit(0)
