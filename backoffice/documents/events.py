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


@event("documents.ItemReviewed")
@dataclass(frozen=True)
class ItemReviewed:
    """A caseworker accepted, refused or waived one item."""

    request_id: int
    item_id: int
    code: str
    state: str
    refusal_code: str | None


@event("documents.RequestSatisfied")
@dataclass(frozen=True)
class RequestSatisfied:
    """Every item is settled: the term is met and the case moves on."""

    request_id: int
