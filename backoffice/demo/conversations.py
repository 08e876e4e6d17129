"""What clocks, messages and letters look like at work: an outage to sign, somebody out of reach, a draft, an access request, a print run."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Text, cast, select

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import clock, deliveries
from backoffice.core.actors import SYSTEM
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db, transaction
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import TermKind
from backoffice.desk.access import service as access
from backoffice.desk.access.values import Channel, NewRequest
from backoffice.desk.delivery import service as second_channel
from backoffice.intake.outages import service as outages
from backoffice.intake.outages.values import Door, Extent, NewOutage
from backoffice.mail import service as mail
from backoffice.mail.delivery import bouncing
from backoffice.mail.delivery import service as delivery
from backoffice.mail.delivery.models import Notification
from backoffice.mail.delivery.values import Severity
from backoffice.mail.models import Message
from backoffice.mail.threads import service as threads
from backoffice.mailroom.letters import queries as letters_queries
from backoffice.mailroom.letters import service as letters
from backoffice.staff.models import Account

QUESTION = "Bonjour, nous attendons une naissance en mars. Faut-il attendre l’acte avant d’envoyer le reste ? Merci. (message fictif)"
DRAFT = "Envoyez-nous dès maintenant ce que vous avez ; l’acte de naissance de l’enfant suivra par"
LOST = b"From: postmaster@serveur.example\r\nSubject: Undeliverable\r\n\r\nUne personne inconnue ici (exemple fictif).\r\n"


def begin_conversations(writer: Account, chief: Account, clerk: Account, now: datetime) -> None:
    """One of each; those that wait for somebody, wait."""
    waiting = _waiting_for_documents(now)
    with transaction():
        outage = outages.record(_portal_down(now), [], by=chief, at=now)
    with transaction():
        outages.ask(outage.id, by=chief, at=now)
    _write(waiting[0], writer, now)
    with transaction():
        access.enter(
            NewRequest(waiting[1].number, "La personne elle-même (fictive)", montreal_day(now), Channel.MAIL, "Passeport vu"), by=chief.actor, at=now
        )
    unopened = _unopened()
    _bounce(unopened[0], now)
    with transaction():
        bouncing.receive(LOST, at=now)
    for message in unopened[1:3]:
        with transaction():
            second_channel.post(
                message.case_id, message.id, "Message jamais ouvert ; la personne n’a pas répondu au téléphone.", by=writer.actor, at=now
            )
    if letters_queries.waiting():
        with transaction():
            letters.ask_for_run(by=clerk.actor, at=now)
    with clock.stopped_at(now):
        deliveries.run_all()


def _waiting_for_documents(now: datetime) -> list[Case]:
    """Cases met online whose documents are awaited, the one with the most time first."""
    query = select(Term.subject_id).where(Term.kind == TermKind.DOCUMENTS, Term.state == TermState.RUNNING, Term.last_day > montreal_day(now))
    cases = [case_queries.case_by_id(int(one)) for one in db.session.scalars(query.order_by(Term.last_day.desc(), Term.id))]
    return [case for case in cases if mail.reachable_online(case)]


def _portal_down(now: datetime) -> NewOutage:
    start = (now - timedelta(days=6)).replace(hour=13, minute=5, second=0, microsecond=0)
    return NewOutage(
        start,
        start + timedelta(hours=3, minutes=40),
        Extent((Door.PORTAL,)),
        "Le portail ne répondait plus (panne fictive).",
        "Journal de surveillance, fictif",
    )


def _write(case: Case, writer: Account, now: datetime) -> None:
    """A question that waits, and its answer half written."""
    with transaction():
        mail.receive_message(uuid4(), case.id, "Une naissance attendue", QUESTION, [], None, "", at=now - timedelta(days=2))
    with transaction():
        threads.give_thread(case.id, writer.id, by=writer.actor, at=now)
        threads.save_draft(case.id, writer, at=now, subject="Votre question", body=DRAFT)


def _unopened() -> list[Message]:
    """Invitations to pay that nobody opened, the latest first; their terms run."""
    query = select(Message).join(Notification, Notification.message_id == Message.id).join(Term, Term.subject_id == cast(Message.case_id, Text))
    query = query.where(
        Message.kind == "payment_invitation", Message.opened_at.is_(None), Term.state == TermState.RUNNING, Term.subject_kind == "case"
    )
    return list(db.session.scalars(query.order_by(Message.sent_at.desc(), Message.id)).unique())


def _bounce(message: Message, now: datetime) -> None:
    """The address of the e-mail is dead: the term runs, and cannot end."""
    with transaction():
        notification = db.session.scalars(select(Notification).where(Notification.message_id == message.id)).first()
        if notification is not None:
            delivery.note_refusal(notification, Severity.HARD, "5.1.1", "550 5.1.1 mailbox unavailable (fictitious)", by=SYSTEM, at=now)
