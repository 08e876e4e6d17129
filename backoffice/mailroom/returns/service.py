"""Operations on what goes back to its sender: nothing leaves the building without a record and a letter that says why."""

from datetime import datetime
from typing import cast

from flask_babel import gettext as _

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.states import ReceiptState
from backoffice.mail.texts import Language
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.returns import letters, queries
from backoffice.mailroom.returns.errors import (
    ExplanationNeeded,
    MoneyGoesBackAlready,
    NothingGoesBack,
    ReasonDoesNotFit,
    TrackingNeeded,
    WholeStays,
)
from backoffice.mailroom.returns.events import ReturnCancelled, ReturnPrepared, ReturnSent
from backoffice.mailroom.returns.letters import ReturnLetter
from backoffice.mailroom.returns.models import PaperReturn
from backoffice.mailroom.returns.states import RETURNS, ReturnAction, ReturnState
from backoffice.mailroom.returns.values import TRACKED, WORDS, Departure, NewReturn, ReturnReason
from backoffice.mailroom.service.closing import before_closing


def send_back(number: str, new: NewReturn, *, by: Actor, at: datetime) -> PaperReturn:
    """Prepare a return: instruments become returned, a whole envelope becomes returned, and the letter is made to go with it."""
    _check(new)
    envelope = envelopes.live(number)
    case = case_queries.case(new.case_number) if new.case_number else None
    waiting = {one.id for one in fee_queries.receipts_of_envelope(number) if one.state is ReceiptState.RECEIVED}
    if not set(new.receipt_ids) <= waiting:
        raise MoneyGoesBackAlready
    reference = queries.next_number(montreal_day(at).year)
    made = _made(envelope, case, reference, new, by=by, at=at)
    db.session.add(made)
    db.session.flush()
    fact = ReturnPrepared(made.number, new.kind.value, new.reason.value, len(new.contents), new.whole, made.letter_sha256)
    events.record(envelope_subject(number), fact, by=by, at=at)
    words = new.explanation or WORDS[new.reason].fr
    for receipt_id in () if new.whole else new.receipt_ids:
        fees.return_receipt(receipt_id, words, by=by, at=at)
    if new.whole:
        envelopes.return_envelope(number, words, by=by, at=at)
    return made


def _check(new: NewReturn) -> None:
    if not new.contents:
        raise NothingGoesBack
    if new.kind not in WORDS[new.reason].kinds:
        raise ReasonDoesNotFit
    if new.reason is ReturnReason.OTHER and not new.explanation:
        raise ExplanationNeeded


def _made(envelope: Envelope, case: Case | None, reference: str, new: NewReturn, *, by: Actor, at: datetime) -> PaperReturn:
    reason_fr, reason_en = letters.reasons(new.reason)
    letter = ReturnLetter(
        number=case.number if case else envelope.number, reference=reference, date=montreal_day(at), received_on=envelope.legal_received_on,
        applicant_name=new.recipient, address_lines=new.address_lines, contents=new.contents, reason_fr=reason_fr, reason_en=reason_en,
        explanation=new.explanation, officer=by.label if by.is_person else "", language=cast("Language", new.language), has_case=case is not None,
        nothing_cashed=bool(new.receipt_ids) or new.whole,
    )  # fmt: skip
    return PaperReturn(
        number=reference, envelope_id=envelope.id, case_id=case.id if case else None, state=ReturnState.PREPARED, kind=new.kind.value,
        reason=new.reason.value, explanation=new.explanation, whole=new.whole or bool(new.receipt_ids), contents=list(new.contents),
        recipient=new.recipient, address_lines=list(new.address_lines), language=new.language, letter_sha256=letters.print_return(letter),
        prepared_at=at, prepared_by_id=by.id,
    )  # fmt: skip


def mark_sent(number: str, departure: Departure, *, by: Actor, at: datetime) -> PaperReturn:
    """It left the building: how, and the number to follow it by."""
    made, envelope = queries.lock(number)
    if departure.way in TRACKED and not departure.tracking:
        raise TrackingNeeded
    made.state = move(RETURNS, made.state, ReturnAction.SEND)
    made.sent_on, made.way, made.tracking, made.sent_by_id = montreal_day(at), departure.way.value, departure.tracking or None, by.id
    events.record(envelope_subject(envelope), ReturnSent(number, departure.way.value, departure.tracking), by=by, at=at)
    return made


def cancel(number: str, reason: str, *, by: Actor, at: datetime) -> PaperReturn:
    """It stays: only what changed nothing else can be called off; the letter is kept with its record."""
    made, envelope = queries.lock(number)
    if made.whole:
        raise WholeStays
    made.state = move(RETURNS, made.state, ReturnAction.CANCEL)
    events.record(envelope_subject(envelope), ReturnCancelled(number, reason), by=by, at=at)
    return made


def keeps_open(envelope: Envelope) -> list[str]:
    """Returns that are prepared and still in the building keep their envelope open."""
    waiting = [one.number for one in queries.of_envelope(envelope.id) if one.state is ReturnState.PREPARED]
    return [_("return %(number)s has not left the building yet", number=number) for number in waiting]


before_closing(keeps_open)


def envelope_of(number: str) -> Envelope:
    """The envelope that something of goes back."""
    return room.envelope(number)
