"""Notifications leave once, carry no content, wait when told to, and say what the server answered."""

import email
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import clock, events
from backoffice.core.actors import APPLICANT
from backoffice.core.db import db, transaction
from backoffice.core.settings import Settings
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.delivery import composing, queries, rules, sending, tokens
from backoffice.mail.delivery.models import Bounce, Notification, NotificationAttempt
from backoffice.mail.delivery.states import NotificationState
from backoffice.mail.delivery.values import DeliveryState, Outcome, Reach, Severity
from tests.builders import Builder
from tests.conftest import NOON
from tests.mail.delivery.conftest import Post


def notifications() -> list[Notification]:
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def attempts() -> list[NotificationAttempt]:
    return list(db.session.scalars(select(NotificationAttempt).order_by(NotificationAttempt.id)))


def kinds(case_id: int) -> list[str]:
    subject = case_subject(case_id)
    rows = db.session.scalars(select(events.EventRow).filter_by(subject_kind=subject.kind, subject_id=subject.id).order_by(events.EventRow.position))
    return [row.kind.removeprefix("mail.delivery.") for row in rows if row.kind.startswith("mail.delivery.")]


def test_the_notification_says_that_a_message_waits_and_nothing_of_it(build: Builder, smtp, post: Post):
    case = build.case()
    build.deliver()
    assert sending.send_due() == 1
    [envelope] = post.taken
    read = email.message_from_bytes(envelope.content, policy=policy.default)
    [one], text = notifications(), read.get_content()
    message = mail_queries.message(one.message_id)
    assert read["Subject"] == "Un message vous attend"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"] == one.internet_id
    assert read["To"] == "aicha@example.org"
    assert envelope.mail_from == composing.return_path(one)
    assert tokens.read(f"To: {envelope.mail_from}", [composing.key()]) == one.id
    for secret in (case.number, case.people[0].family_name, case.people[0].given_names or "", message.subject, "100,00"):
        assert secret not in envelope.content.decode() + text
    assert one.state is NotificationState.SENT
    assert one.sent_at == NOON
    assert kinds(case.id) == ["NotificationSent"]


def test_in_english_the_french_comes_first(build: Builder):
    subject, body = composing.words("en")
    assert subject == "Un message vous attend / A message is waiting for you"
    assert body.index("Bonjour") < body.index("Hello")


def test_a_second_run_sends_nothing(build: Builder, smtp, post: Post):
    build.case()
    build.deliver()
    assert (sending.send_due(), sending.send_due(), len(post.taken)) == (1, 0, 1)


def test_a_temporary_refusal_waits_longer_each_time_and_the_legal_instant_never_moves(build: Builder, smtp, post: Post):
    post.rcpt = ["450 4.2.0 greylisted", "451 4.3.0 later", "250 OK"]
    case = build.case()
    build.deliver()
    assert sending.send_due() == 0
    [one] = notifications()
    readable = mail_queries.message(one.message_id).readable_at
    assert one.next_at - NOON == rules.next_delay(1)
    with clock.stopped_at(one.next_at):
        assert sending.send_due() == 0
        second = one.next_at - clock.now()
    assert second == rules.next_delay(2)
    with clock.stopped_at(one.next_at):
        assert sending.send_due() == 1
    assert [(a.code, a.outcome) for a in attempts()] == [(450, Outcome.LATER), (451, Outcome.LATER), (250, Outcome.ACCEPTED)]
    assert mail_queries.message(one.message_id).readable_at == readable
    assert queries.reachability(case.id) is Reach.REACHABLE


def test_a_final_refusal_is_a_bounce_at_once(build: Builder, smtp, post: Post):
    post.rcpt = ["550 5.1.1 user unknown"]
    case = build.case()
    build.deliver()
    sending.send_due()
    [one], bounce = notifications(), db.session.scalars(select(Bounce)).one()
    assert one.state is NotificationState.REFUSED
    assert (bounce.severity, bounce.status, bounce.notification_id) == (Severity.HARD, "5.1.1", one.id)
    assert queries.reachability(case.id) is Reach.UNREACHABLE
    assert queries.delivery_of(one.message_id).state is DeliveryState.BOUNCED


def test_an_address_tried_for_days_is_given_up_as_a_temporary_failure(build: Builder, smtp, post: Post):
    post.rcpt = ["450 4.4.1 no answer from host"]
    case = build.case()
    build.deliver()
    [one] = notifications()
    for _ in range(len(rules.DELAYS) + 1):
        with clock.stopped_at(one.next_at):
            sending.send_due()
    assert one.state is NotificationState.ABANDONED
    assert one.next_at - NOON >= timedelta(days=5)
    assert db.session.scalars(select(Bounce)).one().severity is Severity.SOFT
    assert queries.reachability(case.id) is Reach.IN_DOUBT


def test_a_line_that_breaks_after_the_mail_is_said_to_be_unknown_and_sent_again_under_its_own_number(build: Builder, smtp, post: Post):
    post.drop_after_data = 1
    build.case()
    build.deliver()
    assert sending.send_due() == 0
    [one] = notifications()
    assert attempts()[0].outcome is Outcome.UNKNOWN
    with clock.stopped_at(one.next_at):
        assert sending.send_due() == 1
    ids = [email.message_from_bytes(e.content)["Message-ID"] for e in post.taken]
    assert ids == [one.internet_id, one.internet_id]


def test_a_worker_that_died_with_a_mail_leaves_it_to_the_next_one_after_its_lease(build: Builder, smtp, post: Post):
    build.case()
    build.deliver()
    assert sending.claim("dead worker") is not None
    assert sending.send_due() == 0, "it is another worker's, for a while"
    with clock.stopped_at(NOON + sending.LEASE):
        assert sending.send_due() == 1
    assert [a.outcome for a in attempts()] == [Outcome.UNKNOWN, Outcome.ACCEPTED]


def test_an_answer_that_comes_after_another_worker_took_over_changes_nothing(build: Builder, smtp, post: Post):
    build.case()
    build.deliver()
    slow = sending.claim("slow worker")
    assert slow is not None
    with clock.stopped_at(NOON + sending.LEASE):
        sending.send_due()
    with transaction():
        sending.settle(slow.notification_id, slow.attempt_id, sending.Reply(Outcome.REFUSED, 550, "5.1.1"), at=clock.now())
    assert notifications()[0].state is NotificationState.SENT


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:1", "smtp://127.0.0.1:1?starttls=1", "smtps://127.0.0.1:1"])
def test_a_server_that_is_away_counts_against_nobody(build: Builder, mailing: Callable[..., Settings], url: str):
    mailing(smtp_url=url)
    first, second = build.case(), build.case()
    build.deliver()
    for minute in range(20):
        with clock.stopped_at(NOON + timedelta(minutes=minute)):
            assert sending.send_due() == 0
    assert {n.state for n in notifications()} == {NotificationState.WAITING}
    assert {n.attempts for n in notifications()} == {0}
    assert {queries.reachability(case.id) for case in (first, second)} == {Reach.REACHABLE}
    assert attempts()[0].answer.startswith("ConnectionRefusedError")


def test_an_address_that_nobody_can_write_to_is_refused_without_a_word_to_the_server(build: Builder, smtp, post: Post):
    case = build.case()
    build.deliver()
    [one] = notifications()
    with transaction():
        one.address = "mal écrite@"
    sending.send_due()
    assert (one.state, post.taken) == (NotificationState.REFUSED, [])
    assert queries.reachability(case.id) is Reach.UNREACHABLE


def test_a_message_opened_before_its_notification_left_is_announced_no_more(build: Builder, smtp, post: Post):
    build.case()
    build.deliver()
    [one] = notifications()
    with transaction():
        mail.open_message(one.message_id, by=APPLICANT, at=clock.now())
    assert (sending.send_due(), one.state, post.taken) == (0, NotificationState.NEEDLESS, [])


def test_without_a_server_a_demonstration_writes_files_and_says_so(build: Builder, mailing: Callable[..., Settings], tmp_path: Path, monkeypatch):
    changed = replace(mailing(smtp_url=""), data_folder=tmp_path)
    monkeypatch.setattr("backoffice.mail.delivery.transport.settings", lambda: changed)
    build.case()
    build.deliver()
    assert sending.send_due() == 1
    [file], [one] = list((tmp_path / "outbox").iterdir()), notifications()
    assert file.suffix == ".eml"
    assert one.state is NotificationState.WRITTEN
    assert composing.return_path(one).encode() in file.read_bytes()


def test_without_a_server_outside_a_demonstration_nothing_leaves_and_nothing_is_lost(build: Builder, mailing: Callable[..., Settings], monkeypatch):
    changed = replace(mailing(smtp_url=""), demo=False)
    monkeypatch.setattr("backoffice.mail.delivery.transport.settings", lambda: changed)
    build.case()
    build.deliver()
    assert sending.send_due() == 0
    assert queries.waiting() == (1, NOON)


def test_a_paper_applicant_is_announced_nothing(build: Builder):
    content = build.content()
    content["principal_applicant"]["contact"].pop("email")
    submission = build.submission(content)
    case = case_queries.case_of_submission(submission.id)
    assert case is not None
    build.deliver()
    assert notifications() == []
