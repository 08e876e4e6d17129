"""Facts about money: on the case once it is known, on the receipt itself always."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def receipt_subject(receipt_id: int) -> Subject:
    """A receipt as the subject of facts."""
    return Subject("receipt", str(receipt_id))


def fee_owner(fee_id: int) -> Subject:
    """A fee as the owner of a term."""
    return Subject("fee", str(fee_id))


@event("fees.FeeAssessed")
@dataclass(frozen=True)
class FeeAssessed:
    """What the application owes, from the tariff of its day of receipt."""

    fee_id: int
    assessed_cents: int
    tariff: str
    carried: bool
    persons: int


@event("fees.ReceiptRecorded")
@dataclass(frozen=True)
class ReceiptRecorded:
    """Money came in."""

    receipt_id: int
    amount_cents: int
    currency: str
    method: str
    paid_on: str
    matched: bool
    why_unmatched: str | None


@event("fees.ReceiptCorrected")
@dataclass(frozen=True)
class ReceiptCorrected:
    """The amount had been listed wrong: a third person looked."""

    receipt_id: int
    before_cents: int
    amount_cents: int


@event("fees.CaseProposed")
@dataclass(frozen=True)
class CaseProposed:
    """The envelope's money seems to be this case's; finance decides."""

    receipt_id: int
    case_id: int


@event("fees.PaymentAllocated")
@dataclass(frozen=True)
class PaymentAllocated:
    """Money was put to a fee; what remains owing is said."""

    fee_id: int
    receipt_id: int
    amount_cents: int
    owing_cents: int


@event("fees.PaymentReversed")
@dataclass(frozen=True)
class PaymentReversed:
    """Money went back (a dispute, an instrument returned unpaid): the balance is open again."""

    fee_id: int
    receipt_id: int
    amount_cents: int
    owing_cents: int


@event("fees.ReceiptReturned")
@dataclass(frozen=True)
class ReceiptReturned:
    """An instrument was sent back uncashed."""

    receipt_id: int
    amount_cents: int
    reason: str


@event("fees.FeeSettled")
@dataclass(frozen=True)
class FeeSettled:
    """Nothing is owing any more; the place is confirmed."""

    fee_id: int
    paid_cents: int


@event("fees.FeeLapsed")
@dataclass(frozen=True)
class FeeLapsed:
    """Unpaid after its last day: lapsed by the daily sweep, by machine, and a person can review it."""

    fee_id: int
    assessed_cents: int
    last_day: str


@event("fees.FeeCancelled")
@dataclass(frozen=True)
class FeeCancelled:
    """Nothing is owed any more: the application is void, or ended by law; what was paid is to go back."""

    fee_id: int
    before: str
    paid_cents: int


@event("fees.FeeRestored")
@dataclass(frozen=True)
class FeeRestored:
    """The act that cancelled the fee is undone: it stands as it stood."""

    fee_id: int
    state: str


@event("fees.RefundAsked")
@dataclass(frozen=True)
class RefundAsked:
    """Money is to go back to its payer."""

    refund_id: int
    amount_cents: int
    cause: str


@event("fees.RefundApproved")
@dataclass(frozen=True)
class RefundApproved:
    """A second person approved that money goes back."""

    refund_id: int
    amount_cents: int


@event("fees.RefundSent")
@dataclass(frozen=True)
class RefundSent:
    """The money left, under this reference."""

    refund_id: int
    amount_cents: int
    reference: str


@event("fees.RefundWithdrawn")
@dataclass(frozen=True)
class RefundWithdrawn:
    """The money does not go back after all."""

    refund_id: int
    amount_cents: int
    reason: str


@event("fees.FeeReinstated")
@dataclass(frozen=True)
class FeeReinstated:
    """A fee that had lapsed is due again: a person reviewed the lapse."""

    fee_id: int
    assessed_cents: int
