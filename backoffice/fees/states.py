"""The life of a fee and of a receipt: what is not listed cannot happen."""

from enum import StrEnum
from typing import Final


class FeeState(StrEnum):
    """Where a fee stands."""

    DUE = "due"
    PAID = "paid"
    LAPSED = "lapsed"
    WAIVED = "waived"
    CANCELLED = "cancelled"


class FeeAction(StrEnum):
    """What can be done to a fee."""

    SETTLE = "settle"
    BOUNCE = "bounce"
    REASSESS = "reassess"
    LAPSE = "lapse"
    REINSTATE = "reinstate"
    WAIVE = "waive"
    CANCEL = "cancel"


TRANSITIONS: Final[dict[tuple[FeeState, FeeAction], FeeState]] = {
    (FeeState.DUE, FeeAction.SETTLE): FeeState.PAID,
    (FeeState.PAID, FeeAction.SETTLE): FeeState.PAID,  # overpaid is still paid; the surplus is refunded
    (FeeState.DUE, FeeAction.BOUNCE): FeeState.DUE,  # one instrument of several came back
    (FeeState.PAID, FeeAction.BOUNCE): FeeState.DUE,  # the original last day stands
    (FeeState.DUE, FeeAction.REASSESS): FeeState.DUE,
    (FeeState.PAID, FeeAction.REASSESS): FeeState.DUE,  # settled again at once if nothing more is owing
    (FeeState.DUE, FeeAction.LAPSE): FeeState.LAPSED,
    (FeeState.LAPSED, FeeAction.REINSTATE): FeeState.DUE,  # paid in time but matched late, or reviewed by a person
    (FeeState.DUE, FeeAction.WAIVE): FeeState.WAIVED,
    (FeeState.WAIVED, FeeAction.REINSTATE): FeeState.DUE,
    (FeeState.DUE, FeeAction.CANCEL): FeeState.CANCELLED,
    (FeeState.PAID, FeeAction.CANCEL): FeeState.CANCELLED,  # admissions annulled: the money goes back
    (FeeState.LAPSED, FeeAction.CANCEL): FeeState.CANCELLED,
}
INITIAL: Final = FeeState.DUE
FINAL: Final = frozenset({FeeState.CANCELLED})


class ReceiptState(StrEnum):
    """Where money received stands; ``received`` is money matched to nothing yet."""

    RECEIVED = "received"
    ALLOCATED = "allocated"
    RETURNED = "returned"
    REFUNDED = "refunded"
    REVERSED = "reversed"


class ReceiptAction(StrEnum):
    """What can be done with money received."""

    ALLOCATE = "allocate"
    RELEASE = "release"
    RETURN = "return"
    REFUND = "refund"
    REVERSE = "reverse"


RECEIPT_TRANSITIONS: Final[dict[tuple[ReceiptState, ReceiptAction], ReceiptState]] = {
    (ReceiptState.RECEIVED, ReceiptAction.ALLOCATE): ReceiptState.ALLOCATED,
    (ReceiptState.ALLOCATED, ReceiptAction.ALLOCATE): ReceiptState.ALLOCATED,  # one cheque for two files
    (ReceiptState.ALLOCATED, ReceiptAction.RELEASE): ReceiptState.RECEIVED,  # allocated to the wrong file
    (ReceiptState.RECEIVED, ReceiptAction.RETURN): ReceiptState.RETURNED,  # never cashed
    (ReceiptState.RECEIVED, ReceiptAction.REFUND): ReceiptState.REFUNDED,
    (ReceiptState.ALLOCATED, ReceiptAction.REFUND): ReceiptState.REFUNDED,
    (ReceiptState.RECEIVED, ReceiptAction.REVERSE): ReceiptState.REVERSED,
    (ReceiptState.ALLOCATED, ReceiptAction.REVERSE): ReceiptState.REVERSED,
}
RECEIPT_INITIAL: Final = ReceiptState.RECEIVED
RECEIPT_FINAL: Final = frozenset({ReceiptState.RETURNED, ReceiptState.REFUNDED, ReceiptState.REVERSED})


class RefundState(StrEnum):
    """Where money that goes back stands; only what is sent has left."""

    ASKED = "asked"
    APPROVED = "approved"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class RefundAction(StrEnum):
    """What can be done with a refund."""

    APPROVE = "approve"
    SEND = "send"
    WITHDRAW = "withdraw"


REFUND_TRANSITIONS: Final[dict[tuple[RefundState, RefundAction], RefundState]] = {
    (RefundState.ASKED, RefundAction.APPROVE): RefundState.APPROVED,  # by another person than the one who asked
    (RefundState.APPROVED, RefundAction.SEND): RefundState.SENT,
    (RefundState.ASKED, RefundAction.WITHDRAW): RefundState.WITHDRAWN,
    (RefundState.APPROVED, RefundAction.WITHDRAW): RefundState.WITHDRAWN,  # a court stays the act before the money left
}
REFUND_INITIAL: Final = RefundState.ASKED
REFUND_FINAL: Final = frozenset({RefundState.SENT, RefundState.WITHDRAWN})
REFUND_LIVE: Final = frozenset(RefundState) - REFUND_FINAL
