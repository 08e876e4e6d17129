"""The operators' daily commands: sweeps, the trail, worker, scheduler, backup, doctor."""

import json
import sys
from datetime import date
from pathlib import Path

import click

from backoffice import sweeps, worker
from backoffice.cli import backups, doctor
from backoffice.cli.main import cli, in_app
from backoffice.core import clock, events
from backoffice.core.db import transaction
from backoffice.core.settings import settings
from backoffice.mailroom.pipeline.values import WorkKind


@cli.command()
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="The day; today if it is not given.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@in_app
def sweep(as_of: object, dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Do what is due as of a day: openings, lapses. Twice changes nothing."""
    day = as_of.date() if hasattr(as_of, "date") else clock.today()
    assert isinstance(day, date)
    if day > clock.today() and not settings().demo:
        raise click.ClickException("a future day only exists in demonstration mode")
    done = sweeps.sweep(day, dry_run=dry_run)
    kept = [{"kind": d.kind, "subject": sweeps.name(d.subject), **({"detail": d.detail} if d.detail else {})} for d in done]
    click.echo(json.dumps({"as_of": day.isoformat(), "done": kept}, ensure_ascii=False))


@cli.group("audit")
def audit_group() -> None:
    """The trail."""


@audit_group.command("verify")
@in_app
def verify() -> None:
    """Recompute every chain; the first bad entry of each broken one is named, and the exit code is 1."""
    broken = list(events.verify())
    for breach in broken:
        click.echo(f"BROKEN {breach.subject.kind} {breach.subject.id}, entry {breach.position}: {breach.what}")
    if broken:
        sys.exit(1)
    click.echo("The trail is whole.")


@audit_group.command("seal")
@in_app
def seal() -> None:
    """Anchor the heads of all chains now."""
    with transaction():
        anchored = events.seal(at=clock.now())
    click.echo(f"{anchored.chains} chains, {anchored.digest}" if anchored else "Nothing new to seal.")


@cli.command("worker")
def run_worker() -> None:
    """Work on deliveries (RQ) until told to stop."""
    worker.work()


@cli.command("scan-worker")
@click.option("--only", type=click.Choice([kind.value for kind in WorkKind]), help="One kind of work; both by default, reading before recognition.")
def run_scan_worker(only: str | None) -> None:
    """Work on scanned files (RQ) until told to stop: pages first, their text after."""
    worker.work_on_scans([WorkKind(only)] if only else list(WorkKind))


@cli.command("clerk")
def run_clerk() -> None:
    """Give arrivals their places, in order, until told to stop; a second one stands by."""
    worker.settle()


@cli.command("scheduler")
def run_scheduler() -> None:
    """Take the turns of the schedule until told to stop."""
    worker.schedule()


@cli.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--keys-apart", is_flag=True, help="Leave out the keys that open the files; they must then be kept elsewhere.")
@in_app
def backup(folder: Path, keys_apart: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Write database and files to an empty folder, consistent with one another; the files as they lie, encrypted."""
    click.echo(backups.backup(folder, keys_apart=keys_apart))


@cli.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@in_app
def restore(folder: Path) -> None:
    """Bring a backup into an empty database and store; anything else is refused."""
    click.echo(backups.restore(folder))


@cli.command("doctor")
@click.option("--invariants", is_flag=True, help="Also recompute what must always be true; slower.")
@in_app
def run_doctor(invariants: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Say what is missing or misconfigured, and how to mend it."""
    faults = 0
    for finding in doctor.examine(invariants=invariants):
        click.echo(f"{finding.mark} {finding.what}{'' if finding.well else ': ' + finding.mend}")
        faults += finding.faulty
    sys.exit(1 if faults else 0)
