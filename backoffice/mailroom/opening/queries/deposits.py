"""Deposit slips, and the money that waits for one."""

from collections.abc import Sequence

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import selectinload

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening import rules
from backoffice.mailroom.opening.models import Deposit, Instrument
from backoffice.mailroom.opening.queries import numbering
from backoffice.mailroom.opening.queries.money import Found
from backoffice.mailroom.opening.states import DepositState, InstrumentState

OURS = (ReceiptState.RECEIVED, ReceiptState.ALLOCATED)
"""Money that is in the house and answers for itself, whether its case is known or not."""


def next_deposit_number(year: int) -> str:
    """The next number of a year; the caller's transaction keeps it."""
    numbering.wait_for_turn(numbering.DEPOSITS)
    serial = cast(func.split_part(Deposit.number, "-", 3), Integer)
    last = db.session.scalar(select(func.max(serial)).where(Deposit.number.startswith(f"BD-{year}-"))) or 0
    return rules.deposit_number(year, last + 1)


def to_deposit(*, hold: bool = False) -> list[Found]:
    """Instruments counted by two, accepted by rule, on no slip: what the next slip gathers."""
    query = select(Instrument, Receipt, Envelope.number).join(Receipt, Receipt.id == Instrument.receipt_id)
    query = query.join(Envelope, Envelope.id == Instrument.envelope_id).where(
        Instrument.state == InstrumentState.COUNTED, Instrument.accepted, Receipt.state.in_(OURS), Receipt.deposit.is_(None)
    )
    if hold:
        query = query.with_for_update(of=Receipt).execution_options(populate_existing=True)
    return [Found(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(Receipt.id))]


def to_hand_over() -> list[Deposit]:
    """Slips that finance has not accepted yet, the oldest first."""
    query = select(Deposit).where(Deposit.state.in_((DepositState.MADE, DepositState.DIFFERS))).order_by(Deposit.id)
    return list(db.session.scalars(query))


def deposits(limit: int = 100) -> list[Deposit]:
    """Slips, the latest first."""
    return list(db.session.scalars(select(Deposit).order_by(Deposit.id.desc()).limit(limit)))


def deposit(number: str) -> Deposit:
    """A slip with its lines."""
    found = db.session.scalars(select(Deposit).where(Deposit.number == number).options(selectinload(Deposit.lines))).first()
    if found is None:
        raise NotFound
    return found


def lock_deposit(number: str) -> Deposit:
    """The same, held."""
    query = select(Deposit).where(Deposit.number == number).options(selectinload(Deposit.lines)).with_for_update(of=Deposit)
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def receipts(ids: Sequence[int]) -> dict[int, Receipt]:
    """Receipts by their key."""
    return {one.id: one for one in db.session.scalars(select(Receipt).where(Receipt.id.in_(ids)))} if ids else {}
