"""States of what is opened: pieces, money counted by two, deposit slips, slips printed beforehand."""

from enum import StrEnum


class PieceState(StrEnum):
    """Where a piece of an envelope stands."""

    LISTED = "listed"
    PLACED = "placed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class PieceAction(StrEnum):
    """What is done with a piece."""

    PLACE = "place"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"


PIECES = {
    (PieceState.LISTED, PieceAction.PLACE): PieceState.PLACED,
    (PieceState.PLACED, PieceAction.PLACE): PieceState.PLACED,  # moved from one place to another
    (PieceState.LISTED, PieceAction.SEND_BACK): PieceState.SENT_BACK,
    (PieceState.PLACED, PieceAction.SEND_BACK): PieceState.SENT_BACK,
    (PieceState.LISTED, PieceAction.WITHDRAW): PieceState.WITHDRAWN,  # listed by mistake
}


class InstrumentState(StrEnum):
    """Whether two people agree on what was found."""

    LISTED = "listed"
    DIFFERS = "differs"
    COUNTED = "counted"
    NOT_THERE = "not_there"


class InstrumentAction(StrEnum):
    """What the second, or the third, says of it."""

    CONFIRM = "confirm"
    DIFFER = "differ"
    SETTLE = "settle"
    DENY = "deny"


INSTRUMENTS = {
    (InstrumentState.LISTED, InstrumentAction.CONFIRM): InstrumentState.COUNTED,
    (InstrumentState.LISTED, InstrumentAction.DIFFER): InstrumentState.DIFFERS,
    (InstrumentState.DIFFERS, InstrumentAction.SETTLE): InstrumentState.COUNTED,
    (InstrumentState.DIFFERS, InstrumentAction.DENY): InstrumentState.NOT_THERE,  # a third look found nothing: it was listed by mistake
}


class DepositState(StrEnum):
    """Where a deposit slip stands between the mailroom and finance."""

    MADE = "made"
    DIFFERS = "differs"
    ACCEPTED = "accepted"
    REVERSED = "reversed"


class DepositAction(StrEnum):
    """What is done with a deposit slip."""

    ACCEPT = "accept"
    DIFFER = "differ"
    REVERSE = "reverse"


DEPOSITS = {
    (DepositState.MADE, DepositAction.ACCEPT): DepositState.ACCEPTED,
    (DepositState.MADE, DepositAction.DIFFER): DepositState.DIFFERS,
    (DepositState.DIFFERS, DepositAction.ACCEPT): DepositState.ACCEPTED,  # counted again
    (DepositState.DIFFERS, DepositAction.DIFFER): DepositState.DIFFERS,
    (DepositState.MADE, DepositAction.REVERSE): DepositState.REVERSED,
    (DepositState.DIFFERS, DepositAction.REVERSE): DepositState.REVERSED,
    (DepositState.ACCEPTED, DepositAction.REVERSE): DepositState.REVERSED,  # finance finds it out before the bank has it
}


class SlipState(StrEnum):
    """What became of a receipt slip printed beforehand."""

    ISSUED = "issued"
    USED = "used"
    SPOILED = "spoiled"


class SlipAction(StrEnum):
    """What is done with it."""

    USE = "use"
    SPOIL = "spoil"
    RESTORE = "restore"


SLIPS = {
    (SlipState.ISSUED, SlipAction.USE): SlipState.USED,
    (SlipState.ISSUED, SlipAction.SPOIL): SlipState.SPOILED,
    (SlipState.SPOILED, SlipAction.RESTORE): SlipState.ISSUED,  # noted by mistake: it was handed out after all
}
