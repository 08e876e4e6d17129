"""What the tests of two passes do: an application keyed once, a difference settled, pairs compared."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.mailroom import queries, service
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.keying.models import KeyingPair
from backoffice.mailroom.keying.values import Critical
from backoffice.mailroom.states import KeyingState
from backoffice.quota import queries as quota_queries
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.keying.test_service import envelope, fields, save


def first(build: Builder, clerk: Account, number: str | None = None, **changes: str) -> str:
    """An application keyed once."""
    if not quota_queries.windows():
        build.window()
    number = number or envelope(clerk)
    save(number, fields(build.content(), **changes), clerk)
    with transaction():
        assert keying.finish(number, by=clerk, at=clock.now()).state in {KeyingState.SECOND, KeyingState.DIFFERS}
    return number


def settle(number: str, by: Account, *values: str) -> KeyingState:
    with transaction():
        _kept, pairs = keying.begin_third(number, by=by, at=clock.now())
        chosen = {pair.id: value for pair, value in zip(pairs, values, strict=True)}
    with transaction():
        return keying.settle(number, chosen, by=by, at=clock.now()).state


def state(number: str) -> KeyingState:
    kept = queries.keying(queries.envelope(number).id)
    assert kept is not None
    return kept.state


def facts(number: str) -> list[str]:
    return [row.kind.rpartition(".")[2] for row in reversed(queries.timeline(number))]


def cheque(build: Builder, number: str, clerk: Account, cents: int) -> None:
    with transaction():
        service.list_instrument(number, build.cheque(cents, number), by=clerk.actor, at=clock.now())


def pairs(clerk: Account, number: str, reader: Account, count: int) -> None:
    """Pairs that agree, as a year of work leaves them."""
    one = {
        "envelope_id": queries.envelope(number).id, "field": "principal-family_name", "first_value": "a", "second_value": "a", "first_by_id": clerk.id,
        "second_by_id": reader.id, "agreed": True, "compared_at": clock.now() - timedelta(days=10),
    }  # fmt: skip
    with transaction():
        db.session.execute(insert(KeyingPair), [one | {"critical": critical} for critical in Critical] * count)


def signed_in(build: Builder, client: FlaskClient, by: Account) -> FlaskClient:
    """A browser of their own."""
    return build.sign_in(client.application.test_client(), by)
