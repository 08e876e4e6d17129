"""Reminders: at 60, 30 and 7 days, each once, the latest only after missed nights, quiet when answered."""

from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import select

from backoffice import sweeps
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines.reminding import ReminderOutcome, TermReminder
from backoffice.documents import service as documents
from backoffice.documents.states import ItemAction
from backoffice.fees import service as fees
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from tests.builders import Builder
from tests.decisions.world import LAST, World, on


def before(days: int) -> date:
    return LAST - timedelta(days=days)


def sent(case: Case) -> list[Message]:
    return [m for m in mail_queries.thread(case.id) if m.kind.startswith("reminder_")]


def sweep(day: date) -> list[str]:
    with on(day):
        return [d.kind for d in sweeps.sweep(day)]


def marks() -> dict[int, ReminderOutcome]:
    return {one.days_before: one.outcome for one in db.session.scalars(select(TermReminder))}


def test_each_mark_once_and_in_the_thread(world: World):
    case, request = world.asked(items=2)
    labels = [item.label_fr for item in request.items]
    assert "reminder" not in sweep(before(61))
    for days in (60, 60, 59, 30, 7, 6, 0):
        sweep(before(days))
    messages = sent(case)
    assert len(messages) == 3
    assert all(m.automatic and m.readable_at for m in messages)
    assert "dans 30 jours" in messages[1].body
    assert all(label in messages[0].body for label in labels)
    assert "12 septembre 2016" in messages[0].subject.replace("\u00a0", " ")


def test_missed_nights_give_the_latest_only_and_an_earlier_day_gives_none(world: World):
    case, _ = world.asked()
    sweep(before(5))
    assert marks() == {60: ReminderOutcome.PASSED_OVER, 30: ReminderOutcome.PASSED_OVER, 7: ReminderOutcome.SENT}
    sweep(before(40))
    sweep(before(5))
    assert len(sent(case)) == 1


def test_only_what_is_missing_is_named_and_nothing_when_all_is_here(world: World):
    case, request = world.asked(items=2)
    (first, here), (second, missing) = [(item.id, item.label_fr) for item in request.items]
    with on(before(45)):
        world.receive(request, first)
    sweep(before(30))
    assert here not in sent(case)[0].body
    assert missing in sent(case)[0].body
    with on(before(20)):
        world.receive(request, second)
    assert "reminder" not in sweep(before(7))
    assert len(sent(case)) == 1


def test_a_document_refused_is_missing_again(build: Builder, world: World):
    case, request = world.asked(items=1)
    item = request.items[0].id
    with on(before(45)):
        world.receive(request, item)
        officer = build.caseworker()
        with transaction():
            documents.review_item(item, ItemAction.REFUSE, reason="illegible", by=officer.actor, at=clock.now())
    sweep(before(30))
    assert len(sent(case)) == 1


def test_the_fee_is_reminded_once_at_seven_days_and_never_when_paid(build: Builder):
    unpaid, paid = build.case(), build.case()
    build.pay(paid)
    due = date(2016, 7, 13)
    for left in (20, 7, 6, 1):
        sweep(due - timedelta(days=left))
    assert [len(sent(case)) for case in (unpaid, paid)] == [1, 0]
    assert "13 juillet 2016" in sent(unpaid)[0].subject.replace("\u00a0", " ")
    assert "$" in sent(unpaid)[0].subject


def test_money_that_names_the_case_and_waits_keeps_the_reminder_quiet(build: Builder):
    case = build.case()
    with transaction():
        fees.record_money(build.money(case, external_id=f"pay-{uuid4()}", currency="EUR"), by=SYSTEM, at=clock.now())
    sweep(date(2016, 7, 6))
    assert sent(case) == []


def test_who_reads_english_gets_the_french_and_its_translation(world: World):
    case, _ = world.asked(language="en")
    sweep(before(30))
    body = sent(case)[0].body
    assert body.index("Bonjour") < body.index("Traduction / Translation") < body.index("Hello")


def test_by_post_only_a_reminder_that_can_arrive(build: Builder, world: World):
    content = build.content()
    content["principal_applicant"]["contact"].pop("email")
    case = build.case(content)
    with transaction():
        for one, _ in mail_queries.letters_to_post():
            mail.post_letter(one.id, by=SYSTEM, at=clock.now())
    build.deliver()
    build.pay(case)
    request = build.request(case, items=1)
    with transaction():
        for one, _ in mail_queries.letters_to_post():
            mail.post_letter(one.id, by=SYSTEM, at=clock.now())
    build.deliver()
    assert world.term(request).last_day == LAST
    sweep(before(30))
    sweep(before(7))
    assert [(m.kind, m.readable_at, mail_queries.letter_of(m.id) is not None) for m in sent(case)] == [("reminder_documents", None, True)]
    assert marks()[7] is ReminderOutcome.NOT_BY_POST
