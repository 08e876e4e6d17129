"""An invitation expires by its own term: extended, paused, barred like any other; mail of its days is waited for."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from backoffice import sweeps
from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.intake.clerks import Clerk
from backoffice.intake.models import Submission
from backoffice.intake.service import invitations
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from tests.builders import Builder

INVITED_AT = datetime(2019, 7, 4, 16, tzinfo=UTC)
RANKED = {"order": "ranked", "offers_first": False, "score": [{"name": "region", "path": "/destination_region", "points": {"06": 10}}]}


@pytest.fixture
def invited(build: Builder) -> Iterator[Submission]:
    """Chosen by a round on 2019-07-04: sixty days, to Tuesday 2019-09-03."""
    with clock.stopped_at(INVITED_AT):
        build.window(code="R", capacity=2, policy=RANKED)
        best = build.submission(build.content(destination_region="06"))
        signers = build.supervisor().actor, build.supervisor().actor
        with transaction():
            quota.open_round(quota_queries.window("R").id, best=1, by=signers[0], second=signers[1], at=clock.now())
        while Clerk().turn():
            pass
        db.session.expire_all()
        yield best


def swept(day: date) -> set[str]:
    with clock.stopped_at(datetime(day.year, day.month, day.day, 16, tzinfo=UTC)):
        done = {one.kind for one in sweeps.sweep(day)}
    db.session.expire_all()
    return done & {"declaration_expired", "invitation_held_back"}


def owner(invited: Submission):
    case = case_queries.case_of_submission(invited.id)
    assert case is not None
    return case, invitations.owner(case)


def test_it_stands_to_its_last_day_and_not_the_next(invited: Submission):
    assert swept(date(2019, 9, 3)) == set()
    assert swept(date(2019, 9, 4)) == {"declaration_expired"}


def test_an_extension_and_a_pause_are_counted(invited: Submission):
    _case, term_owner = owner(invited)
    with transaction():
        term = deadlines.extend_term(term_owner, 10, "maladie", by=SYSTEM, at=clock.now())
        deadlines.add_pause(term.id, date(2019, 8, 1), date(2019, 8, 2), "outage", "P-1", by=SYSTEM, at=clock.now())
    assert term_queries.lock_term(term_owner).last_day == date(2019, 9, 16)  # 2 September + 12 days = Saturday the 14th
    assert swept(date(2019, 9, 4)) == swept(date(2019, 9, 16)) == set()
    assert swept(date(2019, 9, 17)) == {"declaration_expired"}


def test_its_end_is_barred_while_nobody_could_be_reached(invited: Submission):
    case, _owner = owner(invited)
    with transaction():
        deadlines.bar_ends(case_subject(case.id), "unreachable", "m-1", by=SYSTEM, at=clock.now())
    assert swept(date(2019, 9, 4)) == {"invitation_held_back"}
    with transaction():
        deadlines.lift_bar(case_subject(case.id), "unreachable", "m-1", "signed", by=SYSTEM, at=clock.now() + timedelta(days=61))
    assert swept(date(2019, 9, 5)) == {"declaration_expired"}


def test_somebody_who_was_not_told_yet_loses_nothing(build: Builder):
    with clock.stopped_at(INVITED_AT):
        build.window(code="R", capacity=2, policy=RANKED)
        best = build.submission(build.content(destination_region="06"))
        signers = build.supervisor().actor, build.supervisor().actor
        with transaction():
            quota.open_round(quota_queries.window("R").id, best=1, by=signers[0], second=signers[1], at=clock.now())
    assert case_queries.case_of_submission(best.id) is None
    assert swept(date(2019, 9, 4)) == {"invitation_held_back"}


def test_mail_stamped_in_time_is_waited_for(invited: Submission):
    with transaction():
        deadlines.note_unsettled("mail", "E-1", date(2019, 9, 3))
    assert swept(date(2019, 9, 4)) == {"invitation_held_back"}
    with transaction():
        deadlines.note_settled("mail", "E-1", at=clock.now())
    assert swept(date(2019, 9, 5)) == {"declaration_expired"}
