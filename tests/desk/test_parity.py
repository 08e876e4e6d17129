"""The parity meter: an artificial delay of paper in one stage shows there, and nowhere else."""

from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from backoffice.cases.models import Case
from backoffice.cases.values import Channel
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.intake.models import Submission
from backoffice.workload import parity
from tests.builders import Builder

DAY = date(2016, 6, 13)
EARLIER = DAY - timedelta(days=4)


def test_a_delay_of_paper_shows_at_its_stage_only(build: Builder) -> None:
    for _ in range(3):
        build.case()
        build.case(channel=Channel.PAPER, legal_received_on=DAY, paper_ground="window_takes_paper")
    with transaction():
        db.session.execute(update(Case).where(Case.channel == Channel.PAPER).values(opened_at=clock.now() + timedelta(days=6)))
    found = {one.key: one for one in parity.stages(EARLIER, DAY)}
    assert [found["opened"].paper.count, found["opened"].online.count] == [3, 3]
    assert found["opened"].gap == 6.0
    assert found["opened"].late
    assert not found["answered"].late
    assert found["taken"].gap is None, "nobody took a case yet"


def test_paper_is_measured_from_its_stamp_not_from_its_keying(build: Builder) -> None:
    build.case(channel=Channel.PAPER, legal_received_on=EARLIER, paper_ground="portal_fault")
    (registered,) = [one for one in parity.stages(EARLIER, DAY) if one.key == "registered"]
    assert registered.paper.median == 4.5, "registered at noon, four days after the stamp"


def test_the_numbers_add_up_and_small_countries_are_told_together(build: Builder) -> None:
    for n in range(7):
        build.case(
            None if n else build.content(), **({} if n % 2 else {"channel": Channel.PAPER, "legal_received_on": DAY, "paper_ground": "portal_fault"})
        )
    rows = parity.places(EARLIER, DAY)
    assert sum(one.online + one.paper for one in rows) == db.session.query(Submission).count() == 7
    assert all(one.country is None or one.online + one.paper >= parity.FEW for one in rows)
    (ground,) = parity.grounds(EARLIER, DAY)
    assert (ground.ground, ground.count, ground.waiting) == ("portal_fault", 4, 0)


def test_a_supervisor_reads_it_and_a_clerk_does_not(app: Flask, build: Builder, client: FlaskClient) -> None:
    build.case()
    build.sign_in(client, build.supervisor())
    shown = client.get("/team/parity?days=30")
    assert shown.status_code == 200
    assert "Papier et en ligne" in shown.text
    clerk = build.sign_in(app.test_client(), build.clerk())
    assert clerk.get("/team/parity").status_code == 403
