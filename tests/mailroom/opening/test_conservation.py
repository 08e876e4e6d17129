"""Money is conserved: over any day, each instrument accepted and counted is on one slip that stands, or waits."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.fees.models import Receipt
from backoffice.fees.states import ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom import service as mail
from backoffice.mailroom.opening import queries, service
from backoffice.mailroom.opening.models import Deposit, DepositLine, Instrument
from backoffice.mailroom.opening.service import Seen
from backoffice.mailroom.opening.states import DepositState, InstrumentState
from tests.mailroom.opening.conftest import Room

METHODS = [PaymentMethod.CERTIFIED_CHEQUE, PaymentMethod.MONEY_ORDER, PaymentMethod.CASH, PaymentMethod.CARD]
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("list"), st.integers(0, 3), st.integers(1, 3)),
        st.tuples(st.just("second"), st.integers(0, 9), st.integers(0, 3)),
        st.tuples(st.just("third"), st.integers(0, 9), st.integers(0, 3)),
        st.tuples(st.just("return"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("deposit"), st.just(0), st.just(0)),
        st.tuples(st.just("accept"), st.integers(0, 4), st.integers(0, 1)),
        st.tuples(st.just("reverse"), st.integers(0, 4), st.just(0)),
    ),
    min_size=4,
    max_size=24,
)


@given(acts=ACTS)
@pytest.mark.timeout(400)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_money_is_conserved_over_any_day(session: Connection, room: Room, acts: list[tuple[str, int, int]]):
    nested = session.begin_nested()
    try:
        day = Day(room)
        for act, one, two in acts:
            day.do(act, one, two)
            day.check()
    finally:
        db.session.rollback()
        db.session.expire_all()
        nested.rollback()


class Day:
    """A day of the room: acts that the rules refuse change nothing."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.envelope = self.room.envelope()
        self.receipts: list[int] = []

    def do(self, act: str, one: int, two: int) -> None:
        try:
            getattr(self, f"_{act}")(one, two)
        except DomainError:
            db.session.rollback()

    def _list(self, method: int, cents: int) -> None:
        self.receipts.append(self.room.money(cents * 100, self.envelope, method=METHODS[method], instrument_number=f"{len(self.receipts):04d}").id)

    def _look(self, one: int, cents: int, who: object) -> None:
        if self.receipts:
            receipt = self.receipts[one % len(self.receipts)]
            self.room.do(lambda by: service.confirm(receipt, Seen(cents * 100, "Regard"), **by), who)

    def _second(self, one: int, cents: int) -> None:
        self._look(one, cents, self.room.second)

    def _third(self, one: int, cents: int) -> None:
        self._look(one, cents, self.room.third)

    def _return(self, one: int, _two: int) -> None:
        if self.receipts:
            receipt = self.receipts[one % len(self.receipts)]
            self.room.do(lambda by: mail.return_instrument(self.envelope, receipt, "Retour", **by), self.room.first)

    def _deposit(self, _one: int, _two: int) -> None:
        self.room.do(lambda by: service.make_deposit(**by), self.room.first)

    def _slip(self, one: int) -> Deposit | None:
        slips = queries.deposits()
        return slips[one % len(slips)] if slips else None

    def _accept(self, one: int, off: int) -> None:
        if slip := self._slip(one):
            number, count, cents = slip.number, slip.instruments, slip.total_cents
            self.room.do(lambda by: service.accept_deposit(number, count, cents + off, **by), self.room.finance)

    def _reverse(self, one: int, _two: int) -> None:
        if slip := self._slip(one):
            number = slip.number
            self.room.do(lambda by: service.reverse_deposit(number, "Erreur", **by), self.room.first)

    def check(self) -> None:
        assert list(queries.faults()) == []
        standing = Counter(db.session.scalars(select(DepositLine.receipt_id).where(DepositLine.standing)))
        waiting = {one.receipt.id for one in queries.to_deposit()}
        rows = db.session.execute(select(Instrument, Receipt).join(Receipt, Receipt.id == Instrument.receipt_id)).all()
        for instrument, receipt in rows:
            ready = instrument.accepted and instrument.state is InstrumentState.COUNTED and receipt.state is ReceiptState.RECEIVED
            assert standing[receipt.id] + (receipt.id in waiting) == int(ready)
        slips = db.session.scalars(select(Deposit).where(Deposit.state != DepositState.REVERSED)).all()
        taken = sum(receipt.amount_cents for _i, receipt in rows if standing[receipt.id])
        assert sum(slip.total_cents for slip in slips) == taken, "what the slips say is what they hold"
        assert len(rows) == len(self.receipts), "nothing listed disappears"
