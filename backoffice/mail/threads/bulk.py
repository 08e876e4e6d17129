"""Operations on messages to many: freeze the list, ask a second person, then write to each, once, part by part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import insert

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cases.states import FINAL
from backoffice.core import events
from backoffice.core.actors import SYSTEM, Actor
from backoffice.core.canonical import plain_digest
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.mail import addresses, texts
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.texts import Language, MessageText
from backoffice.mail.threads import queries
from backoffice.mail.threads.errors import EnglishMissing, ListChanged, NobodyChosen, TooMany
from backoffice.mail.threads.events import BulkAbandoned, BulkAdvanced, BulkApproved, BulkDeclined, BulkFinished, BulkPrepared, bulk_subject
from backoffice.mail.threads.models import BulkMessage, BulkRecipient
from backoffice.mail.threads.service import letter
from backoffice.mail.threads.states import TRANSITIONS, BulkAction, BulkState, RecipientState
from backoffice.mail.threads.values import BulkText, Choice, Why
from backoffice.staff import service as staff
from backoffice.staff.models import Account

KIND = APPROVAL = "bulk_message"
CHUNK, MOST = 50, 5_000
"""How many are written to in one transaction, and how many one message may reach."""


@dataclass(frozen=True)
class Named:
    """One line of a choice: the number as it was given, its case if there is one, and why it is here."""

    number: str
    case: Case | None
    why: Why


def prepare(text: BulkText, choice: Choice, named: Sequence[Named], reason: str, *, by: Account, at: datetime) -> BulkMessage:
    """Freeze the list of a message to many, with who is left out and why; nobody is written to yet."""
    listed, left = _sorted(named)
    if not listed:
        raise NobodyChosen
    if len(listed) > MOST:
        raise TooMany(MOST)
    if not (text.subject_en and text.body_en) and any(one.case and one.case.language == "en" for one in listed):
        raise EnglishMissing
    marks = [(place, one.case.id) for place, one in enumerate(listed, 1) if one.case]
    bulk = BulkMessage(
        state=BulkState.PREPARED, reason=reason, subject_fr=text.subject_fr, body_fr=text.body_fr, subject_en=text.subject_en, body_en=text.body_en,
        chosen=choice.to_json(), list_sha256=list_digest(text, marks), listed=len(listed), left_out=len(left), by_id=by.id, prepared_at=at,
    )  # fmt: skip
    db.session.add(bulk)
    db.session.flush()
    _write_list(bulk, listed, left)
    fact = BulkPrepared(bulk.id, bulk.listed, bulk.left_out, bulk.list_sha256, reason)
    events.record(bulk_subject(bulk.id), fact, by=by.actor, at=at)
    return bulk


def _sorted(named: Sequence[Named]) -> tuple[list[Named], list[Named]]:
    """Those who receive it and those who do not, each with its reason."""
    listed: list[Named] = []
    left: list[Named] = []
    seen: set[int] = set()
    for one in named:
        why = Why.UNKNOWN if one.case is None else Why.TWICE if one.case.id in seen else Why.ENDED if one.case.status in FINAL else None
        if why is None and one.case:
            seen.add(one.case.id)
            listed.append(one)
        else:
            left.append(Named(one.number, one.case, why or one.why))
    return listed, left


def list_digest(text: BulkText, marks: Sequence[tuple[int, int]]) -> str:
    """What is signed: the words and the exact list."""
    return plain_digest([text.subject_fr, text.body_fr, text.subject_en, text.body_en, [list(mark) for mark in marks]])


def _write_list(bulk: BulkMessage, listed: Sequence[Named], left: Sequence[Named]) -> None:
    rows = [(one, RecipientState.WAITING) for one in listed] + [(one, RecipientState.LEFT_OUT) for one in left]
    values = [
        {
            "bulk_id": bulk.id, "position": place, "number": one.case.number if one.case else one.number, "case_id": one.case.id if one.case else None,
            "status": one.case.status.value if one.case else None, "language": one.case.language if one.case else None,
            "online": bool(one.case and mail.reachable_online(one.case)), "why": one.why.value, "state": state,
        }
        for place, (one, state) in enumerate(rows, 1)
    ]  # fmt: skip
    db.session.execute(insert(BulkRecipient), values)


def ask(bulk_id: int, *, by: Account, at: datetime) -> BulkMessage:
    """Put a prepared message before a second person."""
    bulk = queries.lock_bulk(bulk_id)
    bulk.state = move(TRANSITIONS, bulk.state, BulkAction.ASK)
    facts: dict[str, object] = {"cases": bulk.listed, "list_sha256": bulk.list_sha256, "page": f"/messages/bulk/{bulk.id}"}
    approval = staff.ask_approval(APPROVAL, bulk_subject(bulk.id), facts, f"{bulk.subject_fr}\n{bulk.reason}", by=by, at=at)
    bulk.by_id, bulk.asked_at, bulk.approval_id = by.id, at, approval.id
    return bulk


def abandon(bulk_id: int, *, by: Actor, at: datetime) -> BulkMessage:
    """Give it up before asking; it stays in the history."""
    bulk = queries.lock_bulk(bulk_id)
    bulk.state = move(TRANSITIONS, bulk.state, BulkAction.ABANDON)
    events.record(bulk_subject(bulk.id), BulkAbandoned(bulk.id), by=by, at=at)
    return bulk


def answer(approval_id: int, *, approved: bool, by: Actor, at: datetime) -> BulkMessage | None:
    """The second person answered: it is sent from now on, or nobody is written to."""
    bulk = queries.bulk_by_approval(approval_id)
    if bulk is None or bulk.state is not BulkState.ASKED:
        return bulk
    bulk.state = move(TRANSITIONS, bulk.state, BulkAction.APPROVE if approved else BulkAction.DECLINE)
    if not approved:
        events.record(bulk_subject(bulk.id), BulkDeclined(bulk.id), by=by, at=at)
        return bulk
    bulk.second_id, bulk.second_at = int(by.id), at
    _check_list(bulk)
    events.record(bulk_subject(bulk.id), BulkApproved(bulk.id, bulk.list_sha256), by=by, at=at)
    return bulk


def _check_list(bulk: BulkMessage) -> None:
    """What is sent is what was signed, to the byte."""
    if list_digest(_words(bulk), queries.frozen(bulk.id)) != bulk.list_sha256:
        raise ListChanged


def _words(bulk: BulkMessage) -> BulkText:
    return BulkText(bulk.subject_fr, bulk.body_fr, bulk.subject_en, bulk.body_en)


def go_on(bulk_id: int, *, at: datetime, size: int = CHUNK) -> bool:
    """Write to the next part of a signed list; false when nothing is left to do.

    Each part is one transaction: a process killed in the middle leaves its part undone, and whoever comes next does it; each
    message stands under a key of its own, so that nobody gets two.
    """
    bulk = queries.lock_bulk(bulk_id)
    if bulk.state is not BulkState.SENDING:
        return False
    rows = queries.recipients(bulk.id, RecipientState.WAITING, limit=size)
    for row in sorted(rows, key=lambda one: one.case_id or 0):
        _send(bulk, row, at=at)
    db.session.flush()
    now = queries.counts([bulk.id])[bulk.id]
    sent, skipped, left = now[RecipientState.SENT], now[RecipientState.SKIPPED], now[RecipientState.WAITING]
    if left:
        events.record(bulk_subject(bulk.id), BulkAdvanced(bulk.id, sent, skipped, left), by=SYSTEM, at=at)
        return True
    bulk.state, bulk.done_at = move(TRANSITIONS, bulk.state, BulkAction.FINISH), at
    events.record(bulk_subject(bulk.id), BulkFinished(bulk.id, sent, skipped), by=SYSTEM, at=at)
    return True


def _send(bulk: BulkMessage, row: BulkRecipient, *, at: datetime) -> None:
    """Write to one. The product writes, not whoever signed: nobody's own question counts as answered by it."""
    case = case_queries.lock_case(row.case_id or 0)
    row.done_at = at
    if case.status in FINAL:
        row.state, row.why = RecipientState.SKIPPED, Why.ENDED.value
        return
    once = f"bulk:{bulk.id}:{case.id}"
    said, paper = text_for(bulk, case, cast("Language", case.language)), []
    if not mail.reachable_online(case) and not mail_queries.already_sent(once):
        paper = [letter(case, said, said, "", at=at)]
    sent = mail.send_message(
        case.id, KIND, said, files=paper, letter_sha256=paper[0].sha256 if paper else None, once=once, automatic=True, by=SYSTEM, at=at
    )
    row.state, row.message_id = RecipientState.SENT, sent.id


def text_for(bulk: BulkMessage, case: Case, language: Language) -> MessageText:
    """What one recipient reads."""
    subject, body = (bulk.subject_en, bulk.body_en) if language == "en" else (bulk.subject_fr, bulk.body_fr)
    name = addresses.name(case_queries.principal(case))
    return texts.render_message(KIND, language, applicant_name=name, case_number=case.number, subject=subject, body=body)
