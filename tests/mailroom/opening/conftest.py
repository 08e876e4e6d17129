"""A room with two clerks and somebody of finance."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.fees.models import Receipt
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom import service as mail
from backoffice.mailroom.opening import service
from backoffice.mailroom.opening.service import Registration, Seen
from backoffice.mailroom.values import EnvelopeKind, NewEnvelope
from backoffice.staff.models import Account
from tests.builders import Builder


@dataclass
class Room:
    """The people, and what they do most."""

    build: Builder
    first: Account
    second: Account
    third: Account
    finance: Account

    def envelope(self, kind: EnvelopeKind = EnvelopeKind.PAYMENT, **changes: object) -> str:
        with transaction():
            registration = Registration(NewEnvelope(clock.today(), kind, "Postes Canada"), **changes)
            return service.register(registration, by=self.first.actor, at=clock.now()).number

    def money(self, cents: int = 100_000, envelope: str | None = None, **changes: object) -> Receipt:
        """An instrument that the first clerk listed."""
        number = envelope or self.envelope()
        values = {
            "source": "envelope", "method": PaymentMethod.CERTIFIED_CHEQUE, "amount_cents": cents, "currency": "CAD", "paid_on": clock.today(),
            "instrument_number": f"{next(self.build.serial):05d}", "payer": "Payeur fictif",
        } | changes  # fmt: skip
        with transaction():
            return mail.list_instrument(number, Money(**values), by=self.first.actor, at=clock.now())

    def counted(self, cents: int = 100_000, **changes: object) -> Receipt:
        """The same, confirmed by the second."""
        receipt = self.money(cents, **changes)
        self.do(lambda by: service.confirm(receipt.id, Seen(cents), **by), self.second)
        return receipt

    def do(self, act: Callable[..., object], who: Account) -> object:
        """One operation in its transaction, by somebody, now."""
        with transaction():
            return act({"by": who.actor, "at": clock.now()})


@pytest.fixture
def room(build: Builder) -> Room:
    return Room(build, build.clerk(), build.clerk(), build.clerk(), build.finance())
