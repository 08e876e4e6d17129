"""A term that is over is put before a person, once; what came is never lost on the way, and nobody is rejected by one signature."""

from datetime import date, timedelta

import pytest

from backoffice import sweeps
from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.states import CaseStatus
from backoffice.core import clock, events
from backoffice.core.db import transaction
from backoffice.core.errors import IllegalMove
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermState
from backoffice.decisions import queries, reading, service
from backoffice.decisions.errors import AlreadyAsked, GroundsNeeded, NotOffered, TermRuns, TranslationNeeded
from backoffice.decisions.events import intention_owner
from backoffice.decisions.states import ProposalState
from backoffice.decisions.values import Grounds, Outcome
from backoffice.documents import service as documents
from backoffice.documents.states import ItemAction, RequestState
from backoffice.fees.states import FeeState
from backoffice.mail import queries as mail_queries
from tests.builders import Builder
from tests.decisions.world import LAST, World, on

AFTER = LAST + timedelta(days=1)


def swept(world: World, case, day: date = AFTER):
    sweeps.sweep(day)
    return world.proposal(case)


def after_intention(world: World, case) -> date:
    found = queries.standing_intention(case.id)
    return term_queries.term_of(intention_owner(found.id)).last_day + timedelta(days=1)


def test_nothing_before_the_last_day_has_passed_and_once_after(world: World):
    case, _ = world.asked()
    with on(LAST):
        assert swept(world, case, LAST) is None
    with on(AFTER):
        first = swept(world, case)
        assert (first.kind.value, first.last_day, first.made_on) == ("documents", LAST, AFTER)
        assert [d.kind for d in sweeps.sweep(AFTER) if d.subject == case_subject(case.id)] == []
        assert len(queries.proposals_of(case.id)) == 1
        assert world.status(case) is CaseStatus.DOCS_DEMANDES, "a proposal ends nothing"


def test_a_dry_run_only_says_so(world: World):
    case, _ = world.asked()
    with on(AFTER):
        assert "proposal" in [d.kind for d in sweeps.sweep(AFTER, dry_run=True)]
        assert world.proposal(case) is None


def test_a_list_answered_in_full_and_in_time_is_for_the_examination(world: World):
    case, request = world.asked(items=1)
    with on(LAST):
        world.receive(request, request.items[0].id)
    with on(AFTER):
        assert swept(world, case) is None


def test_what_came_late_is_shown_with_its_stamp_and_a_person_judges(build: Builder, world: World):
    case, request = world.asked(items=1)
    item = request.items[0].id
    with on(AFTER + timedelta(days=2)):
        world.receive(request, item)
        proposal = swept(world, case, clock.today())
        known = reading.known(case_queries.case_by_id(case.id), queries.term(proposal.term_id), proposal)
        assert [(line.late, line.item.received_on) for line in known.lines] == [(True, clock.today())]


def test_what_comes_after_the_proposal_is_counted_and_an_answer_in_full_closes_it(build: Builder, world: World):
    case, request = world.asked(items=2)
    first, second = (item.id for item in request.items)
    officer = build.caseworker()
    with on(AFTER):
        swept(world, case)
    with on(AFTER + timedelta(days=1)):
        world.receive(request, first)
        world.write(case)
        assert [row.came for row in reading.rows(queries.proposals(), clock.today())] == [2]
        world.receive(request, second)
        with transaction():
            documents.review_item(first, ItemAction.ACCEPT, by=officer.actor, at=clock.now())
            documents.review_item(second, ItemAction.ACCEPT, by=officer.actor, at=clock.now())
        build.deliver()
        assert world.proposal(case) is None
        assert queries.proposals_of(case.id)[0].outcome is Outcome.ANSWERED


def test_days_of_an_outage_written_afterwards_close_the_proposal_and_a_new_end_makes_another(build: Builder, world: World):
    case, request = world.asked()
    term = world.term(request).id
    with on(AFTER):
        swept(world, case)
        supervisor = build.supervisor()
        with transaction():
            deadlines.add_pause(term, LAST - timedelta(days=3), LAST - timedelta(days=1), "outage", "outage:1", by=supervisor.actor, at=clock.now())
        build.deliver()
        assert (world.proposal(case), queries.proposals_of(case.id)[0].outcome) == (None, Outcome.TERM_MOVED)
        later = term_queries.term_of(world.term(request).owner).last_day + timedelta(days=1)
    with on(later):
        assert swept(world, case, later).last_day == later - timedelta(days=1)


def test_accepting_what_came_waives_the_rest_and_goes_on(build: Builder, world: World):
    case, _ = world.asked(items=2)
    officer = build.caseworker()
    with on(AFTER):
        proposal = swept(world, case)
        with transaction():
            service.examine(proposal.id, "L’explication suffit.", by=officer.actor, at=clock.now())
        build.deliver()
        assert (world.status(case), world.request(case).state) == (CaseStatus.EXAMEN_PRELIM, RequestState.SATISFIED)
        assert queries.proposals_of(case.id)[0].outcome is Outcome.EXAMINED


def test_put_aside_until_a_day_it_comes_back_on_that_day(build: Builder, world: World):
    case, _ = world.asked()
    officer, back = build.caseworker(), AFTER + timedelta(days=10)
    with on(AFTER):
        proposal = swept(world, case)
        with transaction():
            service.dismiss(proposal.id, "La personne est hospitalisée.", back, by=officer.actor, at=clock.now())
    with on(back - timedelta(days=1)):
        assert swept(world, case, clock.today()) is None
    with on(back):
        assert swept(world, case, back).id == proposal.id
        assert len(queries.proposals_of(case.id)) == 1


def test_the_letter_issued_again_gives_the_whole_term_again(build: Builder, world: World):
    case, _ = world.asked()
    officer = build.caseworker()
    with on(AFTER):
        proposal = swept(world, case)
        with transaction():
            service.reissue(proposal.id, "Adresse changée.", by=officer.actor, at=clock.now())
        build.deliver()
        assert (world.proposal(case), world.term(world.request(case)).start) == (None, AFTER)


def test_an_intention_says_its_reasons_and_opens_its_own_term(build: Builder, world: World):
    case, request = world.asked(items=2)
    label, officer = request.items[0].label_fr, build.caseworker()
    with on(AFTER):
        proposal = swept(world, case)
        with pytest.raises(GroundsNeeded), transaction():
            service.intend_to_reject(proposal.id, Grounds(()), by=officer.actor, at=clock.now())
        intention = world.intend(case)
        message = mail_queries.message(intention.message_id)
        assert label in message.body
        assert "Aucune décision n’est prise" in message.body
        assert message.attachments[0].sha256 == intention.letter_sha256
        assert world.status(case) is CaseStatus.INTENTION_REJET
        assert world.term(world.request(case)).state is TermState.LAPSED
        term = term_queries.term_of(intention_owner(intention.id))
        assert (term.kind.value, term.start, term.workings["days"]) == ("intention_to_reject", AFTER, 90)
        with pytest.raises(NotOffered), transaction():
            service.intend_to_reject(proposal.id, Grounds((), "Encore."), by=officer.actor, at=clock.now())


def test_who_reads_english_gets_the_reason_translated(build: Builder, world: World):
    case, _ = world.asked(language="en")
    officer = build.caseworker()
    with on(AFTER):
        proposal = swept(world, case)
        with pytest.raises(TranslationNeeded), transaction():
            service.intend_to_reject(proposal.id, Grounds((), "Rien n’est arrivé."), by=officer.actor, at=clock.now())
        with transaction():
            sent = service.intend_to_reject(proposal.id, Grounds((), "Rien n’est arrivé.", "Nothing arrived."), by=officer.actor, at=clock.now())
        body = mail_queries.message(sent.message_id).body
        assert body.index("Rien n’est arrivé.") < body.index("Traduction / Translation") < body.index("Nothing arrived.")


def test_a_rejection_needs_two_people_and_says_its_recourse(build: Builder, world: World):
    case, _ = world.asked()
    officer, supervisor = build.caseworker(), build.supervisor()
    with on(AFTER):
        swept(world, case)
        world.intend(case)
    end = after_intention(world, case)
    with on(end):
        swept(world, case, end)
        decision = world.propose_rejection(case, officer)
        assert world.status(case) is CaseStatus.INTENTION_REJET
        world.sign(decision.approval_id, supervisor)
        assert (world.status(case), build.fee(case).state) == (CaseStatus.REJETEE, FeeState.PAID)
        message = mail_queries.thread(case.id)[-1]
        assert "n’est pas susceptible de réexamen" in message.body, "2016: no review of a rejection"
        fact = events.history(case_subject(case.id))
        assert [f.by_label for f in fact if f.kind == "decisions.CaseRejected"] == [supervisor.name]
        assert not [t for t in term_queries.terms_of(case_subject(case.id)) if t.state is TermState.RUNNING]


def test_not_signed_it_waits_for_the_caseworker_again(build: Builder, world: World):
    case, _ = world.asked()
    officer, supervisor = build.caseworker(), build.supervisor()
    with on(AFTER):
        swept(world, case)
        world.intend(case)
    end = after_intention(world, case)
    with on(end):
        proposal = swept(world, case, end)
        decision = world.propose_rejection(case, officer)
        with pytest.raises(AlreadyAsked), transaction():
            service.withdraw_intention(decision.intention_id, "Réponse arrivée.", by=officer.actor, at=clock.now())
        world.sign(decision.approval_id, supervisor, approve=False)
        assert (world.status(case), world.proposal(case).id) == (CaseStatus.INTENTION_REJET, proposal.id)
        again = world.propose_rejection(case, officer, "Motif complété.")
        world.sign(again.approval_id, supervisor)
        assert world.status(case) is CaseStatus.REJETEE


def test_an_answer_that_came_before_the_signature_stops_it(build: Builder, world: World):
    case, _ = world.asked()
    officer, supervisor = build.caseworker(), build.supervisor()
    with on(AFTER):
        swept(world, case)
        world.intend(case)
    end = after_intention(world, case)
    with on(end):
        swept(world, case, end)
        decision = world.propose_rejection(case, officer)
    with on(end + timedelta(days=1)):
        world.write(case)
        world.sign(decision.approval_id, supervisor)
        assert world.status(case) is CaseStatus.INTENTION_REJET
        assert world.proposal(case).state is ProposalState.OPEN
        assert "decisions.SignatureRefused" in [f.kind for f in events.history(case_subject(case.id))]
        with transaction():
            service.withdraw_intention(decision.intention_id, "Les documents sont arrivés.", by=officer.actor, at=clock.now())
        build.deliver()
        assert (world.status(case), world.proposal(case)) == (CaseStatus.EXAMEN_PRELIM, None)
        assert term_queries.term_of(intention_owner(decision.intention_id)).state is TermState.SATISFIED


def test_no_rejection_while_the_intention_runs(build: Builder, world: World):
    case, _ = world.asked()
    officer = build.caseworker()
    with on(AFTER):
        swept(world, case)
        intention = world.intend(case)
        assert world.proposal(case) is None
    end = after_intention(world, case)
    with on(end):
        proposal = swept(world, case, end)
        supervisor = build.supervisor()
        with transaction():
            deadlines.add_pause(
                proposal.term_id, end - timedelta(days=9), end - timedelta(days=2), "outage", "outage:2", by=supervisor.actor, at=clock.now()
            )
        with pytest.raises(TermRuns), transaction():
            service.propose_rejection(proposal.id, "Aucune réponse.", by=officer, at=clock.now())
        build.deliver()
        with pytest.raises((NotOffered, IllegalMove)), transaction():
            service.propose_rejection(proposal.id, "Aucune réponse.", by=officer, at=clock.now())
        assert queries.intention(intention.id).state.value == "sent"
