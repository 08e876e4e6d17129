"""What the tests of the doors share: a clerk, an envelope, a batch, a scanner in the list."""

from collections.abc import Callable
from datetime import date

import pytest

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.mailroom import service as room
from backoffice.mailroom.doors import queries, service, working
from backoffice.mailroom.doors.models import ScanJob
from backoffice.mailroom.doors.values import Home, ScannerKind, Wanted
from backoffice.mailroom.models import Batch
from backoffice.mailroom.states import BatchState
from backoffice.mailroom.values import NewEnvelope
from backoffice.staff.models import Account
from tests.builders import Builder


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


@pytest.fixture
def envelope(clerk: Account) -> Home:
    """An open envelope."""
    with transaction():
        return Home(room.register_envelope(NewEnvelope(date(2016, 6, 13)), by=clerk.actor, at=clock.now()).number)


@pytest.fixture
def batch(clerk: Account) -> Home:
    """An open batch."""
    made = Batch(
        number="L-2016-00001", state=BatchState.OPEN, expected_envelopes=1, expected_sheets=1, expected_separators=0, expected_cheques=0, expected_cents=0,
        made_at=clock.now(), made_by_id=clerk.actor.id,
    )  # fmt: skip
    with transaction():
        db.session.add(made)
    return Home(batch="L-2016-00001")


def add(kind: ScannerKind, address: str, clerk: Account, name: str = "Numériseur du bureau") -> int:
    """A scanner of the list."""
    with transaction():
        return service.add_scanner(name, kind, address, by=clerk.actor, at=clock.now()).id


@pytest.fixture
def scan(clerk: Account) -> Callable[[Home, int, Wanted], ScanJob]:
    """Ask a scanner and work until it is done."""

    def ask(home: Home, scanner_id: int, wanted: Wanted) -> ScanJob:
        with transaction():
            job_id = service.ask_scan(home, scanner_id, wanted, by=clerk.actor, at=clock.now()).id
        working.run(job_id, seconds=60)
        return queries.job(job_id)

    return ask
