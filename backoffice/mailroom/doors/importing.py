"""A scanned file comes in by a door: an envelope of its own, or the home that it names."""

from datetime import date
from pathlib import Path

from backoffice.core import clock, files
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.db import transaction
from backoffice.mailroom import queries, service
from backoffice.mailroom.models import Scan
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope


def import_file(path: Path, delivered_on: date, *, door: Door, by: Actor = SYSTEM) -> Scan:
    """A scanned file becomes an envelope of its own, or goes to the one its name speaks of; its bytes are kept first."""
    data = path.read_bytes()
    files.keep(data)
    named = queries.number_in(path.name)
    with transaction():
        at = clock.now()
        known = queries.find_envelope(named) if named else None
        if known is None or known.state not in service.LIVE:
            new = NewEnvelope(delivered_on, EnvelopeKind.UNKNOWN, contents=service.clean_name(path.name))
            number = service.register_envelope(new, by=by, at=at).number
        else:
            number = known.number
        return service.receive_scan(number, data, path.name, door, by=by, at=at)
