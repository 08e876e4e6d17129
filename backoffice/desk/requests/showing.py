"""What the documents tab shows of requests beside their lines: the history of each, what waits to be attached, explanations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backoffice.cases import names
from backoffice.cases.models import Case
from backoffice.core import formats
from backoffice.core.calendar import montreal_day
from backoffice.documents import queries
from backoffice.documents.models import Document, DocumentRequest, RequestItem
from backoffice.documents.service.standing import AWAITED
from backoffice.documents.states import RequestState
from backoffice.mail import queries as mail_queries
from backoffice.mail.values import Direction

LATEST = 10


@dataclass(frozen=True)
class Loose:
    """A document that answers no line yet, and the line that it most probably answers."""

    document: Document
    likely: RequestItem | None


def more(case: Case, requests: Sequence[DocumentRequest]) -> dict[str, Any]:
    """What the page needs beyond the lines themselves."""
    items = [item for asked in requests for item in asked.items]
    live = [item for asked in requests if asked.state in {RequestState.OPEN, RequestState.SATISFIED} for item in asked.items]
    return {
        "steps": queries.steps(item.id for item in items), "loose": [Loose(one, likely(one, live)) for one in queries.unattached(case.id)],
        "attachable": live, "replaced": {one.replaces_id: one for one in requests if one.replaces_id}, "explained_in": _written(case.id),
        "position_of": {one.id: one for one in requests},
    }  # fmt: skip


def likely(document: Document, items: Sequence[RequestItem]) -> RequestItem | None:
    """The awaited line whose name shares most words with the file's; else the only one still awaited; else none."""
    awaited = [item for item in items if item.state in AWAITED]
    words = _words(f"{document.title} {document.filename}")
    scored = sorted(awaited, key=lambda item: (-len(words & _words(f"{item.label_fr} {item.label_en} {item.code}")), item.position))
    if scored and words & _words(f"{scored[0].label_fr} {scored[0].label_en} {scored[0].code}"):
        return scored[0]
    return awaited[0] if len(awaited) == 1 else None


def _words(text: str) -> set[str]:
    spaced = "".join(c if c.isalnum() else " " for c in names.fold(text))
    return {word for word in spaced.split() if len(word) > 3}


def _written(case_id: int) -> list[tuple[str, str]]:
    """What the applicant wrote, the latest first: an explanation is accepted from one of them."""
    found = [one for one in mail_queries.thread(case_id) if one.direction is Direction.IN][::-1]
    return [(str(one.id), f"{formats.day(montreal_day(one.sent_at))} {one.body[:60]}") for one in found[:LATEST]]
