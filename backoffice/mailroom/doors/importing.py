"""A scanned file comes in by a door: an envelope of its own, or the home that it names."""

from datetime import date, datetime
from pathlib import Path

from backoffice.core import clock, files
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import db, transaction
from backoffice.mailroom import queries, service
from backoffice.mailroom.doors.values import Home
from backoffice.mailroom.models import Batch, Envelope, Scan
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope


def import_file(path: Path, delivered_on: date, *, door: Door, home: Home | None = None, sides: int = 1, by: Actor = SYSTEM) -> Scan:
    """A scanned file becomes an envelope of its own, or goes to the home given or named; its bytes are kept first."""
    files.keep_file(path)
    with transaction():
        return receive(path, path.name, delivered_on, door=door, home=home, sides=sides, by=by, at=clock.now())[0]


def receive(
    path: Path, name: str, delivered_on: date, *, door: Door, home: Home | None = None, sides: int = 1, by: Actor = SYSTEM, at: datetime,
) -> tuple[Scan, str | None]:  # fmt: skip
    """The same inside an operation: the file, and the envelope it went to (none yet when a batch's sheets say it)."""
    chosen = home or _named(name) or _fresh(delivered_on, name, by=by, at=at)
    scan = pipeline.receive(path, name, door, envelope=chosen.envelope, batch=chosen.batch, sides=sides, by=by, at=at)
    return scan, chosen.envelope


def _named(name: str) -> Home | None:
    """The envelope that a file's name speaks of, while something may be added to it."""
    number = queries.number_in(name)
    known = queries.find_envelope(number) if number else None
    return Home(known.number) if known and known.state in service.LIVE else None


def _fresh(delivered_on: date, name: str, *, by: Actor, at: datetime) -> Home:
    new = NewEnvelope(delivered_on, EnvelopeKind.UNKNOWN, contents=service.clean_name(name))
    return Home(service.register_envelope(new, by=by, at=at).number)


def home_of(scan_id: int) -> Home:
    """Where a file is."""
    scan = db.session.get_one(Scan, scan_id)
    if scan.envelope_id:
        return Home(db.session.get_one(Envelope, scan.envelope_id).number)
    return Home(batch=db.session.get_one(Batch, scan.batch_id).number)
