"""The acknowledgment of a submission, and what the API says of windows and messages: present state, read at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from psycopg import Connection

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Person
from backoffice.cases.states import CaseStatus
from backoffice.core import clock
from backoffice.core.db import driver
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest
from backoffice.fees import rules as fee_rules
from backoffice.fees.events import fee_owner
from backoffice.fees.models import Fee
from backoffice.fees.service import paid_cents
from backoffice.fees.states import FeeState
from backoffice.intake.models import Submission
from backoffice.intake.receipts import instant
from backoffice.mail import reading
from backoffice.mail.models import Message
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules as quota_rules
from backoffice.quota.models import Window
from backoffice.quota.values import AdmissionStatus

Json = dict[str, object]

RETURNED = {AdmissionStatus.REFUSED, AdmissionStatus.WITHDRAWN, AdmissionStatus.ANNULLED}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What was acknowledged, with its present state."""

    content_sha256: str
    body: Json


_STATE = """
SELECT s.id, s.content_sha256, s.receipt_id, s.received_at, s.sequence, s.jws, s.window_code, a.status, a.reason, a.rank, c.number, c.status,
       f.assessed_cents, f.tariff, f.state, t.start, t.last_day,
       coalesce((SELECT sum(l.amount_cents) FROM allocation l WHERE l.fee_id = f.id AND l.reversed_at IS NULL), 0)::bigint
FROM submission s
LEFT JOIN admission a ON a.submission_id = s.id
LEFT JOIN "case" c ON c.submission_id = s.id
LEFT JOIN fee f ON f.submission_id = s.id
LEFT JOIN term t ON t.owner_kind = 'fee' AND t.owner_id = f.id::text
WHERE s.id = ANY(%b)
"""


def of(connection: Connection, submission_ids: Sequence[UUID]) -> dict[UUID, Acknowledged]:
    """Several acknowledgments by one statement: it is asked for again and again on an opening day."""
    found = {}
    for key, sha256, receipt_id, received_at, sequence, jws, code, status, reason, rank, number, stage, *fee in connection.execute(
        _STATE, [list(submission_ids)]
    ):
        receipt = {
            "receipt_id": str(receipt_id), "received_at": instant(received_at), "sequence": sequence, "content_sha256": sha256, "jws": jws,
        }  # fmt: skip
        admission = {"window": code, "status": status or AdmissionStatus.PENDING.value, "reason": reason, "rank": rank}
        body: Json = {
            "submission_id": str(key), "case_number": number, "receipt": receipt, "admission": admission, "payment": _owed(*fee),
            "status": stage or _without_case(status),
        }  # fmt: skip
        found[key] = Acknowledged(sha256, body)
    return found


def acknowledgment(submission: Submission) -> Json:
    """The acknowledgment with its present state; its receipt never changes."""
    return of(driver(), [submission.id])[submission.id].body


def pending(submission_id: UUID, window_code: str, receipt: Json) -> Json:
    """The acknowledgment of the first instant: received for certain, its place to follow in seconds."""
    return {
        "submission_id": str(submission_id), "case_number": None, "receipt": receipt,
        "admission": {"window": window_code, "status": AdmissionStatus.PENDING.value, "reason": None, "rank": None},
        "payment": None, "status": CaseStatus.SOUMISE.value,
    }  # fmt: skip


def encode(value: object) -> str:
    """JSON as the API sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _without_case(admission: str | None) -> str:
    return (CaseStatus.RETOURNEE if admission in RETURNED else CaseStatus.SOUMISE).value


def _owed(assessed: int | None, tariff: str, state: str, start: date | None, last_day: date | None, paid: int) -> Json | None:
    """What is owed, from when, until when."""
    if assessed is None:
        return None
    return {
        "amount_cents": assessed, "currency": "CAD", "tariff": tariff, "clock_starts": start.isoformat() if start else None,
        "due_on": last_day.isoformat() if last_day and last_day != OPEN_ENDED else None, "status": _standing(FeeState(state), assessed, [paid]),
    }  # fmt: skip


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
    start, last_day = (term.start, term.last_day) if term else (None, None)
    return _owed(fee.assessed_cents, fee.tariff, fee.state.value, start, last_day, sum(paid_cents(fee))) or {}


def payment_status(fee: Fee) -> str:
    """due, short, paid, overpaid, lapsed, waived."""
    return _standing(fee.state, fee.assessed_cents, paid_cents(fee))


def _standing(state: FeeState, assessed: int, paid: Sequence[int]) -> str:
    if state in {FeeState.LAPSED, FeeState.CANCELLED}:
        return "lapsed"
    if state is FeeState.WAIVED:
        return "waived"
    return fee_rules.standing(assessed, paid).value


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
        "withdrawn_at": instant(one.withdrawn_at) if one.withdrawn_at else None,
        "subject": one.subject,
        "body": one.body,
        "in_reply_to": str(one.in_reply_to) if one.in_reply_to else None,
        "attachments": [
            {"id": str(a.id), "kind": a.kind, "filename": a.filename, "media_type": a.media_type, "size": a.size, "sha256": a.sha256}
            for a in one.attachments
        ],
        "request": request_block(request) if request else None,
    }


def in_mailbox(one: Message, request: DocumentRequest | None) -> Json:
    """A message as the applicant sees it: of one that was withdrawn, a notice that it was, and nothing of what it said."""
    shown = message(one, request)
    if one.withdrawn_at is None:
        return shown
    instead = reading.shown(one)
    return {**shown, "subject": instead.subject, "body": instead.body, "attachments": [], "request": None}


def request_block(request: DocumentRequest) -> Json:
    """The itemised request a message carries."""
    term = term_queries.term_of(request_owner(request.id))
    case = case_queries.case_by_id(request.case_id)
    people = {p.id: p for p in case.people}
    language = case.language
    return {
        "id": request.id,
        "state": request.state.value,
        "due_on": term.last_day.isoformat() if term and term.last_day != OPEN_ENDED else None,
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
