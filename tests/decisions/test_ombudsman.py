"""The ombudsman's three cases, replayed: what ended in rejected files cannot happen here."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backoffice import sweeps
from backoffice.cases.events import case_subject
from backoffice.cases.states import CaseStatus
from backoffice.core import clock, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.decisions import queries, service
from backoffice.decisions.errors import EndBarred, HeldBack
from backoffice.decisions.events import intention_owner
from backoffice.decisions.values import Grounds
from backoffice.documents.states import RequestState
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.delivery import service as delivery
from backoffice.mail.delivery.models import Notification
from backoffice.mail.delivery.values import Severity
from tests.builders import Builder
from tests.decisions.world import LAST, World, on

AFTER = LAST + timedelta(days=1)


def intended(world: World) -> tuple[object, object]:
    """A case with an intention to reject sent the day after its documents were due."""
    case, _ = world.asked()
    with on(AFTER):
        sweeps.sweep(AFTER)
        return case, world.intend(case)


def over(intention) -> date:
    term = term_queries.term_of(intention_owner(intention.id))
    return term.last_day + timedelta(days=1)


def came_back(message_id) -> None:
    """The mail server says that the address of the applicant does not exist."""
    with transaction():
        announced = db.session.scalars(select(Notification).where(Notification.message_id == message_id)).one()
        delivery.note_refusal(announced, Severity.HARD, "5.1.1", "550 no such user", by=SYSTEM, at=clock.now())


def test_a_letter_that_never_arrived_rejects_nobody_until_it_is_issued_again(build: Builder, world: World):
    case, intention = intended(world)
    with on(AFTER):
        build.deliver()
        came_back(intention.message_id)
    end, officer = over(intention), build.caseworker()
    with on(end):
        assert [d.detail for d in sweeps.sweep(end) if d.kind == "proposal"] == ["intention_to_reject, barred"]
        proposal = world.proposal(case)
        with pytest.raises(EndBarred), transaction():
            service.propose_rejection(proposal.id, "Aucune réponse.", by=officer, at=clock.now())
        with transaction():
            service.reissue(proposal.id, "Le courriel n’est jamais arrivé.", by=officer.actor, at=clock.now())
        build.deliver()
        term = term_queries.term_of(intention_owner(intention.id))
        assert (term.start, world.proposal(case), world.status(case)) == (end, None, CaseStatus.INTENTION_REJET)
        thread = [m for m in mail_queries.thread(case.id) if m.kind == "intention_to_reject"]
        assert len(thread) == 2
        assert "remplace celle du 13 septembre 2016" in thread[1].body.replace("\u00a0", " ")
        assert mail_queries.letter_of(thread[1].id) is not None, "the second channel is the post"
        standing = [bar.ref for bar in term_queries.bars_of(case_subject(case.id)) if bar.lifted_at is None]
        assert standing == [str(thread[1].id)], "the address is as dead as before: until the letter is posted nothing ends"
    posted = end + timedelta(days=2)
    with on(posted):
        with transaction():
            mail.post_letter(mail_queries.letter_of(thread[1].id).id, by=officer.actor, at=clock.now())
        build.deliver()
        term = term_queries.term_of(intention_owner(intention.id))
        assert (term.start, service.is_barred(case.id)) == (posted, False)
    again = term.last_day + timedelta(days=1)
    with on(again):
        sweeps.sweep(again)
        decision = world.propose_rejection(case, officer)
        world.sign(decision.approval_id, build.supervisor())
        assert world.status(case) is CaseStatus.REJETEE


def test_a_letter_that_never_arrived_rejects_nobody_unless_two_people_sign(build: Builder, world: World):
    case, intention = intended(world)
    world.bar(case, intention.message_id)
    end, officer, supervisor = over(intention), build.caseworker(), build.supervisor()
    with on(end):
        sweeps.sweep(end)
        proposal = world.proposal(case)
        with transaction():
            approval = service.ask_to_go_on(proposal.id, "Trois appels sans réponse.", by=officer, at=clock.now())
        with pytest.raises(EndBarred), transaction():
            service.propose_rejection(proposal.id, "Aucune réponse.", by=officer, at=clock.now())
        world.sign(approval.id, supervisor)
        decision = world.propose_rejection(case, officer)
        assert world.status(case) is CaseStatus.INTENTION_REJET, "one signature rejects nobody"
        world.sign(decision.approval_id, supervisor)
        assert world.status(case) is CaseStatus.REJETEE
    assert "decisions.GoneOnUnreachable" in [row.kind for row in events.history(case_subject(case.id))]


def test_documents_received_and_not_indexed_hold_the_proposal_back_and_the_page_says_why(build: Builder, world: World, client):
    case, _ = world.asked()
    with transaction():
        deadlines.note_unsettled("mail", "E-2016-00099", LAST)
    officer = build.caseworker()
    with on(AFTER):
        done = [d for d in sweeps.sweep(AFTER) if d.subject == case_subject(case.id)]
        assert ([d.kind for d in done], world.proposal(case)) == (["proposal_held_back"], None)
        assert "E-2016-00099" in done[0].detail
        build.sign_in(client, officer)
        text = client.get("/proposals").text
        assert case.number in text
        assert "E-2016-00099" in text
        with transaction():
            deadlines.note_settled("mail", "E-2016-00099", at=clock.now())
        sweeps.sweep(AFTER)
        assert world.proposal(case) is not None


def test_documents_found_after_the_proposal_stop_the_intention(build: Builder, world: World):
    """Stamped in time, found in the mailroom a week later: the envelope stands between the caseworker and the letter."""
    case, _ = world.asked()
    with on(AFTER):
        sweeps.sweep(AFTER)
        proposal, officer = world.proposal(case), build.caseworker()
        with transaction():
            deadlines.note_unsettled("mail", "E-2016-00100", LAST)
        with pytest.raises(HeldBack), transaction():
            service.intend_to_reject(proposal.id, Grounds((), "Rien n’est arrivé."), by=officer.actor, at=clock.now())


def test_an_error_of_the_ministry_is_corrected_without_formal_review(build: Builder, world: World, client):
    case, intention = intended(world)
    end, officer, supervisor = over(intention), build.caseworker(), build.supervisor()
    with on(end):
        sweeps.sweep(end)
        world.sign(world.propose_rejection(case, officer).approval_id, supervisor)
        assert (world.status(case), world.request(case).state) == (CaseStatus.REJETEE, RequestState.LAPSED)
        build.sign_in(client, officer)
        assert client.get(f"/cases/{case.number}/correction").status_code == 403
        client.post("/sign-out")
        build.sign_in(client, supervisor)
        page = client.get(f"/cases/{case.number}/correction")
        version = page.text.split('name="version" value="')[1].split('"')[0]
        answer = client.post(f"/cases/{case.number}/correction", data={"version": version, "reason": "Reçus le 2 septembre, mal classés."})
        assert answer.status_code == 303
        assert (world.status(case), world.request(case).state) == (CaseStatus.EXAMEN_PRELIM, RequestState.OPEN)
        assert mail_queries.thread(case.id)[-1].kind == "error_corrected"
    facts = [row for row in events.history(case_subject(case.id)) if row.kind == "decisions.ErrorCorrected"]
    assert [(f.by_label, f.data["reason"]) for f in facts] == [(supervisor.name, "Reçus le 2 septembre, mal classés.")]
    assert queries.waiting_decision(case.id) is None
