"""Asking: a list sent, sent again because it never arrived, or replaced because the family changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import TRANSITIONS as CASES
from backoffice.cases.states import CaseAction
from backoffice.cases.values import Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import allows, move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.rules import rule_for
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from backoffice.documents import composing, queries, rules
from backoffice.documents.catalogue import CATALOGUE
from backoffice.documents.errors import (
    NotAwaited,
    NotDescribed,
    NothingAsked,
    ReasonInFrenchOnly,
    RequestStillOpen,
    SayWhy,
    StillToPost,
    TermNotAllowed,
    UnknownItem,
)
from backoffice.documents.events import RequestReissued, RequestReplaced, RequestSent, request_owner
from backoffice.documents.models import DocumentRequest, ItemAnswer, RequestItem
from backoffice.documents.service.standing import AWAITED, end_running_term, lock, note_step
from backoffice.documents.states import REQUEST_TRANSITIONS, ItemState, RequestAction, RequestState
from backoffice.documents.values import NewItem
from backoffice.mail import addresses, printing, texts
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.mail.texts import LetterItem

KEPT = frozenset(ItemState) - AWAITED
"""What arrived or was settled is not asked for twice."""


@dataclass(frozen=True)
class Asking:
    """A list ready to leave: what is asked, under which days, and what it takes over from the list before."""

    items: Sequence[NewItem]
    days: int | None = None
    days_reason: str = ""
    replaces: DocumentRequest | None = None
    follows: dict[int, RequestItem] = field(default_factory=dict)
    kept: Sequence[RequestItem] = ()


def send_request(
    case_id: int, items: Sequence[NewItem], *, days: int | None = None, days_reason: str = "", by: Actor, at: datetime
) -> DocumentRequest:
    """Ask for documents: message, letter with its return sheet, and the term, which runs once it is readable.

    The term is of 90 days, unless others were granted to this request, with their reason.
    """
    case = case_queries.lock_case(case_id)
    check(case, items, days, days_reason, at=at)
    if queries.open_request(case_id):
        raise RequestStillOpen
    return _send(case, Asking(items, days, days_reason), by=by, at=at)


def check(case: Case, items: Sequence[NewItem], days: int | None, days_reason: str, *, at: datetime) -> None:
    """Refuse what could not be sent: the same for the preview as for the sending."""
    if not items:
        raise NothingAsked
    people = {person.id for person in case.people}
    if any(item.code not in CATALOGUE or (item.person_id and item.person_id not in people) for item in items):
        raise UnknownItem
    if any(bool(item.label_fr) != bool(item.label_en) or (item.code == "other" and not item.label_fr) for item in items):
        raise NotDescribed
    if case.language == "en" and any(item.reason and not item.reason_en for item in items):
        raise ReasonInFrenchOnly
    rule = rule_for(TermKind.DOCUMENTS, montreal_day(at))
    if not rules.may_grant(days, days_reason, rule.days):
        raise TermNotAllowed(rules.FEWEST_DAYS, rules.MOST_DAYS)


def _send(case: Case, asking: Asking, *, by: Actor, at: datetime) -> DocumentRequest:
    request_id = db.session.scalar(select(func.nextval(func.pg_get_serial_sequence("document_request", "id")))) or 0
    code = addresses.return_code("doc", request_id, case.number)
    lines = composing.lines(case, asking.items)
    message, letter_sha256 = _write(case, request_id, lines, code, asking.days, f"request:{request_id}", by=by, at=at)
    request = DocumentRequest(
        id=request_id, case_id=case.id, message_id=message.id, state=RequestState.OPEN, sent_at=at, return_code=code, letter_sha256=letter_sha256,
        own_days=asking.days, days_reason=asking.days_reason, replaces_id=asking.replaces.id if asking.replaces else None,
    )  # fmt: skip
    asked = [_item(item, line, asking.follows.get(place)) for place, (item, line) in enumerate(zip(asking.items, lines, strict=True))]
    request.items = [*asked, *(_taken_over(one) for one in asking.kept)]
    for place, item in enumerate(request.items):
        item.position = place + 1
    db.session.add(request)
    db.session.flush()
    _note_beginnings(request, asking, by=by, at=at)
    events.record(case_subject(case.id), RequestSent(request.id, str(message.id), len(asking.items), letter_sha256), by=by, at=at)
    if message.readable_at:
        start_documents_term(request, message.readable_at, by=by, at=at)
    if allows(CASES, case.status, CaseAction.REQUEST_DOCUMENTS) or not asking.replaces:
        cases.advance(case.id, CaseAction.REQUEST_DOCUMENTS, by=by, at=at)
    cases.place_hold(case.id, Hold.DOCUMENTS, by=by, at=at)
    return request


def _write(
    case: Case, request_id: int, lines: tuple[LetterItem, ...], code: str, days: int | None, once: str, *, by: Actor, at: datetime
) -> tuple[Message, str]:
    """The message and its letter, of the very same lines."""
    letter = composing.letter(case, lines, code, by.label, f"D-{request_id:06d}", days=days, at=at)
    file = printing.keep_letter(texts.request_letter_html(letter), f"demande-de-documents-{case.number}.pdf")
    text = composing.written(case, lines, days=days, at=at).text
    message = mail.send_message(case.id, "document_request", text, files=[file], letter_sha256=file.sha256, once=once, by=by, at=at)
    return message, file.sha256


def _item(item: NewItem, line: LetterItem, follows: RequestItem | None) -> RequestItem:
    known = CATALOGUE[item.code]
    return RequestItem(
        person_id=item.person_id, code=item.code, label_fr=line.label_fr, label_en=line.label_en, format=(item.format or known.format).value,
        reason_fr=line.reason_fr, reason_en=line.reason_en, basis=known.basis if item.basis is None else item.basis,
        substitutes_fr=" ; ".join(known.substitutes) if item.substitutes_fr is None else item.substitutes_fr,
        substitutes_en="; ".join(known.substitutes_en) if item.substitutes_en is None else item.substitutes_en,
        translation=item.translation, follows_id=follows.id if follows else None, state=ItemState.ASKED,
    )  # fmt: skip


def _taken_over(old: RequestItem) -> RequestItem:
    """A line of the list before, as it stood there."""
    return RequestItem(
        person_id=old.person_id, code=old.code, label_fr=old.label_fr, label_en=old.label_en, format=old.format, reason_fr=old.reason_fr,
        reason_en=old.reason_en, basis=old.basis, substitutes_fr=old.substitutes_fr, substitutes_en=old.substitutes_en,
        translation=old.translation, follows_id=old.id, state=old.state, received_on=old.received_on, review_note=old.review_note,
        reviewed_at=old.reviewed_at,
    )  # fmt: skip


def _note_beginnings(request: DocumentRequest, asking: Asking, *, by: Actor, at: datetime) -> None:
    answers = queries.answers(one.id for one in asking.kept)
    kept = {one.id: one for one in asking.kept}
    for item in request.items:
        old = kept.get(item.follows_id or 0)
        documents = answers.get(old.id, []) if old else []
        for document_id in documents:
            db.session.execute(insert(ItemAnswer).values(item_id=item.id, document_id=document_id).on_conflict_do_nothing())
        note_step(item, document_id=documents[-1] if documents else None, received_on=item.received_on, by=by, at=at)


def start_documents_term(request: DocumentRequest, readable_at: datetime, *, by: Actor, at: datetime) -> None:
    """The request became readable: day zero of its term."""
    owner, day = request_owner(request.id), montreal_day(readable_at)
    subject = case_subject(request.case_id)
    deadlines.start_term(TermKind.DOCUMENTS, subject, owner, day, "message_readable", days=request.own_days, by=by, at=at)


def reissue_request(request_id: int, reason: str, *, by: Actor, at: datetime) -> DocumentRequest:
    """Send the same list again because it never arrived: what is still awaited of it, with its whole term from a new day zero.

    By post, the new day zero is that of the new letter, once it is handed to the carrier.
    """
    request = lock(request_id)
    _check_reason(reason)
    term = term_queries.term_of(request_owner(request.id))
    if term is None:
        raise StillToPost
    if request.state is not RequestState.OPEN or term.state is not TermState.RUNNING:
        raise NotAwaited
    case, earlier = case_queries.lock_case(request.case_id), request.message_id
    people = {person.id: person for person in case.people}
    awaited = [item for item in request.items if item.state in AWAITED] or request.items
    lines = tuple(composing.stored_line(item, people.get(item.person_id or 0)) for item in awaited)
    once = f"request:{request_id}:again:{earlier}"
    message, request.letter_sha256 = _write(case, request_id, lines, request.return_code, request.own_days, once, by=by, at=at)
    request.message_id = message.id
    events.record(case_subject(case.id), RequestReissued(request_id, str(message.id), str(earlier), reason), by=by, at=at)
    if message.readable_at:
        deadlines.reissue_term(request_owner(request_id), montreal_day(message.readable_at), reason, by=by, at=at)
    return request


def replace_request(
    request_id: int, items: Sequence[NewItem], reason: str, *, days: int | None = None, days_reason: str = "", by: Actor, at: datetime
) -> DocumentRequest:
    """Ask for another list because the family changed; what arrived for the same line of the old one is taken over.

    The old list is marked replaced, its term ends with it, and the new one has a day zero of its own.
    """
    old = lock(request_id)
    _check_reason(reason)
    if not allows(REQUEST_TRANSITIONS, old.state, RequestAction.REPLACE):
        raise NotAwaited
    case = case_queries.lock_case(old.case_id)
    asked, follows, kept = merged(old, items)
    check(case, asked, days, days_reason, at=at)
    if (other := queries.open_request(case.id)) and other.id != old.id:
        raise RequestStillOpen
    old.state, old.ended_reason = move(REQUEST_TRANSITIONS, old.state, RequestAction.REPLACE), reason
    end_running_term(old, TermAction.CANCEL, by=by, at=at)
    db.session.flush()
    new = _send(case, Asking(asked, days, days_reason, old, follows, kept), by=by, at=at)
    events.record(case_subject(case.id), RequestReplaced(old.id, new.id, len(kept), reason), by=by, at=at)
    return new


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < 3:
        raise SayWhy


def merged(old: DocumentRequest, items: Sequence[NewItem]) -> tuple[list[NewItem], dict[int, RequestItem], list[RequestItem]]:
    """A new list against the old one: what is still to ask, which old line each follows, and what is taken over as it stands."""
    before = {line_key(item.code, item.person_id, item.label_fr): item for item in old.items}
    asked: list[NewItem] = []
    follows: dict[int, RequestItem] = {}
    kept: dict[int, RequestItem] = {}
    for item in items:
        known = before.get(line_key(item.code, item.person_id, item.label_fr or CATALOGUE[item.code].label_fr if item.code in CATALOGUE else ""))
        if known is not None and known.state in KEPT:
            kept[known.id] = known
            continue
        if known is not None:
            follows[len(asked)] = known
        asked.append(item)
    return asked, follows, list(kept.values())


def line_key(code: str, person_id: int | None, label_fr: str) -> tuple[str, int | None, str]:
    """What makes two lines ask for the same thing of the same person."""
    return code, person_id, label_fr if code == "other" else ""
