"""Opening in words: kinds, states, methods."""

from flask_babel import lazy_gettext as _l

from backoffice.fees.values import PaymentMethod
from backoffice.mailroom.opening.states import DepositState, InstrumentState, PieceState, SlipState
from backoffice.mailroom.opening.values import PieceKind

PIECES = {
    PieceKind.FORM: _l("Form"),
    PieceKind.EVIDENCE: _l("Evidence"),
    PieceKind.PAYMENT: _l("Payment"),
    PieceKind.UNSCANNABLE: _l("Cannot be scanned (key, disc, album)"),
    PieceKind.ORIGINAL: _l("Original that must go back"),
}
PIECE_STATES = {
    PieceState.LISTED: _l("On the table"), PieceState.PLACED: _l("In its place"), PieceState.SENT_BACK: _l("Sent back"),
    PieceState.WITHDRAWN: _l("Listed by mistake"),
}  # fmt: skip
METHODS = {
    PaymentMethod.CERTIFIED_CHEQUE: _l("Certified cheque"), PaymentMethod.BANK_DRAFT: _l("Bank draft"),
    PaymentMethod.MONEY_ORDER: _l("Money order"), PaymentMethod.COMPANY_CHEQUE: _l("Cheque of a Canadian company"),
    PaymentMethod.CARD: _l("Signed form of payment by card"), PaymentMethod.PERSONAL_CHEQUE: _l("Personal cheque (to be returned)"),
    PaymentMethod.CASH: _l("Cash (to be returned)"), PaymentMethod.TRAVELLERS_CHEQUE: _l("Traveller’s cheque (to be returned)"),
}  # fmt: skip
INSTRUMENT_STATES = {
    InstrumentState.LISTED: _l("Waits for a second person"), InstrumentState.DIFFERS: _l("Two people differ"),
    InstrumentState.COUNTED: _l("Counted by two"), InstrumentState.NOT_THERE: _l("Was not there"),
}  # fmt: skip
DEPOSIT_STATES = {
    DepositState.MADE: _l("To hand over"), DepositState.DIFFERS: _l("Differs"), DepositState.ACCEPTED: _l("Accepted by finance"),
    DepositState.REVERSED: _l("Reversed"),
}  # fmt: skip
SLIP_STATES = {SlipState.ISSUED: _l("Not entered"), SlipState.USED: _l("Entered"), SlipState.SPOILED: _l("Spoiled")}
