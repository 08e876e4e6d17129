"""What documents tell the applicant: an item refused and why, everything received."""

from datetime import datetime
from typing import cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.deadlines import queries as term_queries
from backoffice.documents.catalogue import REFUSAL_REASONS
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest, RequestItem
from backoffice.mail import addresses, service, texts
from backoffice.mail.texts import Language


def send_item_refused(case: Case, request: DocumentRequest, item: RequestItem, *, by: Actor, at: datetime) -> None:
    """Say which document cannot be accepted, why, and until when it can be sent again."""
    person = next((p for p in case.people if p.id == item.person_id), None)
    term = term_queries.term_of(request_owner(request.id))
    reason = REFUSAL_REASONS[item.refusal_code or "other"].label(case.language)
    text = texts.render_message(
        "item_refused", cast("Language", case.language), applicant_name=addresses.name(case_queries.principal(case)),
        case_number=case.number, person=addresses.name(person) if person else "—",
        item=item.label_en if case.language == "en" else item.label_fr,
        reason=f"{reason}. {item.review_note}" if item.review_note else reason,
        last_day=term.last_day if term else montreal_day(at),
    )  # fmt: skip
    service.send_message(case.id, "item_refused", text, once=f"refused:{item.id}:{at.isoformat()}", by=by, at=at)


def send_documents_complete(case: Case, request: DocumentRequest, *, by: Actor, at: datetime) -> None:
    """Say that everything asked for is in."""
    received = max((item.received_on for item in request.items if item.received_on), default=montreal_day(at))
    text = texts.render_message(
        "documents_complete", cast("Language", case.language), applicant_name=addresses.name(case_queries.principal(case)),
        case_number=case.number, received_on=received,
    )  # fmt: skip
    service.send_message(case.id, "documents_complete", text, once=f"complete:{request.id}", automatic=True, by=by, at=at)
