"""Facts about requests and documents, on the case's chain."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def request_owner(request_id: int) -> Subject:
    """A request as the owner of a term."""
    return Subject("request", str(request_id))


@event("documents.RequestSent")
@dataclass(frozen=True)
class RequestSent:
    """A list of documents was asked for."""

    request_id: int
    message_id: str
    items: int
    letter_sha256: str


@event("documents.DocumentFiled")
@dataclass(frozen=True)
class DocumentFiled:
    """Pages were filed to the case; the day is the legal one."""

    document_id: int
    source: str
    source_ref: str
    pages: int
    received_on: str


@event("documents.ItemsReceived")
@dataclass(frozen=True)
class ItemsReceived:
    """Items of a request arrived."""

    request_id: int
    item_ids: list[int]
    received_on: str
    still_asked: int
    document_id: int | None = None


@event("documents.ItemReviewed")
@dataclass(frozen=True)
class ItemReviewed:
    """A caseworker accepted, refused or waived one item."""

    request_id: int
    item_id: int
    code: str
    state: str
    refusal_code: str | None


@event("documents.RequestCancelled")
@dataclass(frozen=True)
class RequestCancelled:
    """A list was called back: nothing of it is awaited any more."""

    request_id: int
    reason: str


@event("documents.RequestReplaced")
@dataclass(frozen=True)
class RequestReplaced:
    """The family changed: another list stands in the place of this one, and takes over what was settled."""

    request_id: int
    by_request_id: int
    kept: int
    reason: str


@event("documents.RequestReissued")
@dataclass(frozen=True)
class RequestReissued:
    """The same list left again, because it had not arrived: its whole term runs from a new day zero."""

    request_id: int
    message_id: str
    earlier_message_id: str
    reason: str


@event("documents.DocumentSetAside")
@dataclass(frozen=True)
class DocumentSetAside:
    """Somebody looked at a document: it answers nothing that was asked."""

    document_id: int
    reason: str


@event("documents.RequestSatisfied")
@dataclass(frozen=True)
class RequestSatisfied:
    """Every item is settled: the term is met and the case moves on."""

    request_id: int
