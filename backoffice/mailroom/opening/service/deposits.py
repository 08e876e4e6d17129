"""Deposit slips: what two people counted goes to finance once, on one slip."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.fees import counting
from backoffice.mailroom.opening import queries
from backoffice.mailroom.opening.errors import NothingToDeposit, OwnSlip
from backoffice.mailroom.opening.events import DepositAccepted, DepositDiffers, DepositMade, DepositReversed, deposit_subject
from backoffice.mailroom.opening.models import Deposit, DepositLine
from backoffice.mailroom.opening.states import DEPOSITS, DepositAction, DepositState


def make_deposit(*, by: Actor, at: datetime) -> Deposit:
    """Gather everything counted and not deposited yet on one numbered slip."""
    number = queries.next_deposit_number(montreal_day(at).year)
    gathered = queries.to_deposit(hold=True)
    if not gathered:
        raise NothingToDeposit
    total = sum(one.receipt.amount_cents for one in gathered)
    slip = Deposit(
        number=number, made_on=montreal_day(at), state=DepositState.MADE, instruments=len(gathered), total_cents=total, made_at=at,
        made_by_id=by.id, made_by_label=by.label,
        lines=[DepositLine(receipt_id=one.receipt.id, method=one.receipt.method, currency=one.receipt.currency,
                           amount_cents=one.receipt.amount_cents, standing=True) for one in gathered],
    )  # fmt: skip
    db.session.add(slip)
    db.session.flush()
    for one in gathered:
        counting.note_deposit(one.receipt.id, number)
    events.record(deposit_subject(number), DepositMade(number, len(gathered), total), by=by, at=at)
    return slip


def accept_deposit(number: str, instruments: int, cents: int, note: str = "", *, by: Actor, at: datetime) -> Deposit:
    """Finance says what it counted: the same takes the money over, anything else names the difference and leaves it with the mailroom."""
    slip = queries.lock_deposit(number)
    if by.id == slip.made_by_id:
        raise OwnSlip
    same = (instruments, cents) == (slip.instruments, slip.total_cents)
    slip.state = move(DEPOSITS, slip.state, DepositAction.ACCEPT if same else DepositAction.DIFFER)
    slip.found_instruments, slip.found_cents, slip.counted_note = instruments, cents, note or None
    slip.counted_by_label, slip.counted_at = by.label, at
    if same:
        slip.accepted_by_id = by.id
        events.record(deposit_subject(number), DepositAccepted(number, instruments, cents), by=by, at=at)
    else:
        fact = DepositDiffers(number, slip.instruments, slip.total_cents, instruments, cents, note)
        events.record(deposit_subject(number), fact, by=by, at=at)
    return slip


def reverse_deposit(number: str, reason: str, *, by: Actor, at: datetime) -> Deposit:
    """Void a slip: its instruments wait for another one. The slip, its number and its lines stay."""
    slip = queries.lock_deposit(number)
    slip.state = move(DEPOSITS, slip.state, DepositAction.REVERSE)
    slip.reversed_reason, slip.reversed_by_label, slip.reversed_at = reason, by.label, at
    for line in slip.lines:
        line.standing = False
        counting.note_deposit(line.receipt_id, None)
    events.record(deposit_subject(number), DepositReversed(number, slip.instruments, reason), by=by, at=at)
    return slip
