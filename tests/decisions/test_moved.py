"""A last day moved by a person is told to whoever has that term: once, with its reason in a word, never when nothing moved."""

from datetime import timedelta

from backoffice.cases.models import Case
from backoffice.core import clock, deliveries
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.deadlines import service as deadlines
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message
from tests.decisions.world import LAST, SENT, World


def told(case: Case) -> list[Message]:
    deliveries.run_all()
    return [one for one in mail_queries.thread(case.id) if one.kind == "term_moved"]


def extend(world: World, days: int, **content: object) -> Case:
    case, request = world.asked(**content)
    with transaction():
        deadlines.extend_term(world.term(request).owner, days, "Deuil", by=SYSTEM, at=clock.now())
    return case


def test_days_granted_are_told_once(world: World):
    case = extend(world, 10)
    [message] = told(case)
    assert message.automatic
    assert "ajouté 10 jours" in message.body
    assert "pour fournir les documents demandés" in message.body
    assert "21 septembre 2016" in message.subject.replace("\u00a0", " ")
    assert "Deuil" not in message.body
    assert len(told(case)) == 1


def test_who_reads_english_gets_the_translation(world: World):
    [message] = told(extend(world, 1, language="en"))
    assert "ajouté 1 jour au" in message.body
    assert "added 1 day to" in message.body


def test_a_corrected_start_is_told_when_the_last_day_moves_and_only_then(world: World):
    case, request = world.asked()
    term = world.term(request)
    assert term.last_day == LAST
    for day, messages in ((SENT - timedelta(days=1), 0), (SENT - timedelta(days=7), 1)):
        with transaction():
            deadlines.correct_start(term.id, day, "Erreur de saisie", by=SYSTEM, at=clock.now())
        assert len(told(case)) == messages
