"""Scanned batches from the console, as a scanner's drop folder would bring them."""

import json
import time
from datetime import date, datetime
from pathlib import Path

import click

from backoffice.cli.main import cli, in_app
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.mailroom import jobs, queries
from backoffice.mailroom.doors import dropping, importing
from backoffice.mailroom.errors import StampInFuture
from backoffice.mailroom.models import Envelope, ScanPage
from backoffice.mailroom.states import PageState
from backoffice.mailroom.values import Door, Excluded

Json = dict[str, object]


@cli.group("mailroom")
def mailroom() -> None:
    """The paper door."""


@mailroom.command("import")
@click.option("--delivered", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day of delivery: the stamp, the legal day of receipt.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@in_app
def import_files(delivered: datetime, files: tuple[Path, ...]) -> None:
    """Take scanned files in, each as an envelope; one JSON line per envelope. A bad file is parked and hurts no other."""
    failed = False
    if delivered.date() > clock.today():
        raise StampInFuture
    for path in files:
        try:
            click.echo(json.dumps(import_one(path, delivered.date()), ensure_ascii=False))
        except (OSError, DomainError) as fault:
            db.session.rollback()
            failed = True
            reason = fault.message if isinstance(fault, DomainError) else type(fault).__name__
            click.echo(json.dumps({"envelope": None, "pages": 0, "excluded": 0, "documents": [], "parked": "unreadable", "file": path.name}))
            click.echo(f"{path}: {reason}", err=True)
    if failed:
        raise SystemExit(1)


def import_one(path: Path, delivered_on: date) -> Json:
    """One file: kept, read at once, routed; and what became of it."""
    scan = importing.import_file(path, delivered_on, door=Door.COMMAND)
    scan_id = scan.id
    jobs.read_now(scan_id)
    envelope = queries.envelope(queries.envelope_of_scan(scan_id))
    return outcome(envelope, scan_id)


def outcome(envelope: Envelope, scan_id: int) -> Json:
    """What a file gave: counts of pages, the documents they make (a case and its items when a code routed them), why it is parked."""
    pages = [page for page in envelope.pages if page.scan_id == scan_id]
    scan = next(one for one in envelope.scans if one.id == scan_id)
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
    dropping.collect_dropped()
    time.sleep(dropping.STILL_SECONDS)
    click.echo(json.dumps({"taken": dropping.collect_dropped()}))
