"""What money can refuse."""

from flask_babel import lazy_gettext as _l

from backoffice.core.errors import DomainError


class AlreadyAllocated(DomainError):
    """The receipt is at home already."""

    code = "already-allocated"

    def __init__(self) -> None:
        super().__init__(_l("This money is already allocated. Release it first if it went to the wrong case."))


class NotDue(DomainError):
    """The fee asks for nothing."""

    code = "not-due"

    def __init__(self) -> None:
        super().__init__(_l("Nothing is owing on this case: keep the money unmatched, or return it."))


class PaidLate(DomainError):
    """Received after the last day: it goes back."""

    code = "paid-late"

    def __init__(self, last_day: str) -> None:
        super().__init__(_l("This payment was received after the last day (%(day)s): it must be returned.", day=last_day))


class NotWholeSum(DomainError):
    """By post, the whole sum comes in one envelope."""

    code = "not-whole-sum"

    def __init__(self, short: str) -> None:
        super().__init__(
            _l("The instruments of this envelope are short by %(sum)s: by post the whole amount comes in one mailing. Return them.", sum=short)
        )


class NotAccepted(DomainError):
    """Cash, personal and traveller's cheques are refused by rule."""

    code = "instrument-not-accepted"

    def __init__(self) -> None:
        super().__init__(_l("This kind of instrument is not accepted: return it to its sender."))


class IsReversal(DomainError):
    """A reversal is not money."""

    code = "is-reversal"

    def __init__(self) -> None:
        super().__init__(_l("This is the reversal of a payment, not money: it cannot be allocated."))


class AnotherCurrency(DomainError):
    """Canadian dollars only."""

    code = "another-currency"

    def __init__(self) -> None:
        super().__init__(_l("Fees are paid in Canadian dollars only: return this money."))


class InstrumentKnown(DomainError):
    """The same instrument of the same envelope is recorded once."""

    code = "instrument-known"

    def __init__(self) -> None:
        super().__init__(_l("This instrument is already listed with this envelope."))


class NothingToRefund(DomainError):
    """Nothing of this money may go back as a refund."""

    code = "nothing-to-refund"

    def __init__(self) -> None:
        super().__init__(_l("Nothing of this money can be refunded: it answers a fee that is owed, went back already, or was never cashed."))


class RefundUnderWay(DomainError):
    """One refund at a time of the same money."""

    code = "refund-under-way"

    def __init__(self) -> None:
        super().__init__(_l("A refund of this money is under way already."))


class MoneyGone(DomainError):
    """What was to go back is no longer there."""

    code = "money-gone"

    def __init__(self, number: str) -> None:
        super().__init__(
            _l("Refund %(number)s: the money is no longer there (the bank took it back, or it was sent back). Withdraw it.", number=number)
        )


class SecondPersonOfFinance(DomainError):
    """Whoever asked for a refund does not approve it."""

    code = "second-person"

    def __init__(self) -> None:
        super().__init__(_l("You asked for this refund yourself: another person of finance must approve it."))


class NotCounted(DomainError):
    """Money of an envelope is opened by two people."""

    code = "not-counted"

    def __init__(self) -> None:
        super().__init__(_l("Only one person has counted this money: it waits for a second person of the mailroom."))


class Deposited(DomainError):
    """What stands on a deposit slip does not go back uncashed."""

    code = "deposited"

    def __init__(self, number: str) -> None:
        super().__init__(_l("This instrument stands on deposit slip %(number)s: refund it, or have the slip reversed first.", number=number))
