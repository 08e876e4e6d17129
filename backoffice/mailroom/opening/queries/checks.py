"""What must always be true of money and slips; each breach is a sentence for whoever looks after the product."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from backoffice.core.db import db
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening.models import Deposit, DepositLine, Instrument, ReceiptSlip
from backoffice.mailroom.opening.states import DepositState, InstrumentState, SlipState


def faults() -> Iterator[str]:
    """Money that is on no slip, on one it does not know, or differs from it; slips whose place is not their envelope's."""
    yield from _sums()
    yield from _lines()
    yield from _unknown()
    yield from _money()
    yield from _places()
    yield from _orders()


def _sums() -> Iterator[str]:
    """A slip says what its lines say."""
    sums = select(DepositLine.deposit_id, func.count().label("n"), func.sum(DepositLine.amount_cents).label("cents")).group_by(DepositLine.deposit_id)
    lines = sums.subquery()
    query = select(Deposit.number).outerjoin(lines, lines.c.deposit_id == Deposit.id)
    wrong = or_(lines.c.n.is_(None), lines.c.n != Deposit.instruments, lines.c.cents != Deposit.total_cents)
    for number in db.session.scalars(query.where(wrong).order_by(Deposit.id)):
        yield _("Deposit slip %(number)s does not have the instruments or the sum that it says.", number=number)


def _lines() -> Iterator[str]:
    """A line stands while its slip does, for the money as it is, in the house or sent to its payer by finance."""
    query = (
        select(DepositLine, Deposit, Receipt).join(Deposit, Deposit.id == DepositLine.deposit_id).join(Receipt, Receipt.id == DepositLine.receipt_id)
    )
    reversed_ = Deposit.state == DepositState.REVERSED
    wrong = or_(
        and_(reversed_, DepositLine.standing), and_(~reversed_, ~DepositLine.standing),
        and_(DepositLine.standing, or_(Receipt.deposit.is_(None), Receipt.deposit != Deposit.number)),
        and_(DepositLine.standing, Receipt.amount_cents != DepositLine.amount_cents),
        and_(DepositLine.standing, Receipt.state == ReceiptState.RETURNED),
    )  # fmt: skip
    for _line, deposit, receipt in db.session.execute(query.where(wrong).order_by(Deposit.id, Receipt.id)):
        yield _("Deposit slip %(number)s and receipt %(receipt)s do not agree.", number=deposit.number, receipt=receipt.id)


def _unknown() -> Iterator[str]:
    """Money does not name a slip that does not hold it."""
    standing = select(DepositLine.receipt_id).where(DepositLine.standing)
    query = select(Receipt.id, Receipt.deposit).where(Receipt.deposit.is_not(None), Receipt.id.not_in(standing))
    for receipt_id, number in db.session.execute(query.order_by(Receipt.id)):
        yield _("Receipt %(receipt)s names deposit slip %(number)s, which does not hold it.", receipt=receipt_id, number=number)


def _money() -> Iterator[str]:
    """What two people counted is no longer withheld; what they did not count is neither deposited nor allocated."""
    query = select(Receipt.id).join(Instrument, Instrument.receipt_id == Receipt.id)
    counted = Instrument.state == InstrumentState.COUNTED
    wrong = or_(
        and_(counted, Receipt.waits_for_count), and_(~counted, Receipt.deposit.is_not(None)),
        and_(~counted, Receipt.state == ReceiptState.ALLOCATED), and_(counted, ~Instrument.accepted, Receipt.deposit.is_not(None)),
    )  # fmt: skip
    for receipt_id in db.session.scalars(query.where(wrong).order_by(Receipt.id)):
        yield _("Receipt %(receipt)s was used before two people had counted it, or is withheld although they did.", receipt=receipt_id)


def _places() -> Iterator[str]:
    """An envelope registered under a slip has the slip's place and day."""
    query = select(ReceiptSlip.number).outerjoin(Envelope, Envelope.id == ReceiptSlip.envelope_id).where(ReceiptSlip.state == SlipState.USED)
    same = and_(Envelope.arrival_sequence == ReceiptSlip.arrival_sequence, Envelope.legal_received_on == ReceiptSlip.received_on)
    for number in db.session.scalars(query.where(or_(Envelope.id.is_(None), ~func.coalesce(same, False))).order_by(ReceiptSlip.id)):
        yield _("Slip %(number)s and its envelope do not have the same place or day.", number=number)


def _orders() -> Iterator[str]:
    """Places follow the numbers in each kit, and no slip without a place has a later one with a place."""
    last = func.lag(ReceiptSlip.arrival_sequence).over(partition_by=ReceiptSlip.kit_id, order_by=ReceiptSlip.serial)
    first = func.row_number().over(partition_by=ReceiptSlip.kit_id, order_by=ReceiptSlip.serial)
    rows = select(ReceiptSlip.id, ReceiptSlip.number, ReceiptSlip.arrival_sequence.label("place"), last.label("before"), first.label("n")).subquery()
    wrong = and_(rows.c.place.is_not(None), rows.c.n > 1, or_(rows.c.before.is_(None), rows.c.before >= rows.c.place))
    for number in db.session.scalars(select(rows.c.number).where(wrong).order_by(rows.c.id)):
        yield _("Slip %(number)s does not have its place after the slip before it.", number=number)
