"""Sweeps as of a day: any days, in any order, missed or repeated, leave the same state; one fault leaves the others."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backoffice import sweeps
from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.deadlines.reminding import TermReminder
from backoffice.decisions import reminders, service
from backoffice.decisions.models import Proposal
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from tests.builders import Builder
from tests.decisions.world import LAST, SENT, World, on

END = LAST + timedelta(days=20)


@pytest.fixture
def cases(build: Builder, world: World) -> list[Case]:
    """Documents missing, answered in full, barred; a fee unpaid, a fee barred."""
    silent, _ = world.asked(items=2)
    answered, request = world.asked(items=1)
    items = [item.id for item in request.items]
    barred, asked = world.asked(items=1)
    message = asked.message_id
    unpaid, unreached = build.case(), build.case()
    world.receive(world.request(answered), *items)
    world.bar(barred, message)
    world.bar(unreached, "00000000-0000-0000-0000-000000000001")
    return [silent, answered, barred, unpaid, unreached]


def state(cases: list[Case]) -> dict[int, object]:
    """All that a sweep may change of some cases, less the instants."""
    db.session.expire_all()
    found: dict[int, object] = {}
    for place, case_id in enumerate(one.id for one in cases):
        terms = db.session.scalars(select(Term).where(Term.subject_id == str(case_id)).order_by(Term.id)).all()
        marks = db.session.scalars(select(TermReminder).where(TermReminder.term_id.in_([t.id for t in terms])))
        proposals = db.session.scalars(select(Proposal).where(Proposal.case_id == case_id))
        found[place] = (
            case_queries.case_by_id(case_id).status, [(t.kind, t.state, t.last_day) for t in terms], sorted(m.days_before for m in marks),
            [(p.kind, p.last_day, p.state) for p in proposals], len({m.once for m in mail_queries.thread(case_id) if m.kind == "payment_lapsed"}),
        )  # fmt: skip
    return found


def run(days: list[date]) -> None:
    with on(END):
        for day in days:
            sweeps.sweep(day)


EVERY = [SENT + timedelta(days=n) for n in range(0, (END - SENT).days + 1, 4)]
EXPECTED_MARKS = {0: [7, 30, 60], 1: [], 2: [7, 30, 60], 3: [7], 4: [7]}


@pytest.mark.parametrize("seed", range(6))
def test_any_days_in_any_order_give_the_same_state(build: Builder, cases: list[Case], seed: int):
    """Any of the nights, mixed up and repeated: what ends and what is proposed never depends on which; a mark is dealt with once at most."""
    chance = random.Random(seed)
    nights = chance.sample(EVERY, chance.randrange(1, len(EVERY)))
    nights += chance.choices(nights, k=5)
    chance.shuffle(nights)
    run([*nights, END])
    after = state(cases)
    run([*nights, END])
    assert state(cases) == after
    assert all(set(one[2]) <= set(EXPECTED_MARKS[place]) and len(one[2]) == len(set(one[2])) for place, one in after.items())
    assert [len(one[3]) for one in after.values()] == [1, 0, 1, 0, 0]
    assert [str(one[0]) for one in after.values()] == [
        "DOCS_DEMANDES", "DOCS_RECUS", "DOCS_DEMANDES", "SUPPRIMEE_NON_PAYEE", "ATTENTE_PAIEMENT",
    ]  # fmt: skip
    assert [one[4] for one in after.values()] == [0, 0, 0, 1, 0]


def test_a_fault_on_one_row_leaves_the_others(build: Builder, cases: list[Case], monkeypatch: pytest.MonkeyPatch):
    silent, _, barred, *_ = [one.id for one in cases]
    propose, remind = service.propose, reminders.remind

    def faulty(term_id: int, as_of: date, *, at: object) -> object:
        if db.session.get_one(Term, term_id).subject_id == str(silent):
            raise ZeroDivisionError
        return propose(term_id, as_of, at=at)

    def faulty_reminder(one, as_of: date, *, at: object) -> object:
        if one.term.subject_id == str(silent):
            raise ZeroDivisionError
        return remind(one, as_of, at=at)

    monkeypatch.setattr(sweeps.decisions, "propose", faulty)
    monkeypatch.setattr(sweeps.reminders, "remind", faulty_reminder)
    with on(LAST - timedelta(days=3)):
        kinds = {(d.kind, d.subject.id) for d in sweeps.sweep(clock.today())}
        assert {("reminder_failed", str(silent)), ("reminder", str(barred))} <= kinds
    with on(END):
        done = {(d.kind, d.subject.id): d.detail for d in sweeps.sweep(END)}
        assert done["proposal_failed", str(silent)] == "ZeroDivisionError"
        assert ("proposal", str(barred)) in done
        monkeypatch.undo()
        assert ("proposal", str(silent)) in {(d.kind, d.subject.id) for d in sweeps.sweep(END)}, "tried again"


def test_an_unpaid_fee_does_not_lapse_before_what_may_pay_it_is_settled_nor_while_barred(build: Builder, world: World):
    unpaid, unreached = build.case(), build.case()
    world.bar(unreached, "00000000-0000-0000-0000-000000000002")
    with transaction():
        deadlines.note_unsettled("mail", "E-2016-00007", date(2016, 7, 13))
    with on(date(2016, 7, 14)):
        held = {d.subject: d.detail for d in sweeps.sweep(clock.today()) if d.kind == "payment_held_back"}
        assert set(held) == {case_subject(unpaid.id), case_subject(unreached.id)}
        assert "E-2016-00007" in held[case_subject(unpaid.id)]
        with transaction():
            deadlines.note_settled("mail", "E-2016-00007", at=clock.now())
        done = {(d.kind, d.subject.id) for d in sweeps.sweep(clock.today())}
        assert {("payment_lapsed", str(unpaid.id)), ("payment_held_back", str(unreached.id))} <= done
        body = mail_queries.thread(unpaid.id)[-1].body
        assert "prise par une machine" in body
        assert "article\u00a065.2" in body


def test_the_case_leads_to_the_review_by_a_person(build: Builder, client):
    case = build.case()
    with on(date(2016, 7, 14)):
        sweeps.sweep(clock.today())
        build.sign_in(client, build.caseworker())
        assert f"/verdicts/applications/{case.submission_id}" in client.get(f"/cases/{case.number}").text


def test_who_is_written_to_by_post_is_told_of_the_lapse_by_post(build: Builder):
    content = build.content()
    content["principal_applicant"]["contact"].pop("email")
    case = build.case(content)
    with transaction():
        for letter, _ in mail_queries.letters_to_post():
            mail.post_letter(letter.id, by=SYSTEM, at=clock.now())
    build.deliver()
    with on(date(2016, 7, 14)):
        sweeps.sweep(clock.today())
        told = mail_queries.thread(case.id)[-1]
        assert (told.kind, told.readable_at) == ("payment_lapsed", None)
        assert mail_queries.letter_of(told.id) is not None
