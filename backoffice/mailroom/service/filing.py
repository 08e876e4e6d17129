"""Pages find their place: filed to a case by their code or by a person, or left out with a reason. An envelope is held first, then the case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from backoffice.cases import queries as case_queries
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError
from backoffice.core.states import move
from backoffice.documents import queries as document_queries
from backoffice.documents import service as documents
from backoffice.documents.models import DocumentRequest, RequestItem
from backoffice.documents.states import ItemState
from backoffice.documents.values import NewDocument, NewPage
from backoffice.fees import service as fees
from backoffice.mail.codes import ReturnCode
from backoffice.mailroom import queries
from backoffice.mailroom.errors import NothingToFile
from backoffice.mailroom.events import (
    PagesExcluded,
    PagesFiled,
    PagesRestored,
    envelope_subject,
)
from backoffice.mailroom.models import Envelope, ScanPage
from backoffice.mailroom.service.standing import live, review
from backoffice.mailroom.states import (
    PAGES,
    PageAction,
    PageState,
)
from backoffice.mailroom.values import Excluded

TITLES: Final = {"int": "Réponse à une lettre d’intention"}
"""What pages behind a return sheet are called, by what the sheet answers, where nothing itemised was asked."""


def route(
    envelope: Envelope, code: ReturnCode, pages: Sequence[ScanPage], title: str | None = None, document: str | None = None,
    *, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Put the pages behind a return sheet where its code says: to its case, and to its request if it is one of documents.

    Behind a sheet for a type of document, they answer only what was asked of that type, and carry its title.
    """
    try:
        case = case_queries.case(code.case_number)
    except DomainError:
        return
    envelope.case_id = envelope.case_id or case.id
    request = document_queries.find_request(code.request_id) if code.kind == "doc" and isinstance(code.request_id, int) else None
    if not pages:
        return
    items = (
        [item.id for item in request.items if item.state in {ItemState.ASKED, ItemState.REFUSED} and document in {None, item.code}]
        if request and request.case_id == case.id
        else []
    )
    title = title or ("Documents demandés" if request else TITLES.get(code.kind, "Courrier reçu"))
    file_to_case(
        envelope,
        case.id,
        case.number,
        pages,
        title,
        request.id if request and request.case_id == case.id else None,
        items,
        by_code=True,
        by=by,
        at=at,
    )
    if code.kind == "fee":
        propose_money(envelope, case.id, by=by, at=at)


def file_pages(
    number: str, page_ids: Sequence[int], case_number: str, title: str, item_ids: Sequence[int] = (), *, by: Actor, at: datetime
) -> Envelope:
    """Put pages to a case by hand, as a plain document or as the answer to items of its open request; without a title, it takes theirs."""
    envelope = live(number)
    pages = [page for page in envelope.pages if page.id in set(page_ids) and page.state is PageState.TO_FILE]
    if not pages:
        raise NothingToFile
    case = case_queries.case(case_number)
    request = document_queries.open_request(case.id) if item_ids else None
    items = _awaited(request, item_ids)
    title = title or " ; ".join(item.label_fr for item in items)[:200] or "Courrier reçu"
    envelope.case_id = envelope.case_id or case.id
    ids = [item.id for item in items]
    file_to_case(envelope, case.id, case.number, pages, title, request.id if request and ids else None, ids, by_code=False, by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def _awaited(request: DocumentRequest | None, item_ids: Sequence[int]) -> list[RequestItem]:
    """The items ticked that this case's open request still waits for: a tick left on another case counts for nothing."""
    return [item for item in request.items if item.id in item_ids and item.state in {ItemState.ASKED, ItemState.REFUSED}] if request else []


def file_to_case(
    envelope: Envelope, case_id: int, case_number: str, pages: Sequence[ScanPage], title: str, request_id: int | None, item_ids: Sequence[int],
    *, by_code: bool, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Make a document of a case out of pages of a held envelope; it may answer items of a request."""
    scans = queries.scans_of(pages)
    first = scans[pages[0].scan_id]
    new = NewDocument(
        title=title, source="envelope", source_ref=envelope.number, received_on=envelope.legal_received_on,
        media_type=first.media_type or "application/pdf", filename=first.filename, sha256=None,
        pages=tuple(NewPage(scans[p.scan_id].sha256, p.number, p.shown_sha256 or p.picture_sha256, p.shown_thumbnail_sha256 or p.thumbnail_sha256) for p in pages),
    )  # fmt: skip
    document = documents.file_document(case_id, new, request_id=request_id, by=by, at=at)
    if request_id and item_ids:
        documents.receive_items(request_id, item_ids, document.id, envelope.legal_received_on, by=by, at=at)
    for page in pages:
        page.state, page.document_id = move(PAGES, page.state, PageAction.FILE), document.id
    fact = PagesFiled(case_id, case_number, document.id, len(pages), by_code, list(item_ids))
    events.record(envelope_subject(envelope.number), fact, by=by, at=at)


def file_application(envelope: Envelope, case_id: int, case_number: str, *, by: Actor, at: datetime) -> None:
    """The pages of an application on paper become a document of the case it opened."""
    pages = [page for page in envelope.pages if page.state is PageState.TO_FILE]
    if pages:
        file_to_case(envelope, case_id, case_number, pages, "Demande papier", None, (), by_code=False, by=by, at=at)
    envelope.case_id = case_id
    propose_money(envelope, case_id, by=by, at=at)


def propose_money(envelope: Envelope, case_id: int, *, by: Actor, at: datetime) -> None:
    """Tell finance whose the envelope's money seems to be; finance puts it there."""
    fees.propose_case(envelope.number, case_id, by=by, at=at)


def exclude_pages(number: str, page_ids: Sequence[int], reason: Excluded, *, by: Actor, at: datetime) -> Envelope:
    """Leave pages out, with a reason; their pictures are kept and it can be undone."""
    envelope = live(number)
    pages = [page for page in envelope.pages if page.id in set(page_ids) and page.state is PageState.TO_FILE]
    if not pages:
        raise NothingToFile
    leave_out(envelope, pages, reason, by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def leave_out(envelope: Envelope, pages: Sequence[ScanPage], reason: Excluded, *, by: Actor, at: datetime) -> None:
    """Leave pages out of a held envelope."""
    for page in pages:
        page.state, page.excluded_reason = move(PAGES, page.state, PageAction.EXCLUDE), reason.value
    events.record(envelope_subject(envelope.number), PagesExcluded([page.id for page in pages], reason.value), by=by, at=at)


def restore_pages(number: str, page_ids: Sequence[int], *, by: Actor, at: datetime) -> Envelope:
    """Take pages left out back among those to file."""
    envelope = live(number)
    pages = [page for page in envelope.pages if page.id in set(page_ids) and page.state is PageState.EXCLUDED]
    if not pages:
        raise NothingToFile
    for page in pages:
        page.state, page.excluded_reason = move(PAGES, page.state, PageAction.RESTORE), None
    events.record(envelope_subject(number), PagesRestored([page.id for page in pages]), by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope
