"""An envelope is done: it balances and closes, or everything goes back; and it may be worked on again."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from backoffice.core import events, formats
from backoffice.core.actors import Actor
from backoffice.core.states import move
from backoffice.fees import queries as fee_queries
from backoffice.fees import service as fees
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState
from backoffice.mailroom import balancing, queries
from backoffice.mailroom.errors import MoneyWaits, NotBalanced, StaysOpen
from backoffice.mailroom.events import (
    EnvelopeClosed,
    EnvelopeReclassified,
    EnvelopeReopened,
    EnvelopeReturned,
    envelope_subject,
)
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.service.filing import leave_out
from backoffice.mailroom.service.standing import live, note_mail, review
from backoffice.mailroom.states import (
    ENVELOPES,
    EnvelopeAction,
    EnvelopeState,
    PageState,
)
from backoffice.mailroom.values import EnvelopeKind, Excluded

_before_closing: list[Callable[[Envelope], Iterable[str]]] = []


def before_closing(hook: Callable[[Envelope], Iterable[str]]) -> Callable[[Envelope], Iterable[str]]:
    """Have a part of the room look at an envelope before it closes; each sentence that it gives keeps the envelope open."""
    if hook not in _before_closing:
        _before_closing.append(hook)
    return hook


def what_keeps_open(envelope: Envelope) -> list[str]:
    """Everything that the parts of the room still wait for."""
    return [reason for hook in _before_closing for reason in hook(envelope)]


def reclassify(number: str, kind: EnvelopeKind, *, by: Actor, at: datetime) -> Envelope:
    """Say what the envelope really is; an application is then keyed."""
    envelope = live(number)
    before, envelope.kind = envelope.kind, kind
    events.record(envelope_subject(number), EnvelopeReclassified(before.value, kind.value), by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def close_envelope(number: str, reason: str = "", *, despite: Collection[str] = (), by: Actor, at: datetime) -> Envelope:
    """Close an envelope that balances; money still without a home needs a reason.

    `despite` names the differences that a second person accepted; work that is left undone is never among them.
    """
    envelope = live(number)
    balance = queries.balance(envelope)
    if balancing.left(balance.differences, despite):
        raise NotBalanced(balance)
    if waits := what_keeps_open(envelope):
        raise StaysOpen(waits)
    money = unmatched(envelope)
    if money and not reason:
        raise MoneyWaits(len(money), formats.money(sum(one.amount_cents for one in money)))
    if envelope.state is EnvelopeState.IN_DOUBT:  # registered without a scan: nothing is left to doubt
        envelope.state, envelope.parked_reason = move(ENVELOPES, envelope.state, EnvelopeAction.RESOLVE), None
    envelope.state, envelope.closed_at = move(ENVELOPES, envelope.state, EnvelopeAction.CLOSE), at
    fact = EnvelopeClosed(balance.scanned, balance.filed, balance.excluded, reason or None)
    events.record(envelope_subject(number), fact, by=by, at=at)
    note_mail(envelope, at=at)
    return envelope


def return_envelope(number: str, reason: str, *, by: Actor, at: datetime) -> Envelope:
    """Send everything back to the sender with the reason: nothing is cashed, and the record of the return stays."""
    envelope = live(number)
    money = unmatched(envelope)
    for one in money:
        fees.return_receipt(one.id, reason, by=by, at=at)
    if left := [page for page in envelope.pages if page.state is PageState.TO_FILE]:
        leave_out(envelope, left, Excluded.RETURNED, by=by, at=at)
    envelope.state, envelope.closed_at = move(ENVELOPES, envelope.state, EnvelopeAction.RETURN), at
    events.record(envelope_subject(number), EnvelopeReturned(reason, len(money)), by=by, at=at)
    note_mail(envelope, at=at)
    return envelope


def reopen_envelope(number: str, reason: str, *, by: Actor, at: datetime) -> Envelope:
    """Work again on a closed envelope."""
    envelope = queries.lock_envelope(number)
    envelope.state, envelope.closed_at = move(ENVELOPES, envelope.state, EnvelopeAction.REOPEN), None
    events.record(envelope_subject(number), EnvelopeReopened(reason), by=by, at=at)
    review(envelope, by=by, at=at)
    return envelope


def unmatched(envelope: Envelope) -> list[Receipt]:
    """Money found inside that has no home yet."""
    return [one for one in fee_queries.receipts_of_envelope(envelope.number) if one.state is ReceiptState.RECEIVED]
