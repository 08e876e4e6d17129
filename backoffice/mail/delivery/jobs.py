"""What delivery does later: announce what became readable, and look again when something is heard or a term moves."""

from datetime import datetime
from uuid import UUID

from backoffice.core.db import transaction
from backoffice.core.events import Recorded, on
from backoffice.core.settings import settings
from backoffice.deadlines.events import TermEnded, TermReissued
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries, reach, service
from backoffice.mail.delivery.values import Reach
from backoffice.mail.events import MessageOpened, MessageReceived, MessageSent


@on(MessageSent)
def announce(recorded: Recorded[MessageSent]) -> None:
    """Tell the applicant, and whoever stands for them, that a message waits; what leaves by post is announced to nobody."""
    if not recorded.event.readable:
        return
    message_id = UUID(recorded.event.message_id)
    service.announce(message_id, at=recorded.at)
    _look_again(message_id, at=recorded.at)


@on(MessageOpened)
def opened(recorded: Recorded[MessageOpened]) -> None:
    """A sign of life."""
    _look_again(UUID(recorded.event.message_id), at=recorded.at)


@on(MessageReceived)
def heard(recorded: Recorded[MessageReceived]) -> None:
    """A sign of life."""
    _look_again(UUID(recorded.event.message_id), at=recorded.at)


@on(TermEnded)
def term_ended(recorded: Recorded[TermEnded]) -> None:
    """What was in doubt because of this term is so no more."""
    if recorded.subject.kind == "case":
        reach.review_if_doubted(int(recorded.subject.id), at=recorded.at)


@on(TermReissued)
def term_reissued(recorded: Recorded[TermReissued]) -> None:
    """The letter was issued again: the message that did not arrive holds nothing back any more."""
    if recorded.subject.kind == "case" and queries.reachability(int(recorded.subject.id)) is Reach.UNREACHABLE:
        reach.review(int(recorded.subject.id), at=recorded.at, how="reissued")


def _look_again(message_id: UUID, *, at: datetime) -> None:
    if message := mail_queries.find_message(message_id):
        reach.review_if_doubted(message.case_id, at=at)


def silent(at: datetime) -> int:
    """The daily look at messages with a running term that nobody opened: each such case becomes a task, once."""
    found = queries.silent_cases(queries.since_days(at, settings().mail.unopened_days))
    for case_id in found:
        with transaction():
            reach.review(case_id, at=at)
    return len(found)
