"""Every SELECT on messages, attachments and letters."""

from collections.abc import Iterable, Sequence
from itertools import count
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from backoffice.cases.names import fold
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mail.models import Attachment, Message, PostedLetter
from backoffice.mail.values import Direction


def thread(case_id: int, after: int = 0, limit: int = 1000) -> list[Message]:
    """The messages of a case, oldest first, from just after a position."""
    query = select(Message).where(Message.case_id == case_id, Message.position > after).order_by(Message.position).limit(limit)
    return list(db.session.scalars(query.options(selectinload(Message.attachments))))


def message(message_id: UUID) -> Message:
    """One message."""
    found = db.session.scalars(select(Message).where(Message.id == message_id).options(selectinload(Message.attachments))).first()
    if found is None:
        raise NotFound
    return found


def find_message(message_id: UUID) -> Message | None:
    """One message, if it exists."""
    return db.session.scalars(select(Message).where(Message.id == message_id).options(selectinload(Message.attachments))).first()


def already_sent(once: str) -> Message | None:
    """What was sent under a key of its own."""
    return sent_under([once]).get(once)


def sent_under(keys: Sequence[str]) -> dict[str, Message]:
    """What was sent under several keys, each its own."""
    if not keys:
        return {}
    return {str(one.once): one for one in db.session.scalars(select(Message).where(Message.once.in_(keys)))}


def next_positions(case_ids: Iterable[int]) -> dict[int, "count[int]"]:
    """The places of the next messages in the thread of each case (which are locked)."""
    wanted = set(case_ids)
    query = select(Message.case_id, func.max(Message.position)).where(Message.case_id.in_(wanted)).group_by(Message.case_id)
    last: dict[int, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return {case_id: count(last.get(case_id, 0) + 1) for case_id in wanted}


def next_position(case_id: int) -> int:
    """The place of the next message in its thread (the case is locked)."""
    return next(next_positions([case_id])[case_id])


def attachment(case_id: int, attachment_id: UUID) -> Attachment:
    """A file of a case's thread."""
    query = select(Attachment).join(Message, Message.id == Attachment.message_id)
    found = db.session.scalars(query.where(Attachment.id == attachment_id, Message.case_id == case_id)).first()
    if found is None:
        raise NotFound
    return found


def folded(one: Message) -> ColumnElement[str]:
    """What the index holds of a message: its words without accents nor capitals."""
    return func.to_tsvector("simple", fold(f"{one.subject} {one.body} {one.translation or ''}"))


def search(text: str, case_ids: Iterable[int] = (), limit: int = 50) -> list[Message]:
    """Messages that hold every one of these words, each also as the beginning of a longer one, or of these cases; the latest first."""
    terms = fold(text).split()[:12]
    wanted = " & ".join(f"{term}:*" if len(term) > 2 else term for term in terms)
    of_cases = Message.case_id.in_(list(case_ids))
    holding = or_(Message.search.op("@@")(func.to_tsquery("simple", wanted)), of_cases) if terms else of_cases
    return list(db.session.scalars(select(Message).where(holding).order_by(Message.sent_at.desc(), Message.id).limit(limit)))


def unanswered(case_ids: Iterable[int]) -> dict[int, int]:
    """How many messages of the applicant nobody answered yet, by case."""
    query = select(Message.case_id, func.count()).where(
        Message.case_id.in_(list(case_ids)), Message.direction == Direction.IN, Message.answered_at.is_(None)
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Message.case_id))}


def unanswered_threads(limit: int = 200) -> list[Message]:
    """The oldest unanswered message of each case, the oldest first."""
    waiting = select(Message.case_id, func.min(Message.position).label("first")).where(
        Message.direction == Direction.IN, Message.answered_at.is_(None)
    )
    oldest = waiting.group_by(Message.case_id).subquery("oldest")
    query = select(Message).join(oldest, (oldest.c.case_id == Message.case_id) & (oldest.c.first == Message.position))
    return list(db.session.scalars(query.order_by(Message.sent_at, Message.id).limit(limit)))


def letters_to_post() -> list[tuple[PostedLetter, Message]]:
    """Letters that wait for the carrier, oldest first."""
    query = select(PostedLetter, Message).join(Message, Message.id == PostedLetter.message_id)
    waiting = query.where(PostedLetter.posted_at.is_(None), Message.withdrawn_at.is_(None))
    return [(r[0], r[1]) for r in db.session.execute(waiting.order_by(PostedLetter.made_at))]


def letter(letter_id: int) -> PostedLetter:
    """A letter."""
    found = db.session.get(PostedLetter, letter_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


def letter_of(message_id: UUID) -> PostedLetter | None:
    """The letter of a message that had to be posted."""
    return db.session.scalars(select(PostedLetter).where(PostedLetter.message_id == message_id)).first()
