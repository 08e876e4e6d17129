"""How an envelope stands: whether it may still be worked on, waits in doubt, or keeps a day's mail unsettled."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.states import allows, move
from backoffice.deadlines import service as deadlines
from backoffice.mailroom import queries
from backoffice.mailroom.errors import EnvelopeDone
from backoffice.mailroom.events import (
    EnvelopeDoubted,
    EnvelopeResolved,
    envelope_subject,
)
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.states import (
    ENVELOPES,
    EnvelopeAction,
    EnvelopeState,
    KeyingState,
    PageState,
    ScanState,
)
from backoffice.mailroom.values import Doubt, EnvelopeKind

LIVE = {EnvelopeState.OPEN, EnvelopeState.IN_DOUBT}
"""Envelopes that something may still be added to."""


def review(envelope: Envelope, *, by: Actor, at: datetime) -> None:
    """Put the envelope among those in doubt, or take it out, from what stands on it now."""
    doubt = _doubt(envelope)
    if doubt and allows(ENVELOPES, envelope.state, EnvelopeAction.DOUBT):
        envelope.state, envelope.doubted_at = move(ENVELOPES, envelope.state, EnvelopeAction.DOUBT), at
        events.record(envelope_subject(envelope.number), EnvelopeDoubted(doubt.value), by=by, at=at)
    elif doubt is None and envelope.state is EnvelopeState.IN_DOUBT:
        envelope.state, envelope.doubted_at, envelope.owner_id = move(ENVELOPES, envelope.state, EnvelopeAction.RESOLVE), None, None
        events.record(envelope_subject(envelope.number), EnvelopeResolved(envelope.number), by=by, at=at)
    envelope.parked_reason = doubt.value if doubt else None
    note_mail(envelope, at=at)


def _doubt(envelope: Envelope) -> Doubt | None:
    if any(scan.state is ScanState.PARKED for scan in envelope.scans):
        return Doubt.PARKED
    if not any(page.state is PageState.TO_FILE for page in envelope.pages):
        return None
    if envelope.kind is not EnvelopeKind.APPLICATION:
        return Doubt.NO_CODE
    keying = queries.keying(envelope.id)
    return Doubt.DECLINED if keying and keying.state is KeyingState.FILED and envelope.case_id is None else None


def note_mail(envelope: Envelope, *, at: datetime) -> None:
    """Tell the clocks whether this day's mail is indexed: no term that it may answer ends before (design, §8)."""
    balance = queries.balance(envelope)
    indexed = balance.balances and (balance.scanned or envelope.scans)
    if envelope.kind is EnvelopeKind.APPLICATION or envelope.state not in LIVE or indexed:
        deadlines.note_settled("mail", envelope.number, at=at)
    else:
        deadlines.note_unsettled("mail", envelope.number, envelope.legal_received_on)


def live(number: str) -> Envelope:
    """An envelope that something may still be added to, held."""
    envelope = queries.lock_envelope(number)
    if envelope.state not in LIVE:
        raise EnvelopeDone(number)
    return envelope
