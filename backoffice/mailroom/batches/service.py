"""Operations on batches and on the sheets of days. A batch is held first, then its envelopes."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import digest
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.core.states import move
from backoffice.mailroom import balancing, wording
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.balancing import WORK_LEFT, Difference
from backoffice.mailroom.batches import printing, queries, rules
from backoffice.mailroom.batches.errors import (
    AlreadyAsked,
    BatchDiffers,
    BatchDone,
    BatchFull,
    DayChanged,
    DayNotSigned,
    DaySignedAlready,
    DayToCome,
    InAnotherBatch,
    NotAnEnvelope,
    NothingDiffers,
    NotInBatch,
    SameSigner,
    WorkLeft,
)
from backoffice.mailroom.batches.events import (
    BatchClosed,
    BatchOpened,
    BatchReopened,
    DaySigned,
    DifferenceKept,
    EnvelopePutIn,
    EnvelopeTakenOut,
    FiguresDeclared,
    batch_subject,
    day_subject,
)
from backoffice.mailroom.batches.models import DaySheet, DaySignature
from backoffice.mailroom.batches.values import MOST_ENVELOPES, DayFigures, Figures, NewBatch, SignedAs
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Batch, Envelope
from backoffice.mailroom.states import BATCHES, BatchAction, BatchState
from backoffice.staff import service as staff
from backoffice.staff.models import Account, Approval


def open_batch(new: NewBatch, *, by: Actor, at: datetime) -> Batch:
    """Open a batch, empty or with these envelopes; without figures it declares what opening counted."""
    batch = Batch(
        number=queries.next_number(montreal_day(at).year), state=BatchState.OPEN, delivery_id=new.delivery_id, expected_envelopes=0, expected_sheets=0,
        expected_separators=0, expected_cheques=0, expected_cents=0, made_at=at, made_by_id=by.id,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    events.record(batch_subject(batch.number), BatchOpened(batch.number, list(new.envelopes)), by=by, at=at)
    held = [put_in(batch.number, number, by=by, at=at) for number in new.envelopes]
    declare(batch.number, new.expected or queries.opening_figures(held), by=by, at=at)
    return batch


def open_from_delivery(delivery_id: int, *, by: Actor, at: datetime) -> Batch:
    """A batch of the next envelopes of a delivery that lie in none, fifty at most."""
    waiting = queries.without_batch(delivery_id, MOST_ENVELOPES)
    return open_batch(NewBatch(tuple(one.number for one in waiting), None, delivery_id), by=by, at=at)


def declare(number: str, figures: Figures, *, by: Actor, at: datetime) -> Batch:
    """Say what the header sheet declares: what was counted before scanning."""
    batch = _open(number)
    batch.expected_envelopes, batch.expected_sheets, batch.expected_separators = figures.envelopes, figures.sheets, figures.separators
    batch.expected_cheques, batch.expected_cents = figures.cheques, figures.cents
    events.record(batch_subject(number), FiguresDeclared(**asdict(figures)), by=by, at=at)
    return batch


def put_in(number: str, envelope_number: str, *, by: Actor, at: datetime) -> Envelope:
    """Put an envelope into an open batch; an envelope lies in one batch only."""
    batch = _open(number)
    if room.find_envelope(envelope_number) is None:
        raise NotAnEnvelope(envelope_number)
    envelope = room.lock_envelope(envelope_number)
    if envelope.batch_id == batch.id:
        return envelope
    if envelope.batch_id is not None:
        raise InAnotherBatch(envelope_number, queries.batch_by_id(envelope.batch_id).number)
    inside = queries.envelopes_of(batch.id)
    if len(inside) >= MOST_ENVELOPES:
        raise BatchFull(MOST_ENVELOPES)
    envelope.batch_id, envelope.batch_position = batch.id, max((one.batch_position or 0 for one in inside), default=0) + 1
    db.session.flush()
    events.record(batch_subject(number), EnvelopePutIn(envelope_number, envelope.batch_position), by=by, at=at)
    return envelope


def take_out(number: str, envelope_number: str, *, by: Actor, at: datetime) -> Envelope:
    """Take an envelope out of an open batch."""
    batch = _open(number)
    envelope = room.lock_envelope(envelope_number)
    if envelope.batch_id != batch.id:
        raise NotInBatch(envelope_number)
    envelope.batch_id = envelope.batch_position = None
    events.record(batch_subject(number), EnvelopeTakenOut(envelope_number), by=by, at=at)
    return envelope


def _open(number: str) -> Batch:
    batch = queries.lock_batch(number)
    if batch.state is not BatchState.OPEN:
        raise BatchDone(number)
    return batch


def close_batch(number: str, *, by: Actor, at: datetime) -> Batch:
    """Close a batch that balances to the sheet and to the cent; any difference keeps it open."""
    return _close(number, (), None, None, by=by, at=at)


def _close(number: str, accepted: Collection[str], reason: str | None, approval_id: int | None, *, by: Actor, at: datetime) -> Batch:
    batch = _open(number)
    for one in queries.envelopes_of(batch.id):
        room.lock_envelope(one.number)
    balance = rules.balance(queries.facts(batch))
    if left := balancing.left(balance.differences, accepted):
        raise BatchDiffers(left)
    batch.state, batch.closed_at, batch.closed_by_id = move(BATCHES, batch.state, BatchAction.CLOSE), at, by.id
    kept = [one.key for one in balance.differences]
    events.record(batch_subject(number), BatchClosed(**asdict(balance.found), differences=kept, reason=reason, approval_id=approval_id), by=by, at=at)
    return batch


def reopen_batch(number: str, reason: str, *, by: Actor, at: datetime) -> Batch:
    """Work on a closed batch again."""
    batch = queries.lock_batch(number)
    batch.state, batch.closed_at, batch.closed_by_id = move(BATCHES, batch.state, BatchAction.REOPEN), None, None
    events.record(batch_subject(number), BatchReopened(reason), by=by, at=at)
    return batch


def ask_to_close(number: str, reason: str, page: str, *, by: Account, at: datetime) -> Approval:
    """Put the differences of a batch before a second person, with the reason; work that is not done cannot be passed over."""
    _open(number)
    found = queries.balance(number).differences
    return _ask(queries.APPROVAL, batch_subject(number), found, reason, page, by=by, at=at)


def ask_to_close_envelope(number: str, reason: str, page: str, *, by: Account, at: datetime) -> Approval:
    """The same for one envelope."""
    found = room.balance(envelopes.live(number)).differences
    return _ask(queries.APPROVAL_OF_ENVELOPE, envelope_subject(number), found, reason, page, by=by, at=at)


def _ask(kind: str, subject: events.Subject, found: tuple[Difference, ...], reason: str, page: str, *, by: Account, at: datetime) -> Approval:
    if left := [one for one in found if one.what in WORK_LEFT]:
        raise WorkLeft(left)
    if not found:
        raise NothingDiffers
    if queries.asked(kind, subject.kind, subject.id):
        raise AlreadyAsked
    said = f"{reason}\n{'; '.join(wording.sentences(found))}"
    return staff.ask_approval(kind, subject, {"differences": [one.key for one in found], "page": page}, said, by=by, at=at)


def answer(approval_id: int, *, approved: bool, by: Actor, at: datetime) -> None:
    """The second person answered: what was accepted closes, unless something else differs by now."""
    approval = queries.approval(approval_id)
    if not approved:
        return
    accepted, reason = approval.facts["differences"], approval.reason
    try:
        if approval.kind == queries.APPROVAL:
            _close(approval.subject_id, accepted, reason, approval_id, by=by, at=at)
        else:
            envelopes.close_envelope(approval.subject_id, reason, despite=accepted, by=by, at=at)
    except DomainError as refusal:
        approval.facts = {**approval.facts, "refusal": refusal.message}
        subject = events.Subject(approval.subject_kind, approval.subject_id)
        events.record(subject, DifferenceKept(approval_id, refusal.message), by=by, at=at)


# Days


def sign_day(day: date, signed_as: SignedAs, *, by: Account, at: datetime) -> DaySignature:
    """Sign the sheet of a day's mail: the clerk the figures as they stand, then a supervisor the very same figures."""
    if day > montreal_day(at):
        raise DayToCome
    queries.lock_day(day)
    sheet = _to_sign(day, at=at) if signed_as is SignedAs.CLERK else _signed_by_clerk(day)
    before = queries.signatures(sheet.id)
    if any(one.account_id == by.id for one in before):
        raise SameSigner
    if any(one.signed_as is signed_as for one in before):
        raise DaySignedAlready
    names = [(one.signed_as, one.label, one.signed_at) for one in before]
    pdf = printing.day_sheet(sheet, [*names, (signed_as, by.name, at)])
    signature = DaySignature(sheet_id=sheet.id, signed_as=signed_as, account_id=by.id, label=by.name, signed_at=at, pdf_sha256=pdf)
    db.session.add(signature)
    db.session.flush()
    fact = DaySigned(day.isoformat(), sheet.version, signed_as.value, sheet.digest, pdf)
    events.record(day_subject(day.isoformat()), fact, by=by.actor, at=at)
    return signature


def _to_sign(day: date, *, at: datetime) -> DaySheet:
    """The sheet of the figures as they stand; the last one if nothing changed since, or a new version."""
    known = queries.day_sheets(day)
    figures, open_now = asdict(queries.day_figures(day)), [asdict(one) for one in queries.day_differences(day)]
    if known and (known[0].figures, known[0].differences) == (figures, open_now):
        return known[0]
    sheet = DaySheet(day=day, version=len(known) + 1, figures=figures, differences=open_now, digest="", made_at=at)
    sheet.digest = digest(queries.content(sheet))
    db.session.add(sheet)
    db.session.flush()
    return sheet


def _signed_by_clerk(day: date) -> DaySheet:
    known = queries.day_sheets(day)
    if not known:
        raise DayNotSigned
    if DayFigures(**known[0].figures) != queries.day_figures(day):
        raise DayChanged
    return known[0]
