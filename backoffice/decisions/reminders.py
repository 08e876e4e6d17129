"""Reminders: what is still missing, or still owed, and until when; quiet when the applicant has answered.

By post only a reminder that leaves thirty days or more is sent: a later one would come after the last day.
"""

from datetime import date, datetime
from typing import Final

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case, Person
from backoffice.core import events
from backoffice.core.actors import SYSTEM
from backoffice.core.settings import settings
from backoffice.deadlines import reminding
from backoffice.deadlines.models import Term
from backoffice.deadlines.reminding import Due, ReminderOutcome
from backoffice.deadlines.values import TermKind, Workings
from backoffice.deadlines.wording import sentence
from backoffice.decisions import notices, queries
from backoffice.decisions.events import ReminderSent
from backoffice.documents import queries as document_queries
from backoffice.documents.composing import FORMATS
from backoffice.documents.models import RequestItem
from backoffice.documents.states import ItemState
from backoffice.documents.values import DocumentFormat
from backoffice.fees import queries as fee_queries
from backoffice.fees import rules as fee_rules
from backoffice.fees.service import paid_cents
from backoffice.fees.states import FeeState
from backoffice.mail import addresses
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.mail.texts import FAMILY, LetterItem, MessageValue

BY_POST_FROM: Final = 30
OWNERS: Final = {
    TermKind.PAYMENT: "fee", TermKind.DOCUMENTS: "request", TermKind.INTENTION_TO_REJECT: "intention", TermKind.INTENTION_TO_REFUSE: "intention",
}  # fmt: skip
MISSING: Final = frozenset({ItemState.ASKED, ItemState.REFUSED})


def due(as_of: date) -> list[Due]:
    """Every reminder to send as of a day, to those who have not answered."""
    found = [one for kind in OWNERS for one in reminding.due(kind, as_of, settings().reminder_days)]
    return [one for one in found if one.term.owner_kind == OWNERS[one.term.kind] and not answered(one.term)]


def answered(term: Term) -> bool:
    """Whether nothing is awaited any more: all documents are here, the fee is paid or its payment is being matched, the letter was answered."""
    if term.kind is TermKind.DOCUMENTS:
        return not missing(document_queries.request(int(term.owner_id)).items)
    if term.kind is TermKind.PAYMENT:
        return _paid(int(term.owner_id))
    sent = queries.intention(int(term.owner_id))
    return bool(queries.messages_since(sent.case_id, sent.sent_at) or queries.documents_since(sent.case_id, sent.sent_at))


def _paid(fee_id: int) -> bool:
    fee = fee_queries.fee(fee_id)
    return fee.state is not FeeState.DUE or bool(fee_queries.unmatched_claims(fee.submission_id))


def missing(items: list[RequestItem]) -> list[RequestItem]:
    """What has not come, or must come again."""
    return [item for item in items if item.state in MISSING]


def remind(one: Due, as_of: date, *, at: datetime) -> Message | None:
    """Send one reminder, if it is still due once the case is held; nothing for those whom a letter would reach too late."""
    case = case_queries.lock_case(int(one.term.subject_id))
    if not reminding.still_due(one) or answered(one.term):
        return None
    if not mail.reachable_online(case) and one.left < BY_POST_FROM:
        reminding.note(one, ReminderOutcome.NOT_BY_POST, as_of)
        return None
    message = _send(case, one, at=at)
    reminding.note(one, ReminderOutcome.SENT, as_of)
    fact = ReminderSent(one.term.id, one.term.kind.value, one.days_before, one.left, str(message.id))
    events.record(case_subject(case.id), fact, by=SYSTEM, at=at)
    return message


def _send(case: Case, one: Due, *, at: datetime) -> Message:
    term = one.term
    worked = Workings.from_json(term.workings)
    values: dict[str, MessageValue] = {"last_day": term.last_day, "days": one.left, "readable_on": term.start, "workings": sentence(worked, "fr")}
    kind = {"fee": "reminder_payment", "request": "reminder_documents", "intention": "reminder_intention"}[term.owner_kind]
    if kind == "reminder_documents":
        values["items"] = worded(case, missing(document_queries.request(int(term.owner_id)).items))
    if kind == "reminder_payment":
        fee = fee_queries.fee(int(term.owner_id))
        values["amount_cents"] = fee_rules.owing(fee.assessed_cents, paid_cents(fee))
    once = f"reminder:{term.id}:{term.start.isoformat()}:{one.days_before}"
    return notices.send(case, kind, once, values, in_english={"workings": sentence(worked, "en")}, by=SYSTEM, at=at)


def worded(case: Case, items: list[RequestItem]) -> tuple[LetterItem, ...]:
    """Items of a request as both languages word them."""
    people = {person.id: person for person in case.people}
    return tuple(_worded(people.get(item.person_id or 0), item) for item in items)


def _worded(person: Person | None, item: RequestItem) -> LetterItem:
    french, english = FORMATS[DocumentFormat(item.format)]
    return LetterItem(
        person=addresses.name(person) if person else FAMILY, label_fr=item.label_fr, label_en=item.label_en,
        format_fr=french, format_en=english, reason_fr=item.reason_fr, reason_en=item.reason_en,
    )  # fmt: skip
