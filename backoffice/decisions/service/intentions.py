"""Intention letters: the warning before a rejection, its term, its new issue, its withdrawal (GPI 3-1)."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.states import CaseAction
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.states import TermAction, TermState
from backoffice.deadlines.values import TermKind
from backoffice.deadlines.wording import sentence
from backoffice.decisions import notices, queries
from backoffice.decisions.errors import AlreadyAsked, GroundsNeeded, TranslationNeeded
from backoffice.decisions.events import IntentionReissued, IntentionSent, IntentionWithdrawn, intention_owner
from backoffice.decisions.models import Intention
from backoffice.decisions.reminders import missing, worded
from backoffice.decisions.service.holding import check_may_end, close, take
from backoffice.decisions.states import INTENTIONS, IntentionAction, IntentionState, ProposalAction
from backoffice.decisions.values import INTENDED, Choice, Grounds, Intended, Outcome
from backoffice.documents import queries as document_queries
from backoffice.documents.events import request_owner
from backoffice.documents.models import RequestItem
from backoffice.mail import addresses
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message
from backoffice.mail.texts import LetterItem, MessageText

LETTERS: Final = {Intended.REJECT: "intention_to_reject"}
"""The letter of each intention; that of a refusal comes with the evaluation sheet."""

SHEET: Final = "int"
"""What the return sheet of an intention says that it answers."""


def intend_to_reject(proposal_id: int, grounds: Grounds, *, by: Actor, at: datetime) -> Intention:
    """Warn that the application may be rejected, for documents not supplied: the applicant has a whole new term to answer."""
    proposal, term = take(proposal_id, Choice.INTEND)
    check_may_end(term, at=at)
    case = case_queries.lock_case(proposal.case_id)
    items = chosen(int(term.owner_id), grounds)
    _check(case, items, grounds)
    intention = _letter(case, Intended.REJECT, items, grounds, proposal.id, by=by, at=at)
    close(proposal, ProposalAction.DECIDE, Outcome.INTENDED, grounds.text_fr, by=by, at=at)
    deadlines.end_term(request_owner(int(term.owner_id)), TermAction.LAPSE, by=by, at=at)
    cases.advance(case.id, CaseAction.INTEND_TO_REJECT, by=by, at=at)
    return intention


def chosen(request_id: int, grounds: Grounds) -> list[RequestItem]:
    """The missing documents that are the reason; what came is never among them."""
    return [item for item in missing(document_queries.request(request_id).items) if item.id in grounds.item_ids]


def _check(case: Case, items: list[RequestItem], grounds: Grounds) -> None:
    if not items and not grounds.text_fr:
        raise GroundsNeeded
    if case.language == "en" and grounds.text_fr and not grounds.text_en:
        raise TranslationNeeded


def _letter(case: Case, kind: Intended, items: list[RequestItem], grounds: Grounds, proposal_id: int | None, *, by: Actor, at: datetime) -> Intention:
    intention_id = db.session.scalar(select(func.nextval(func.pg_get_serial_sequence("intention", "id")))) or 0
    intention = Intention(
        id=intention_id, case_id=case.id, proposal_id=proposal_id, kind=kind, state=IntentionState.SENT, earlier=[],
        items=[_kept(line, item) for line, item in zip(worded(case, items), items, strict=True)], text_fr=grounds.text_fr,
        text_en=grounds.text_en, sent_at=at, sent_by=by.label,
    )  # fmt: skip
    message = _send(case, intention, None, by=by, at=at)
    db.session.add(intention)
    db.session.flush()
    fact = IntentionSent(intention.id, kind.value, str(message.id), [item.id for item in items], intention.letter_sha256)
    events.record(case_subject(case.id), fact, by=by, at=at)
    if message.readable_at:
        start_intention_term(intention, message.readable_at, "", by=by, at=at)
    return intention


def _kept(line: LetterItem, item: RequestItem) -> dict[str, Any]:
    """An item as it was written in the letter: what becomes of the list later does not change what was said."""
    return {"id": item.id, "code": item.code, **vars(line)}


def lines(intention: Intention) -> tuple[LetterItem, ...]:
    """The items of an intention as its letter worded them."""
    return tuple(LetterItem(**{k: v for k, v in one.items() if k not in {"id", "code"}}) for one in intention.items)


def preview(case: Case, items: list[RequestItem], grounds: Grounds, *, at: datetime) -> MessageText:
    """Exactly what the applicant will read, were it sent now."""
    french, english = _values(INTENDED["reject"], worded(case, items), grounds.text_fr, grounds.text_en, "", montreal_day(at))
    return notices.preview(case, "intention_to_reject", french, english)


def _send(case: Case, intention: Intention, replaces: date | None, *, by: Actor, at: datetime) -> Message:
    """The letter, or its new issue, under a key of its own."""
    french, english = _values(INTENDED[intention.kind], lines(intention), intention.text_fr, intention.text_en, replaces or "", montreal_day(at))
    once = f"intention:{intention.id}:{len(intention.earlier)}"
    last_day = deadlines.planned(INTENDED[intention.kind], montreal_day(at)).last_day
    sheet = notices.Sheet(addresses.return_code(SHEET, intention.id, case.number), last_day)
    message = notices.send(case, LETTERS[intention.kind], once, french, in_english=english, on_paper=True, sheet=sheet, by=by, at=at)
    intention.message_id, intention.letter_sha256 = message.id, message.attachments[0].sha256
    return message


def _values(
    kind: TermKind, items: tuple[LetterItem, ...], text_fr: str, text_en: str, replaces: date | str, start: date
) -> tuple[notices.Values, notices.Values]:
    worked = deadlines.planned(kind, start)
    french: notices.Values = {
        "replaces": replaces, "items": items, "reason": text_fr, "days": worked.days, "readable_on": worked.start, "last_day": worked.last_day,
        "workings": sentence(worked, "fr"),
    }  # fmt: skip
    return french, {"reason": text_en, "workings": sentence(worked, "en")}


def start_intention_term(intention: Intention, readable_at: datetime, reason: str, *, by: Actor, at: datetime) -> None:
    """The letter can be read, or was handed to the carrier: day zero; a letter issued again gives the whole term again."""
    owner, day = intention_owner(intention.id), montreal_day(readable_at)
    if term_queries.term_of(owner) is None:
        deadlines.start_term(INTENDED[intention.kind], case_subject(intention.case_id), owner, day, "letter_sent", by=by, at=at)
    else:
        deadlines.reissue_term(owner, day, reason or "reissued", by=by, at=at)


def reissue_intention(intention_id: int, reason: str, *, by: Actor, at: datetime) -> Intention:
    """Issue an intention letter again, because the first did not arrive: same grounds, new day zero."""
    case = case_queries.lock_case(queries.intention(intention_id).case_id)
    intention = queries.intention(intention_id)
    _check_stands(intention)
    before = mail_queries.message(intention.message_id)
    intention.earlier = [*intention.earlier, str(before.id)]
    message = _send(case, intention, montreal_day(before.sent_at), by=by, at=at)
    events.record(case_subject(case.id), IntentionReissued(intention.id, str(message.id), str(before.id), reason), by=by, at=at)
    if message.readable_at:
        start_intention_term(intention, message.readable_at, reason, by=by, at=at)
    return intention


def withdraw_intention(intention_id: int, reason: str, reason_en: str = "", *, by: Actor, at: datetime) -> Intention:
    """An answer came, or the letter was an error: the case goes back to the examination, and the applicant is told so."""
    case = case_queries.lock_case(queries.intention(intention_id).case_id)
    intention = queries.intention(intention_id)
    _check_stands(intention)
    if case.language == "en" and not reason_en:
        raise TranslationNeeded
    intention.state = move(INTENTIONS, intention.state, IntentionAction.WITHDRAW)
    intention.ended_at, intention.end_reason = at, reason
    events.record(case_subject(case.id), IntentionWithdrawn(intention.id, reason), by=by, at=at)
    for proposal in queries.open_proposals(case.id):
        close(proposal, ProposalAction.DECIDE, Outcome.INTENTION_WITHDRAWN, reason, by=by, at=at)
    term = term_queries.term_of(intention_owner(intention.id))
    if term is not None and term.state is TermState.RUNNING:
        deadlines.end_term(intention_owner(intention.id), TermAction.SATISFY, by=by, at=at)
    cases.advance(case.id, CaseAction.RESUME, by=by, at=at)
    once = f"intention-withdrawn:{intention.id}"
    notices.send(case, "intention_withdrawn", once, {"reason": reason}, in_english={"reason": reason_en or reason}, by=by, at=at)
    return intention


def _check_stands(intention: Intention) -> None:
    """Nothing is done to a letter while its rejection waits for the second signature."""
    if queries.waiting_decision(intention.case_id) is not None:
        raise AlreadyAsked
    move(INTENTIONS, intention.state, IntentionAction.WITHDRAW)  # refuses what stands no more


def letter_posted(message_id: UUID, posted_at: datetime, *, by: Actor, at: datetime) -> None:
    """The carrier has the letter: its term begins, or begins again."""
    intention = queries.intention_of_message(message_id)
    if intention is None or intention.state is not IntentionState.SENT:
        return
    term = term_queries.term_of(intention_owner(intention.id))
    if term is None or (term.state is TermState.RUNNING and term.start < montreal_day(posted_at)):
        start_intention_term(intention, posted_at, "reissued", by=by, at=at)
