"""Every SELECT on drafts, on who answers, on what waits for an answer, and on bulk messages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message
from backoffice.mail.threads.models import BulkMessage, BulkRecipient, ReplyDraft, ThreadOwner
from backoffice.mail.threads.states import RecipientState
from backoffice.mail.values import Direction

answering = func.coalesce(ThreadOwner.account_id, Case.officer_id)
"""Who answers a thread: whoever it was given to, else the case's caseworker."""


# drafts
def draft(case_id: int, author_id: int) -> ReplyDraft | None:
    """What somebody is writing on a case."""
    query = select(ReplyDraft).where(ReplyDraft.case_id == case_id, ReplyDraft.author_id == author_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def drafts_of(author_id: int) -> list[tuple[ReplyDraft, str]]:
    """What somebody began and did not send, with the case's number, the latest first."""
    query = select(ReplyDraft, Case.number).join(Case, Case.id == ReplyDraft.case_id).where(ReplyDraft.author_id == author_id)
    written = or_(ReplyDraft.subject != "", ReplyDraft.body != "", func.jsonb_array_length(ReplyDraft.files) > 0)
    return [(row[0], row[1]) for row in db.session.execute(query.where(written).order_by(ReplyDraft.saved_at.desc()))]


# the thread
def last_position(case_id: int) -> int:
    """The place of the last message of a thread."""
    return db.session.scalar(select(func.max(Message.position)).where(Message.case_id == case_id)) or 0


def message_of(case_id: int, message_id: UUID) -> Message:
    """A message of this case's thread."""
    found = mail_queries.find_message(message_id)
    if found is None or found.case_id != case_id:
        raise NotFound
    return found


def given_to(case_id: int) -> ThreadOwner | None:
    """Whoever the thread was given to, apart from the case's own caseworker."""
    return db.session.get(ThreadOwner, case_id)


@dataclass(frozen=True)
class Waiting:
    """The first unanswered message of a thread, its case, who answers it, and how many wait behind it."""

    message: Message
    case: Case
    owner_id: int | None
    many: int


def waiting(owner_id: int | None = None, *, nobody: bool = False, case_ids: Iterable[int] | None = None, limit: int = 200) -> list[Waiting]:
    """Threads that wait for an answer, the oldest first: of somebody, of nobody, or all."""
    query = _waiting()
    if owner_id is not None:
        query = query.where(answering == owner_id)
    if nobody:
        query = query.where(answering.is_(None))
    if case_ids is not None:
        query = query.where(Message.case_id.in_(list(case_ids)))
    return [Waiting(*row) for row in db.session.execute(query.order_by(Message.sent_at, Message.id).limit(limit))]


def count_waiting(owner_id: int | None = None, *, nobody: bool = False) -> int:
    """How many threads wait: of somebody, of nobody, or all."""
    query = _waiting()
    if owner_id is not None:
        query = query.where(answering == owner_id)
    if nobody:
        query = query.where(answering.is_(None))
    return db.session.scalar(select(func.count()).select_from(query.with_only_columns(Message.id).subquery())) or 0


def _unanswered() -> ColumnElement[bool]:
    return and_(Message.direction == Direction.IN, Message.answered_at.is_(None))


def _waiting() -> Select[Message, Case, int | None, int]:
    first = select(Message.case_id, func.min(Message.position).label("first"), func.count().label("many")).where(_unanswered())
    oldest = first.group_by(Message.case_id).subquery("oldest")
    query = select(Message, Case, answering, oldest.c.many).join(
        oldest, and_(oldest.c.case_id == Message.case_id, oldest.c.first == Message.position)
    )
    return query.join(Case, Case.id == Message.case_id).outerjoin(ThreadOwner, ThreadOwner.case_id == Message.case_id)


def lock_next_unowned() -> Case | None:
    """The case of the oldest unanswered message that nobody answers; one that another is taking now is stepped over."""
    query = select(Case).join(Message, Message.case_id == Case.id).outerjoin(ThreadOwner, ThreadOwner.case_id == Case.id)
    query = query.where(_unanswered(), answering.is_(None)).order_by(Message.sent_at, Message.id)
    return db.session.scalars(query.limit(1).with_for_update(skip_locked=True, of=Case)).first()


# bulk messages
def bulk(bulk_id: int) -> BulkMessage:
    """A bulk message."""
    found = db.session.get(BulkMessage, bulk_id)
    if found is None:
        raise NotFound
    return found


def lock_bulk(bulk_id: int) -> BulkMessage:
    """A bulk message held until the end of the operation."""
    found = db.session.get(BulkMessage, bulk_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def bulk_by_approval(approval_id: int) -> BulkMessage | None:
    """The bulk message that a second person was asked to sign."""
    return db.session.scalars(select(BulkMessage).where(BulkMessage.approval_id == approval_id).with_for_update()).first()


def bulks(limit: int = 200) -> list[BulkMessage]:
    """Every bulk message there was, the latest first."""
    return list(db.session.scalars(select(BulkMessage).order_by(BulkMessage.id.desc()).limit(limit)))


def recipients(bulk_id: int, state: RecipientState | None = None, after: int = 0, limit: int = 100) -> list[BulkRecipient]:
    """Lines of a bulk message, in its order."""
    query = select(BulkRecipient).where(BulkRecipient.bulk_id == bulk_id, BulkRecipient.position > after)
    if state is not None:
        query = query.where(BulkRecipient.state == state)
    return list(db.session.scalars(query.order_by(BulkRecipient.position).limit(limit)))


def counts(bulk_ids: Sequence[int]) -> dict[int, Counter[RecipientState]]:
    """How many recipients of each bulk message have each result."""
    found: dict[int, Counter[RecipientState]] = {bulk_id: Counter() for bulk_id in bulk_ids}
    query = select(BulkRecipient.bulk_id, BulkRecipient.state, func.count()).where(BulkRecipient.bulk_id.in_(bulk_ids))
    for bulk_id, state, many in db.session.execute(query.group_by(BulkRecipient.bulk_id, BulkRecipient.state)):
        found[bulk_id][state] = many
    return found


def languages(bulk_id: int) -> Counter[tuple[str, bool]]:
    """How many recipients read each language, online or by post."""
    chosen = BulkRecipient.bulk_id == bulk_id, BulkRecipient.state != RecipientState.LEFT_OUT
    query = select(BulkRecipient.language, BulkRecipient.online, func.count()).where(*chosen).group_by(BulkRecipient.language, BulkRecipient.online)
    return Counter({(row[0] or "", row[1]): row[2] for row in db.session.execute(query)})


def first_reader(bulk_id: int, language: str) -> int | None:
    """The case of the first recipient who reads this language."""
    query = select(BulkRecipient.case_id).where(BulkRecipient.bulk_id == bulk_id, BulkRecipient.language == language)
    return db.session.scalar(query.where(BulkRecipient.state != RecipientState.LEFT_OUT).order_by(BulkRecipient.position).limit(1))


def frozen(bulk_id: int) -> list[tuple[int, int]]:
    """The list as it was signed: places and cases."""
    query = select(BulkRecipient.position, BulkRecipient.case_id).where(BulkRecipient.bulk_id == bulk_id)
    listed = query.where(BulkRecipient.state != RecipientState.LEFT_OUT).order_by(BulkRecipient.position)
    return [(row[0], row[1] or 0) for row in db.session.execute(listed)]


def bulk_of_messages(message_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The bulk message that each of these messages belongs to."""
    query = select(BulkRecipient.message_id, BulkRecipient.bulk_id).where(BulkRecipient.message_id.in_(list(message_ids)))
    return {row[0]: row[1] for row in db.session.execute(query) if row[0]}
