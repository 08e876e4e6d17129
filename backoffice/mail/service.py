"""Operations on messages and letters. Readable is the legal instant: online at once, on paper when the carrier has the letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import events
from backoffice.core.actors import APPLICANT, Actor
from backoffice.core.canonical import plain_digest
from backoffice.core.db import db
from backoffice.mail import queries
from backoffice.mail.errors import AlreadyPosted, NotWithdrawable
from backoffice.mail.events import AnswerNotNeeded, LetterPosted, MessageOpened, MessageReceived, MessageSent, MessageWithdrawn
from backoffice.mail.models import Attachment, Message, PostedLetter
from backoffice.mail.texts import MessageText
from backoffice.mail.values import Direction, NewFile


def reachable_online(case: Case) -> bool:
    """Whether the applicant can be told that a message waits; a paper applicant may have no e-mail address."""
    return bool(case.contact.get("email"))


@dataclass(frozen=True)
class Outgoing:
    """A message to send: to whom, which words, with which files; under a `once` key it leaves once."""

    case: Case
    kind: str
    text: MessageText
    translation: MessageText | None = None
    files: Sequence[NewFile] = ()
    letter_sha256: str | None = None
    once: str | None = None
    paragraphs: Sequence[dict[str, Any]] = ()


def send_message(
    case_id: int, kind: str, text: MessageText, *, translation: MessageText | None = None, files: Sequence[NewFile] = (),
    letter_sha256: str | None = None, once: str | None = None, paragraphs: Sequence[dict[str, Any]] = (), automatic: bool = False,
    by: Actor, at: datetime,
) -> Message:  # fmt: skip
    """Put a message in the mailbox; under a `once` key the second run gives the first message.

    Someone who cannot be reached online gets the letter: the message is readable from the day it is posted, not before.
    """
    outgoing = Outgoing(case_queries.lock_case(case_id), kind, text, translation, files, letter_sha256, once, paragraphs)
    return send_messages([outgoing], automatic=automatic, by=by, at=at)[0]


def send_messages(outgoing: Sequence[Outgoing], *, automatic: bool, by: Actor, at: datetime) -> list[Message]:
    """The same for many at once; their cases are held by the caller."""
    sent = queries.sent_under([one.once for one in outgoing if one.once])
    places = queries.next_positions([one.case.id for one in outgoing])
    messages = []
    for one in outgoing:
        message = sent.get(one.once or "")
        if message is None:
            message = _message(one, next(places[one.case.id]), automatic=automatic, by=by, at=at)
        messages.append(message)
    db.session.flush()
    return messages


def _message(one: Outgoing, position: int, *, automatic: bool, by: Actor, at: datetime) -> Message:
    online = reachable_online(one.case)
    message = Message(
        id=uuid4(), case_id=one.case.id, position=position, direction=Direction.OUT, kind=one.kind,
        language=one.case.language, subject=one.text.subject, body=one.text.body, translation=one.translation.body if one.translation else None,
        template=f"{one.text.template}@{one.text.version}", automatic=automatic, author_id=by.id, author_label=by.label,
        sent_at=at, readable_at=at if online else None, once=one.once, paragraphs=list(one.paragraphs) or None,
    )  # fmt: skip
    message.search = queries.folded(message)
    message.attachments = [_attachment(file, place) for place, file in enumerate(one.files)]
    message.content_sha256 = plain_digest([message.subject, message.body, message.translation, [f.sha256 for f in one.files]])
    db.session.add(message)
    if one.letter_sha256 and not online:
        db.session.flush()  # the letter names its message
        db.session.add(_letter(message, one.letter_sha256, one.files, at=at))
    if by.is_person:
        answer_waiting(one.case.id, at=at)
    fact = MessageSent(str(message.id), one.kind, online, automatic, message.content_sha256)
    events.record(case_subject(one.case.id), fact, by=by, at=at)
    return message


def _letter(message: Message, sha256: str, files: Sequence[NewFile], *, at: datetime) -> PostedLetter:
    """The letter of a message; one with characters that no font has waits for a person."""
    letter = PostedLetter(message_id=message.id, sha256=sha256, made_at=at, missing="")
    for file in files:
        if file.source and file.sha256 == sha256:
            letter.source_sha256, letter.edition, letter.missing = file.source.sha256, file.source.edition, file.source.missing
            letter.pages = file.source.pages
    return letter


def _attachment(file: NewFile, position: int) -> Attachment:
    return Attachment(
        id=uuid4(), position=position, kind=file.kind, filename=file.filename, media_type=file.media_type, size=file.size, sha256=file.sha256
    )


def answer_waiting(case_id: int, *, at: datetime) -> None:
    """A person wrote: what waited for an answer has one."""
    waiting = update(Message).where(Message.case_id == case_id, Message.direction == Direction.IN, Message.answered_at.is_(None))
    db.session.execute(waiting.values(answered_at=at))


def open_message(message_id: UUID, *, by: Actor, at: datetime) -> None:
    """Note the first opening; later ones change nothing, and none of them starts a term."""
    message = queries.message(message_id)
    case_queries.lock_case(message.case_id)
    db.session.refresh(message, ["opened_at"])
    if message.opened_at is None:
        message.opened_at = at
        events.record(case_subject(message.case_id), MessageOpened(str(message.id), message.kind), by=by, at=at)


def receive_message(
    message_id: UUID, case_id: int, subject: str, body: str, files: Sequence[NewFile], in_reply_to: UUID | None, content_sha256: str,
    *, at: datetime,
) -> Message:  # fmt: skip
    """Keep what the applicant wrote; it waits for an answer from then on."""
    case = case_queries.lock_case(case_id)
    message = Message(
        id=message_id, case_id=case_id, position=queries.next_position(case_id), direction=Direction.IN, kind="reply",
        language=case.language, subject=subject, body=body, automatic=False, author_id=APPLICANT.id, author_label=APPLICANT.label,
        sent_at=at, readable_at=at, in_reply_to=in_reply_to, content_sha256=content_sha256,
    )  # fmt: skip
    message.search = queries.folded(message)
    message.attachments = [_attachment(file, position) for position, file in enumerate(files)]
    db.session.add(message)
    db.session.flush()
    events.record(case_subject(case_id), MessageReceived(str(message.id), len(files)), by=APPLICANT, at=at)
    return message


def settle_message(message_id: UUID, reason: str, *, by: Actor, at: datetime) -> Message:
    """A person finds that what the applicant wrote asks for no answer, and says why; it waits no more."""
    message = queries.message(message_id)
    case_queries.lock_case(message.case_id)
    db.session.refresh(message, ["answered_at"])
    if message.direction is not Direction.IN or message.answered_at is not None:
        return message
    message.answered_at, message.no_answer_reason = at, reason
    events.record(case_subject(message.case_id), AnswerNotNeeded(str(message.id), reason), by=by, at=at)
    return message


def withdraw_message(message_id: UUID, reason: str, *, by: Actor, at: datetime) -> Message:
    """Take back a message sent in error: the mailbox says that it was withdrawn, the record keeps it whole.

    What was received stays received (C-1.1 s. 31): a letter that the carrier has cannot be called back, and whoever calls
    this has made sure that no term runs from the message.
    """
    message = queries.message(message_id)
    case_queries.lock_case(message.case_id)
    db.session.refresh(message, ["withdrawn_at", "readable_at"])
    letter = queries.letter_of(message_id)
    if message.direction is not Direction.OUT or message.withdrawn_at is not None:
        raise NotWithdrawable
    if letter is not None and letter.posted_at is not None:
        raise AlreadyPosted
    message.withdrawn_at, message.withdrawn_by, message.withdrawal_reason = at, by.label, reason
    fact = MessageWithdrawn(str(message.id), message.kind, reason, opened=message.opened_at is not None)
    events.record(case_subject(message.case_id), fact, by=by, at=at)
    return message


def post_letter(letter_id: int, *, by: Actor, at: datetime) -> PostedLetter:
    """The carrier has the letter: its message counts as delivered from this day."""
    letter = queries.letter(letter_id)
    if letter.posted_at is not None:
        raise AlreadyPosted
    message = queries.message(letter.message_id)
    if message.withdrawn_at is not None:
        raise NotWithdrawable
    letter.posted_at = at
    if message.readable_at is None:  # a second channel never moves the instant since which the message can be read
        message.readable_at = at
    events.record(case_subject(message.case_id), LetterPosted(str(message.id), letter.id, letter.sha256), by=by, at=at)
    return letter
