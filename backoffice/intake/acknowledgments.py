"""The acknowledgment of a submission, and what the API says of windows and messages: present state, read at once."""

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case, Person
from backoffice.cases.states import CaseStatus
from backoffice.core import clock
from backoffice.deadlines import queries as term_queries
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest
from backoffice.fees import queries as fee_queries
from backoffice.fees import rules as fee_rules
from backoffice.fees.events import fee_owner
from backoffice.fees.models import Fee
from backoffice.fees.service import paid_cents
from backoffice.fees.states import FeeState
from backoffice.intake.models import Submission
from backoffice.intake.receipts import instant
from backoffice.mail.models import Message
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules as quota_rules
from backoffice.quota.models import Window
from backoffice.quota.values import AdmissionStatus

Json = dict[str, object]

RETURNED = {AdmissionStatus.REFUSED, AdmissionStatus.WITHDRAWN, AdmissionStatus.ANNULLED}


def acknowledgment(submission: Submission) -> Json:
    """The acknowledgment with its present state; its receipt never changes."""
    admission = quota_queries.admission(submission.id)
    case = case_queries.case_of_submission(submission.id)
    fee = fee_queries.fee_of_submission(submission.id)
    return {
        "submission_id": str(submission.id),
        "case_number": case.number if case else None,
        "receipt": receipt(submission),
        "admission": {
            "window": submission.window_code,
            "status": (admission.status if admission else AdmissionStatus.PENDING).value,
            "reason": admission.reason.value if admission and admission.reason else None,
            "rank": admission.rank if admission else None,
        },
        "payment": payment(fee) if fee else None,
        "status": _status(case, admission.status if admission else AdmissionStatus.PENDING),
    }


def _status(case: Case | None, admission: AdmissionStatus) -> str:
    if case:
        return case.status.value
    return (CaseStatus.RETOURNEE if admission in RETURNED else CaseStatus.SOUMISE).value


def receipt(submission: Submission) -> Json:
    """What was received and when, signed."""
    return {
        "receipt_id": str(submission.receipt_id),
        "received_at": instant(submission.received_at),
        "sequence": submission.sequence,
        "content_sha256": submission.content_sha256,
        "jws": submission.jws,
    }


def payment(fee: Fee) -> Json:
    """What is owed, from when, until when."""
    term = term_queries.term_of(fee_owner(fee.id))
    return {
        "amount_cents": fee.assessed_cents,
        "currency": "CAD",
        "tariff": fee.tariff,
        "clock_starts": term.start.isoformat() if term else None,
        "due_on": term.last_day.isoformat() if term else None,
        "status": payment_status(fee),
    }


def payment_status(fee: Fee) -> str:
    """due, short, paid, overpaid, lapsed, waived."""
    if fee.state in {FeeState.LAPSED, FeeState.CANCELLED}:
        return "lapsed"
    if fee.state is FeeState.WAIVED:
        return "waived"
    return fee_rules.standing(fee.assessed_cents, paid_cents(fee)).value


def window(one: Window) -> Json:
    """A window with its counts of this instant."""
    standing = quota_queries.standing(one.id)
    return {
        "code": one.code,
        "programme": one.programme,
        "policy": one.policy.get("order"),
        "capacity": one.capacity,
        "held": standing.held,
        "confirmed": standing.confirmed,
        "free": quota_rules.free(one.terms, standing),
        "state": one.state.value,
        "announced_at": instant(one.announced_at) if one.announced_at else None,
        "opens_at": instant(one.opens_at),
        "opened_at": instant(one.opened_at) if one.opened_at else None,
        "closes_at": instant(one.closes_at),
    }


def message(one: Message, request: DocumentRequest | None) -> Json:
    """A message as the portal shows it."""
    return {
        "id": str(one.id),
        "direction": one.direction.value,
        "kind": one.kind,
        "sent_at": instant(one.sent_at),
        "readable_at": instant(one.readable_at) if one.readable_at else None,
        "opened_at": instant(one.opened_at) if one.opened_at else None,
        "subject": one.subject,
        "body": one.body,
        "in_reply_to": str(one.in_reply_to) if one.in_reply_to else None,
        "attachments": [
            {"id": str(a.id), "kind": a.kind, "filename": a.filename, "media_type": a.media_type, "size": a.size, "sha256": a.sha256}
            for a in one.attachments
        ],
        "request": request_block(request) if request else None,
    }


def request_block(request: DocumentRequest) -> Json:
    """The itemised request a message carries."""
    term = term_queries.term_of(request_owner(request.id))
    case = case_queries.case_by_id(request.case_id)
    people = {p.id: p for p in case.people}
    language = case.language
    return {
        "id": request.id,
        "state": request.state.value,
        "due_on": term.last_day.isoformat() if term else None,
        "items": [
            {
                "id": item.id,
                "position": item.position,
                "person": _person(people, item.person_id),
                "code": item.code,
                "label": item.label_en if language == "en" else item.label_fr,
                "label_fr": item.label_fr,
                "label_en": item.label_en,
                "format": item.format,
                "state": item.state.value,
                "received_on": item.received_on.isoformat() if item.received_on else None,
                "refusal": item.refusal_code,
            }
            for item in request.items
        ],
    }


def _person(people: dict[int, Person], person_id: int | None) -> Json | None:
    person = people.get(person_id) if person_id else None
    if person is None:
        return None
    return {"kind": person.kind.value, "family_name": person.family_name, "given_names": person.given_names}


def is_readable(one: Message) -> bool:
    """Whether the applicant may see it now."""
    return one.readable_at is not None and one.readable_at <= clock.now()
