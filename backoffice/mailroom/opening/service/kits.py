"""Contingency kits: receipt slips numbered beforehand, entered later without losing their order or meeting a live number.

Slips of a kit are handed out by number. As soon as one is entered, all those up to it take their places in the order of
arrivals, so that whoever is entered late stands where he stood; whoever knows the last number handed out keeps the places
at once, before the new day's mail.
"""

from collections.abc import Sequence
from datetime import date, datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.intake import queries as intake_queries
from backoffice.mailroom.errors import StampInFuture
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening import queries, rules
from backoffice.mailroom.opening.errors import NotASlip, SlipBeforeKit, SlipDone, SlipOutOfOrder
from backoffice.mailroom.opening.events import KitMade, PlacesKept, SlipRestored, SlipSpoiled, SlipUsed, kit_subject
from backoffice.mailroom.opening.models import ReceiptSlip, SlipKit
from backoffice.mailroom.opening.states import SLIPS, SlipAction, SlipState
from backoffice.mailroom.opening.values import Place


def make_kit(slips: int, kept_at: str, *, by: Actor, at: datetime) -> SlipKit:
    """Number the slips of a kit, to be printed; their series is theirs alone."""
    year = montreal_day(at).year
    first = queries.next_serial(year)
    numbers = [(serial, rules.slip_number(year, serial)) for serial in range(first, first + slips)]
    kit = SlipKit(
        year=year, first_serial=first, last_serial=first + slips - 1, kept_at=kept_at, made_at=at, made_by_id=by.id, made_by_label=by.label,
        slips=[ReceiptSlip(year=year, serial=serial, number=number, state=SlipState.ISSUED) for serial, number in numbers],
    )  # fmt: skip
    db.session.add(kit)
    db.session.flush()
    fact = KitMade(kit.id, numbers[0][1], numbers[-1][1], slips, kept_at)
    events.record(kit_subject(kit.id), fact, by=by, at=at)
    return kit


def keep_places(number: str, *, by: Actor, at: datetime) -> int:
    """Everything up to this slip was handed out: its places in the order of arrivals are kept now, by number."""
    kit, slip = _held(number)
    return _keep(kit, slip, by=by, at=at)


def _held(typed: str) -> tuple[SlipKit, ReceiptSlip]:
    read = rules.read_slip(typed)
    found = queries.lock_kit_of(rules.slip_number(read.year, read.serial)) if read and read.serial else None
    if found is None:
        raise NotASlip(typed)
    return found


def _keep(kit: SlipKit, upto: ReceiptSlip, *, by: Actor, at: datetime) -> int:
    waiting = [one for one in kit.slips if one.serial <= upto.serial and one.arrival_sequence is None]
    for one in waiting:
        stamp = intake_queries.stamp(at)
        one.arrival_sequence, one.arrived_at = stamp.sequence, stamp.received_at
    if waiting:
        fact = PlacesKept(kit.id, waiting[0].number, waiting[-1].number, len(waiting))
        events.record(kit_subject(kit.id), fact, by=by, at=at)
    return len(waiting)


def take_slip(typed: str, received_on: date, *, by: Actor, at: datetime) -> ReceiptSlip:
    """Enter a slip with the day written on it, once; its place was kept with its number."""
    kit, slip = _held(typed)
    if slip.state is not SlipState.ISSUED:
        raise SlipDone(slip.number, _envelope_of(slip))
    _check_day(kit, slip, received_on, at=at)
    _keep(kit, slip, by=by, at=at)
    slip.received_on, slip.entered_at, slip.entered_by_id = received_on, at, by.id
    return slip


def _check_day(kit: SlipKit, slip: ReceiptSlip, received_on: date, *, at: datetime) -> None:
    if received_on > montreal_day(at):
        raise StampInFuture
    printed = montreal_day(kit.made_at)
    if received_on < printed:
        raise SlipBeforeKit(slip.number, printed.isoformat())
    other = rules.against_order(slip.serial, received_on, _entered(kit.slips))
    if other is not None:
        raise SlipOutOfOrder(slip.number, rules.slip_number(kit.year, other.serial), other.received_on.isoformat())


def _entered(slips: Sequence[ReceiptSlip]) -> list[Place]:
    return [Place(one.serial, one.received_on) for one in slips if one.state is SlipState.USED and one.received_on is not None]


def _envelope_of(slip: ReceiptSlip) -> str | None:
    return queries.envelope_numbers([slip.envelope_id]).get(slip.envelope_id) if slip.envelope_id else None


def bind(slip: ReceiptSlip, envelope: Envelope, *, by: Actor, at: datetime) -> None:
    """The envelope is the one that the slip was handed out for."""
    slip.state, slip.envelope_id = move(SLIPS, slip.state, SlipAction.USE), envelope.id
    db.session.flush()
    assert slip.received_on is not None  # written when it was taken
    events.record(kit_subject(slip.kit_id), SlipUsed(slip.number, envelope.number, slip.received_on.isoformat()), by=by, at=at)


def spoil_slip(number: str, reason: str, *, by: Actor, at: datetime) -> ReceiptSlip:
    """Note a slip that nobody holds: torn, spoiled, lost before it was handed out."""
    _kit, slip = _held(number)
    if slip.state is SlipState.USED:
        raise SlipDone(slip.number, _envelope_of(slip))
    slip.state, slip.spoiled_reason = move(SLIPS, slip.state, SlipAction.SPOIL), reason
    events.record(kit_subject(slip.kit_id), SlipSpoiled(slip.number, reason), by=by, at=at)
    return slip


def restore_slip(number: str, reason: str, *, by: Actor, at: datetime) -> ReceiptSlip:
    """The slip had been handed out after all: it can be entered again."""
    _kit, slip = _held(number)
    slip.state, slip.spoiled_reason = move(SLIPS, slip.state, SlipAction.RESTORE), None
    events.record(kit_subject(slip.kit_id), SlipRestored(slip.number, reason), by=by, at=at)
    return slip
