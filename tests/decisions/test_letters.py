"""Intention letters by post: day zero is the day the carrier has them, for the first issue and for each one after."""

from datetime import timedelta

from backoffice import sweeps
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseStatus
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.deadlines import queries as term_queries
from backoffice.decisions import queries, service
from backoffice.decisions.events import intention_owner
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from tests.builders import Builder
from tests.decisions.world import LAST, World, on

AFTER = LAST + timedelta(days=1)


def post(build: Builder) -> None:
    with transaction():
        for letter, _ in mail_queries.letters_to_post():
            mail.post_letter(letter.id, by=SYSTEM, at=clock.now())
    build.deliver()


def paper_case(build: Builder, world: World) -> Case:
    content = build.content()
    content["principal_applicant"]["contact"].pop("email")
    case = build.case(content)
    post(build)
    build.pay(case)
    build.request(case, items=1)
    post(build)
    return case


def test_the_term_begins_when_the_letter_is_posted_and_again_when_it_is_posted_again(build: Builder, world: World):
    case = paper_case(build, world)
    officer = build.caseworker()
    with on(AFTER):
        sweeps.sweep(AFTER)
        intention = world.intend(case, officer)
        owner = intention_owner(intention.id)
        assert (term_queries.term_of(owner), world.status(case)) == (None, CaseStatus.INTENTION_REJET)
    with on(AFTER + timedelta(days=3)):
        post(build)
        assert term_queries.term_of(owner).start == clock.today()
    end = term_queries.term_of(owner).last_day + timedelta(days=1)
    with on(end):
        world.bar(case, queries.intention(intention.id).message_id)
        sweeps.sweep(end)
        proposal = world.proposal(case)
        with transaction():
            service.reissue(proposal.id, "Lettre revenue.", by=officer.actor, at=clock.now())
        build.deliver()
        assert term_queries.term_of(owner).start == AFTER + timedelta(days=3), "the new letter is not with the carrier yet"
        assert service.is_barred(case.id)
    with on(end + timedelta(days=1)):
        post(build)
        assert (term_queries.term_of(owner).start, service.is_barred(case.id)) == (clock.today(), False)
        assert [bar.how for bar in term_queries.bars_of(case_subject(case.id))] == ["reissued"]
        assert not [d for d in sweeps.sweep(clock.today()) if d.kind == "proposal"]
