"""Operations on delivery: announce, note what came back, decide. `readable_at` is the legal instant (C-1.1 s. 31); nothing here moves it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import events, files
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import composing, mandates, queries, reach
from backoffice.mail.delivery.errors import (
    AlreadySettled,
    LetterExists,
    LetterNotPosted,
    NoAddress,
    NotASecond,
    NothingUndelivered,
    NotOurMessage,
    ReasonMissing,
    ReturnedAlready,
    ReturnedBeforePosting,
)
from backoffice.mail.delivery.events import (
    AddressConfirmed,
    BounceReceived,
    BounceSettled,
    BounceUnmatched,
    EndAllowed,
    LetterReturned,
    NotifiedAgain,
    SecondChannelChosen,
    bounce_subject,
)
from backoffice.mail.delivery.models import Bounce, LetterReturn, Notification, ReachAnswer
from backoffice.mail.delivery.states import Answer, Matched, NotificationState, ReturnedBecause
from backoffice.mail.delivery.values import Recipient, Report, Severity
from backoffice.mail.models import Message, PostedLetter
from backoffice.mail.values import Direction, NewFile


def announce(message_id: UUID, *, at: datetime) -> list[Notification]:
    """Have the applicant told that a message waits, and whoever stands for them on that day; each is told once.

    A message that is not in the mailbox (it leaves by post) is announced to nobody.
    """
    message = mail_queries.find_message(message_id)
    if message is None or message.direction is not Direction.OUT or message.readable_at is None:
        return []
    case = case_queries.lock_case(message.case_id)
    made = [_applicant(message, case, "1", at=at)] if case.contact.get("email") else []
    return [one for one in (*made, *_copies(message, case, at=at)) if one]


def _applicant(message: Message, case: Case, which: str, *, at: datetime) -> Notification | None:
    return _notification(message, Recipient.APPLICANT, None, str(case.contact["email"]), case.language, f"{message.id}:a{which}", at=at)


def _copies(message: Message, case: Case, *, at: datetime) -> list[Notification | None]:
    """A copy of the announcement to each representative whose mandate covers the day on which the message became readable."""
    day = montreal_day(message.readable_at or at)
    return [
        _notification(
            message, Recipient.REPRESENTATIVE, one.id, one.representative.email, one.representative.language, f"{message.id}:m{one.id}", at=at
        )
        for one in mandates.covering(case, day, at=at)
        if one.representative.email
    ]


def _notification(
    message: Message, recipient: Recipient, mandate_id: int | None, address: str, language: str, once: str, *, at: datetime
) -> Notification | None:
    if db.session.query(Notification.id).filter_by(once=once).first():
        return None
    made = Notification(
        message_id=message.id, case_id=message.case_id, recipient=recipient, mandate_id=mandate_id, address=address.strip(), language=language,
        once=once, internet_id=composing.internet_id(message.id, once), state=NotificationState.WAITING, attempts=0, made_at=at, next_at=at,
    )  # fmt: skip
    made.tries = []
    db.session.add(made)
    db.session.flush()
    return made


def note_refusal(notification: Notification, severity: Severity, status: str, diagnostic: str, *, by: Actor, at: datetime) -> None:
    """The server itself refused the address, or it was tried for days in vain: this is a bounce, at once."""
    report = Report(severity, status, "failed", diagnostic, notification.address.lower(), (), ())
    keep_report(report, None, notification, Matched.ANSWER, f"answer:{notification.id}", by=by, at=at)


def keep_report(
    report: Report, raw: bytes | None, notification: Notification | None, matched: Matched, once: str, *, by: Actor, at: datetime
) -> Bounce | None:
    """Keep what came back, once; with its notification it counts for the case, without one it waits for a person."""
    if notification is not None:
        case_queries.lock_case(notification.case_id)
    if db.session.query(Bounce.id).filter_by(once=once).first():
        return None
    bounce = Bounce(
        once=once, received_at=at, notification_id=notification.id if notification else None, case_id=notification.case_id if notification else None,
        matched=matched, severity=report.severity, action=report.action, status=report.status, diagnostic=report.diagnostic,
        recipient=report.recipient, raw_sha256=files.keep(raw) if raw is not None else None,
    )  # fmt: skip
    db.session.add(bounce)
    db.session.flush()
    if notification is None:
        events.record(bounce_subject(bounce.id), BounceUnmatched(bounce.id), by=by, at=at)
    else:
        _tell(bounce, notification, by=by, at=at)
    return bounce


def _tell(bounce: Bounce, notification: Notification, *, by: Actor, at: datetime) -> None:
    message = mail_queries.message(notification.message_id)
    fact = BounceReceived(str(message.id), message.kind, bounce.id, notification.recipient.value, bounce.severity.value, bounce.status)
    events.record(case_subject(notification.case_id), fact, by=by, at=at)
    if notification.recipient is Recipient.APPLICANT:
        reach.review(notification.case_id, at=at)


def take_bounce(bounce_id: int, account_id: int) -> None:
    """A person takes a report that names nobody, to find out what it is."""
    bounce = queries.lock_bounce(bounce_id)
    if bounce.settled_at is not None:
        raise AlreadySettled
    bounce.taken_by = account_id


def settle_bounce(bounce_id: int, how: str, case_number: str, *, by: Actor, at: datetime) -> None:
    """Say what a report was: nothing of ours, or of a case, whose latest notification it then speaks of."""
    bounce = queries.lock_bounce(bounce_id)
    if bounce.settled_at is not None:
        raise AlreadySettled
    if not how.strip():
        raise ReasonMissing
    bounce.settled_at, bounce.settled_by, bounce.settled_how = at, by.label, how.strip()
    if case_number:
        _attach(bounce, case_queries.case(case_number), by=by, at=at)
    events.record(bounce_subject(bounce.id), BounceSettled(bounce.id, how.strip()), by=by, at=at)


def _attach(bounce: Bounce, case: Case, *, by: Actor, at: datetime) -> None:
    case_queries.lock_case(case.id)
    notification = queries.latest_of_case(case.id)
    if notification is None:
        raise NotOurMessage
    bounce.case_id, bounce.notification_id, bounce.matched = case.id, notification.id, Matched.PERSON
    db.session.flush()
    _tell(bounce, notification, by=by, at=at)


def mark_returned(letter_id: int, reason: ReturnedBecause, returned_on: date, note: str = "", *, by: Actor, at: datetime) -> LetterReturn:
    """A posted letter came back: the person could not be reached by post."""
    letter = mail_queries.letter(letter_id)
    if letter.posted_at is None:
        raise LetterNotPosted
    if not montreal_day(letter.posted_at) <= returned_on <= montreal_day(at):
        raise ReturnedBeforePosting
    message = mail_queries.message(letter.message_id)
    case_queries.lock_case(message.case_id)
    if queries.return_of(letter_id):
        raise ReturnedAlready
    returned = LetterReturn(
        letter_id=letter_id, message_id=message.id, case_id=message.case_id, reason=reason, note=note.strip(), returned_on=returned_on,
        recorded_at=at, recorded_by=by.label,
    )  # fmt: skip
    db.session.add(returned)
    db.session.flush()
    fact = LetterReturned(str(message.id), message.kind, letter_id, reason.value, returned_on.isoformat())
    events.record(case_subject(message.case_id), fact, by=by, at=at)
    reach.review(message.case_id, at=at)
    return returned


def choose_post(message_id: UUID, file: NewFile, reason: str, *, by: Actor, at: datetime) -> PostedLetter:
    """The second channel: the message as a letter, put to those for the carrier; what hangs on it starts again when it is posted."""
    message = _ours(message_id, reason)
    case = case_queries.lock_case(message.case_id)
    if not (case.contact.get("address") or {}).get("lines"):
        raise NoAddress("post")
    if mail_queries.letter_of(message.id):
        raise LetterExists
    letter = PostedLetter(message_id=message.id, sha256=file.sha256, made_at=at, missing=file.source.missing if file.source else "")
    if file.source:
        letter.source_sha256, letter.edition = file.source.sha256, file.source.edition
    db.session.add(letter)
    db.session.flush()
    _answer(message, Answer.POST, reason, letter.id, by=by, at=at)
    fact = SecondChannelChosen(str(message.id), message.kind, letter.id, reason.strip())
    events.record(case_subject(message.case_id), fact, by=by, at=at)
    return letter


def announce_again(message_id: UUID, reason: str, *, by: Actor, at: datetime) -> Notification:
    """Tell the applicant again, at the address the case has now."""
    message = _ours(message_id, reason)
    case = case_queries.lock_case(message.case_id)
    if not case.contact.get("email"):
        raise NoAddress("email")
    again = sum(1 for one in queries.answers_of(case.id) if one.message_id == message.id and one.answer is Answer.AGAIN)
    made = _applicant(message, case, str(again + 2), at=at)
    assert made is not None  # the case is held: nobody else numbered it
    _answer(message, Answer.AGAIN, reason, None, by=by, at=at)
    events.record(case_subject(case.id), NotifiedAgain(str(message.id), message.kind, reason.strip()), by=by, at=at)
    reach.review(case.id, at=at, how="reissued")
    return made


def confirm_address(case_id: int, reason: str, *, by: Actor, at: datetime) -> None:
    """A person made sure that the address works (a call, an answer on another way): what spoke against it counts no more."""
    if not reason.strip():
        raise ReasonMissing
    case_queries.lock_case(case_id)
    db.session.add(ReachAnswer(case_id=case_id, answer=Answer.WORKS, reason=reason.strip(), at=at, by=by.label))
    events.record(case_subject(case_id), AddressConfirmed(reason.strip()), by=by, at=at)
    reach.review(case_id, at=at)


def let_end(message_id: UUID, approval_id: int, reason: str, *, first: Actor, second: Actor, at: datetime) -> None:
    """Two people signed: the term that hangs on this message may end all the same."""
    if first.id == second.id:
        raise NotASecond
    message = _ours(message_id, reason)
    case_queries.lock_case(message.case_id)
    if message.id not in undelivered(message.case_id):
        raise NothingUndelivered
    _answer(message, Answer.LET_END, reason, None, by=first, at=at)
    events.record(case_subject(message.case_id), EndAllowed(str(message.id), message.kind, approval_id, reason.strip()), by=second, at=at)
    reach.review(message.case_id, at=at, how="signed")


def undelivered(case_id: int) -> Sequence[UUID]:
    """The messages of a case that did not arrive and that a running term hangs on."""
    row = queries.reach_row(case_id)
    return [UUID(str(one)) for one in row.undelivered] if row else []


def _ours(message_id: UUID, reason: str) -> Message:
    if not reason.strip():
        raise ReasonMissing
    message = mail_queries.message(message_id)
    if message.direction is not Direction.OUT or message.readable_at is None or message.withdrawn_at is not None:
        raise NotOurMessage
    return message


def _answer(message: Message, answer: Answer, reason: str, letter_id: int | None, *, by: Actor, at: datetime) -> None:
    db.session.add(
        ReachAnswer(case_id=message.case_id, message_id=message.id, answer=answer, reason=reason.strip(), letter_id=letter_id, at=at, by=by.label)
    )
    db.session.flush()
