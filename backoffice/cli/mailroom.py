"""Scanned batches from the console, as a scanner's drop folder would bring them."""

import json
import time
from datetime import date, datetime
from pathlib import Path

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError, NotFound
from backoffice.mailroom import queries
from backoffice.mailroom.doors import dropping, homes, importing, service, working
from backoffice.mailroom.doors import queries as doors
from backoffice.mailroom.doors.values import Colour, Home, Source, Wanted
from backoffice.mailroom.errors import StampInFuture
from backoffice.mailroom.models import Envelope, Scan, ScanPage
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.mailroom.states import PageState, ScanState
from backoffice.mailroom.values import Door, Excluded
from backoffice.staff import queries as staff
from backoffice.staff.permissions import Permission

Json = dict[str, object]

READ_SECONDS = 900
"""How long the command waits for a file that a worker reads."""


@cli.group("mailroom")
def mailroom() -> None:
    """The paper door."""


@mailroom.command("import")
@click.option("--delivered", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day of delivery: the stamp, the legal day of receipt.")
@click.option("--batch", help="The batch that the files belong to, such as L-2016-00007: its envelope sheets say where each page goes.")
@click.option("--envelope", help="The envelope that the files belong to, such as E-2016-00012.")
@click.option("--duplex", is_flag=True, help="Both sides of each sheet were scanned: two pages are one sheet.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@in_app
def import_files(delivered: datetime, batch: str | None, envelope: str | None, files: tuple[Path, ...], *, duplex: bool) -> None:
    """Take scanned files in, each as an envelope; one JSON line per envelope. A bad file is parked and hurts no other."""
    failed = False
    if delivered.date() > clock.today():
        raise StampInFuture
    if batch and envelope:
        raise click.UsageError("--batch and --envelope exclude each other: an envelope is of one batch at most")
    home = Home(envelope, batch) if batch or envelope else None
    if home:
        homes.check_open(home)
    for path in files:
        try:
            for line in import_one(path, delivered.date(), home=home, sides=2 if duplex else 1):
                click.echo(json.dumps(line, ensure_ascii=False))
        except (OSError, DomainError) as fault:
            db.session.rollback()
            failed = True
            reason = fault.message if isinstance(fault, DomainError) else type(fault).__name__
            click.echo(json.dumps({"envelope": None, "pages": 0, "excluded": 0, "documents": [], "parked": "unreadable", "file": path.name}))
            click.echo(f"{path}: {reason}", err=True)
    if failed:
        raise SystemExit(1)


def import_one(path: Path, delivered_on: date, *, home: Home | None = None, sides: int = 1) -> list[Json]:
    """One file: kept, read at once, routed; and what became of it, for each envelope that pages of it went to."""
    scan_id = importing.import_file(path, delivered_on, door=Door.COMMAND, home=home, sides=sides).id
    _read(scan_id)
    return outcomes(scan_id)


def _read(scan_id: int) -> None:
    """Read a file here and now; one that a worker took up first is waited for."""
    deadline = time.monotonic() + READ_SECONDS
    while True:
        pipeline.read_now(scan_id)
        db.session.rollback()
        scan = db.session.get_one(Scan, scan_id, populate_existing=True)
        if scan.state not in {ScanState.WAITING, ScanState.READING} or time.monotonic() > deadline:
            return
        time.sleep(0.2)  # the worker that has it says so in the database only


def outcomes(scan_id: int) -> list[Json]:
    """The lines of a file: the envelope it came in first, then those that its envelope sheets named."""
    scan = db.session.get_one(Scan, scan_id, populate_existing=True)
    numbers = doors.envelopes_of_scan(scan_id)
    if not numbers:
        return [{"envelope": None, "pages": 0, "excluded": 0, "documents": [], "parked": scan.refusal}]
    return [outcome(queries.envelope(number), scan) for number in numbers]


def outcome(envelope: Envelope, scan: Scan) -> Json:
    """What a file gave to an envelope: counts of pages, the documents they make (a case and its items when a code routed them), why it is parked."""
    pages = [page for page in envelope.pages if page.scan_id == scan.id]
    cases = queries.cases_of_pages(envelope)
    return {
        "envelope": envelope.number,
        "pages": len(pages),
        "excluded": sum(page.state is PageState.EXCLUDED for page in pages),
        "documents": [_document(part, cases) for part in _parts(pages)],
        "parked": scan.refusal,
    }


def _parts(pages: list[ScanPage]) -> list[list[ScanPage]]:
    """Pages that make one document: those filed together, and those to file between two sheets."""
    parts: list[list[ScanPage]] = [[]]
    for page in pages:
        if page.state is PageState.EXCLUDED:
            if page.excluded_reason != Excluded.BLANK:
                parts.append([])
        elif parts[-1] and parts[-1][-1].document_id != page.document_id:
            parts.append([page])
        else:
            parts[-1].append(page)
    return [part for part in parts if part]


def _document(pages: list[ScanPage], cases: dict[int, str]) -> Json:
    document_id = pages[0].document_id
    items = queries.items_of_document(document_id) if document_id else []
    return {"pages": len(pages), "case": cases.get(document_id or 0), "item": (items[0] if len(items) == 1 else items) or None}


@mailroom.command("collect")
@in_app
def collect() -> None:
    """Take the whole files of the drop folder now (the scheduler does it at every turn)."""
    before = dropping.collect_dropped()
    time.sleep(dropping.STILL_SECONDS)  # a file is whole when two looks this far apart see it unchanged
    taken, refused = before + dropping.collect_dropped(), doors.counts()["refused"]
    click.echo(json.dumps({"taken": taken, "refused": refused}))


@mailroom.command("scan")
@click.argument("scanner")
@click.option("--envelope", help="The envelope whose sheets lie in the scanner.")
@click.option("--batch", help="The batch whose sheets lie in the scanner.")
@click.option("--source", type=click.Choice([one.value for one in Source]), default=Source.FEEDER.value, show_default=True)
@click.option("--resolution", type=int, default=300, show_default=True)
@click.option("--colour", type=click.Choice([one.value for one in Colour]), default=Colour.GREY.value, show_default=True)
@click.option("--by", "email", required=True, help="Who stands at the scanner: the declaration of substitution scanning names them.")
@in_app
def scan(scanner: str, envelope: str | None, batch: str | None, source: str, resolution: int, colour: str, email: str) -> None:
    """Scan the sheets that lie in a scanner of the list, here and now; one JSON line."""
    if bool(envelope) == bool(batch):
        raise click.UsageError("say --envelope or --batch")
    found = next((one for one in doors.scanners(active=True) if one.name.casefold() == scanner.casefold()), None)
    account = staff.account_by_email(email)
    if found is None or account is None or not account.may(Permission.WORK_MAILROOM):
        raise NotFound
    with transaction():
        wanted = Wanted(Source(source), resolution, Colour(colour))
        job_id = service.ask_scan(Home(envelope, batch), found.id, wanted, by=account.actor, at=clock.now()).id
    working.run(job_id, seconds=working.TIMEOUT_SECONDS)
    job = doors.job(job_id)
    click.echo(json.dumps({"job": job.id, "state": job.state.value, "pages": len(job.pages), "fault": job.fault, "scan": job.scan_id}))
    if job.fault:
        raise SystemExit(1)
