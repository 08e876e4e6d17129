"""Messages and letters: readable is the legal instant; what leaves, leaves once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import events
from backoffice.core.actors import APPLICANT, SYSTEM, Actor
from backoffice.core.db import db, transaction
from backoffice.mail import queries, service
from backoffice.mail.models import Message, PostedLetter
from backoffice.mail.texts import MessageText
from tests.builders import Builder
from tests.conftest import NOON

TEXT = MessageText(subject="Objet", body="Texte", template="essai", version=1)


def send(case: Case, *, by: Actor = SYSTEM, **options) -> Message:
    with transaction():
        return service.send_message(case.id, "essai", TEXT, by=by, at=NOON, **options)


def offline(build: Builder) -> Case:
    content = build.content()
    content["principal_applicant"]["contact"].pop("email")
    return build.case(content)


def test_a_message_under_its_own_key_is_sent_once(build: Builder):
    case = build.case()
    first = send(case, once="k")
    assert send(case, once="k").id == first.id
    assert [m.kind for m in queries.thread(case.id)] == ["payment_invitation", "essai"]


def test_online_is_readable_at_once_and_paper_from_the_day_it_is_posted(build: Builder):
    assert send(build.case()).readable_at == NOON
    case = offline(build)
    assert send(case, letter_sha256="0" * 64).readable_at is None
    letter, message = queries.letters_to_post()[-1]
    clerk, later = build.clerk().actor, NOON + timedelta(days=3)
    with transaction():
        service.post_letter(letter.id, by=clerk, at=later)
    assert queries.message(message.id).readable_at == later
    with pytest.raises(service.AlreadyPosted), transaction():
        service.post_letter(letter.id, by=clerk, at=later)
    assert [row.kind for row in events.history(case_subject(case.id))].count("mail.LetterPosted") == 1


def test_posting_the_same_letter_runs_its_reaction_once(build: Builder):
    case = offline(build)
    letter = db.session.scalars(select(PostedLetter)).one()
    clerk = build.clerk().actor
    with transaction():
        service.post_letter(letter.id, by=clerk, at=NOON)
    build.deliver()
    assert build.deliver() == 0
    assert [row.kind for row in events.history(case_subject(case.id))].count("deadlines.TermStarted") == 1


def test_opening_is_noted_and_starts_nothing(build: Builder):
    case = build.case()
    message = queries.thread(case.id)[0]
    facts = len(events.history(case_subject(case.id)))
    for days in (1, 2):
        with transaction():
            service.open_message(message.id, by=APPLICANT, at=NOON + timedelta(days=days))
    assert queries.message(message.id).opened_at == NOON + timedelta(days=1)
    assert len(events.history(case_subject(case.id))) == facts + 1


def test_an_applicant_waits_until_a_person_answers_and_a_machine_is_no_person(build: Builder):
    from uuid import uuid4

    case, officer = build.case(), build.caseworker().actor
    with transaction():
        service.receive_message(uuid4(), case.id, "Réponse", "Bonjour", [], None, "0" * 64, at=NOON)
    assert [m.case_id for m in queries.unanswered_threads()] == [case.id]
    send(case)
    assert queries.unanswered([case.id]) == {case.id: 1}
    send(case, by=officer)
    assert queries.unanswered([case.id]) == {}
    assert queries.unanswered_threads() == []
