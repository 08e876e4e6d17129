"""Money is opened by two people: the second types what is there without seeing what the first wrote; a third settles what differs."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.states import move
from backoffice.fees import counting
from backoffice.fees import service as fees
from backoffice.fees.states import ReceiptState
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.opening import queries
from backoffice.mailroom.opening.errors import NothingToCount, NotOfTheMailroom, SamePerson
from backoffice.mailroom.opening.events import InstrumentCounted, InstrumentDiffers, InstrumentSettled
from backoffice.mailroom.opening.models import Instrument
from backoffice.mailroom.opening.queries import Found
from backoffice.mailroom.opening.states import INSTRUMENTS, InstrumentAction, InstrumentState
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from backoffice.staff.permissions import Permission, grants


@dataclass(frozen=True)
class Seen:
    """What somebody found on looking: an amount, or nothing; a third says why."""

    cents: int
    reason: str = ""


def confirm(receipt_id: int, seen: Seen, *, by: Actor, at: datetime) -> Instrument:
    """The second look, or the third where two differ; nobody looks twice."""
    found = queries.lock_instrument(receipt_id)
    if found.receipt.state is not ReceiptState.RECEIVED:
        raise NothingToCount
    if by.id in {found.instrument.first_id, found.instrument.second_id}:
        raise SamePerson
    if found.instrument.state is InstrumentState.LISTED:
        return _second(found, seen, by=by, at=at)
    if found.instrument.state is InstrumentState.DIFFERS:
        return _third(found, seen, by=by, at=at)
    raise NothingToCount


def _second(found: Found, seen: Seen, *, by: Actor, at: datetime) -> Instrument:
    one = found.instrument
    one.second_id, one.second_label, one.counted_at, one.found_cents = by.id, by.label, at, seen.cents
    if seen.cents != one.listed_cents:
        one.state = move(INSTRUMENTS, one.state, InstrumentAction.DIFFER)
        fact = InstrumentDiffers(one.receipt_id, one.listed_cents, seen.cents, by.label)
        events.record(envelope_subject(found.envelope), fact, by=by, at=at)
        return one
    one.state, one.settled_cents = move(INSTRUMENTS, one.state, InstrumentAction.CONFIRM), seen.cents
    counting.count(one.receipt_id, seen.cents, by=by, at=at)
    counted = InstrumentCounted(one.receipt_id, seen.cents, one.first_label, by.label)
    events.record(envelope_subject(found.envelope), counted, by=by, at=at)
    return one


def _third(found: Found, seen: Seen, *, by: Actor, at: datetime) -> Instrument:
    """What the third person finds is what there is; where nothing is there, it had been listed by mistake."""
    one = found.instrument
    one.third_id, one.third_label, one.settled_at, one.settled_reason, one.settled_cents = by.id, by.label, at, seen.reason, seen.cents
    one.state = move(INSTRUMENTS, one.state, InstrumentAction.SETTLE if seen.cents else InstrumentAction.DENY)
    if seen.cents:
        counting.count(one.receipt_id, seen.cents, by=by, at=at)
    else:
        fees.return_receipt(one.receipt_id, seen.reason, by=by, at=at)
    fact = InstrumentSettled(one.receipt_id, one.listed_cents, one.found_cents or 0, seen.cents, seen.reason, by.label)
    events.record(envelope_subject(found.envelope), fact, by=by, at=at)
    return one


def second_person(email: str, password: str, address: str, *, at: datetime) -> Account:
    """The second clerk, who signs at the first one's station; too many failed tries stop them as at the door."""
    staff.check_throttle(email, address, at=at)
    account = staff.check_password(email, password)
    if not grants(account.role, Permission.WORK_MAILROOM):
        raise NotOfTheMailroom
    return account
