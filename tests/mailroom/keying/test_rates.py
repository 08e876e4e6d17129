"""How many are keyed twice: the rates, who lowers them and when, and the lot that draws."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from backoffice.core import clock, events
from backoffice.core.db import db, transaction
from backoffice.core.events import EventRow
from backoffice.core.settings import settings
from backoffice.mailroom.keying import measuring
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.keying.errors import (
    RateOutOfBounds,
    TooFewPairs,
    WhyNeeded,
)
from backoffice.mailroom.keying.models import KeyingRate
from backoffice.mailroom.keying.values import Critical
from backoffice.mailroom.states import KeyingState
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.keying.passing import pairs, signed_in
from tests.mailroom.keying.test_service import another, envelope, fields, save


def test_a_rate_is_lowered_by_a_supervisor_with_a_reason_once_enough_is_known(build: Builder, clerk: Account):
    supervisor, reader = build.supervisor(), another()
    number = envelope(clerk)
    with pytest.raises(TooFewPairs), transaction():
        keying.set_rate(Critical.NAMES, 50, clock.today(), "Trop tôt", by=supervisor, at=clock.now())
    pairs(clerk, number, reader, 300)
    for percent, day in ((9, clock.today()), (101, clock.today()), (50, clock.today() - timedelta(days=1))):
        with pytest.raises(RateOutOfBounds), transaction():
            keying.set_rate(Critical.NAMES, percent, day, "Hors bornes", by=supervisor, at=clock.now())
    with pytest.raises(WhyNeeded), transaction():
        keying.set_rate(Critical.NAMES, 50, clock.today(), "", by=supervisor, at=clock.now())
    with transaction():
        rate = keying.set_rate(Critical.NAMES, 50, clock.today() + timedelta(days=1), "Trois cents paires sans erreur", by=supervisor, at=clock.now())
        assert rate.figures["pairs"] == 300
    assert keying.percents(clock.today())[Critical.NAMES] == 100
    assert keying.percents(clock.today() + timedelta(days=1))[Critical.NAMES] == 50
    [fact] = db.session.scalars(select(EventRow).where(EventRow.subject_kind == "keying_rate"))
    assert (fact.data["before"], fact.data["after"], fact.data["reason"]) == (100, 50, "Trois cents paires sans erreur")
    assert events.sentence_of(fact.kind)


def test_what_the_lot_does_not_draw_is_received_on_one_keying(build: Builder, clerk: Account):
    supervisor = build.supervisor()
    pairs(clerk, envelope(clerk), another(), 300)
    for critical in Critical:
        with transaction():
            keying.set_rate(critical, measuring.FLOOR, clock.today(), "Essai du tirage", by=supervisor, at=clock.now())
    build.window()
    seen = set()
    for _ in range(14):
        number = envelope(clerk)
        save(number, fields(build.content(), **{"principal-passport_number": uuid4().hex[:9]}), clerk)
        with transaction():
            state_then = keying.finish(number, by=clerk, at=clock.now()).state
        expected = measuring.lot(settings().secret_key.encode(), number) < measuring.FLOOR
        assert (state_then is KeyingState.SECOND) is expected
        seen.add(state_then)
    assert KeyingState.FILED in seen


def test_rates_are_kept_as_they_were(build: Builder, clerk: Account):
    supervisor = build.supervisor()
    pairs(clerk, envelope(clerk), another(), 300)
    with transaction():
        rate = keying.set_rate(Critical.NAMES, 90, clock.today(), "Essai", by=supervisor, at=clock.now())
    with pytest.raises(DBAPIError):
        db.session.execute(update(KeyingRate).where(KeyingRate.id == rate.id).values(percent=10))
    db.session.rollback()


def test_a_rate_is_changed_on_its_page_with_a_reason(build: Builder, clerk: Account, client: FlaskClient):
    pairs(clerk, envelope(clerk), another(), 400)
    build.sign_in(client, build.supervisor())
    assert "400" in client.get("/mailroom/keying/rates").text
    sent = {"critical": "names", "percent": "90", "from_on": clock.today().isoformat(), "reason": "Aucune erreur sur 400 paires"}
    assert client.post("/mailroom/keying/rates", data=sent | {"percent": "5"}).status_code == 422
    assert client.post("/mailroom/keying/rates", data=sent).status_code == 303
    assert "Aucune erreur sur 400 paires" in client.get("/mailroom/keying/rates").text
    assert signed_in(build, client, clerk).get("/mailroom/keying/rates").status_code == 403
