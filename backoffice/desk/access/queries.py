"""Every SELECT on requests for access, and what a file holds that can be given or left out."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.desk.access.models import AccessChoice, AccessRequest
from backoffice.desk.access.states import ANSWERED
from backoffice.desk.access.values import Choice, Ground, Item, ItemKind
from backoffice.documents import queries as document_queries
from backoffice.mail import queries as mail_queries


def requests() -> list[tuple[AccessRequest, Case]]:
    """Every request and its case: those that wait first, by their last day."""
    query = select(AccessRequest, Case).join(Case, Case.id == AccessRequest.case_id)
    rows = db.session.execute(
        query.order_by(AccessRequest.state.in_(ANSWERED), AccessRequest.last_day, AccessRequest.id).limit(500).options(selectinload(Case.people))
    )
    return [(row[0], row[1]) for row in rows]


def count_waiting() -> int:
    """How many wait for their answer."""
    return len(list(db.session.scalars(select(AccessRequest.id).where(AccessRequest.state.not_in(ANSWERED)))))


def access_request(request_id: int) -> AccessRequest:
    """One request."""
    found = db.session.get(AccessRequest, request_id)
    if found is None:
        raise NotFound
    return found


def lock_request(request_id: int) -> AccessRequest:
    """The same, held."""
    found = db.session.get(AccessRequest, request_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def chosen(request_id: int) -> dict[str, AccessChoice]:
    """What was chosen for the items of a request."""
    return {one.item: one for one in db.session.scalars(select(AccessChoice).where(AccessChoice.request_id == request_id))}


def items(case: Case) -> Iterator[Item]:
    """What a person can choose to give or to leave out: documents, messages, and notes, which are usually left out (A-2.1 s. 9)."""
    for document in document_queries.documents_of(case.id):
        yield Item(ItemKind.DOCUMENT, str(document.id), document.title, document.received_on, document.sha256)
    for message in mail_queries.thread(case.id):
        yield Item(ItemKind.MESSAGE, str(message.id), message.subject, montreal_day(message.sent_at), message.content_sha256)
    for note in reversed(case_queries.notes(case.id)):
        yield Item(ItemKind.NOTE, str(note.id), "", montreal_day(note.written_at), usual=Ground.NOTES)


def choices(case: Case, request_id: int | None) -> list[Choice]:
    """What becomes of each of them: as a person chose, else as is usual."""
    made = chosen(request_id) if request_id else {}
    found = []
    for item in items(case):
        one = made.get(item.key)
        found.append(Choice(item, one.ground, one.reason, one.by) if one else Choice(item, item.usual))
    return found
