"""What a person decides about somebody who could not be reached; where a term hangs on the message, it is given again whole."""

import contextlib
from datetime import date, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.errors import ShortenedByReissue
from backoffice.deadlines.models import Term
from backoffice.desk.delivery import letters
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries, reach
from backoffice.mail.delivery import service as delivery
from backoffice.mail.delivery.errors import NothingUndelivered, NotOurMessage, ReasonMissing
from backoffice.mail.models import PostedLetter
from backoffice.mail.values import Direction
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.models import Account, Approval
from backoffice.staff.states import ApprovalState

APPROVAL = "let_term_end"
WAITS = "second_channel"
"""What bars the ends of a case while its second letter waits for the carrier: its whole new term was promised from that day."""


class AskedAlready(DomainError):
    """One question at a time waits for a second signature."""

    code = "asked-already"

    def __init__(self) -> None:
        super().__init__(_l("This already waits for the second signature."))


def post(case_id: int, message_id: UUID, reason: str, *, by: Actor, at: datetime) -> PostedLetter:
    """Send the message by post: its letter is made and put to those for the carrier; the terms wait for the day it leaves."""
    message = mail_queries.message(message_id)
    case = case_queries.lock_case(case_id)
    if message.case_id != case_id or message.direction is not Direction.OUT:
        raise NotOurMessage
    if not reason.strip():
        raise ReasonMissing  # before a page is laid out
    hanging = queries.terms_hanging_on(message)
    file = letters.second_channel(case, message, hanging, by.label, at=at)
    letter = delivery.choose_post(message_id, file, reason, by=by, at=at)
    if hanging:
        deadlines.bar_ends(case_subject(case_id), WAITS, str(letter.id), by=by, at=at)
    return letter


def again(case_id: int, message_id: UUID, reason: str, *, by: Actor, at: datetime) -> None:
    """Announce it again at the address known now, with a whole new term from today."""
    message = mail_queries.message(message_id)
    if message.case_id != case_id:
        raise NotOurMessage
    hanging = queries.terms_hanging_on(message)
    delivery.announce_again(message_id, reason, by=by, at=at)
    for term in hanging:
        _give_again(term, montreal_day(at), reason, by=by, at=at)
    reach.review(case_id, at=at, how="reissued")


def posted(letter_id: int, on: date, *, by: Actor, at: datetime) -> None:
    """A second letter was handed to the carrier: the term that hangs on its message has this new day zero, and may end again."""
    answer = queries.second_channel_of(letter_id)
    if answer is None or answer.message_id is None:
        return
    case_queries.lock_case(answer.case_id)
    for term in queries.terms_hanging_on(mail_queries.message(answer.message_id)):
        _give_again(term, on, answer.reason, by=by, at=at)
    deadlines.lift_bar(case_subject(answer.case_id), WAITS, str(letter_id), "reissued", by=by, at=at)
    reach.review(answer.case_id, at=at, how="reissued")


def _give_again(term: Term, on: date, reason: str, *, by: Actor, at: datetime) -> None:
    """The whole term from a new day zero; one that was extended beyond it keeps its later last day."""
    with contextlib.suppress(ShortenedByReissue), db.session.begin_nested():
        deadlines.reissue_term(term.owner, on, reason, by=by, at=at)


def ask_to_let_end(case_id: int, message_id: UUID, reason: str, *, by: Account, at: datetime) -> Approval:
    """Put before a second person that a term may end although its message did not arrive."""
    if not reason.strip():
        raise ReasonMissing
    case = case_queries.lock_case(case_id)
    if message_id not in delivery.undelivered(case_id):
        raise NothingUndelivered
    if waiting(case_id):
        raise AskedAlready
    page = f"/cases/{case.number}/delivery"
    facts: dict[str, object] = {"case": case.number, "message": str(message_id), "page": page}
    return staff.ask_approval(APPROVAL, case_subject(case_id), facts, reason.strip(), by=by, at=at)


def waiting(case_id: int) -> Approval | None:
    """What waits for the second signature on a case."""
    asked = staff_queries.approval_for(APPROVAL, "case", str(case_id))
    return asked if asked is not None and asked.state is ApprovalState.ASKED else None
