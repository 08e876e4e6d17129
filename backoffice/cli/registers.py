"""Registers from the console: false declarations, from a file."""

import sys
from pathlib import Path

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.intake.between import importing


class _Undone(Exception):
    """Nothing is kept."""


@cli.group("register")
def register_group() -> None:
    """Registers that each arrival is compared with."""


@register_group.command("false-declarations")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be entered.")
@in_app
def false_declarations(file: Path, dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Enter a CSV file (family_name, given_names, birth_date, passport_number, decided_on, reference); twice enters nothing more."""
    try:
        lines = list(importing.read(file.read_bytes(), clock.today()))
    except importing.NotTheRegister as fault:
        raise click.ClickException(str(fault)) from None
    for line in lines:
        if line.fault:
            click.echo(f"line {line.number}: {line.fault}", err=True)
    counts = importing.Counts()
    try:
        with transaction():
            counts = importing.enter(lines, by=SYSTEM, at=clock.now())
            if dry_run:
                raise _Undone  # noqa: TRY301 - the one way out of an operation without its effects
    except _Undone:
        db.session.expire_all()
    click.echo(f"{'would enter' if dry_run else 'entered'}: {counts.entered}; known already: {counts.known}; wrong: {counts.wrong}")
    sys.exit(1 if counts.wrong else 0)
