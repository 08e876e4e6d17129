"""Cases, from the console."""

import json
from pathlib import Path

import click

from backoffice.cases import queries
from backoffice.cli.facts import CaseExported, CaseShown
from backoffice.cli.main import cli, in_app
from backoffice.core import clock, events, formats
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.core.events import Subject
from backoffice.desk.access import export
from backoffice.desk.access import queries as access_queries
from backoffice.desk.record import record


@cli.group("case")
def case_group() -> None:
    """Cases."""


@case_group.command("show")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@in_app
def show(number: str, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show one case, whole; reading it is recorded."""
    case = queries.case(number)
    with transaction():
        events.record(Subject("console", case.number), CaseShown(case.number), by=SYSTEM, at=clock.now())
    case = queries.case(number)
    if as_json:
        click.echo(json.dumps(record(case), ensure_ascii=False, indent=2))
        return
    principal = queries.principal(case)
    click.echo(f"{case.number}  {principal.name}  {case.channel.value}  {case.status.value}")
    click.echo(
        f"  reçue le {formats.day(case.legal_received_on)}, classe {case.processing_class}, rang {queries.rank(case)} de {queries.in_process()}"
    )


@case_group.command("export")
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@in_app
def export_case(number: str, file: Path) -> None:
    """Write the whole file of a case to a new ZIP that opens without the product; notes are left out and listed (A-2.1)."""
    if file.exists():
        raise click.ClickException(f"{file} exists: choose another name")
    case = queries.case(number)
    with transaction():
        events.record(Subject("console", case.number), CaseExported(case.number), by=SYSTEM, at=clock.now())
    case = queries.case(number)
    file.touch(mode=0o600, exist_ok=False)
    try:
        written = export.write(case, access_queries.choices(case, None), file, at=clock.now())
    except BaseException:
        file.unlink()
        raise
    click.echo(f"{file}: {written.given} given, {written.left_out} left out and listed, {written.parts} files")
